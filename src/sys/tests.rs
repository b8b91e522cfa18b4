//! The contract of this module, as tests: the same for each platform. Whoever has one that was only type-checked runs
//! `cargo test --lib sys::` there, and knows.
//!
//! Only what the platform says that it cannot do is left out, never what it does otherwise.

mod attributes;
mod contents;
mod directories;
mod inodes;
mod names;
mod processes;

use std::io;
use std::path::Path;

use rustix::io::Errno;
use tempfile::TempDir;

use super::{Dir, MOUNT_TABLE, Name};

/// An empty directory, and a handle for it.
fn place() -> (TempDir, Dir) {
    let root = tempfile::tempdir().expect("a temporary directory");
    let dir = Dir::open(root.path()).expect("it opens");
    (root, dir)
}

/// Whether the kernel tells of mounts and of handles: where it does so by files, as on Linux, those may not be mounted.
fn kernel_tells() -> bool {
    let table = Path::new(MOUNT_TABLE);
    let tells = table.is_relative() || table.symlink_metadata().is_ok();
    if !tells {
        eprintln!("SKIPPED: what takes {MOUNT_TABLE} and its neighbours");
    }
    tells
}

fn name(text: &'static str) -> Name<'static> {
    Name::fixed(text)
}

fn link(target: &str, at: &Path) {
    std::os::unix::fs::symlink(target, at).expect("a link");
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Asserts that a call failed, and why.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: io::Result<T>, errno: Errno) {
    let told = result.expect_err("it is refused").raw_os_error();
    assert_eq!(told, Some(errno.raw_os_error()), "{errno} was meant");
}

/// Makes a FIFO; says whether the platform can, at a name in an open directory.
fn makes_fifo(dir: &Dir, at: Name<'_>) -> bool {
    match dir.create_special(at, super::FileKind::Fifo, (0, 0)) {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => false,
        made => made.is_ok(),
    }
}
