//! Reading a directory in bounded memory.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::ops::{ControlFlow, Range};
use std::os::unix::ffi::OsStrExt;

use rustix::fs::{FileType, RawDir, RawDirEntry, SeekFrom};

use super::dir::Dir;
use super::metadata::FileKind;
use super::name::Name;

/// One entry of a directory: never `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry's name.
    pub name: OsString,
    /// Its kind, where the file system tells without a further call.
    pub kind: Option<FileKind>,
}

/// How many bytes of entries one system call fetches: about a thousand names.
const BUFFER: usize = 64 * 1024;

/// How many bytes of entries make a batch of [`Dir::read_batch`].
const BATCH: usize = 512 * 1024;

/// Room for a batch of entries; one serves any number of directories in turn.
#[derive(Debug)]
pub struct EntryBuffer {
    /// Where the kernel writes; never longer than it is.
    raw: Vec<u8>,
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

impl Default for EntryBuffer {
    fn default() -> Self {
        // Not a page of it is touched before entries need it.
        Self { raw: Vec::with_capacity(BATCH), entries: Vec::new(), names: Vec::new() }
    }
}

impl EntryBuffer {
    /// Fetches what one system call gives of a directory.
    fn fill(&mut self, dir: &Dir) -> io::Result<Batch> {
        self.entries.clear();
        self.names.clear();
        let mut raw = RawDir::new(dir, self.raw.spare_capacity_mut());
        while let Some(entry) = raw.next() {
            let entry = entry?;
            let start = self.names.len();
            self.names.extend_from_slice(entry.file_name().to_bytes());
            let (inode, kind) = (entry.ino(), told(entry.file_type()));
            self.entries.push(Found { inode, kind, name: start..self.names.len() });
            if raw.is_buffer_empty() {
                return Ok(Batch::More);
            }
        }
        Ok(Batch::End)
    }
}

/// What [`Dir::read_batch`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// There may be more entries.
    More,
    /// The directory's end.
    End,
}

impl Dir {
    /// Calls `each` with the entries that one system call fetches, from where the last batch ended; the directory must
    /// have been opened for reading.
    ///
    /// They come in the order of their inodes, because a file system such as ext4, which gives them in the order of a
    /// hash, is much slower when it has to visit inodes in that.
    ///
    /// Between two batches nothing but the handle holds the place, so a caller may remove entries, go elsewhere with
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
        rustix::fs::seek(self, SeekFrom::Start(0))?;
        Ok(())
    }

    /// Calls `each` with every entry; memory stays at one buffer however many there are.
    ///
    /// Entries made or removed meanwhile may or may not be seen (readdir(3)). An error of `each` ends the walk and is
    /// returned.
    pub fn for_each_entry(&self, mut each: impl FnMut(Entry) -> io::Result<()>) -> io::Result<()> {
        let handle: File = self.readable()?;
        let mut buffer = vec![MaybeUninit::<u8>::uninit(); BUFFER];
        let mut raw = RawDir::new(&handle, &mut buffer);
        while let Some(entry) = raw.next() {
            if let Some(entry) = entry_of(&entry?) {
                each(entry)?;
            }
        }
        Ok(())
    }

    /// How many entries the directory has.
    pub fn count_entries(&self) -> io::Result<u64> {
        let mut entries = 0;
        self.for_each_entry(|_| {
            entries += 1;
            Ok(())
        })?;
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

/// What the kernel tells of an entry; nothing of `.` and `..`.
pub(super) fn entry_of(raw: &RawDirEntry<'_>) -> Option<Entry> {
    let name = raw.file_name().to_bytes();
    let entry = || Entry { name: OsStr::from_bytes(name).to_owned(), kind: told(raw.file_type()) };
    (!matches!(name, b"." | b"..")).then(entry)
}

/// The kind of an entry, where the file system says it with the name.
fn told(kind: FileType) -> Option<FileKind> {
    Some(FileKind::from(kind)).filter(|kind| *kind != FileKind::Unknown)
}
