//! The directories that operands are in, found and held open.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::sys::Dir;

/// The directory that operands are in, held open.
#[derive(Debug)]
pub(crate) struct Parent {
    pub(crate) dir: Dir,
    /// Where it really is.
    pub(crate) path: PathBuf,
}

/// Finds the parents of operands. Operands come in runs from one directory, so the last one is kept.
#[derive(Debug, Default)]
pub(crate) struct Parents {
    last: Mutex<Option<(OsString, Arc<Parent>)>>,
}

impl Parents {
    /// Looks anew for the next: a path that was looked up for one command may mean something else to the next.
    pub(crate) fn forget(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(crate) fn find(&self, parent: &OsStr) -> io::Result<Arc<Parent>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = last.as_ref().filter(|(known, _)| known == parent) {
            return Ok(found.clone());
        }
        let dir = Dir::open_following(Path::new(parent))?;
        let found = Arc::new(Parent { path: dir.path()?, dir });
        *last = Some((parent.to_owned(), found.clone()));
        Ok(found)
    }
}
