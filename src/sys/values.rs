//! What system calls are given and tell, in the words that rrm uses.

pub(super) mod entry;
pub(super) mod family;
pub(super) mod loss;
pub(super) mod metadata;
pub(super) mod name;
pub(super) mod opening;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A file system that something was measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSystem {
    /// ext2, ext3 and ext4, which share a number.
    Ext,
    /// xfs.
    Xfs,
    /// btrfs.
    Btrfs,
    /// tmpfs.
    Tmpfs,
    /// overlayfs, of layers that may be of any other.
    Overlay,
    /// Any that a program serves.
    Fuse,
    /// Any other.
    Other,
}

/// One mount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// Where it is mounted, as this process sees it.
    pub point: PathBuf,
    /// Which directory of its file system is mounted there: for all of it, and where the platform does not tell, `/`.
    pub shows: PathBuf,
    /// The file system's type, such as `ext4`.
    pub kind: String,
}

/// What an attribute is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeMeaning {
    /// Whatever somebody set it for.
    Value,
    /// An access control list.
    AccessList,
    /// One that a new entry may have from the directory it is made in.
    InheritableAccessList,
    /// What a program may do (capabilities(7)).
    Capabilities,
    /// A label that a security module gives and judges by. A copy may have got one by where it was made.
    Label,
    /// A setting of the system's own, of which a copy gets its own.
    Setting,
}

/// By what the attributes of an inode are reached.
#[derive(Debug, Clone, Copy)]
pub enum Carrier<'a> {
    /// This handle.
    Handle(&'a File),
    /// This path, followed: it leads to the inode and no further.
    Path(&'a Path),
    /// Nothing: attributes of such an inode cannot be reached here without a path that may lead elsewhere by now.
    Unreachable,
}

/// What a call gave, or `None` where it found nothing of that name (`ENOENT`); any other error stays one.
pub fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        result => result.map(Some),
    }
}
