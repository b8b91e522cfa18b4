//! Who may write a record on a thing where it is, or take one off it.
//!
//! Two commands may come to one file at once: two removals, a restore and a removal of what is back, the doctor and a
//! removal. So whoever writes a record on the file itself, or erases one, holds the file's lock (flock(2)): a removal from
//! before the first attribute until after the rename, a restore from before the rename until after the last attribute.
//! A removal that cannot have it leaves the attributes alone and makes an envelope; then the rename alone decides whose
//! the file is, and whoever comes too late finds no file.
//!
//! The lock belongs to the open file and ends with the command, however that ends. A program that has locked a file of
//! its own costs the removal an envelope and nothing else.

use std::fs::File;
use std::io;

use crate::sys::{self, Dir, Lock, Locked, Name, metadata_of_file, try_lock};

/// Takes the lock of an open file, until it is closed. Where it cannot be had, for whatever reason, the file is not ours.
#[must_use]
pub fn is_ours(file: &File) -> bool {
    matches!(try_lock(file), Ok(Lock::Held))
}

/// Whether an open file is what `dir` has under this name. Two looks at an inode cost a third of one at a path of `/proc`.
pub(in crate::store) fn is_at(file: &File, dir: &Dir, name: Name<'_>) -> io::Result<bool> {
    Ok(dir.metadata_of(name)?.id == metadata_of_file(file)?.id)
}

/// Takes the lock of the open directory `dir`, which is called `name` in `holder`; `None` where another process has it,
/// or has deleted it.
pub fn take_over(holder: &Dir, name: Name<'_>, dir: &Dir) -> io::Result<Option<Locked>> {
    // A removed directory can be held, but no more be opened.
    let Some(opened) = sys::if_there(dir.readable())? else { return Ok(None) };
    let Some(lock) = Locked::take(opened)? else { return Ok(None) };
    let is_there = holder.metadata_of(name).is_ok_and(|found| dir.metadata().is_ok_and(|ours| ours.id == found.id));
    Ok(is_there.then_some(lock))
}
