//! `rrm browse`, and `rrm restore` without a selection: everything in the trash on a screen, to pick from.
//!
//! What is shown is a value, [`state`]; [`input`] makes actions of keys, [`update`] and [`report`] change the state,
//! [`screen`] draws it. None of them waits. [`work`] does all that may, in threads of its own, and [`event_loop`] stands
//! between.

mod action;
mod arrange;
mod change;
mod entries;
mod event_loop;
mod fuzzy;
mod input;
mod order;
mod query;
mod report;
mod screen;
mod search;
mod state;
mod terminal;
#[cfg(test)]
mod testing;
mod update;
mod work;

use std::collections::HashSet;
use std::io::{self, IsTerminal};

use rrm::item::ItemId;
use rrm::rules::selection::Selection;

use self::event_loop::{Ending, Picker};
use self::screen::Theme;
use self::search::Search;
use self::state::{Purpose, State};
use self::work::Shared;

use crate::env::Environment;
use crate::exit::Exit;
use crate::options::SortKey;
use crate::output::path_colours;
use crate::session::Session;

pub(crate) use self::arrange::Grouping;

/// Whether there is a person at a terminal on both ends, and one that can be drawn on.
pub(crate) fn has_terminal() -> bool {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal();
    is_terminal && Environment::has_screen()
}

/// Shows the items, to look around and do things.
pub(crate) fn browse(
    session: &Session<'_>,
    among: Selection,
    sort: SortKey,
    grouping: Grouping,
) -> anyhow::Result<Exit> {
    let state = State::new(Purpose::Browse, session.context.now, sort, grouping);
    match choice_of(picker(session, state, among)?.run()?)? {
        Choice::Items(_) => Ok(Exit::Success),
        Choice::Left(exit) => Ok(exit),
    }
}

/// What came of a choice.
pub(crate) enum Choice {
    Items(HashSet<ItemId>),
    /// Nothing was chosen; the command ends so.
    Left(Exit),
}

/// Shows the items, to choose some.
pub(crate) fn choose(session: &Session<'_>, among: Selection) -> anyhow::Result<Choice> {
    let state = State::new(Purpose::Choose, session.context.now, SortKey::Deleted, Grouping::None);
    choice_of(picker(session, state, among)?.run()?)
}

fn picker<'a>(session: &'a Session<'_>, mut state: State, among: Selection) -> anyhow::Result<Picker<'a>> {
    let environment = &session.context.environment;
    state.home.clone_from(&environment.home);
    state.charset = session.messages.charset;
    state.here = environment.working_directory();
    state.home_trash = session.context.home_trash.clone().unwrap_or_default();
    state.standing = session.context.standing()?;
    state.search = Search::among(among);
    let (shared, events) = Shared::new(
        session.manager(),
        session.messages.clone(),
        environment.home.clone(),
        state.standing.clone(),
        session.context.now,
    );
    Ok(Picker {
        context: &session.context,
        state,
        theme: Theme::new(path_colours(session.colour), session.messages.charset),
        shared,
        events,
    })
}

/// What the way in which the screen was left means for the command.
fn choice_of(ending: Ending) -> anyhow::Result<Choice> {
    match ending {
        Ending::Left => Ok(Choice::Left(Exit::Success)),
        Ending::Chosen(ids) => Ok(Choice::Items(ids)),
        Ending::Panic => Ok(Choice::Left(Exit::Failure)),
        Ending::Signal(signal) => {
            // As if it had never been caught, so that whoever waits for the program sees what ended it.
            signal_hook::low_level::emulate_default_handler(signal)?;
            Ok(Choice::Left(Exit::Interrupted))
        }
    }
}
