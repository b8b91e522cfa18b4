//! macOS: a rename that replaces nothing, the path of a handle, flushes that reach the disk and not only the drive, and the
//! table of mounts are its own; the rest is as the BSDs have it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use rustix::fs::{Dev, FileType, Mode, OFlags, RenameFlags, XattrFlags};
use rustix::io::Errno;

pub(in crate::sys) use super::bsd::*;

use crate::sys::door::through;
use crate::sys::values::name::Name;
use crate::sys::values::{AttributeMeaning, Mount};

/// `O_SEARCH` (`O_EXEC | O_DIRECTORY`, open(2)), which rustix has no word for: the handle needs no right to read.
pub(in crate::sys) const PLACE: OFlags = OFlags::CLOEXEC.union(OFlags::DIRECTORY).union(OFlags::from_bits_retain(EXEC));
const EXEC: u32 = 0x4000_0000;

/// What the mode of a place must have for that.
pub(in crate::sys) const PLACE_TAKES: Mode = Mode::XUSR;

pub(in crate::sys) const ATTRIBUTE_PREFIX: &str = "";

pub(in crate::sys) const NO_ATTRIBUTE: Errno = Errno::NOATTR;

pub(in crate::sys) const MOUNT_TABLE: &str = "the table of mounts";

/// Names have no namespaces: tags, resource forks and whatever Finder keeps are all values. Where a file came from is told by
/// the system alone.
pub(in crate::sys) fn meaning_of_attribute(name: &OsStr) -> AttributeMeaning {
    if name.as_bytes() == b"com.apple.provenance" { AttributeMeaning::Setting } else { AttributeMeaning::Value }
}

pub(in crate::sys) fn create_attribute(file: &File, name: &str, value: &[u8]) -> Result<(), Errno> {
    through("fsetxattr", || rustix::fs::fsetxattr(file, name, value, XattrFlags::CREATE))
}

/// `RENAME_EXCL` of renameatx_np(2).
pub(in crate::sys) fn rename_no_replace(from: impl AsFd, old: &OsStr, to: impl AsFd, new: &OsStr) -> Result<(), Errno> {
    through("renameatx_np", || rustix::fs::renameat_with(from, old, to, new, RenameFlags::NOREPLACE))
}

pub(in crate::sys) fn exchange(dir: impl AsFd + Copy, one: &OsStr, other: &OsStr) -> Result<(), Errno> {
    through("renameatx_np", || rustix::fs::renameat_with(dir, one, dir, other, RenameFlags::EXCHANGE))
}

/// There is no mknodat(2), and no path here is resolved twice: a copy names the entry as lost.
pub(in crate::sys) fn make_special(_: impl AsFd, _: Name<'_>, _: FileType, _: Dev) -> Result<(), Errno> {
    Err(Errno::NOTSUP)
}

/// `F_GETPATH` of fcntl(2).
pub(in crate::sys) fn path_of(handle: &File) -> io::Result<Option<PathBuf>> {
    Ok(Some(OsString::from_vec(rustix::fs::getpath(handle)?.into_bytes()).into()))
}

/// `F_FULLFSYNC`: fsync(2) leaves it in the cache of the drive. Some file systems, of the network above all, have only that.
pub(in crate::sys) fn flush_file(file: &File) -> io::Result<()> {
    let flushed = through("fcntl", || match rustix::fs::fcntl_fullfsync(file) {
        Err(Errno::NOTSUP | Errno::OPNOTSUPP | Errno::NOTTY | Errno::INVAL) => rustix::fs::fsync(file),
        flushed => flushed,
    });
    Ok(flushed?)
}

/// getfsstat(2).
pub(in crate::sys) fn mount_table() -> io::Result<Vec<Mount>> {
    let told = mountpoints::mountinfos().map_err(io::Error::other)?;
    let mount = |told: mountpoints::MountInfo| {
        let kind = told.format.unwrap_or_default();
        Mount { point: told.path, shows: "/".into(), kind }
    };
    Ok(told.into_iter().map(mount).collect())
}
