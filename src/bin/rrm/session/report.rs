//! How much a command prints about success.

use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use rrm::item::TrashItem;
use rrm::rules::selection::Selection;

use super::Session;
use crate::output::{self, Verbosity};

/// How much a command prints about success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Report {
    Nothing,
    /// One line in total.
    Summary,
    /// A JSON object per item.
    Json,
    Each,
}

impl Session<'_> {
    /// How much to print for a command that prints so much by default.
    pub(crate) fn report(&self, default: Report) -> Report {
        match self.messages.verbosity {
            Verbosity::Verbose => Report::Each,
            Verbosity::Usual => default,
            Verbosity::Quiet | Verbosity::AsRm => Report::Nothing,
        }
    }

    /// One line about many paths: `removed 3 items again: 'a', 'b', 'c'`.
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

/// From how many items on a line counts them.
const MANY: usize = 10;

/// How much to print by default: nothing if there are few items and each was named.
pub(crate) fn default_report<'a>(selection: &Selection, items: impl Iterator<Item = &'a TrashItem>) -> Report {
    let few: Vec<_> = items.take(MANY + 1).collect();
    let is_named = !selection.terms.is_empty() && few.len() <= MANY && !few.iter().any(|item| selection.is_found(item));
    if is_named { Report::Nothing } else { Report::Summary }
}

pub(crate) fn println(line: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{line}").context("write error")
}
