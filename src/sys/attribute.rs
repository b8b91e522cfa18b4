//! What the `xattr` crate does not offer of extended attributes, and what their names and errors mean.

use std::ffi::OsStr;
use std::fs::File;
use std::io;

use rustix::io::Errno;

use super::platform;
use super::values::AttributeMeaning;

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
    error.raw_os_error() == Some(platform::NO_ATTRIBUTE.raw_os_error())
}

/// Whether the error says that this file, or this file system, will not keep the attribute, though another may.
///
/// No support (`ENOTSUP`), a kind of file that carries none or an owner or mode that forbids it (`EPERM`, `EACCES`), or no
/// room for it ([`is_attribute_too_large`]; `EDQUOT` for the block that the attributes would take).
#[must_use]
pub fn is_attribute_refused(error: &io::Error) -> bool {
    let refusals = [Errno::NOTSUP, Errno::PERM, Errno::ACCESS, Errno::DQUOT];
    is_any(error, &refusals) || is_attribute_too_large(error)
}

/// Whether the error says that the value does not fit: no room left in the inode's attribute space (`ENOSPC`, which here
/// does not mean a full disk), or more than the file system takes (`E2BIG`, `ERANGE`).
#[must_use]
pub fn is_attribute_too_large(error: &io::Error) -> bool {
    is_any(error, &[Errno::NOSPC, Errno::TOOBIG, Errno::RANGE])
}

fn is_any(error: &io::Error, of: &[Errno]) -> bool {
    of.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}
