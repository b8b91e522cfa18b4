//! What the `xattr` crate does not offer of extended attributes, and what their names and errors mean.

use std::ffi::OsStr;
use std::fs::File;
use std::io;

use rustix::io::Errno;

use crate::sys::answer::{Answer, Asked, answer};
use crate::sys::platform;
use crate::sys::values::AttributeMeaning;

/// What the platform wants in front of the name of an attribute that a user may set.
pub const ATTRIBUTE_PREFIX: &str = platform::ATTRIBUTE_PREFIX;

/// What the attribute of this full name is for.
#[must_use]
pub fn meaning_of_attribute(name: &OsStr) -> AttributeMeaning {
    platform::meaning_of_attribute(name)
}

/// Sets a new attribute; one that is there already is left as it is (`EEXIST`).
pub fn create_attribute(file: &File, name: &str, value: &[u8]) -> io::Result<()> {
    Ok(platform::create_attribute(file, name, value)?)
}

/// Whether the error says that there is no attribute of that name.
#[must_use]
pub fn is_no_attribute(error: &io::Error) -> bool {
    answer(error, Asked::Attribute) == Answer::Gone
}

/// Whether an error about a new directory of ours says that there are no attributes on its file system. Some servers that
/// have none say `EIO`.
#[must_use]
pub fn has_no_attributes(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::Unsupported || error.raw_os_error() == Some(Errno::IO.raw_os_error())
}

/// Whether the error says that this file, or this file system, will not keep the attribute, though another may: no support,
/// a kind of file that carries none, an owner or mode that forbids it, or no room for it.
#[must_use]
pub fn is_attribute_refused(error: &io::Error) -> bool {
    answer(error, Asked::Attribute) == Answer::NotHere
}
