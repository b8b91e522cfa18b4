//! What a stopped call is about to take away.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;

use super::metadata::{Metadata, Timestamp};

/// One name in a directory, as it was right before the call. The caller sees to it that both are reached through our own
/// mounts: a link through another mount namespace is `EXDEV`.
#[derive(Debug)]
pub struct Found<D> {
    /// The directory, open without the right to read it (`O_PATH`).
    pub parent: D,
    /// The last component.
    pub name: OsString,
    /// Where we would find it; `None` where it has no path in our own mounts, or one that is too long.
    pub path: Option<PathBuf>,
    /// What is there; a link is not followed.
    pub metadata: Metadata,
    /// When its inode was made, where the file system tells.
    pub birth: Option<Timestamp>,
}

impl<D> Found<D> {
    fn with_directory<E>(self, convert: impl Fn(D) -> E) -> Found<E> {
        let Self { parent, name, path, metadata, birth } = self;
        Found { parent: convert(parent), name, path, metadata, birth }
    }
}

impl<D> Loss<D> {
    /// The same with other handles of its directories.
    pub(in crate::sys) fn with_directories<E>(self, convert: impl Fn(D) -> E + Copy) -> Loss<E> {
        match self {
            Self::Removed(found) => Loss::Removed(found.with_directory(convert)),
            Self::RemovedDirectory(found) => Loss::RemovedDirectory(found.with_directory(convert)),
            Self::Moved { from, to_parent, to_name, to_path, replaced } => Loss::Moved {
                from: from.with_directory(convert),
                to_parent: convert(to_parent),
                to_name,
                to_path,
                replaced: replaced.map(|found| found.with_directory(convert)),
            },
            Self::Exchanged(one, other) => Loss::Exchanged(one.with_directory(convert), other.with_directory(convert)),
            Self::Shortened { file, found, length } => {
                Loss::Shortened { file, found: found.map(|found| found.with_directory(convert)), length }
            }
            Self::Written { file, found } => Loss::Written { file, found: found.with_directory(convert) },
            Self::Changed(found, change) => Loss::Changed(found.with_directory(convert), change),
        }
    }
}

/// What a stopped call is about to take away.
#[derive(Debug)]
pub enum Loss<D> {
    /// The name of anything but a directory, by `unlink`.
    Removed(Found<D>),
    /// The name of an empty directory, by `rmdir`.
    RemovedDirectory(Found<D>),
    /// The name `from`, which becomes `to`; and what is there, `replaced`, of whatever kind.
    Moved {
        /// What is moved.
        from: Found<D>,
        /// The directory it goes to.
        to_parent: D,
        /// Its name there.
        to_name: OsString,
        /// Where that is for us.
        to_path: Option<PathBuf>,
        /// What is there and will be no more.
        replaced: Option<Found<D>>,
    },
    /// Two names that change places (`RENAME_EXCHANGE`).
    Exchanged(Found<D>, Found<D>),
    /// The content of a regular file from `length` on: by `O_TRUNC`, `creat`, `truncate` or `ftruncate`.
    Shortened {
        /// The file, opened anew for reading, and what is known of its place. Its name may be gone already.
        file: File,
        /// Its place, if it has one.
        found: Option<Found<D>>,
        /// How much of it stays, in bytes.
        length: u64,
    },
    /// The content of a regular file that is opened for writing and may be written at any place.
    Written {
        /// The file, opened anew for reading.
        file: File,
        /// Its place.
        found: Found<D>,
    },
    /// Something of what `stat` or `getxattr` tell.
    Changed(Found<D>, Change),
}

/// What of a thing's metadata is about to change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Its permission bits.
    Mode,
    /// Its owner or group.
    Owner,
    /// Its times.
    Times,
    /// The extended attribute of this whole name, `user.` included.
    Attribute(OsString),
}

/// A stopped call that nobody has looked at, or not in time. It went on, and what it took is not kept.
#[derive(Debug)]
pub struct Missed {
    /// What it was about, as far as that is known.
    pub path: Option<PathBuf>,
    /// The name of the program that called.
    pub program: OsString,
    /// Why.
    pub why: Why,
}

/// Why nobody has looked at a stopped call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The kernel lets nobody look into the process: its program may not be read, or it has asked for that.
    Unreadable,
    /// What the process may reach we may not: it acts for another user.
    Unreachable,
    /// A content that we may not read.
    Closed,
    /// It took too long: a disk or a server that does not answer.
    TooSlow,
    /// A fault of rrm's own.
    Failed,
}

impl Why {
    /// The same for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Unreadable => "the kernel does not allow rrm to look into this process",
            Self::Unreachable => "the process acts for another user",
            Self::Closed => "its content cannot be read",
            Self::TooSlow => "the disk or server took too long",
            Self::Failed => "rrm could not look at it",
        }
    }
}

/// What was seen of a stopped call.
#[derive(Debug)]
pub enum Seen<D> {
    /// It takes nothing away, or it will fail, or whoever called is gone.
    Nothing,
    /// It is about to take this away.
    Loss(Box<Loss<D>>),
    /// Nobody can tell.
    Missed(Missed),
    /// Nothing: an rrm asks whether it is under a guard.
    Question,
}
