//! Content of files: read and written, and each file flushed by itself.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::io::Errno;

use crate::sys::door::through;
use crate::sys::platform;
use crate::sys::values::FileSystem;

/// No two files share content.
pub(in crate::sys) fn share_content(_: &File, _: &File) -> Result<(), Errno> {
    Err(Errno::NOTSUP)
}

/// The kernel copies nothing.
pub(in crate::sys) fn copy_in_kernel(_: &File, _: &File, _: u64, _: usize) -> Result<usize, Errno> {
    Err(Errno::NOSYS)
}

pub(in crate::sys) fn flush_file(file: &File) -> io::Result<()> {
    through("fsync", || file.sync_all())
}

/// sync(2) may return before it is done, so only the directory itself is sure.
pub(in crate::sys) fn flush_file_system(directory: &File) -> io::Result<()> {
    through("sync", || {
        rustix::fs::sync();
        Ok::<(), Errno>(())
    })?;
    platform::flush_file(directory)
}

pub(in crate::sys) fn flushes_as_one(_: impl AsFd) -> io::Result<bool> {
    Ok(false)
}

/// None of those that anything was measured on.
pub(in crate::sys) fn file_system(_: impl AsFd) -> io::Result<FileSystem> {
    Ok(FileSystem::Other)
}
