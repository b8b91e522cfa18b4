//! Entries of directories.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use rustix::fs::FileType;

use super::metadata::FileKind;

/// One entry of a directory: never `.` or `..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry's name.
    pub name: OsString,
    /// Its kind, where the file system tells without a further call.
    pub kind: Option<FileKind>,
}

/// What [`Dir::read_batch`](crate::sys::Dir::read_batch) came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Batch {
    /// There were entries, and may be more.
    More,
    /// The directory's end, and no entries with it.
    End,
}

/// What the kernel tells of an entry; nothing of `.` and `..`.
pub(in crate::sys) fn entry(name: &[u8], told: FileType) -> Option<Entry> {
    let entry = || Entry { name: OsStr::from_bytes(name).to_owned(), kind: kind(told) };
    (!matches!(name, b"." | b"..")).then(entry)
}

/// The kind of an entry, where the file system says it with the name.
pub(in crate::sys) fn kind(told: FileType) -> Option<FileKind> {
    Some(FileKind::from(told)).filter(|kind| *kind != FileKind::Unknown)
}
