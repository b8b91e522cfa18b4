//! Extended attributes (xattr(7)).

use std::ffi::OsStr;
use std::fs::File;
use std::os::unix::ffi::OsStrExt;

use rustix::fs::XattrFlags;
use rustix::io::Errno;

use crate::sys::door::through;
use crate::sys::values::AttributeMeaning;

pub(in crate::sys) const ATTRIBUTE_PREFIX: &str = "user.";

pub(in crate::sys) const NO_ATTRIBUTE: Errno = Errno::NODATA;

pub(in crate::sys) fn create_attribute(file: &File, name: &str, value: &[u8]) -> Result<(), Errno> {
    through("fsetxattr", || rustix::fs::fsetxattr(file, name, value, XattrFlags::CREATE))
}

/// Other namespaces than `user.`, `trusted.`, `system.` and `security.` are settings of one file system.
pub(in crate::sys) fn meaning_of_attribute(name: &OsStr) -> AttributeMeaning {
    match name.as_bytes() {
        b"system.posix_acl_access" | b"system.posix_acl_default" => AttributeMeaning::InheritableAccessList,
        b"security.capability" => AttributeMeaning::Capabilities,
        // How xfs stores the access lists that it also shows under their own names (measured, as root).
        name if name.starts_with(b"trusted.SGI_ACL_") => AttributeMeaning::Setting,
        // The kernel's own seal on one inode.
        b"security.evm" => AttributeMeaning::Setting,
        name if name.starts_with(b"security.") => AttributeMeaning::Label,
        name if name.starts_with(b"system.") => AttributeMeaning::AccessList,
        name if name.starts_with(b"user.") || name.starts_with(b"trusted.") => AttributeMeaning::Value,
        _ => AttributeMeaning::Setting,
    }
}
