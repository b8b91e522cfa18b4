//! What was removed and what stays.

use std::io;
use std::path::PathBuf;

use super::{Failure, Measure};
use crate::progress::{Amount, Progress};
use crate::sys::Metadata;

/// The unit of `st_blocks`, whatever the block size of the file system (stat(2)).
const SECTOR: u64 = 512;

pub(super) struct Tally<'a> {
    pub(super) removed: Amount,
    pub(super) failures: Vec<Failure>,
    pub(super) progress: &'a dyn Progress,
    measure: Measure,
}

impl<'a> Tally<'a> {
    pub(super) fn new(measure: Measure, progress: &'a dyn Progress) -> Self {
        Self { removed: Amount::default(), failures: Vec::new(), progress, measure }
    }

    /// The bytes that the removal of an entry will free, asked for only where they are wanted.
    ///
    /// A directory has one name, whatever its link count says about its subdirectories. An entry that cannot be asked
    /// counts as zero: its removal is about to say why.
    pub(super) fn bytes_of(&self, metadata: impl FnOnce() -> io::Result<Metadata>) -> u64 {
        if self.measure == Measure::Entries {
            return 0;
        }
        match metadata() {
            Ok(found) if found.is_dir() || found.links == 1 => found.blocks * SECTOR,
            _ => 0,
        }
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
