//! What a command works with: settings, trash and messages.

mod matches;
mod report;

use std::path::Path;

use rrm::error::Error;
use rrm::item::TrashItem;
use rrm::manager::TrashManager;
use rrm::rules::retention::Fates;

use crate::context::Context;
use crate::env::Environment;
use crate::exit::Exit;
use crate::gnu::quote::quote;
use crate::options::CommonArgs;
use crate::output::{Colour, Consent, Detail, Messages, View, path_colours};

pub(crate) use matches::Matches;
pub(crate) use report::{Report, default_report, println};

/// What every command starts with. Most open a [`Session`].
pub(crate) struct Start<'a> {
    pub(crate) environment: Environment,
    pub(crate) messages: &'a Messages,
    pub(crate) common: CommonArgs,
    pub(crate) program: Program,
}

/// The description of the program, for the commands that print it.
#[derive(Clone, Copy)]
pub(crate) struct Program {
    /// Builds the grammar of all commands.
    pub(crate) grammar: fn() -> clap::Command,
    /// The text of a command's manual page.
    pub(crate) page: fn(&str) -> Option<&'static str>,
}

impl<'a> Start<'a> {
    /// Reads the settings.
    pub(crate) fn session(self) -> anyhow::Result<Session<'a>> {
        let CommonArgs { trash_dir, feedback } = self.common;
        let context = Context::read(self.environment, trash_dir.as_deref())?;
        Ok(Session { context, messages: self.messages, colour: feedback.colour() })
    }
}

/// What a command works with.
pub(crate) struct Session<'a> {
    pub(crate) context: Context,
    pub(crate) messages: &'a Messages,
    pub(crate) colour: Colour,
}

impl Session<'_> {
    pub(crate) fn manager(&self) -> TrashManager {
        self.context.manager().build()
    }

    /// How items are shown.
    pub(crate) fn view<'a>(&'a self, fates: Option<&'a Fates>, detail: Detail) -> View<'a> {
        View {
            now: self.context.now,
            fates,
            home: self.context.environment.home.as_deref(),
            width: rrm::sys::terminal_width(),
            detail,
            charset: self.messages.charset,
            colours: path_colours(self.colour),
        }
    }

    pub(crate) fn quoted(&self, path: &Path) -> String {
        quote(path.as_os_str(), self.messages.charset)
    }

    /// An item as it is named in a line: its short ID and its path.
    pub(crate) fn name_of(&self, item: &TrashItem) -> String {
        let path = item.original_path().map_or_else(|| "(unknown path)".to_owned(), |path| self.quoted(path));
        format!("{} {path}", item.id.short())
    }

    /// Asks for consent to each; returns those a person agreed to.
    pub(crate) fn agreed<T>(&self, asked: Vec<(T, Error)>, exit: &mut Exit) -> Vec<T> {
        let mut agreed = Vec::new();
        for (thing, error) in asked {
            match self.messages.consent_to(&error) {
                Consent::Given => agreed.push(thing),
                Consent::Refused => {}
                Consent::NobodyToAsk => *exit = (*exit).max(Exit::Failure),
                Consent::Interrupted => {
                    self.messages.error(&Error::interrupted(error.action, error.path));
                    *exit = Exit::Interrupted;
                    return Vec::new();
                }
            }
        }
        agreed
    }
}
