//! Making a directory of ours writable for as long as it is moved.
//!
//! To move a directory to another parent is to rewrite its `..`, which takes write permission on the directory itself
//! (rename(2), `EACCES`), and setting attributes takes it too.

use std::io;

use crate::sys::{self, Dir, Metadata};

/// What an owner may do with a directory that can be moved.
pub(super) const OWNER_ALL: u32 = 0o700;

/// A directory that is writable only to be moved. Dropping it leaves it so: the record has the mode to give back.
#[must_use = "the mode is to be given back"]
pub(super) struct Loosened {
    dir: Dir,
    mode: u32,
}

/// Makes the directory at hand writable if it is ours and is not; `None` where nothing had to be changed.
pub(super) fn loosen(dir: impl FnOnce() -> io::Result<Dir>, metadata: &Metadata) -> io::Result<Option<Loosened>> {
    let movable = metadata.mode & OWNER_ALL == OWNER_ALL;
    if !metadata.is_dir() || movable || metadata.uid != sys::effective_uid() {
        return Ok(None);
    }
    let dir = dir()?;
    dir.set_mode(metadata.mode | OWNER_ALL)?;
    Ok(Some(Loosened { dir, mode: metadata.mode }))
}

impl Loosened {
    /// The permission bits that the directory had.
    pub(super) fn mode(&self) -> u32 {
        self.mode
    }

    /// Gives them back.
    pub(super) fn tighten(self) -> io::Result<()> {
        self.dir.set_mode(self.mode)
    }
}
