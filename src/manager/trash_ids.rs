//! Whether something is inside a trash directory.
//!
//! Directories are told by device and inode, so that no spelling, link or bind mount leads around it.

use std::collections::HashSet;
use std::io;

use super::TrashManager;
use crate::sys::{Dir, FileId};

/// The trash directories that are known, and the directories of rrm's own in them.
#[derive(Debug)]
pub(crate) struct TrashIds(HashSet<FileId>);

impl TrashIds {
    /// Those that `manager` has found.
    pub(crate) fn of(manager: &TrashManager) -> Self {
        Self(manager.known_trashes().iter().flat_map(|trash| trash.ids()).collect())
    }

    /// Whether this is one of them.
    pub(crate) fn contains(&self, id: FileId) -> bool {
        self.0.contains(&id)
    }

    /// Whether the directory `dir` is one of them or below one.
    pub(crate) fn holds(&self, dir: &Dir) -> io::Result<bool> {
        dir.is_in(|id| self.contains(id))
    }
}
