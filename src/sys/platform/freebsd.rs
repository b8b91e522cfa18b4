//! FreeBSD: as the BSDs have it. There is no rename that replaces nothing; attributes are the `xattr` crate's.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rustix::fs::{Dev, FileType, Mode, OFlags, mknodat};
use rustix::io::Errno;
use xattr::FileExt as _;

pub(in crate::sys) use super::bsd::*;

use crate::sys::door::through;
use crate::sys::values::Mount;
use crate::sys::values::name::Name;

/// `O_SEARCH` (`O_EXEC`, open(2)), which rustix has no word for: the handle needs no right to read.
pub(in crate::sys) const PLACE: OFlags = OFlags::CLOEXEC.union(OFlags::DIRECTORY).union(OFlags::from_bits_retain(EXEC));
const EXEC: u32 = 0x4_0000;

/// What the mode of a place must have for that.
pub(in crate::sys) const PLACE_TAKES: Mode = Mode::XUSR;

pub(in crate::sys) const NO_ATTRIBUTE: Errno = Errno::NOATTR;

pub(in crate::sys) const MOUNT_TABLE: &str = "the table of mounts";

/// There is no call that only creates. Whoever sets the same attribute between the two of these sees it replaced.
pub(in crate::sys) fn create_attribute(file: &File, name: &str, value: &[u8]) -> Result<(), Errno> {
    let errno = |error: io::Error| Errno::from_io_error(&error).unwrap_or(Errno::IO);
    if file.get_xattr(name).map_err(errno)?.is_some() {
        return Err(Errno::EXIST);
    }
    through("extattr_set_fd", || file.set_xattr(name, value).map_err(errno))
}

/// mknodat(2).
pub(in crate::sys) fn make_special(dir: impl AsFd, name: Name<'_>, kind: FileType, device: Dev) -> Result<(), Errno> {
    through("mknodat", || mknodat(dir, name.as_os_str(), kind, Mode::RUSR | Mode::WUSR, device))
}

/// getfsstat(2) cannot be called without unsafe code; mount(8), which calls it, is on every machine.
pub(in crate::sys) fn mount_table() -> io::Result<Vec<Mount>> {
    let told = Command::new("/sbin/mount").stdin(Stdio::null()).output()?;
    if !told.status.success() {
        return Err(io::Error::other(format!("/sbin/mount: {}", told.status)));
    }
    told.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(mount).collect()
}

/// Reads `DEVICE on POINT (KIND, OPTIONS)`.
///
/// # Errors
/// A line of another form, such as one half of a mount point with a newline in its name: what is mounted is not known then.
fn mount(line: &[u8]) -> io::Result<Mount> {
    let read = || {
        let start = line.windows(5).position(|part| part == b" on /")? + 4;
        let end = line.windows(2).rposition(|part| part == b" (")?;
        let kind = line.get(end + 2..)?.split(|byte| matches!(byte, b',' | b')')).next()?;
        let point = PathBuf::from(OsStr::from_bytes(line.get(start..end)?));
        Some(Mount { point, shows: "/".into(), kind: String::from_utf8_lossy(kind).into_owned() })
    };
    read().ok_or_else(|| io::Error::other("/sbin/mount printed something that rrm cannot parse"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_mount_are_read() {
        let read = mount(b"tank/a on /mnt/a (b) on c (zfs, local, noatime)").expect("a line");
        assert_eq!((read.point, read.kind.as_str()), (PathBuf::from("/mnt/a (b) on c"), "zfs"));
        assert!(mount(b"half a name").is_err());
    }
}
