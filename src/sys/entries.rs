//! Reading a directory in bounded memory.

pub(super) mod listing;
pub(crate) mod walk;

use std::ffi::OsStr;
use std::io;
use std::ops::{ControlFlow, Range};
use std::os::unix::ffi::OsStrExt;

use crate::sys::dir::Dir;
use crate::sys::entries::listing::Listing;
use crate::sys::platform;
use crate::sys::values::entry::{Batch, Entry};
use crate::sys::values::metadata::FileKind;
use crate::sys::values::name::Name;

/// Room for a batch of entries; one serves any number of directories in turn.
#[derive(Debug, Default)]
pub struct EntryBuffer {
    room: platform::Room,
    entries: Vec<Found>,
    names: Vec<u8>,
}

/// An entry whose name is in the buffer.
#[derive(Debug)]
struct Found {
    inode: u64,
    kind: Option<FileKind>,
    name: Range<usize>,
}

impl EntryBuffer {
    fn fill(&mut self, dir: &Dir) -> io::Result<Batch> {
        let Self { room, entries, names } = self;
        entries.clear();
        names.clear();
        platform::read_some(dir, dir.reading(), room, |inode, kind, name| {
            let start = names.len();
            names.extend_from_slice(name);
            entries.push(Found { inode, kind, name: start..names.len() });
        })
    }
}

impl Dir {
    /// Calls `each` with some of the entries, from where the last batch ended; the directory must have been opened for
    /// reading.
    ///
    /// They come in the order of their inodes, because a file system such as ext4, which gives them in the order of a
    /// hash, is much slower when it has to visit inodes in that.
    ///
    /// Between two batches nothing but this `Dir` holds the place, so a caller may remove entries, go elsewhere with
    /// the same buffer, and come back. What `each` breaks off is not seen again before [`Self::rewind`].
    pub fn read_batch(
        &self,
        buffer: &mut EntryBuffer,
        mut each: impl FnMut(Name<'_>, Option<FileKind>) -> ControlFlow<()>,
    ) -> io::Result<Batch> {
        let batch = buffer.fill(self)?;
        buffer.entries.sort_unstable_by_key(|found| found.inode);
        for found in &buffer.entries {
            // A name that is no single component can come from a damaged file system only; it must not be acted on.
            if let Ok(name) = Name::new(OsStr::from_bytes(&buffer.names[found.name.clone()]))
                && each(name, found.kind).is_break()
            {
                return Ok(Batch::More);
            }
        }
        Ok(batch)
    }

    /// Lets the next [`Self::read_batch`] begin with the first entry again.
    pub fn rewind(&self) -> io::Result<()> {
        platform::rewind(self, self.reading())
    }

    /// Calls `each` with every entry; memory stays at one buffer however many there are.
    ///
    /// Entries made or removed meanwhile may or may not be seen (readdir(3)). An error of `each` ends the walk and is
    /// returned.
    pub fn for_each_entry(&self, each: impl FnMut(Entry) -> io::Result<()>) -> io::Result<()> {
        platform::for_each(self, each)
    }

    /// How many entries the directory has. Its access time stays, where the platform lets us.
    pub fn count_entries(&self) -> io::Result<u64> {
        let dir = Self::from(self.readable()?);
        dir.keep_access_time();
        let (mut listing, mut entries) = (Listing::default(), 0);
        while listing.next(&dir)?.is_some() {
            entries += 1;
        }
        Ok(entries)
    }

    /// Whether the directory holds nothing.
    pub fn is_empty(&self) -> io::Result<bool> {
        let mut empty = true;
        let read = self.for_each_entry(|_| {
            empty = false;
            // One is enough.
            Err(io::ErrorKind::Interrupted.into())
        });
        if empty { read.map(|()| true) } else { Ok(false) }
    }
}
