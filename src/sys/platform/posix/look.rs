//! What fstatat(2) tells.

use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Stat, fstat, major, minor, statat};

use crate::sys::platform::flags_of;
use crate::sys::values::metadata::{FileId, Metadata, MountRoot, Timestamp};

/// What `handle` holds.
pub(in crate::sys) fn look(handle: impl AsFd) -> io::Result<Metadata> {
    let is = fstat(&handle)?;
    Ok(metadata_of(&is, || statat(&handle, "..", AtFlags::empty()).ok()))
}

/// What is under a name, not followed.
pub(in crate::sys) fn look_at(base: impl AsFd, name: &OsStr) -> io::Result<Metadata> {
    let is = statat(&base, name, AtFlags::SYMLINK_NOFOLLOW)?;
    let above = Path::new(name).parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Into a directory that is closed to us leads no path, but it was reached by one.
    let parent = || statat(&base, Path::new(name).join(".."), AtFlags::empty());
    Ok(metadata_of(&is, || parent().or_else(|_| statat(&base, above, AtFlags::empty())).ok()))
}

/// What a path leads to.
pub(in crate::sys) fn look_following(path: &Path) -> io::Result<Metadata> {
    let is = statat(CWD, path, AtFlags::empty())?;
    Ok(metadata_of(&is, || statat(CWD, path.join(".."), AtFlags::empty()).ok()))
}

/// Every mount has a device of its own. So a mount begins in a directory whose parent is on another device, and in the root,
/// which is its own.
pub(in crate::sys) fn metadata_of(is: &Stat, parent: impl FnOnce() -> Option<Stat>) -> Metadata {
    let kind = FileType::from_raw_mode(is.st_mode);
    let mount_root = match kind {
        FileType::Directory => parent().map_or(MountRoot::Unknown, |parent| {
            let begins = parent.st_dev != is.st_dev || parent.st_ino == is.st_ino;
            if begins { MountRoot::Yes } else { MountRoot::No }
        }),
        _ => MountRoot::No,
    };
    let device = (major(is.st_dev), minor(is.st_dev));
    Metadata {
        kind: kind.into(),
        mode: number::<_, u32>(is.st_mode) & 0o7777,
        uid: is.st_uid,
        gid: is.st_gid,
        links: number(is.st_nlink),
        size: number(is.st_size),
        blocks: number(is.st_blocks),
        id: FileId { device, inode: number(is.st_ino) },
        rdev: (major(is.st_rdev), minor(is.st_rdev)),
        mount: Some(u64::from(device.0) << 32 | u64::from(device.1)),
        mount_root,
        flags: flags_of(is),
        accessed: time(is.st_atime, is.st_atime_nsec),
        modified: time(is.st_mtime, is.st_mtime_nsec),
        changed: time(is.st_ctime, is.st_ctime_nsec),
    }
}

/// A point in time, whatever types the platform has for it.
pub(in crate::sys) fn time(seconds: impl TryInto<i64>, nanoseconds: impl TryInto<u32>) -> Timestamp {
    Timestamp { seconds: number(seconds), nanoseconds: number(nanoseconds) }
}

/// A number in another type; what does not fit is none that a file system tells.
fn number<N: TryInto<M>, M: Default>(number: N) -> M {
    number.try_into().unwrap_or_default()
}
