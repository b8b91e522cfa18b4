//! Reading a directory piece by piece, so that a walk can leave it and come back.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io;

use rustix::fs::{OFlags, RawDir, SeekFrom};

use super::dir::{Dir, GUARDED};
use super::entries::{Entry, entry_of};

/// One entry, and where reading goes on after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The entry.
    pub entry: Entry,
    /// Give this to [`Dir::list_from`] for what comes next (telldir(3): valid for this directory, whoever opened it).
    pub next: u64,
}

/// How many bytes of entries one call fetches: some five hundred names.
const BUFFER: usize = 32 * 1024;

impl Dir {
    /// The entries from the position `from` on, some hundreds at a time; 0 is the start, and no entries mean the end.
    ///
    /// The directory must have been opened for reading, as [`Dir::open_dir_on_this_mount`] does; a place (`O_PATH`) is
    /// `EBADF`.
    pub fn list_from(&self, from: u64) -> io::Result<VecDeque<Listed>> {
        rustix::fs::seek(self, SeekFrom::Start(from))?;
        let mut buffer = Vec::with_capacity(BUFFER);
        let mut raw = RawDir::new(self, buffer.spare_capacity_mut());
        let mut listed = VecDeque::new();
        while let Some(entry) = raw.next() {
            let entry = entry?;
            let next = entry.next_entry_cookie();
            listed.extend(entry_of(&entry).map(|entry| Listed { entry, next }));
            // Past the end of the buffer the next step would be another system call.
            if raw.is_buffer_empty() && !listed.is_empty() {
                break;
            }
        }
        Ok(listed)
    }

    /// Opens the directory that holds this one, for reading; the root's is itself.
    pub fn open_parent_for_reading(&self) -> io::Result<Self> {
        Self::open_from(self, OsStr::new(".."), GUARDED | OFlags::RDONLY | OFlags::DIRECTORY)
    }
}
