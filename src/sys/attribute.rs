//! The one thing about extended attributes that the `xattr` crate does not offer, and what their errors mean.

use std::fs::File;
use std::io;

use rustix::fs::XattrFlags;
use rustix::io::Errno;

use super::door::through;

/// Sets a new attribute; one that is there already is left as it is (`EEXIST`; setxattr(2), `XATTR_CREATE`).
pub fn create_attribute(file: &File, name: &str, value: &[u8]) -> io::Result<()> {
    Ok(through("fsetxattr", || rustix::fs::fsetxattr(file, name, value, XattrFlags::CREATE))?)
}

/// Whether the error says that there is no attribute of that name.
#[must_use]
pub fn is_no_attribute(error: &io::Error) -> bool {
    error.raw_os_error() == Some(Errno::NODATA.raw_os_error())
}

/// Whether the error says that this file, or this file system, will not keep the attribute, though another may.
///
/// No support (`ENOTSUP`), a kind of file that carries none or an owner or mode that forbids it (`EPERM`, `EACCES`), no
/// room left in the inode's attribute space (`ENOSPC`, which does not mean a full disk; `E2BIG`, `ERANGE`, and `EDQUOT`
/// for the block that the attributes would take).
#[must_use]
pub fn is_attribute_refused(error: &io::Error) -> bool {
    let refusals = [Errno::NOTSUP, Errno::PERM, Errno::ACCESS, Errno::NOSPC, Errno::TOOBIG, Errno::RANGE, Errno::DQUOT];
    refusals.iter().any(|refusal| error.raw_os_error() == Some(refusal.raw_os_error()))
}
