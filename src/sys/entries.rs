//! Reading a directory in bounded memory.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;

use rustix::fs::RawDir;

use super::dir::Dir;
use super::metadata::FileKind;

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

impl Dir {
    /// Calls `each` with every entry; memory stays at one buffer however many there are.
    ///
    /// Entries made or removed meanwhile may or may not be seen (readdir(3)). An error of `each` ends the walk and is
    /// returned.
    pub fn for_each_entry<E: From<io::Error>>(&self, mut each: impl FnMut(Entry) -> Result<(), E>) -> Result<(), E> {
        let handle: File = self.readable()?;
        let mut buffer = vec![MaybeUninit::<u8>::uninit(); BUFFER];
        let mut raw = RawDir::new(&handle, &mut buffer);
        while let Some(entry) = raw.next() {
            let entry = entry.map_err(io::Error::from)?;
            let name = entry.file_name().to_bytes();
            if matches!(name, b"." | b"..") {
                continue;
            }
            let kind = Some(FileKind::from(entry.file_type())).filter(|kind| *kind != FileKind::Unknown);
            each(Entry { name: OsStr::from_bytes(name).to_owned(), kind })?;
        }
        Ok(())
    }

    /// Whether the directory holds nothing.
    pub fn is_empty(&self) -> io::Result<bool> {
        enum Stop {
            Found,
            Failed(io::Error),
        }
        impl From<io::Error> for Stop {
            fn from(error: io::Error) -> Self {
                Self::Failed(error)
            }
        }
        match self.for_each_entry(|_| Err(Stop::Found)) {
            Ok(()) => Ok(true),
            Err(Stop::Found) => Ok(false),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}
