//! Why a transfer failed, and where.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::sys::entries::walk::Walk;
use crate::sys::{Answer, Asked, answer};

/// What could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Failure {
    /// The source could not be read: content, a directory's list, metadata or attributes.
    #[error("cannot read")]
    Read,
    /// The entry could not be made in the target: no space, no permission, or that file system has no such kind.
    #[error("cannot create the copy of")]
    Make,
    /// The copy's name is taken; nothing was made.
    #[error("something already exists at the target of the copy of")]
    Exists,
    /// Content could not be written: no space, quota, a failing disk.
    #[error("cannot write the copy of")]
    Write,
    /// Metadata could not be set for a reason that is no mere lack of support.
    #[error("cannot set the metadata of the copy of")]
    Keep,
    /// Something would be lost that the survey did not name.
    #[error("the copy would unexpectedly lose:")]
    Lose,
    /// What was written could not be brought to the disk.
    #[error("cannot flush the copy of")]
    Flush,
    /// The source changed while it was copied, every time it was tried.
    #[error("changed during the copy:")]
    Changed,
    /// Once copied, the source could not be removed.
    #[error("cannot remove after the copy:")]
    Remove,
    /// Another file system begins here.
    #[error("a mount point:")]
    Mount,
    /// A person asked to stop.
    #[error("interrupted at")]
    Interrupted,
}

/// A transfer that failed: the source is as it was; what was made of the copy is the caller's to purge.
#[derive(Debug, thiserror::Error)]
#[error("{failure} {}", path.display())]
pub struct TransferError {
    /// What could not be done.
    pub failure: Failure,
    /// To what: a path that begins with the name that was to be copied.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
    /// What else failed, where that was looked for: a copy ends with the first, a survey goes on.
    pub others: Vec<TransferError>,
}

/// A failure at an entry whose path is not spelled out yet: most entries do not fail, and a path costs memory.
#[derive(Debug)]
pub(in crate::transfer) struct Trouble {
    pub(in crate::transfer) failure: Failure,
    /// The entry of the current directory; `None` means that directory itself.
    pub(in crate::transfer) name: Option<OsString>,
    pub(in crate::transfer) source: io::Error,
}

impl Trouble {
    pub(in crate::transfer) fn of(failure: Failure, source: impl Into<io::Error>) -> Self {
        Self { failure, name: None, source: source.into() }
    }

    /// The same trouble, said of the entry `name`.
    pub(in crate::transfer) fn at(self, name: crate::sys::Name<'_>) -> Self {
        Self { name: Some(name.as_os_str().to_owned()), ..self }
    }

    pub(in crate::transfer) fn at_top(self, path: PathBuf) -> TransferError {
        TransferError { failure: self.failure, path, source: self.source, others: Vec::new() }
    }

    /// What the system said.
    pub(in crate::transfer) fn into_source(self) -> io::Error {
        self.source
    }

    /// Names where in `walk` it happened.
    pub(in crate::transfer) fn in_walk(self, walk: &Walk) -> TransferError {
        let path = walk.path(self.name.as_ref());
        self.at_top(path)
    }

    /// Whether we may not do something to the source, as only a look at each entry tells.
    pub(in crate::transfer) fn is_refusal(&self) -> bool {
        matches!(self.failure, Failure::Read | Failure::Remove) && self.source.kind() == io::ErrorKind::PermissionDenied
    }

    pub(in crate::transfer) fn changed() -> Self {
        Self::of(Failure::Changed, io::Error::other("its content or metadata changed during the copy"))
    }

    pub(in crate::transfer) fn interrupted() -> Self {
        Self::of(Failure::Interrupted, io::ErrorKind::Interrupted)
    }
}

/// Says what a failing call was for.
pub(in crate::transfer) trait While<T> {
    fn during(self, failure: Failure) -> Result<T, Trouble>;
}

impl<T> While<T> for io::Result<T> {
    fn during(self, failure: Failure) -> Result<T, Trouble> {
        self.map_err(|source| Trouble::of(failure, source))
    }
}

/// Whether a call failed because this user or file system does not do such a thing, and not because of damage.
pub(in crate::transfer) fn is_refusal(error: &io::Error) -> bool {
    answer(error, Asked::Metadata) == Answer::NotHere
}
