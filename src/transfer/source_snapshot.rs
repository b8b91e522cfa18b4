//! What the source was while it was copied, for whoever removes it afterwards.

use std::collections::HashMap;

use crate::sys::{FileId, Metadata, Timestamp};

/// How far the clocks of two file systems may be apart, in seconds: a server stamps changes by a clock of its own.
const APART: i64 = 60;

/// Tells whether something is still what was copied.
///
/// Change times only ever come from a clock, so whatever was last changed well before the copy began is untouched; only
/// what changed later has to be remembered. That is little, however large the tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceSnapshot {
    since: Timestamp,
    changed: HashMap<FileId, Timestamp>,
}

impl SourceSnapshot {
    /// For a copy that begins at `now`, as file systems tell the time.
    pub(in crate::transfer) fn from(now: Timestamp) -> Self {
        let since = Timestamp { seconds: now.seconds.saturating_sub(APART), ..now };
        Self { since, changed: HashMap::new() }
    }

    /// Remembers an inode as it was copied.
    pub(in crate::transfer) fn note(&mut self, was: &Metadata) {
        if was.changed >= self.since {
            self.changed.insert(was.id, was.changed);
        }
    }

    /// Adds what another noted of the same copy.
    pub(in crate::transfer) fn add(&mut self, other: Self) {
        self.changed.extend(other.changed);
    }

    /// Whether an inode has not changed since it was noted.
    pub(in crate::transfer) fn confirms(&self, is: &Metadata) -> bool {
        is.changed < self.since || self.changed.get(&is.id) == Some(&is.changed)
    }
}
