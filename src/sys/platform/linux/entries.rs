//! Reading directories with getdents(2): the handle itself holds the place.

use crate::sys::values::opening::GUARDED;
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use rustix::fs::{Mode, OFlags, RawDir, RawDirEntry, SeekFrom};

use crate::sys::values::entry::Entry;
use crate::sys::values::entry::{Batch, entry, kind};
use crate::sys::values::metadata::FileKind;

/// How many bytes of entries one system call fetches of a whole directory: about a thousand names.
const BUFFER: usize = 64 * 1024;

/// How many bytes of entries make a batch.
const BATCH: usize = 512 * 1024;

/// How many bytes of entries a listing fetches at once: some five hundred names.
const AHEAD: usize = 32 * 1024;

/// How far a directory was read; the kernel knows.
#[derive(Debug, Default)]
pub(in crate::sys) struct Reading(());

/// Where the kernel writes; never longer than it is, and not a page of it is touched before entries need it.
#[derive(Debug)]
pub(in crate::sys) struct Room(Vec<u8>);

impl Default for Room {
    fn default() -> Self {
        Self(Vec::with_capacity(BATCH))
    }
}

/// Hands over what one system call gives: inode, kind and name.
pub(in crate::sys) fn read_some(
    dir: impl AsFd,
    _: &Reading,
    room: &mut Room,
    mut each: impl FnMut(u64, Option<FileKind>, &[u8]),
) -> io::Result<Batch> {
    let mut raw = RawDir::new(dir, room.0.spare_capacity_mut());
    while let Some(entry) = raw.next() {
        let entry = entry?;
        each(entry.ino(), kind(entry.file_type()), entry.file_name().to_bytes());
        if raw.is_buffer_empty() {
            return Ok(Batch::More);
        }
    }
    Ok(Batch::End)
}

pub(in crate::sys) fn rewind(dir: impl AsFd, _: &Reading) -> io::Result<()> {
    rustix::fs::seek(dir, SeekFrom::Start(0))?;
    Ok(())
}

pub(in crate::sys) fn for_each(dir: impl AsFd, mut each: impl FnMut(Entry) -> io::Result<()>) -> io::Result<()> {
    let flags = GUARDED | OFlags::RDONLY | OFlags::DIRECTORY;
    let handle: File = rustix::fs::openat(dir, ".", flags, Mode::empty())?.into();
    let mut buffer = Vec::with_capacity(BUFFER);
    let mut raw = RawDir::new(&handle, buffer.spare_capacity_mut());
    while let Some(found) = raw.next() {
        if let Some(entry) = told(&found?) {
            each(entry)?;
        }
    }
    Ok(())
}

/// How far a directory was listed: a position, good for every handle of that directory (telldir(3)), and what was read
/// ahead of it.
#[derive(Debug, Default)]
pub(in crate::sys) struct Listing {
    ahead: VecDeque<(Entry, u64)>,
    next: u64,
}

impl Listing {
    pub(in crate::sys) fn next(&mut self, dir: impl AsFd) -> io::Result<Option<Entry>> {
        if self.ahead.is_empty() {
            self.read_ahead(dir)?;
        }
        Ok(self.ahead.pop_front().map(|(entry, next)| {
            self.next = next;
            entry
        }))
    }

    /// What was read ahead is read again later.
    pub(in crate::sys) fn set_aside(&mut self) {
        self.ahead = VecDeque::new();
    }

    fn read_ahead(&mut self, dir: impl AsFd) -> io::Result<()> {
        rustix::fs::seek(&dir, SeekFrom::Start(self.next))?;
        let mut buffer = Vec::with_capacity(AHEAD);
        let mut raw = RawDir::new(dir, buffer.spare_capacity_mut());
        while let Some(found) = raw.next() {
            let found = found?;
            let next = found.next_entry_cookie();
            self.ahead.extend(told(&found).map(|entry| (entry, next)));
            // Past the end of the buffer the next step would be another system call.
            if raw.is_buffer_empty() && !self.ahead.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

fn told(found: &RawDirEntry<'_>) -> Option<Entry> {
    entry(found.file_name().to_bytes(), found.file_type())
}
