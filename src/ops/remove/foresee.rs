//! What a removal would do, told without doing any of it: each as it would end after those before it.
//!
//! It asks what they ask, of the disk. What only a try can show is not foreseen: that a file system refuses a name, that it
//! is full, or what others do meanwhile.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::manager::TrashManager;
use crate::ops::remove::operand::{REMOVE, refused, split};
use crate::ops::remove::plan::Removal;
use crate::sys::{self, Dir, Metadata};

const EPERM: i32 = 1;
const ENOENT: i32 = 2;

/// The removals of a dry run, one after the other.
pub struct ForeseenRemovals<'a> {
    manager: &'a TrashManager,
    gone: HashSet<PathBuf>,
}

impl TrashManager {
    /// For a dry run of removals.
    #[must_use]
    pub fn foresee_removals(&self) -> ForeseenRemovals<'_> {
        ForeseenRemovals { manager: self, gone: HashSet::new() }
    }
}

impl ForeseenRemovals<'_> {
    /// Fails as the removal would after those before it. Nothing is touched.
    pub fn remove(&mut self, removal: &Removal) -> Result<()> {
        let failed = |error| Error::system(REMOVE, &removal.operand, error);
        let parts = split(&removal.operand).map_err(|kind| refused(kind, &removal.operand))?;
        let parent = self.manager.parents().find(parts.parent).map_err(failed)?;
        let path = parent.path.join(parts.name);
        if path.ancestors().any(|above| self.gone.contains(above)) {
            return Err(gone(&removal.operand));
        }
        may_leave(&parent.dir, &removal.metadata).map_err(failed)?;
        self.gone.insert(path);
        Ok(())
    }

    /// Fails where an operand, or a directory on its way, is removed by then.
    pub fn check_there(&self, operand: &OsStr) -> Result<()> {
        let is_gone = |above: &Path| {
            let parts = split(above.as_os_str()).ok()?;
            let parent = self.manager.parents().find(parts.parent).ok()?;
            Some(self.gone.contains(&parent.path.join(parts.name)))
        };
        match !self.gone.is_empty() && Path::new(operand).ancestors().any(|above| is_gone(above).unwrap_or(false)) {
            true => Err(gone(operand)),
            false => Ok(()),
        }
    }
}

fn gone(operand: &OsStr) -> Error {
    Error::system(REMOVE, operand, io::Error::from_raw_os_error(ENOENT))
}

/// Fails as a rename out of the directory would.
fn may_leave(parent: &Dir, thing: &Metadata) -> io::Result<()> {
    parent.check_writable()?;
    let (is, us) = (parent.metadata()?, sys::effective_uid());
    if us == 0 || thing.uid == us {
        return Ok(());
    }
    if is.mode & sys::STICKY != 0 && is.uid != us {
        return Err(io::Error::from_raw_os_error(EPERM));
    }
    Ok(())
}
