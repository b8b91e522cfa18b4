//! What is in a trash directory, from which nothing may be taken.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::super::journal::Key;
use crate::store::TrashDir;
use crate::sys::{Dir, FileId, Metadata, Name};

/// How many directories are known to be in no trash.
const MOST_KNOWN: usize = 10_000;

/// The trash directories of a run.
pub(super) struct Reach {
    /// And where they are.
    trashes: RwLock<Vec<(Arc<TrashDir>, PathBuf)>>,
    /// Whether one of them, or a directory above it, may be elsewhere by now.
    has_moved_directories: AtomicBool,
    /// Directories on other mounts of the same file systems, in no trash.
    outside: Mutex<HashSet<Key>>,
}

impl Reach {
    pub(super) fn of(trashes: Vec<Arc<TrashDir>>) -> Self {
        Self {
            trashes: RwLock::new(trashes.into_iter().filter_map(located).collect()),
            has_moved_directories: AtomicBool::new(false),
            outside: Mutex::default(),
        }
    }

    /// Adds a trash directory.
    pub(super) fn protect(&self, trash: &Arc<TrashDir>) {
        let mut trashes = self.trashes.write().unwrap_or_else(PoisonError::into_inner);
        if trashes.iter().all(|(known, _)| known.id() != trash.id()) {
            trashes.extend(located(trash.clone()));
            self.forget();
        }
    }

    /// A directory gets another name.
    pub(super) fn a_directory_moves(&self) {
        self.has_moved_directories.store(true, Ordering::Relaxed);
    }

    /// Something is moved into a trash directory or out of one.
    pub(super) fn forget(&self) {
        self.outside.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Whether this is one of them.
    pub(super) fn is_one(&self, id: FileId) -> bool {
        self.trashes.read().unwrap_or_else(PoisonError::into_inner).iter().any(|(trash, _)| trash.id() == id)
    }

    /// Whether `name` of `parent` is in one of them, or is one. `is` tells the mount that it is on.
    ///
    /// # Security
    /// A second mount of the file system shows a trash directory under another path. So a path that leads elsewhere decides
    /// only on the mount of the trash directory, and on other file systems.
    pub(super) fn holds(&self, parent: &Dir, name: &OsStr, path: Option<&Path>, is: Option<&Metadata>) -> bool {
        let trashes = self.trashes.read().unwrap_or_else(PoisonError::into_inner);
        if path.is_some_and(|path| self.is_below_a_place(&trashes, path)) {
            return true;
        }
        let may_be_in = |trash: &TrashDir| path.is_none() || is.is_none_or(|is| may_be_shown(trash, is));
        let ids: Vec<FileId> =
            trashes.iter().filter(|(trash, _)| may_be_in(trash)).flat_map(|(trash, _)| trash.ids()).collect();
        !ids.is_empty() && self.is_below(parent, name, &ids).unwrap_or(false)
    }

    fn is_below_a_place(&self, trashes: &[(Arc<TrashDir>, PathBuf)], path: &Path) -> bool {
        let is_in = |place: &Path| path.starts_with(place);
        match self.has_moved_directories.load(Ordering::Relaxed) {
            false => trashes.iter().any(|(_, place)| is_in(place)),
            // A directory above one may have another name by now.
            true => trashes.iter().any(|(trash, place)| trash.dir().path().map_or(is_in(place), |place| is_in(&place))),
        }
    }

    /// Whether `name` of `parent` is one of these directories or below one.
    fn is_below(&self, parent: &Dir, name: &OsStr, ids: &[FileId]) -> io::Result<bool> {
        if let Ok(is) = parent.metadata_of(Name::new(name)?)
            && ids.contains(&is.id)
        {
            return Ok(true);
        }
        let (is, birth) = parent.metadata_and_birth()?;
        let key = Key::new(is.id, birth);
        if self.outside.lock().unwrap_or_else(PoisonError::into_inner).contains(&key) {
            return Ok(false);
        }
        let is_below = parent.is_in(|id| ids.contains(&id))?;
        if !is_below {
            let mut outside = self.outside.lock().unwrap_or_else(PoisonError::into_inner);
            if outside.len() == MOST_KNOWN {
                outside.clear();
            }
            outside.insert(key);
        }
        Ok(is_below)
    }
}

/// Whether what is so may be in this trash directory though its path is not.
fn may_be_shown(trash: &TrashDir, is: &Metadata) -> bool {
    let is_on_same_mount = is.mount.is_some() && is.mount == trash.mount();
    is.id.device == trash.id().device && !is_on_same_mount
}

fn located(trash: Arc<TrashDir>) -> Option<(Arc<TrashDir>, PathBuf)> {
    let place = trash.dir().path().ok()?;
    Some((trash, place))
}
