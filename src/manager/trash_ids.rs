//! Whether something is inside a trash directory.
//!
//! Directories are told by device and inode, so that no spelling, link or bind mount leads around it.

use std::collections::HashSet;
use std::io;
use std::path::Path;

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

    /// Whether the directory `dir`, which is at `path`, is one of them or below one.
    pub(crate) fn holds(&self, dir: &Dir, path: &Path) -> io::Result<bool> {
        let mut dir = dir.try_clone()?;
        for _ in path.ancestors() {
            if self.contains(dir.metadata()?.id) {
                return Ok(true);
            }
            dir = dir.open_parent()?;
        }
        Ok(false)
    }
}
