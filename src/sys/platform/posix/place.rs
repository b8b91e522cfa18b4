//! Names and places: opening, removing, renaming.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;

use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::geteuid;

use crate::sys::door::through;
use crate::sys::platform::{self, PLACE, PLACE_TAKES, open_on_this_device};
use crate::sys::values::name::Name;
use crate::sys::values::opening::{GUARDED, Within};

/// Where every mount has a device of its own, this sees each.
pub(in crate::sys) fn open_on_this_mount(
    dir: impl AsFd,
    name: &OsStr,
    flags: OFlags,
    _: Within,
) -> io::Result<OwnedFd> {
    open_on_this_device(dir, name, flags)
}

/// An access time that nobody can keep moves.
pub(in crate::sys) fn open_keeping_access_time(dir: impl AsFd, name: Name<'_>) -> Result<OwnedFd, Errno> {
    rustix::fs::openat(dir, name.as_os_str(), GUARDED | OFlags::RDONLY, Mode::empty())
}

pub(in crate::sys) fn keep_access_time(_: impl AsFd) {}

/// Opens a directory, also one of ours as a place that its mode closes even to us.
pub(in crate::sys) fn open_dir(base: impl AsFd, path: &OsStr, flags: OFlags) -> Result<OwnedFd, Errno> {
    match rustix::fs::openat(&base, path, flags, Mode::empty()) {
        Err(Errno::ACCESS) if flags & !OFlags::NOFOLLOW == PLACE => open_closed(base, path, flags),
        // Of a link that is not followed POSIX says so whatever else was asked for, and FreeBSD the other.
        Err(Errno::LOOP | Errno::MLINK) if flags.contains(OFlags::NOFOLLOW) => Err(Errno::NOTDIR),
        opened => opened,
    }
}

/// A place needs no right but that of its owner, for its mode may have to be set through it. So it gets what opening takes
/// and loses it again once it is open; killed in between, it keeps it.
fn open_closed(base: impl AsFd, path: &OsStr, flags: OFlags) -> Result<OwnedFd, Errno> {
    let nofollow = AtFlags::SYMLINK_NOFOLLOW;
    let was = rustix::fs::statat(&base, path, nofollow)?;
    let mode = Mode::from_raw_mode(was.st_mode);
    let is_dir = FileType::from_raw_mode(was.st_mode) == FileType::Directory;
    if !is_dir || was.st_uid != geteuid().as_raw() || mode.contains(PLACE_TAKES) {
        return Err(Errno::ACCESS);
    }
    platform::set_mode_at(&base, path, mode | PLACE_TAKES)?;
    let opened = rustix::fs::openat(&base, path, flags, Mode::empty())?;
    let is = rustix::fs::fstat(&opened)?;
    if (is.st_dev, is.st_ino) != (was.st_dev, was.st_ino) {
        return Err(Errno::ACCESS);
    }
    through("fchmod", || rustix::fs::fchmod(&opened, mode))?;
    Ok(opened)
}

/// What the opening of a file is refused with, in the words of the contract: FreeBSD has another for a link.
pub(in crate::sys) fn refusal(error: Errno) -> Errno {
    if error == Errno::MLINK { Errno::LOOP } else { error }
}

/// Sets the mode of what is under a name, not following it.
pub(in crate::sys) fn set_mode_at(base: impl AsFd, path: &OsStr, mode: Mode) -> Result<(), Errno> {
    through("fchmodat", || rustix::fs::chmodat(base, path, mode, AtFlags::SYMLINK_NOFOLLOW))
}

pub(in crate::sys) fn set_mode_of_place(handle: &File, mode: Mode) -> Result<(), Errno> {
    through("fchmod", || rustix::fs::fchmod(handle, mode))
}

/// No call tells.
pub(in crate::sys) fn path_of(_: &File) -> io::Result<Option<PathBuf>> {
    Ok(None)
}

/// POSIX says `EPERM` of a directory, which has other meanings too.
pub(in crate::sys) fn remove_file(dir: impl AsFd, name: Name<'_>) -> Result<(), Errno> {
    match through("unlinkat", || rustix::fs::unlinkat(&dir, name.as_os_str(), AtFlags::empty())) {
        Err(Errno::PERM) if platform::look_at(dir, name.as_os_str()).is_ok_and(|is| is.is_dir()) => Err(Errno::ISDIR),
        removed => removed,
    }
}

/// There is no such call.
pub(in crate::sys) fn rename_no_replace(_: impl AsFd, _: &OsStr, _: impl AsFd, _: &OsStr) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}

/// There is none here.
pub(in crate::sys) fn exchange(_: impl AsFd, _: &OsStr, _: &OsStr) -> Result<(), Errno> {
    Err(Errno::NOSYS)
}
