//! Moving the content of one open file into another, by the cheapest call that both file systems have, and making sure
//! that it reached the disk.

use std::fs::File;
use std::io::{self, Write as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;

use rustix::fs::SeekFrom;
use rustix::io::Errno;

use crate::sys::dir::Dir;
use crate::sys::door::through;
use crate::sys::platform;

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

/// Makes `to`, which is open and empty, share all blocks of `from`.
pub fn share_content(from: &File, to: &File) -> Offer<()> {
    Offer::from_call(platform::share_content(from, to))
}

/// Copies up to `length` bytes at the offset `at` inside the kernel; says how many it copied.
pub fn copy_in_kernel(from: &File, to: &File, at: u64, length: usize) -> Offer<usize> {
    Offer::from_call(platform::copy_in_kernel(from, to, at, length))
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

/// Has a server finish a new file to which nothing was written, before it gets another name. close(2) is told to a server, the
/// end of the last handle only later, and rclone keeps such a file open until then, unless it is closed a second time: of 150
/// files that were renamed over a new empty one, 11 were gone with it; after a second close, none.
pub fn finish_empty(file: &File) {
    drop(file.try_clone());
}

/// Waits until an open file or directory is on the disk, and not only in the cache of the drive.
pub fn flush_file(file: &File) -> io::Result<()> {
    platform::flush_file(file)
}

/// Brings a directory's names to the disk (fsync(2)): what was renamed into it is there after a power cut.
pub fn flush(directory: &Dir) -> io::Result<()> {
    flush_file(&directory.readable()?)
}

/// Waits until the whole file system of this open directory is on disk, as far as [`Dir::flushes_as_one`] tells that the
/// platform can; the directory itself is in any case.
pub fn flush_file_system(directory: &File) -> io::Result<()> {
    platform::flush_file_system(directory)
}

impl Dir {
    /// Whether [`flush_file_system`] brings everything on this file system to the disk. Where it does not, each file has to
    /// be flushed by itself.
    pub fn flushes_as_one(&self) -> io::Result<bool> {
        platform::flushes_as_one(self)
    }
}
