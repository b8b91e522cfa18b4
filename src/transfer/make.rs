//! One new entry, empty and private, of the kind that the source has.

use std::io;
use std::path::Path;

use crate::sys::{Dir, FileKind, Inode, Metadata, Name};

use crate::transfer::error::{Failure, Trouble, While};

/// Opens `name` of `from`, which is no directory, to read what belongs to it; what is no file is only marked, never opened.
pub(in crate::transfer) fn open_leaf(from: &Dir, name: Name<'_>, kind: FileKind) -> Result<Inode, Trouble> {
    match kind {
        FileKind::File => from.open_file_keeping_access_time(name).map(Inode::Open),
        _ => from.mark(name),
    }
    .during(Failure::Read)
}

/// Opens `name` of `from` as [`open_leaf`] does, or as a directory. It comes with what it is now that it is open.
///
/// # Errors
/// [`Failure::Changed`] where it is no longer what `was` tells.
pub(in crate::transfer) fn open_source(
    from: &Dir,
    name: Name<'_>,
    was: &Metadata,
) -> Result<(Inode, Metadata), Trouble> {
    let inode = match was.kind {
        FileKind::Directory => Inode::Open(open_source_dir(from, name)?.readable().during(Failure::Read)?),
        kind => open_leaf(from, name, kind)?,
    };
    let is = inode.metadata().during(Failure::Read)?;
    if (is.id, is.kind) == (was.id, was.kind) { Ok((inode, is)) } else { Err(Trouble::changed()) }
}

/// Opens the directory `name` of `from` for reading, unless another mount begins there.
pub(in crate::transfer) fn open_source_dir(from: &Dir, name: Name<'_>) -> Result<Dir, Trouble> {
    from.open_dir_on_this_mount(name).map_err(|error| {
        let failure = if error.kind() == io::ErrorKind::CrossesDevices { Failure::Mount } else { Failure::Read };
        Trouble::of(failure, error)
    })
}

/// Makes `name` in `to`, of the kind that `was` tells, for its owner alone; `leads_to` is for a symbolic link.
pub(in crate::transfer) fn make(to: &Dir, name: Name<'_>, was: &Metadata, leads_to: &Path) -> io::Result<Inode> {
    match was.kind {
        FileKind::File => return Ok(Inode::Open(to.create_file(name)?)),
        FileKind::Directory => return Ok(Inode::Open(to.create_private_dir(name)?.readable()?)),
        FileKind::Symlink => to.create_symlink(name, leads_to)?,
        kind => to.create_special(name, kind, was.rdev)?,
    }
    to.mark(name)
}

/// Whether an inode that was `was` when work on it began is untouched now.
///
/// The change time tells of every change to content or metadata, and cannot be set by the one who makes it.
pub(in crate::transfer) fn is_unchanged(was: &Metadata, is: &Metadata) -> bool {
    (was.id, was.kind, was.size, was.modified, was.changed) == (is.id, is.kind, is.size, is.modified, is.changed)
}

/// Why an entry could not be made.
pub(in crate::transfer) fn not_made(error: io::Error) -> Trouble {
    let exists = error.kind() == io::ErrorKind::AlreadyExists;
    Trouble::of(if exists { Failure::Exists } else { Failure::Make }, error)
}
