//! Inodes that are not opened.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dev, FileType, Gid, Mode, OFlags, Timestamps, Uid};
use rustix::io::Errno;

use super::{look, look_at_birth};
use crate::sys::door::through;
use crate::sys::values::Carrier;
use crate::sys::values::metadata::{Metadata, Timestamp};
use crate::sys::values::name::Name;

/// An inode of which only the place is held (`O_PATH`).
#[derive(Debug)]
pub(in crate::sys) struct Marked {
    handle: File,
    /// Its name under `/proc/self/fd`, which leads to this inode and, where that is a symbolic link, no further.
    own_name: PathBuf,
}

impl Marked {
    pub(in crate::sys) fn new(dir: impl AsFd, name: Name<'_>) -> io::Result<Self> {
        let flags = OFlags::CLOEXEC | OFlags::PATH | OFlags::NOFOLLOW;
        let handle: File = rustix::fs::openat(dir, name.as_os_str(), flags, Mode::empty())?.into();
        let own_name = Path::new("/proc/self/fd").join(handle.as_raw_fd().to_string());
        Ok(Self { handle, own_name })
    }

    pub(in crate::sys) fn metadata(&self) -> io::Result<Metadata> {
        look(&self.handle)
    }

    pub(in crate::sys) fn metadata_and_birth(&self) -> io::Result<(Metadata, Option<Timestamp>)> {
        look_at_birth(&self.handle)
    }

    pub(in crate::sys) fn set_owner(&self, uid: Option<Uid>, gid: Option<Gid>) -> io::Result<()> {
        Ok(through("fchownat", || rustix::fs::chownat(CWD, &self.own_name, uid, gid, AtFlags::empty()))?)
    }

    pub(in crate::sys) fn set_mode(&self, mode: Mode) -> io::Result<()> {
        Ok(through("fchmodat", || rustix::fs::chmodat(CWD, &self.own_name, mode, AtFlags::empty()))?)
    }

    pub(in crate::sys) fn set_times(&self, times: &Timestamps) -> io::Result<()> {
        Ok(through("utimensat", || rustix::fs::utimensat(CWD, &self.own_name, times, AtFlags::empty()))?)
    }

    pub(in crate::sys) fn carrier(&self) -> Carrier<'_> {
        Carrier::Path(&self.own_name)
    }
}

/// mknod(2).
pub(in crate::sys) fn make_special(dir: impl AsFd, name: Name<'_>, kind: FileType, device: Dev) -> Result<(), Errno> {
    let mode = Mode::RUSR | Mode::WUSR;
    through("mknodat", || rustix::fs::mknodat(dir, name.as_os_str(), kind, mode, device))
}
