//! What the names of extended attributes mean to the `xattr` crate, which has two of FreeBSD's namespaces.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use crate::sys::values::AttributeMeaning;

pub(in crate::sys) const ATTRIBUTE_PREFIX: &str = "user.";

/// What is not the user's is the system's, access lists among it, and is given anew.
pub(in crate::sys) fn meaning_of_attribute(name: &OsStr) -> AttributeMeaning {
    if name.as_bytes().starts_with(ATTRIBUTE_PREFIX.as_bytes()) {
        AttributeMeaning::Value
    } else {
        AttributeMeaning::Setting
    }
}
