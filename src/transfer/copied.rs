//! What came of a copy.

use crate::progress::Amount;

use crate::transfer::loss::Losses;
use crate::transfer::source_snapshot::SourceSnapshot;

/// A copy that is complete and on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a copy that nobody renames to its place is garbage"]
pub struct Copied {
    /// What was copied; a file with several names counts its bytes once.
    pub total: Amount,
    /// What could not be kept: of the kinds that the survey named, and no other.
    pub losses: Losses,
    /// What the source was, for `remove_source`.
    pub snapshot: SourceSnapshot,
}

impl Copied {
    /// Adds what another thread copied of the same tree.
    pub(in crate::transfer) fn add(&mut self, other: Self) {
        self.total += other.total;
        self.losses.add(other.losses);
        self.snapshot.add(other.snapshot);
    }
}
