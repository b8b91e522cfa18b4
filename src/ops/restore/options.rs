//! What a caller may ask of a restore.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::item::{Guarded, ItemId, TrashItem};
use crate::ops::copy::Copying;
use crate::ops::remove::options::RemoveOptions;
use crate::rules::selection::{Selection, Term};

/// Put items back.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RestoreOptions {
    /// Which ones.
    pub what: Restorable,
    /// Where to.
    pub destination: Destination,
    /// What to do where something is in the way.
    pub conflict: Conflict,
    /// What may be copied where nothing can be moved.
    pub copying: Copying,
    /// Whether what is open may go where its record says.
    pub open: Open,
    /// The time of the command.
    pub now: DateTime<Utc>,
    /// When the grace period of what is swapped out ends.
    pub deletion: DateTime<Utc>,
}

impl RestoreOptions {
    /// To where it was, unless something is there by now.
    #[must_use]
    pub fn new(what: Restorable, now: DateTime<Utc>) -> Self {
        Self {
            what,
            destination: Destination::default(),
            conflict: Conflict::default(),
            copying: Copying::default(),
            open: Open::default(),
            now,
            deletion: RemoveOptions::new(now).deletion,
        }
    }
}

impl RestoreOptions {
    /// Whether what commands have removed goes back to where it was.
    pub(crate) fn is_undo_in_place(&self) -> bool {
        matches!(self.what, Restorable::LastBatches { .. }) && self.destination.directory.is_none()
    }

    /// What is done where something is in the way of an item: an undo exchanges what a guarded program has put there.
    pub(crate) fn conflict_of(&self, item: &TrashItem) -> Conflict {
        match (self.conflict, item.guarded) {
            (Conflict::Fail, Guarded::Replaced(_)) if self.is_undo_in_place() => Conflict::Swap,
            (conflict, _) => conflict,
        }
    }
}

/// What to do with an item whose record others could have written, where no directory is named for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Open {
    /// Leave it. It fails as [`OpenRecord`](crate::error::ErrorKind), with the target to ask about.
    #[default]
    Refuse,
    /// Restore it: somebody saw the target and agreed.
    Agreed,
}

/// Which items to put back.
#[derive(Debug, Clone)]
pub enum Restorable {
    /// Those selected; of several that were at one path, the newest.
    Selected(Selection),
    /// All that the last commands removed, each a batch.
    LastBatches {
        /// Of how many commands.
        most: usize,
        /// Only what was removed under this label.
        session: Option<OsString>,
    },
}

impl Restorable {
    /// These items, every version.
    #[must_use]
    pub fn items(ids: impl IntoIterator<Item = ItemId>) -> Self {
        let terms = vec![Term::items(ids.into_iter().collect())];
        Self::Selected(Selection { terms, ..Selection::default() })
    }
}

/// Where items are put back to.
#[derive(Debug, Clone, Default)]
pub struct Destination {
    /// The directory; otherwise the one they were in.
    pub directory: Option<PathBuf>,
    /// The name; otherwise the one they had.
    pub name: Option<OsString>,
}

/// What to do where something is in the way of a restore. Nothing is ever overwritten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Conflict {
    /// Leave both where they are; that is a failure.
    #[default]
    Fail,
    /// Leave both where they are; that is what was asked for.
    Skip,
    /// Restore under a free name beside it: `name.~1~`.
    Rename,
    /// Move what is there to the trash first.
    Swap,
    /// Restore what is missing in a directory that is there; the rest stays in the trash.
    Merge,
    /// The same, but move what is in the way of the rest to the trash first.
    MergeSwap,
}
