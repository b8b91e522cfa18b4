//! Where a directory is, as getcwd(3) finds it out: by its name in the directory above, and so on.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::PathBuf;

use rustix::io::Errno;

use super::{for_each, look_at};
use crate::sys::{Dir, FileId};

/// # Errors
/// `EACCES` where a directory above may not be read, `ENOENT` where this one has no name any more.
pub(in crate::sys) fn path_of(dir: &Dir, _: &File) -> io::Result<PathBuf> {
    let mut names: Vec<OsString> = Vec::new();
    let mut here = dir.try_clone()?;
    loop {
        let (above, id) = (here.open_parent()?, here.metadata()?.id);
        let above_id = above.metadata()?.id;
        if above_id == id {
            return Ok(std::iter::once(OsString::from("/")).chain(names.into_iter().rev()).collect());
        }
        names.push(name_of(id, &above)?);
        here = above;
    }
}

/// Only what is a directory is looked at, since inode numbers say nothing of what is mounted over a name.
fn name_of(id: FileId, above: &Dir) -> io::Result<OsString> {
    let mut found = None;
    for_each(above, |entry| {
        let may_be = entry.kind.is_none_or(|kind| kind == crate::sys::FileKind::Directory);
        if found.is_none() && may_be && look_at(above, &entry.name).is_ok_and(|is| is.id == id) {
            found = Some(entry.name);
        }
        Ok(())
    })?;
    found.ok_or_else(|| Errno::NOENT.into())
}
