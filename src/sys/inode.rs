//! An inode of any kind held open, so that its metadata can be set without naming it again.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dev, FileType, Gid, Mode, OFlags, Timespec, Timestamps, Uid, makedev};

use super::dir::{Dir, metadata_of_file};
use super::door::through;
use super::metadata::{FileKind, Metadata, Timestamp};
use super::name::Name;

/// An inode held open. Whatever happens to its names, every call here means this very inode.
#[derive(Debug)]
pub enum Inode {
    /// A regular file or directory, open for reading or writing.
    Open(File),
    /// Anything else: only its place is held (`O_PATH`), so that a FIFO is not waited for and a device not started. The
    /// path is its name under `/proc/self/fd`, which leads to this inode and, where that is a symbolic link, no further.
    Marked(File, PathBuf),
}

impl Inode {
    /// What `stat` tells of it.
    pub fn metadata(&self) -> io::Result<Metadata> {
        let (Self::Open(handle) | Self::Marked(handle, _)) = self;
        metadata_of_file(handle)
    }

    /// Gives it to another owner and group; `None` leaves that one as it is.
    pub fn set_owner(&self, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
        let (uid, gid) = (uid.map(Uid::from_raw), gid.map(Gid::from_raw));
        match self {
            Self::Open(file) => through("fchown", || rustix::fs::fchown(file, uid, gid))?,
            Self::Marked(_, own_name) => {
                through("fchownat", || rustix::fs::chownat(CWD, own_name, uid, gid, AtFlags::empty()))?;
            }
        }
        Ok(())
    }

    /// Sets its permission bits; a symbolic link has none of its own (`EOPNOTSUPP`).
    pub fn set_mode(&self, mode: u32) -> io::Result<()> {
        let mode = Mode::from_raw_mode(mode);
        match self {
            Self::Open(file) => through("fchmod", || rustix::fs::fchmod(file, mode))?,
            Self::Marked(_, own_name) => {
                through("fchmodat", || rustix::fs::chmodat(CWD, own_name, mode, AtFlags::empty()))?;
            }
        }
        Ok(())
    }

    /// Sets when it was last read and changed.
    pub fn set_times(&self, accessed: Timestamp, modified: Timestamp) -> io::Result<()> {
        let times = Timestamps { last_access: timespec(accessed), last_modification: timespec(modified) };
        match self {
            Self::Open(file) => through("utimensat", || rustix::fs::futimens(file, &times))?,
            Self::Marked(_, own_name) => {
                through("utimensat", || rustix::fs::utimensat(CWD, own_name, &times, AtFlags::empty()))?;
            }
        }
        Ok(())
    }
}

fn timespec(time: Timestamp) -> Timespec {
    Timespec { tv_sec: time.seconds, tv_nsec: time.nanoseconds.into() }
}

impl Dir {
    /// Holds `name`, whatever it is, without opening, following or starting it.
    pub fn mark(&self, name: Name<'_>) -> io::Result<Inode> {
        let flags = OFlags::CLOEXEC | OFlags::PATH | OFlags::NOFOLLOW;
        let handle: File = rustix::fs::openat(self, name.as_os_str(), flags, Mode::empty())?.into();
        let own_name = Path::new("/proc/self/fd").join(handle.as_raw_fd().to_string());
        Ok(Inode::Marked(handle, own_name))
    }

    /// Makes the FIFO, socket or device `name` with mode 0600 less the umask; `device` is for devices (mknod(2)).
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
        let mode = Mode::RUSR | Mode::WUSR;
        Ok(through("mknodat", || rustix::fs::mknodat(self, name.as_os_str(), file_type, mode, device))?)
    }

    /// Makes `to_name` of `to` a second name of `name`, not following it.
    pub fn link(&self, name: Name<'_>, to: &Self, to_name: Name<'_>) -> io::Result<()> {
        let link = || rustix::fs::linkat(self, name.as_os_str(), to, to_name.as_os_str(), AtFlags::empty());
        Ok(through("linkat", link)?)
    }
}
