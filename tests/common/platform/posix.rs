use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use super::{Identity, Node};

/// No call does that everywhere, so nobody exchanges anything.
pub(crate) fn exchange(_: &Path, _: &Path) -> bool {
    false
}

pub(crate) fn make_node(path: &Path, node: Node) -> io::Result<()> {
    match node {
        Node::Fifo => run(Command::new("mkfifo").args(["-m", "644"]).arg(path)),
        Node::Socket => UnixListener::bind(path).map(drop),
        Node::Null => run(Command::new("mknod").arg(path).args(["c", "1", "3"])),
        Node::Fuse => Err(io::ErrorKind::Unsupported.into()),
    }
}

pub(crate) fn identity(path: &Path) -> io::Result<Identity> {
    let told = fs::symlink_metadata(path)?;
    let device = told.dev().try_into().map_err(io::Error::other)?;
    let born = told.created().ok().and_then(|born| born.duration_since(std::time::UNIX_EPOCH).ok());
    Ok(Identity {
        device: (rustix::fs::major(device), rustix::fs::minor(device)),
        inode: told.ino(),
        born: born.map(|born| (born.as_secs().cast_signed(), born.subsec_nanos())),
    })
}

/// Nothing is served here that the kernel remembers.
pub(crate) fn ask_anew(_: &Path) {}

/// No clock is coarser than what files are dated by.
pub(crate) fn coarse_time() -> (i64, i64) {
    (0, 0)
}

/// Users are whole processes'.
pub(crate) fn become_user(_: u32, _: u32, _: &[u32]) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn act_as(_: u32, _: u32) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn act_as_root() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn mount(_: &str, _: &Path, _: &OsStr) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn unmount(at: &Path) {
    let _ = run(Command::new("umount").arg("-f").arg(at));
}

pub(crate) fn flush_file_system(directory: &File) -> io::Result<()> {
    rustix::fs::sync();
    directory.sync_all()
}

pub(crate) fn is_in_memory(_: &Path) -> bool {
    false
}

fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(status.to_string())) }
}
