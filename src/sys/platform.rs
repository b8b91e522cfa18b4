//! The platform: chosen here, and named nowhere else.
//!
//! Each of these modules offers the same names. What every one of them has to keep is the contract in [`crate::sys`].
//!
//! | module | for | what it is |
//! |---|---|---|
//! | `linux` | Linux | statx, openat2, `O_PATH`, getdents, `/proc` |
//! | `posix` | none by itself | what can be done with the calls that POSIX has, and so anywhere |
//! | `bsd` | none by itself | `posix`, but for the birth and the flags of an inode |
//! | `apple` | macOS | `bsd`, but for renames that replace nothing, paths of handles, flushes and mounts |
//! | `freebsd` | FreeBSD | `bsd`, but for attributes and mounts |
//! | `rehearsal` | Linux, with the feature `posix` | `posix`, to test it where Linux is all there is |
//!
//! A new platform is one more file, which begins with `posix` or `bsd` and replaces what the platform can do better.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::OFlags;
use rustix::io::Errno;

#[cfg(target_vendor = "apple")]
mod apple;
#[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
mod bsd;
#[cfg(target_os = "freebsd")]
mod freebsd;
#[cfg(target_os = "linux")]
#[cfg_attr(
    feature = "posix",
    allow(dead_code, unused_imports, unreachable_pub, reason = "the rehearsal takes some of it")
)]
mod linux;
#[cfg(any(not(target_os = "linux"), feature = "posix"))]
#[allow(dead_code, unused_imports, unreachable_pub, reason = "each platform replaces some of it")]
mod posix;
#[cfg(all(target_os = "linux", feature = "posix"))]
mod rehearsal;

#[cfg(target_vendor = "apple")]
pub(super) use apple::*;
#[cfg(target_os = "freebsd")]
pub(super) use freebsd::*;
#[cfg(all(target_os = "linux", not(feature = "posix")))]
pub(super) use linux::*;
#[cfg(all(target_os = "linux", feature = "posix"))]
pub(super) use rehearsal::*;

/// Opens the directory `name` of `dir`, unless that is on another device (`EXDEV`). Opening does nothing to a directory, so
/// it is looked at once it cannot be exchanged any more.
fn open_on_this_device(dir: impl AsFd, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    let other = open_dir(&dir, name, flags)?;
    let is_here = look(&other)?.id.device == look(&dir)?.id.device;
    if is_here { Ok(other) } else { Err(Errno::XDEV.into()) }
}
