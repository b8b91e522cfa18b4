//! Content of files, and file systems as a whole.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::io::Errno;

use crate::sys::door::through;
use crate::sys::values::FileSystem;

/// ioctl_ficlone(2); also works across btrfs subvolumes.
pub(in crate::sys) fn share_content(from: &File, to: &File) -> Result<(), Errno> {
    through("ioctl", || rustix::fs::ioctl_ficlone(to, from))
}

/// copy_file_range(2).
pub(in crate::sys) fn copy_in_kernel(from: &File, to: &File, at: u64, length: usize) -> Result<usize, Errno> {
    let (mut read_at, mut write_at) = (at, at);
    through("copy_file_range", || {
        rustix::fs::copy_file_range(from, Some(&mut read_at), to, Some(&mut write_at), length)
    })
}

/// fsync(2).
pub(in crate::sys) fn flush_file(file: &File) -> io::Result<()> {
    through("fsync", || file.sync_all())
}

/// syncfs(2); errors of writing back anything since `directory` was opened are told since Linux 5.8.
pub(in crate::sys) fn flush_file_system(directory: &File) -> io::Result<()> {
    Ok(through("syncfs", || rustix::fs::syncfs(directory))?)
}

/// A server of FUSE is not told of a flush of the whole.
pub(in crate::sys) fn flushes_as_one(dir: impl AsFd) -> io::Result<bool> {
    Ok(file_system(dir)? != FileSystem::Fuse)
}

/// statfs(2). The number has 32 bits, whatever the type that a machine's C library has for it.
pub(in crate::sys) fn file_system(dir: impl AsFd) -> io::Result<FileSystem> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "another type on each machine")]
    let number = rustix::fs::fstatfs(dir)?.f_type as u32;
    Ok(match number {
        0xEF53 => FileSystem::Ext,
        0x5846_5342 => FileSystem::Xfs,
        0x9123_683E => FileSystem::Btrfs,
        0x0102_1994 => FileSystem::Tmpfs,
        0x794C_7630 => FileSystem::Overlay,
        0x6573_5546 => FileSystem::Fuse,
        _ => FileSystem::Other,
    })
}
