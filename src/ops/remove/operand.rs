//! What an operand of `rm` names, before anything is done to it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::manager::parents::{Parent, Parents};
use crate::sys::{Dir, Metadata, Name};

/// What is tried, in every error about an operand.
pub(crate) const REMOVE: &str = "remove";

/// Whether an operand was written with a slash at its end, which says that it is a directory (POSIX, Pathname
/// Resolution).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Plain,
    Slash,
}

/// An operand taken apart as text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parts<'a> {
    /// The directory it is in.
    pub(crate) parent: &'a OsStr,
    /// Its own name in there.
    pub(crate) name: &'a OsStr,
    pub(crate) ending: Ending,
}

/// Takes an operand apart. The parent is for the kernel to resolve, the last component never is.
pub(crate) fn split(operand: &OsStr) -> std::result::Result<Parts<'_>, ErrorKind> {
    let bytes = operand.as_bytes();
    if bytes.is_empty() {
        return Err(ErrorKind::NotFound);
    }
    let end = bytes.iter().rposition(|byte| *byte != b'/').ok_or(ErrorKind::RootDirectory)? + 1;
    let start = bytes[..end].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    if matches!(&bytes[start..end], b"." | b"..") {
        return Err(ErrorKind::DotOrDotDot);
    }
    let parent = if start == 0 { b"." } else { &bytes[..start] };
    Ok(Parts {
        parent: OsStr::from_bytes(parent),
        name: OsStr::from_bytes(&bytes[start..end]),
        ending: if end == bytes.len() { Ending::Plain } else { Ending::Slash },
    })
}

/// An operand found on disk.
pub(crate) struct Located {
    pub(crate) parent: Arc<Parent>,
    pub(crate) name: OsString,
    pub(crate) metadata: Metadata,
    pub(crate) ending: Ending,
}

impl Located {
    /// Opens it as the directory that it is.
    pub(crate) fn open(&self) -> io::Result<Dir> {
        let name = Name::new(&self.name)?;
        self.parent.dir.open_dir(name)
    }
}

/// Finds an operand, following its directories but never itself.
pub(crate) fn locate(parents: &Parents, operand: &OsStr) -> Result<Located> {
    let parts = split(operand).map_err(|kind| refused(kind, operand))?;
    let failed = |error| Error::system(REMOVE, operand, error);
    let parent = parents.find(parts.parent).map_err(failed)?;
    let name = Name::new(parts.name).map_err(|_| failed(io::Error::from_raw_os_error(22)))?;
    let metadata = parent.dir.metadata_of(name).map_err(failed)?;
    Ok(Located { parent, name: parts.name.to_owned(), metadata, ending: parts.ending })
}

/// Why an operand is not removed, in rrm's own words.
pub(crate) fn refused(kind: ErrorKind, operand: &OsStr) -> Error {
    let reason = match kind {
        ErrorKind::NotFound => "No such file or directory",
        ErrorKind::NotADirectory | ErrorKind::LinkWithSlash => "Not a directory",
        ErrorKind::IsADirectory => "Is a directory",
        ErrorKind::DirectoryNotEmpty => "Directory not empty",
        ErrorKind::DotOrDotDot => "refusing to remove '.' or '..'",
        ErrorKind::RootDirectory => "it is the root directory",
        ErrorKind::HomeDirectory => "it is your home directory, or holds it",
        ErrorKind::MountPoint => "another file system is mounted there",
        ErrorKind::TrashDirectory => "it is a trash directory, holds one, or is in one",
        _ => "refused",
    };
    Error::new(kind, REMOVE, operand, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_are_taken_apart_as_written() {
        let good = [
            ("a", ".", "a", Ending::Plain),
            ("a///", ".", "a", Ending::Slash),
            ("/a", "/", "a", Ending::Plain),
            ("../a/b/", "../a/", "b", Ending::Slash),
            ("..x", ".", "..x", Ending::Plain),
            ("./...", "./", "...", Ending::Plain),
            ("-rf", ".", "-rf", Ending::Plain),
        ];
        for (operand, parent, name, ending) in good {
            let expected = Parts { parent: OsStr::new(parent), name: OsStr::new(name), ending };
            assert_eq!(split(OsStr::new(operand)), Ok(expected), "{operand:?}");
        }
        for operand in [".", "..", "./", ".//", "d/.", "d/..", "d/../", "../x/.", "/..", "/."] {
            assert_eq!(split(OsStr::new(operand)), Err(ErrorKind::DotOrDotDot), "{operand:?}");
        }
        for operand in ["/", "//", "////"] {
            assert_eq!(split(OsStr::new(operand)), Err(ErrorKind::RootDirectory), "{operand:?}");
        }
        assert_eq!(split(OsStr::new("")), Err(ErrorKind::NotFound));
    }
}
