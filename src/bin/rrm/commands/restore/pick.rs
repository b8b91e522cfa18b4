//! Items that a person picks on the screen, restored as if their IDs had been typed.

use rrm::error::Error;
use rrm::ops::restore::{Restorable, RestoreOptions};
use rrm::rules::selection::{Selection, Term};

use super::{RestoreToArgs, carry_out};
use crate::browse::{self, Choice};
use crate::exit::Exit;
use crate::session::{Matches, Session};

/// Picks among all items. `None` without a terminal.
pub(super) fn from_all(session: &Session<'_>, to: &RestoreToArgs) -> anyhow::Result<Option<Exit>> {
    if browse::has_terminal() { pick(session, Selection::default(), Vec::new(), to).map(Some) } else { Ok(None) }
}

/// Picks where words of a request fit several items. `None` without such words or without a terminal.
pub(super) fn instead(
    session: &Session<'_>,
    request: &RestoreOptions,
    problems: &[Error],
    to: &RestoreToArgs,
) -> anyhow::Result<Option<Exit>> {
    let Restorable::Selected(selection) = &request.what else { return Ok(None) };
    match Matches::of(selection, problems).filter(|_| browse::has_terminal()) {
        Some(matches) => pick(session, matches.among, matches.others, to).map(Some),
        None => Ok(None),
    }
}

/// Restores what is picked, and what `others` select.
fn pick(session: &Session<'_>, among: Selection, others: Vec<Term>, to: &RestoreToArgs) -> anyhow::Result<Exit> {
    match browse::choose(session, among)? {
        Choice::Items(ids) => {
            let terms = others.into_iter().chain([Term::items(ids)]).collect();
            carry_out(session, Restorable::Selected(Selection { terms, ..Selection::default() }), to)
        }
        Choice::Left(exit) => Ok(exit),
    }
}
