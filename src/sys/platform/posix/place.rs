//! Names and places: opening, removing, renaming.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;

use crate::sys::dir::{GUARDED, Within, open_on_this_device};
use crate::sys::door::through;
use crate::sys::{Dir, Name};

/// Where every mount has a device of its own, this sees each.
pub(in crate::sys) fn open_on_this_mount(dir: &Dir, name: &OsStr, flags: OFlags, _: Within) -> io::Result<OwnedFd> {
    open_on_this_device(dir, name, flags)
}

/// An access time that nobody can keep moves.
pub(in crate::sys) fn open_keeping_access_time(dir: &Dir, name: Name<'_>) -> Result<OwnedFd, Errno> {
    rustix::fs::openat(dir, name.as_os_str(), GUARDED | OFlags::RDONLY, Mode::empty())
}

pub(in crate::sys) fn keep_access_time(_: &Dir) {}

/// What an opening is refused with, in the words of the contract. Of a link that is not followed POSIX says `ELOOP` whatever
/// else was asked for, and FreeBSD `EMLINK`.
pub(in crate::sys) fn refusal(error: Errno, flags: OFlags) -> Errno {
    match error {
        Errno::LOOP | Errno::MLINK if flags.contains(OFlags::DIRECTORY) => Errno::NOTDIR,
        Errno::MLINK => Errno::LOOP,
        error => error,
    }
}

pub(in crate::sys) fn set_mode_of_place(handle: &File, mode: Mode) -> Result<(), Errno> {
    through("fchmod", || rustix::fs::fchmod(handle, mode))
}

/// POSIX says `EPERM` of a directory, which has other meanings too.
pub(in crate::sys) fn remove_file(dir: &Dir, name: Name<'_>) -> Result<(), Errno> {
    match through("unlinkat", || rustix::fs::unlinkat(dir, name.as_os_str(), AtFlags::empty())) {
        Err(Errno::PERM) if dir.metadata_of(name).is_ok_and(|is| is.is_dir()) => Err(Errno::ISDIR),
        removed => removed,
    }
}

/// There is no such call.
pub(in crate::sys) fn rename_no_replace(_: &Dir, _: &OsStr, _: &Dir, _: &OsStr) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}
