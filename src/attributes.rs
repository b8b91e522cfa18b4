//! Extended attributes, behind a trait so that tests can make a disk fail on demand.

mod record_file;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use xattr::FileExt;

use crate::sys::{self, door::through};

pub(crate) use record_file::RecordFile;

/// Named values attached to an open file.
///
/// Names are given without what a platform wants in front, as Linux its `user.` (xattr(7)): the trait's implementations
/// know.
#[cfg_attr(test, mockall::automock)]
pub trait ExtendedAttributes: Send + Sync {
    /// The names of all attributes that a user may set; none where the file system keeps none.
    fn list(&self, file: &File) -> io::Result<Vec<OsString>>;

    /// The value of `name`, or `None` where the file has no such attribute.
    fn get(&self, file: &File, name: &str) -> io::Result<Option<Vec<u8>>>;

    /// Gives the file a new attribute; one that is there already is left as it is (`EEXIST`).
    fn create(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()>;

    /// Gives the file an attribute, replacing one that is there.
    fn set(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()>;

    /// Takes an attribute away; one that is not there is no error.
    fn remove(&self, file: &File, name: &str) -> io::Result<()>;
}

/// The file system's own attributes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemAttributes;

fn full_name(name: &str) -> String {
    [sys::ATTRIBUTE_PREFIX, name].concat()
}

/// A name as the kernel has it, without what the platform wants in front; `None` where that is not there.
#[must_use]
pub fn short_name(full: &OsStr) -> Option<&OsStr> {
    full.as_bytes().strip_prefix(sys::ATTRIBUTE_PREFIX.as_bytes()).map(OsStr::from_bytes)
}

/// As [`short_name`], in the name's own memory: a list of a trash does this millions of times.
fn without_prefix(full: OsString) -> Option<OsString> {
    short_name(&full)?;
    let mut bytes = full.into_vec();
    bytes.drain(..sys::ATTRIBUTE_PREFIX.len());
    Some(OsString::from_vec(bytes))
}

impl ExtendedAttributes for SystemAttributes {
    fn list(&self, file: &File) -> io::Result<Vec<OsString>> {
        match file.list_xattr() {
            // Some servers of FUSE say so where the kernel's own file systems say that there are none.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Vec::new()),
            names => Ok(names?.filter_map(without_prefix).collect()),
        }
    }

    fn get(&self, file: &File, name: &str) -> io::Result<Option<Vec<u8>>> {
        file.get_xattr(full_name(name))
    }

    /// The `xattr` crate has no `XATTR_CREATE`. To look first and set then would be a second call for each attribute
    /// and could still replace a value that came between the two.
    fn create(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        sys::create_attribute(file, &full_name(name), value)
    }

    fn set(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        through("fsetxattr", || file.set_xattr(full_name(name), value))
    }

    fn remove(&self, file: &File, name: &str) -> io::Result<()> {
        match through("fremovexattr", || file.remove_xattr(full_name(name))) {
            Err(error) if sys::is_no_attribute(&error) => Ok(()),
            result => result,
        }
    }
}
