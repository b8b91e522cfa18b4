//! Inodes that are not opened: known by their name in an open directory, and by what they were there.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, Gid, Mode, Timestamps, Uid};
use rustix::io::Errno;

use super::look_at;
use crate::sys::door::through;
use crate::sys::platform;
use crate::sys::values::Carrier;
use crate::sys::values::metadata::{FileId, Metadata, Timestamp};
use crate::sys::values::name::Name;

/// An inode of which only the place is held. Somebody may put another under its name: each call looks first, and where the
/// directory is our own nobody can do it in between.
#[derive(Debug)]
pub(in crate::sys) struct Marked {
    dir: OwnedFd,
    name: OsString,
    id: FileId,
}

impl Marked {
    pub(in crate::sys) fn new(dir: impl AsFd, name: Name<'_>) -> io::Result<Self> {
        let id = look_at(&dir, name.as_os_str())?.id;
        Ok(Self { dir: dir.as_fd().try_clone_to_owned()?, name: name.as_os_str().to_owned(), id })
    }

    /// # Errors
    /// `ESTALE` where something else has its name by now.
    pub(in crate::sys) fn metadata(&self) -> io::Result<Metadata> {
        let is = look_at(&self.dir, &self.name)?;
        if is.id == self.id { Ok(is) } else { Err(Errno::STALE.into()) }
    }

    /// # Errors
    /// The same.
    pub(in crate::sys) fn metadata_and_birth(&self) -> io::Result<(Metadata, Option<Timestamp>)> {
        let (is, birth) = platform::look_at_birth_of(&self.dir, &self.name)?;
        if is.id == self.id { Ok((is, birth)) } else { Err(Errno::STALE.into()) }
    }

    pub(in crate::sys) fn set_owner(&self, uid: Option<Uid>, gid: Option<Gid>) -> io::Result<()> {
        self.metadata()?;
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        Ok(through("fchownat", || rustix::fs::chownat(&self.dir, &self.name, uid, gid, flags))?)
    }

    pub(in crate::sys) fn set_mode(&self, mode: Mode) -> io::Result<()> {
        self.metadata()?;
        Ok(platform::set_mode_at(&self.dir, &self.name, mode)?)
    }

    pub(in crate::sys) fn set_times(&self, times: &Timestamps) -> io::Result<()> {
        self.metadata()?;
        let flags = AtFlags::SYMLINK_NOFOLLOW;
        Ok(through("utimensat", || rustix::fs::utimensat(&self.dir, &self.name, times, flags))?)
    }

    pub(in crate::sys) fn carrier(&self) -> Carrier<'_> {
        Carrier::Unreachable
    }
}
