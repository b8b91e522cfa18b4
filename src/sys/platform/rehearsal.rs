//! Linux with what POSIX has, so that whoever has no other machine can test it: `cargo test --features posix sys::`.

pub(in crate::sys) use super::linux::{
    MOUNT_TABLE, NO_ATTRIBUTE, create_attribute, is_fixed, make_special, mount_table,
};
pub(in crate::sys) use super::posix::*;

use std::ffi::OsStr;
use std::io;
use std::os::fd::AsFd;

use rustix::fs::{AtFlags, Mode, OFlags, Stat};
use rustix::io::Errno;

use crate::sys::door::through;
use crate::sys::values::metadata::{Metadata, Timestamp};

/// Linux has no handle for searching alone but `O_PATH`, with which half of POSIX's calls do not work.
pub(in crate::sys) const PLACE: OFlags = OFlags::CLOEXEC.union(OFlags::DIRECTORY);

/// What the mode of a place must have for that.
pub(in crate::sys) const PLACE_TAKES: Mode = Mode::RUSR.union(Mode::XUSR);

/// Linux has them as attributes of each file system.
pub(in crate::sys) fn flags_of(_: &Stat) -> u32 {
    0
}

/// Linux follows a link here, or does nothing: to rehearse it is enough that nobody puts one there.
pub(in crate::sys) fn set_mode_at(base: impl AsFd, path: &OsStr, mode: Mode) -> Result<(), Errno> {
    through("fchmodat", || rustix::fs::chmodat(base, path, mode, AtFlags::empty()))
}

pub(in crate::sys) fn look_at_birth(handle: impl AsFd) -> io::Result<(Metadata, Option<Timestamp>)> {
    look(handle).map(|is| (is, None))
}

pub(in crate::sys) fn look_at_birth_of(base: impl AsFd, name: &OsStr) -> io::Result<(Metadata, Option<Timestamp>)> {
    look_at(base, name).map(|is| (is, None))
}
