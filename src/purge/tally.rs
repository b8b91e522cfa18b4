//! What was removed and what stays.

use std::io;
use std::path::PathBuf;
use std::sync::MutexGuard;

use super::share::Worker;
use super::{Failure, Measure};
use crate::progress::{Amount, Progress};
use crate::sys::Metadata;

pub(super) struct Tally<'a> {
    pub(super) removed: Amount,
    pub(super) failures: Vec<Failure>,
    pub(super) progress: &'a dyn Progress,
    pub(super) worker: Worker<'a>,
    measure: Measure,
}

/// What a removal will free, if nobody else removes a name of the same file before.
#[derive(Default)]
pub(super) struct Freed<'a> {
    pub(super) bytes: u64,
    /// Held until the removal is over.
    _turn: Option<MutexGuard<'a, ()>>,
}

impl<'a> Tally<'a> {
    pub(super) fn new(measure: Measure, progress: &'a dyn Progress, worker: Worker<'a>) -> Self {
        Self { removed: Amount::default(), failures: Vec::new(), progress, worker, measure }
    }

    /// What the removal of an entry will free, asked for only where it is wanted.
    ///
    /// A directory has one name, whatever its link count says about its subdirectories. An entry that cannot be asked
    /// counts as zero: its removal is about to say why.
    pub(super) fn freed_by(&self, mut metadata: impl FnMut() -> io::Result<Metadata>) -> Freed<'a> {
        if self.measure == Measure::Entries {
            return Freed::default();
        }
        let is_last_name = |found: &Metadata| found.is_dir() || found.links == 1;
        let Ok(found) = metadata() else { return Freed::default() };
        if is_last_name(&found) {
            return Freed { bytes: found.bytes_on_disk(), _turn: None };
        }
        let turn = self.worker.turn();
        let bytes = metadata().ok().filter(is_last_name).map_or(0, |found| found.bytes_on_disk());
        Freed { bytes, _turn: Some(turn) }
    }

    pub(super) fn removed(&mut self, bytes: u64) {
        let done = Amount { entries: 1, bytes };
        self.removed += done;
        self.progress.advance(done);
    }

    pub(super) fn fail(&mut self, path: PathBuf, error: io::Error) {
        self.failures.push(Failure { path, error });
    }
}
