//! Names and places: opening, removing, renaming.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags, ResolveFlags};
use rustix::io::Errno;

use crate::sys::door::through;
use crate::sys::platform::open_on_this_device;
use crate::sys::values::name::Name;
use crate::sys::values::opening::{GUARDED, Within};

/// A handle that only marks a place: it needs no permission on the directory itself.
pub(in crate::sys) const PLACE: OFlags = OFlags::CLOEXEC.union(OFlags::PATH).union(OFlags::DIRECTORY);

/// `RESOLVE_NO_XDEV` lets the kernel refuse in the same call that opens: no mount can slip in between a check and the
/// opening. Kernels before 5.6 and some sandboxes have no `openat2`.
pub(in crate::sys) fn open_on_this_mount(
    dir: impl AsFd,
    name: &OsStr,
    flags: OFlags,
    within: Within,
) -> io::Result<OwnedFd> {
    let beneath = if within == Within::Directory { ResolveFlags::BENEATH } else { ResolveFlags::empty() };
    let resolve = ResolveFlags::NO_XDEV | ResolveFlags::NO_SYMLINKS | beneath;
    match rustix::fs::openat2(&dir, name, flags, Mode::empty(), resolve) {
        // The kernel says it so when the link itself is what stops the call.
        Err(Errno::LOOP) => Err(Errno::NOTDIR.into()),
        Err(Errno::NOSYS | Errno::PERM) => open_on_this_device(dir, name, flags),
        opened => Ok(opened?),
    }
}

/// `O_NOATIME`, which the kernel grants for our own files.
pub(in crate::sys) fn open_keeping_access_time(dir: impl AsFd, name: Name<'_>) -> Result<OwnedFd, Errno> {
    let flags = GUARDED | OFlags::RDONLY;
    match rustix::fs::openat(&dir, name.as_os_str(), flags | OFlags::NOATIME, Mode::empty()) {
        Err(Errno::PERM) => rustix::fs::openat(dir, name.as_os_str(), flags, Mode::empty()),
        opened => opened,
    }
}

pub(in crate::sys) fn keep_access_time(dir: impl AsFd) {
    rustix::fs::fcntl_setfl(dir, OFlags::NOATIME).ok();
}

/// Opens a directory.
pub(in crate::sys) fn open_dir(base: impl AsFd, path: &OsStr, flags: OFlags) -> Result<OwnedFd, Errno> {
    rustix::fs::openat(base, path, flags, Mode::empty())
}

/// What the opening of a file is refused with, in the words of the contract: Linux has the same.
pub(in crate::sys) fn refusal(error: Errno) -> Errno {
    error
}

/// `fchmod` does not take a handle of the `O_PATH` kind (`EBADF`); its name under `/proc/self/fd` does, and always means
/// this very inode (proc(5)).
pub(in crate::sys) fn set_mode_of_place(handle: &File, mode: Mode) -> Result<(), Errno> {
    match through("fchmodat", || rustix::fs::chmodat(CWD, own_name(handle), mode, AtFlags::empty())) {
        // There is no /proc; what can be read can do without.
        Err(Errno::NOENT) => {
            let readable = open_dir(handle, OsStr::new("."), GUARDED | OFlags::RDONLY | OFlags::DIRECTORY)?;
            through("fchmod", || rustix::fs::fchmod(readable, mode))
        }
        set => set,
    }
}

/// Told by the kernel (proc(5)), where there is a `/proc`; `None` where there is not.
pub(in crate::sys) fn path_of(handle: &File) -> io::Result<Option<PathBuf>> {
    match rustix::fs::readlinkat(CWD, own_name(handle), Vec::new()) {
        Ok(path) => Ok(Some(OsString::from_vec(path.into_bytes()).into())),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn own_name(handle: &File) -> String {
    format!("/proc/self/fd/{}", handle.as_raw_fd())
}

pub(in crate::sys) fn remove_file(dir: impl AsFd, name: Name<'_>) -> Result<(), Errno> {
    through("unlinkat", || rustix::fs::unlinkat(dir, name.as_os_str(), AtFlags::empty()))
}

/// renameat2(2).
pub(in crate::sys) fn rename_no_replace(from: impl AsFd, old: &OsStr, to: impl AsFd, new: &OsStr) -> Result<(), Errno> {
    through("renameat2", || rustix::fs::renameat_with(from, old, to, new, RenameFlags::NOREPLACE))
}

/// renameat2(2).
pub(in crate::sys) fn exchange(dir: impl AsFd + Copy, one: &OsStr, other: &OsStr) -> Result<(), Errno> {
    through("renameat2", || rustix::fs::renameat_with(dir, one, dir, other, RenameFlags::EXCHANGE))
}
