//! What POSIX tells of processes: little.

use std::fs::File;
use std::io::{self, Read as _};

/// Every system that has POSIX has this device.
pub(in crate::sys) fn fill_at_random(buffer: &mut [u8]) -> io::Result<()> {
    File::open("/dev/urandom")?.read_exact(buffer)
}

pub(in crate::sys) fn told_umask() -> Option<u32> {
    None
}

pub(in crate::sys) fn ignores(_: i32) -> Option<bool> {
    None
}

/// Which descriptors there are, and which pass to a program, cannot be asked.
pub(in crate::sys) fn close_inherited() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(in crate::sys) fn is_any_running(_: &[&str]) -> Option<bool> {
    None
}
