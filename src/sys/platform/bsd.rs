//! What macOS and FreeBSD have in common, and POSIX has not: when an inode was made, and flags that a person sets.

use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Stat};

pub(in crate::sys) use super::posix::*;

use crate::sys::values::metadata::{Metadata, Timestamp};

pub(in crate::sys) fn look_at_birth(handle: impl AsFd) -> io::Result<(Metadata, Option<Timestamp>)> {
    let told = rustix::fs::fstat(&handle)?;
    Ok((look(handle)?, Some(time(told.st_birthtime, told.st_birthtime_nsec))))
}

pub(in crate::sys) fn look_at_birth_of(base: impl AsFd, name: &OsStr) -> io::Result<(Metadata, Option<Timestamp>)> {
    let told = rustix::fs::statat(&base, name, AtFlags::SYMLINK_NOFOLLOW)?;
    Ok((look_at(base, name)?, Some(time(told.st_birthtime, told.st_birthtime_nsec))))
}

/// `nodump`, `uchg`, `uappnd`, `opaque`, `uunlnk`, `hidden`, `schg`, `sappnd`, `sunlnk`: what a person sets (chflags(1)).
const KEPT: u32 = 0x801F | FIXED;
const FIXED: u32 = 0x2 | 0x4 | 0x2_0000 | 0x4_0000 | 0x10_0000;

pub(in crate::sys) fn flags_of(is: &Stat) -> u32 {
    is.st_flags & KEPT
}

pub(in crate::sys) fn is_fixed(path: &Path) -> bool {
    rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|is| is.st_flags & FIXED != 0)
}
