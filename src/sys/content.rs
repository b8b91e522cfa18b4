//! Moving the content of one open file into another, by the cheapest call that both file systems have, and making sure
//! that it reached the disk.

use std::fs::File;
use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;

use rustix::fs::{OFlags, SeekFrom};
use rustix::io::Errno;

use super::dir::Dir;
use super::door::through;

/// What became of a call that not every pair of file systems has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "where it was not done, it has to be done otherwise"]
pub enum Offer<T> {
    /// It was done.
    Done(T),
    /// These two file systems cannot do it, for no file.
    Never,
    /// It did not work for these two files; another way may, and will tell what is wrong if something is.
    NotHere,
}

impl<T> Offer<T> {
    fn from_call(result: Result<T, Errno>) -> Self {
        match result {
            Ok(done) => Self::Done(done),
            Err(Errno::XDEV | Errno::NOTSUP | Errno::NOTTY | Errno::NOSYS) => Self::Never,
            Err(_) => Self::NotHere,
        }
    }
}

/// Makes `to` share all blocks of `from` (ioctl_ficlone(2)); also works across btrfs subvolumes.
pub fn share_content(from: &File, to: &File) -> Offer<()> {
    Offer::from_call(through("ioctl", || rustix::fs::ioctl_ficlone(to, from)))
}

/// Copies up to `length` bytes at the offset `at` inside the kernel (copy_file_range(2)); says how many it copied.
pub fn copy_in_kernel(from: &File, to: &File, at: u64, length: usize) -> Offer<usize> {
    let (mut read_at, mut write_at) = (at, at);
    let copied = through("copy_file_range", || {
        rustix::fs::copy_file_range(from, Some(&mut read_at), to, Some(&mut write_at), length)
    });
    Offer::from_call(copied)
}

/// The first stretch of data at or after `at` and below `end`; `None` where only a hole is left (lseek(2)).
///
/// A file system that knows no holes says that all is data.
pub fn next_data(file: &File, at: u64, end: u64) -> io::Result<Option<Range<u64>>> {
    let start = match rustix::fs::seek(file, SeekFrom::Data(at)) {
        Ok(start) => start,
        Err(Errno::NXIO) => return Ok(None),
        Err(Errno::INVAL | Errno::NOTSUP) => return Ok((at < end).then_some(at..end)),
        Err(error) => return Err(error.into()),
    };
    if start >= end {
        return Ok(None);
    }
    let stop = match rustix::fs::seek(file, SeekFrom::Hole(start)) {
        Ok(stop) => stop.min(end),
        // The file was cut while we looked; whoever reads it meets its end and notices.
        Err(Errno::NXIO) => end,
        Err(error) => return Err(error.into()),
    };
    Ok(Some(start..stop))
}

impl Dir {
    /// Listing this directory through this handle leaves its access time alone, where the kernel lets us (it does for
    /// our own; open(2), `O_NOATIME`). Where it does not, that is an ordinary read.
    pub fn keep_access_time(&self) {
        rustix::fs::fcntl_setfl(self, OFlags::NOATIME).ok();
    }
}

/// Adds to an open file.
pub fn write(mut file: &File, content: &[u8]) -> io::Result<()> {
    through("write", || file.write_all(content))
}

/// Writes at an offset of an open file.
pub fn write_at(file: &File, content: &[u8], at: u64) -> io::Result<()> {
    through("pwrite64", || file.write_all_at(content, at))
}

/// Cuts an open file, or fills it up with a hole (ftruncate(2)).
pub fn set_length(file: &File, length: u64) -> io::Result<()> {
    through("ftruncate", || file.set_len(length))
}

/// Waits until an open file or directory is on the disk (fsync(2)).
pub fn flush_file(file: &File) -> io::Result<()> {
    through("fsync", || file.sync_all())
}

/// Waits until the whole file system of this open directory is on disk (syncfs(2)).
///
/// Errors of writing back anything on it since `directory` was opened are told here (since Linux 5.8).
pub fn flush_file_system(directory: &File) -> io::Result<()> {
    Ok(through("syncfs", || rustix::fs::syncfs(directory))?)
}
