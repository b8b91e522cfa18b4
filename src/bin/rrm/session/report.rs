//! How much a command prints about what went well.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use rrm::item::TrashItem;
use rrm::rules::selection::Selection;

use super::Session;
use crate::output::{self, Verbosity};

/// How much is told of what went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    Nothing,
    /// One line for all of it.
    Summary,
    /// An object for each item.
    Json,
    Each,
}

impl Session<'_> {
    /// How much to tell of what went well, for a command that tells so much unasked.
    pub(crate) fn report(&self, default: Report) -> Report {
        match self.messages.verbosity {
            Verbosity::Verbose => Report::Each,
            Verbosity::Usual => default,
            Verbosity::Quiet | Verbosity::AsRm => Report::Nothing,
        }
    }

    /// What was done to some of so many paths, in one line: `removed 3 items again: 'a', 'b', 'c'`.
    pub(crate) fn summary(&self, verb: &str, all: usize, done: &[PathBuf], again: &str) -> String {
        const NAMED: usize = 3;
        if let ([path], 1) = (done, all) {
            return format!("{verb} {}{again}", self.quoted(path));
        }
        let items = match done.len() {
            some if some < all => format!("{some} of {}", output::count(all as u64, "item")),
            _ => output::count(all as u64, "item"),
        };
        let named: Vec<String> = done.iter().take(NAMED).map(|path| self.quoted(path)).collect();
        let named = if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) };
        let more = match done.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{verb} {items}{again}{named}{more}")
    }
}

/// From how many items on one line tells how many there were.
const MANY: usize = 10;

/// How much is told unasked of these items: nothing, where they are few and each of them was named.
pub(crate) fn default_report<'a>(selection: &Selection, items: impl Iterator<Item = &'a TrashItem>) -> Report {
    let few: Vec<_> = items.take(MANY + 1).collect();
    let is_named = !selection.terms.is_empty() && few.len() <= MANY && !few.iter().any(|item| selection.is_found(item));
    if is_named { Report::Nothing } else { Report::Summary }
}

pub(crate) fn println(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{line}").context("write error")
}
