//! What a run could not keep, to be told at its end.

use super::super::Summary;
use super::KEEP;
use super::keep::{Lost, Seen};
use crate::error::{Error, ErrorKind};
use crate::sys::metadata_and_birth_at;

/// How many things are named one by one.
const MOST_NAMED: usize = 1000;

/// What is not in the trash, and what was refused for that.
#[derive(Debug, Default)]
pub(super) struct NotKept {
    lost: Vec<Lost>,
    /// How many there are beside these.
    more: u64,
    refused: Vec<Lost>,
}

impl NotKept {
    pub(super) fn lose(&mut self, lost: Lost) {
        match self.lost.len() {
            MOST_NAMED => self.more += 1,
            _ => self.lost.push(lost),
        }
    }

    /// Whoever was refused was told, so that not all need be named.
    pub(super) fn refuse(&mut self, lost: Lost) {
        if self.refused.len() < MOST_NAMED {
            self.refused.push(lost);
        }
    }

    pub(super) fn tell(self, summary: &mut Summary) {
        let error = |action, lost: Lost| Error::new(ErrorKind::NoTrash, action, lost.path, lost.reason);
        let lost = self.lost.into_iter().filter(is_lost);
        summary.not_kept.extend(lost.map(|lost| error(KEEP, lost)));
        summary.more_not_kept += self.more;
        summary.refused.extend(self.refused.into_iter().map(|lost| error("allow the loss of", lost)));
    }
}

/// What was only opened for writing may be as it was.
fn is_lost(lost: &Lost) -> bool {
    let seen = || metadata_and_birth_at(&lost.path).map(|(is, birth)| Seen::new(&is, birth)).ok();
    lost.seen.is_none_or(|was| seen() != Some(was))
}
