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
mod line;
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
use rrm::request::Restorable;
use rrm::rules::selection::{Selection, Term};

use self::event_loop::{Ending, Picker};
use self::screen::Theme;
use self::search::Search;
use self::state::{Purpose, State};
use self::work::Desk;
use crate::args::{BrowseArgs, Grouping, RestoreToArgs};
use crate::env::Environment;
use crate::exit::Exit;
use crate::options::SortKey;
use crate::output::path_colours;
use crate::run::Session;

/// Whether there is a person at a terminal on both ends, and one that can be drawn on.
pub(crate) fn has_terminal() -> bool {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal();
    is_terminal && Environment::has_screen()
}

impl Session<'_> {
    pub(crate) fn browse(&self, args: &BrowseArgs) -> anyhow::Result<Exit> {
        if !has_terminal() {
            self.messages.say("there is no terminal to browse on, or TERM is dumb");
            self.messages.say("hint: rrm list prints the same items and takes the same selections");
            return Ok(Exit::Usage);
        }
        let among = self.context.selection_to_show(&args.selection)?;
        let state = State::new(Purpose::Browse, self.context.now, args.sort, args.group);
        let ending = self.picker(state, among)?.run()?;
        left(ending, |_| Ok(Exit::Success))
    }

    /// Restores what a person picks among some items, as if the IDs had been typed; and what `others` select.
    pub(crate) fn restore_picked(
        &self,
        among: Selection,
        others: Vec<Term>,
        to: &RestoreToArgs,
    ) -> anyhow::Result<Exit> {
        let state = State::new(Purpose::Choose, self.context.now, SortKey::Deleted, Grouping::None);
        let ending = self.picker(state, among)?.run()?;
        left(ending, |ids| {
            let terms = others.into_iter().chain([Term::items(ids)]).collect();
            self.carry_out_restore(Restorable::Selected(Selection { terms, ..Selection::default() }), to)
        })
    }

    fn picker(&self, mut state: State, among: Selection) -> anyhow::Result<Picker<'_>> {
        let environment = &self.context.environment;
        state.home.clone_from(&environment.home);
        state.charset = self.messages.charset;
        state.here = environment.working_directory();
        state.home_trash = self.context.home_trash.clone().unwrap_or_default();
        state.standing = self.context.standing()?;
        state.search = Search::among(among);
        let (desk, heard) = Desk::new(
            self.manager(),
            self.messages.clone(),
            environment.home.clone(),
            state.standing.clone(),
            self.context.now,
        );
        Ok(Picker {
            context: &self.context,
            state,
            theme: Theme::new(path_colours(self.colour), self.messages.charset),
            desk,
            heard,
        })
    }
}

/// What the way in which the screen was left means for the command.
fn left(ending: Ending, chosen: impl FnOnce(HashSet<ItemId>) -> anyhow::Result<Exit>) -> anyhow::Result<Exit> {
    match ending {
        Ending::Left => Ok(Exit::Success),
        Ending::Chosen(ids) => chosen(ids),
        Ending::Panic => Ok(Exit::Failure),
        Ending::Signal(signal) => {
            // As if it had never been caught, so that whoever waits for the program sees what ended it.
            signal_hook::low_level::emulate_default_handler(signal)?;
            Ok(Exit::Interrupted)
        }
    }
}
