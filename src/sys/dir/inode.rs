//! An inode of any kind held open, so that its metadata can be set without naming it again.

use std::fs::File;
use std::io;

use rustix::fs::{AtFlags, Dev, FileType, Gid, Timespec, Timestamps, Uid, makedev};

use crate::sys::dir::{Dir, metadata_and_birth_of_file, metadata_of_file};
use crate::sys::door::through;
use crate::sys::platform;
use crate::sys::values::Carrier;
use crate::sys::values::metadata::{FileKind, Metadata, Timestamp, mode_of};
use crate::sys::values::name::Name;

/// An inode held open. Whatever happens to its names, every call here means this very inode or fails.
#[derive(Debug)]
pub enum Inode {
    /// A regular file or directory, open for reading or writing.
    Open(File),
    /// Anything else: it is not opened, so that a FIFO is not waited for and a device not started.
    Marked(Mark),
}

/// The place of an inode that is not opened.
#[derive(Debug)]
pub struct Mark(platform::Marked);

impl Inode {
    /// What `stat` tells of it.
    pub fn metadata(&self) -> io::Result<Metadata> {
        match self {
            Self::Open(file) => metadata_of_file(file),
            Self::Marked(mark) => mark.0.metadata(),
        }
    }

    /// The same, and when it was made, where the file system tells.
    pub fn metadata_and_birth(&self) -> io::Result<(Metadata, Option<Timestamp>)> {
        match self {
            Self::Open(file) => metadata_and_birth_of_file(file),
            Self::Marked(mark) => mark.0.metadata_and_birth(),
        }
    }

    /// By what its attributes are reached.
    #[must_use]
    pub fn carrier(&self) -> Carrier<'_> {
        match self {
            Self::Open(file) => Carrier::Handle(file),
            Self::Marked(mark) => mark.0.carrier(),
        }
    }

    /// Gives it to another owner and group; `None` leaves that one as it is.
    pub fn set_owner(&self, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
        let (uid, gid) = (uid.map(Uid::from_raw), gid.map(Gid::from_raw));
        match self {
            Self::Open(file) => Ok(through("fchown", || rustix::fs::fchown(file, uid, gid))?),
            Self::Marked(mark) => mark.0.set_owner(uid, gid),
        }
    }

    /// Sets its permission bits. Not for a symbolic link, which has none of its own on some platforms (`EOPNOTSUPP`).
    pub fn set_mode(&self, mode: u32) -> io::Result<()> {
        let mode = mode_of(mode);
        match self {
            Self::Open(file) => Ok(through("fchmod", || rustix::fs::fchmod(file, mode))?),
            Self::Marked(mark) => mark.0.set_mode(mode),
        }
    }

    /// Sets when it was last read and changed.
    pub fn set_times(&self, accessed: Timestamp, modified: Timestamp) -> io::Result<()> {
        let times = Timestamps { last_access: timespec(accessed), last_modification: timespec(modified) };
        match self {
            Self::Open(file) => Ok(through("utimensat", || rustix::fs::futimens(file, &times))?),
            Self::Marked(mark) => mark.0.set_times(&times),
        }
    }
}

fn timespec(time: Timestamp) -> Timespec {
    Timespec { tv_sec: time.seconds, tv_nsec: time.nanoseconds.into() }
}

impl Dir {
    /// Holds `name`, whatever it is, without opening, following or starting it.
    pub fn mark(&self, name: Name<'_>) -> io::Result<Inode> {
        platform::Marked::new(self, name).map(|marked| Inode::Marked(Mark(marked)))
    }

    /// Makes the FIFO, socket or device `name` with mode 0600 less the umask; `device` is for devices.
    /// What this platform or user cannot make is refused (`ENOTSUP`, `EPERM`, `EINVAL`).
    pub fn create_special(&self, name: Name<'_>, kind: FileKind, device: (u32, u32)) -> io::Result<()> {
        let file_type = match kind {
            FileKind::Fifo => FileType::Fifo,
            FileKind::Socket => FileType::Socket,
            FileKind::BlockDevice => FileType::BlockDevice,
            FileKind::CharDevice => FileType::CharacterDevice,
            FileKind::File | FileKind::Directory | FileKind::Symlink | FileKind::Unknown => {
                return Err(io::ErrorKind::InvalidInput.into());
            }
        };
        let device: Dev = makedev(device.0, device.1);
        Ok(platform::make_special(self, name, file_type, device)?)
    }

    /// Makes `to_name` of `to` a second name of `name`, not following it.
    pub fn link(&self, name: Name<'_>, to: &Self, to_name: Name<'_>) -> io::Result<()> {
        let link = || rustix::fs::linkat(self, name.as_os_str(), to, to_name.as_os_str(), AtFlags::empty());
        Ok(through("linkat", link)?)
    }
}
