//! What statx(2) tells.

use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Statx, StatxAttributes, StatxFlags};

use crate::sys::values::metadata::{FileId, Metadata, MountRoot, Timestamp};

const WANTED: StatxFlags = StatxFlags::BASIC_STATS.union(StatxFlags::MNT_ID);

/// What `handle` holds.
pub(in crate::sys) fn look(handle: impl AsFd) -> io::Result<Metadata> {
    statx(handle, OsStr::new(""), AtFlags::EMPTY_PATH)
}

/// What is under a name, not followed.
pub(in crate::sys) fn look_at(base: impl AsFd, name: &OsStr) -> io::Result<Metadata> {
    statx(base, name, AtFlags::empty())
}

/// As [`look_at`], asking the file system anew where it would have the kernel go by what it told a moment ago.
pub(in crate::sys) fn look_at_anew(base: impl AsFd, name: &OsStr) -> io::Result<Metadata> {
    statx(base, name, AtFlags::STATX_FORCE_SYNC)
}

/// What a path leads to.
pub(in crate::sys) fn look_following(path: &Path) -> io::Result<Metadata> {
    Ok(rustix::fs::statx(CWD, path, AtFlags::empty(), WANTED)?.into())
}

/// As [`look`], and when it was made.
pub(in crate::sys) fn look_at_birth(handle: impl AsFd) -> io::Result<(Metadata, Option<Timestamp>)> {
    Ok(with_birth(rustix::fs::statx(handle, "", AtFlags::EMPTY_PATH, WANTED | StatxFlags::BTIME)?))
}

fn with_birth(told: Statx) -> (Metadata, Option<Timestamp>) {
    let born = Timestamp { seconds: told.stx_btime.tv_sec, nanoseconds: told.stx_btime.tv_nsec };
    let is_told = told.stx_mask & StatxFlags::BTIME.bits() != 0;
    (told.into(), is_told.then_some(born))
}

/// As [`look_at`], and when it was made.
pub(in crate::sys) fn look_at_birth_of(base: impl AsFd, name: &OsStr) -> io::Result<(Metadata, Option<Timestamp>)> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    Ok(with_birth(rustix::fs::statx(base, name, flags, WANTED | StatxFlags::BTIME)?))
}

/// `chattr +i`, `chattr +a`.
pub(in crate::sys) fn is_fixed(path: &Path) -> bool {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    let fixed = StatxAttributes::IMMUTABLE | StatxAttributes::APPEND;
    rustix::fs::statx(CWD, path, flags, WANTED).is_ok_and(|told| told.stx_attributes.intersects(fixed))
}

fn statx(base: impl AsFd, name: &OsStr, flags: AtFlags) -> io::Result<Metadata> {
    let flags = flags | AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    Ok(rustix::fs::statx(base, name, flags, WANTED)?.into())
}

impl From<Statx> for Metadata {
    fn from(x: Statx) -> Self {
        let mount_root = if !x.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT) {
            MountRoot::Unknown
        } else if x.stx_attributes.contains(StatxAttributes::MOUNT_ROOT) {
            MountRoot::Yes
        } else {
            MountRoot::No
        };
        let time = |t: rustix::fs::StatxTimestamp| Timestamp { seconds: t.tv_sec, nanoseconds: t.tv_nsec };
        Self {
            kind: FileType::from_raw_mode(u32::from(x.stx_mode)).into(),
            mode: u32::from(x.stx_mode) & 0o7777,
            uid: x.stx_uid,
            gid: x.stx_gid,
            links: x.stx_nlink,
            size: x.stx_size,
            blocks: x.stx_blocks,
            id: FileId { device: (x.stx_dev_major, x.stx_dev_minor), inode: x.stx_ino },
            rdev: (x.stx_rdev_major, x.stx_rdev_minor),
            mount: (x.stx_mask & StatxFlags::MNT_ID.bits() != 0).then_some(x.stx_mnt_id),
            mount_root,
            flags: 0,
            accessed: time(x.stx_atime),
            modified: time(x.stx_mtime),
            changed: time(x.stx_ctime),
        }
    }
}
