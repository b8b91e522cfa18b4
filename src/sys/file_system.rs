//! Which file system a directory is on, where that decides how to work on it (statfs(2)).

use std::io;
use std::thread;

use rustix::fs::FsWord;

use super::dir::Dir;

/// A file system that something was measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSystem {
    /// ext2, ext3 and ext4, which share a number.
    Ext,
    /// xfs.
    Xfs,
    /// btrfs.
    Btrfs,
    /// tmpfs.
    Tmpfs,
    /// overlayfs, of layers that may be of any other.
    Overlay,
    /// Any that a program serves.
    Fuse,
    /// Any other.
    Other,
}

impl Dir {
    /// The file system of this directory.
    pub fn file_system(&self) -> io::Result<FileSystem> {
        const EXT: FsWord = 0xEF53;
        const XFS: FsWord = 0x5846_5342;
        const BTRFS: FsWord = 0x9123_683E;
        const TMPFS: FsWord = 0x0102_1994;
        const OVERLAY: FsWord = 0x794C_7630;
        const FUSE: FsWord = 0x6573_5546;
        Ok(match rustix::fs::fstatfs(self)?.f_type {
            EXT => FileSystem::Ext,
            XFS => FileSystem::Xfs,
            BTRFS => FileSystem::Btrfs,
            TMPFS => FileSystem::Tmpfs,
            OVERLAY => FileSystem::Overlay,
            FUSE => FileSystem::Fuse,
            _ => FileSystem::Other,
        })
    }

    /// Whether two threads at work in this directory are faster than one: there is a processor for the second, and the file
    /// system is one of these, `on` which that was measured.
    #[must_use]
    pub fn gains_by_two_threads(&self, on: &[FileSystem]) -> bool {
        self.file_system().is_ok_and(|file_system| on.contains(&file_system))
            && thread::available_parallelism().is_ok_and(|processors| processors.get() > 1)
    }
}
