//! The screen of `rrm browse`, and of `rrm restore` without a selection.
//!
//! The [`state`] is a value. [`input`] turns keys into actions, [`update`] and [`report`] change the state, and
//! [`screen`] draws it; none of them waits. [`work`] does everything that may wait, in threads. [`event_loop`] connects
//! them.

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

/// Whether standard input, output and error are a terminal that can draw a screen.
pub(crate) fn has_terminal() -> bool {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && io::stderr().is_terminal();
    is_terminal && Environment::has_screen()
}

/// Shows the items to browse.
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

/// The result of a choice.
pub(crate) enum Choice {
    Items(HashSet<ItemId>),
    /// Nothing was chosen; the exit status.
    Left(Exit),
}

/// Shows the items to choose from.
pub(crate) fn choose(session: &Session<'_>, among: Selection) -> anyhow::Result<Choice> {
    let state = State::new(Purpose::Choose, session.context.now, SortKey::Removed, Grouping::None);
    choice_of(picker(session, state, among)?.run()?)
}

fn picker(session: &Session<'_>, mut state: State, among: Selection) -> anyhow::Result<Picker> {
    let environment = &session.context.environment;
    state.home.clone_from(&environment.home);
    state.charset = session.messages.charset;
    state.here = environment.working_directory();
    state.home_trash = session.context.home_trash.clone().unwrap_or_default();
    state.standing = session.context.standing()?;
    state.search = Search::among(among);
    let (shared, events) =
        Shared::new(session.manager(), session.messages.clone(), environment.home.clone(), state.standing.clone());
    Ok(Picker {
        context: session.context.clone(),
        state,
        theme: Theme::new(path_colours(session.colour), session.messages.charset),
        shared,
        events,
    })
}

/// What the end of the screen means for the command.
fn choice_of(ending: Ending) -> anyhow::Result<Choice> {
    match ending {
        Ending::Left => Ok(Choice::Left(Exit::Success)),
        Ending::Chosen(ids) => Ok(Choice::Items(ids)),
        Ending::Panic => Ok(Choice::Left(Exit::Failure)),
        Ending::Signal(signal) => {
            // End by the signal, so that the parent process sees it.
            signal_hook::low_level::emulate_default_handler(signal)?;
            Ok(Choice::Left(Exit::Interrupted))
        }
    }
}
