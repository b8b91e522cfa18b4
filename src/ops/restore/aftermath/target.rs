//! A place that a guarded run has written down.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::guard::Key;
use crate::sys::{self, Dir, Inode, Metadata, Name, rename_no_replace};

/// A name in a directory to which no link leads.
pub(super) struct Target {
    pub(super) parent: Dir,
    /// Where that is.
    pub(super) above: PathBuf,
    name: OsString,
}

impl Target {
    /// # Security
    /// The path was written down without links; where one leads now, others may have put it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let (Some(above), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let parent = Dir::open(above)?;
        match parent.path()? == above {
            true => Ok(Self { parent, above: above.to_owned(), name: name.to_owned() }),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn name(&self) -> io::Result<Name<'_>> {
        Ok(Name::new(&self.name)?)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.above.join(&self.name)
    }

    pub(super) fn metadata(&self) -> io::Result<Metadata> {
        self.parent.metadata_of(self.name()?)
    }

    pub(super) fn key(&self) -> io::Result<Key> {
        let (is, birth) = self.parent.metadata_and_birth_of(self.name()?)?;
        Ok(Key::new(is.id, birth))
    }

    /// Moves what is here, if it is that; what turns out to be another goes back.
    pub(super) fn rename_to(&self, to: &Self, key: Key) -> io::Result<()> {
        rename_no_replace(&self.parent, self.name()?, &to.parent, to.name()?)?;
        if to.key()? == key {
            return Ok(());
        }
        rename_no_replace(&to.parent, to.name()?, &self.parent, self.name()?)?;
        Err(replaced())
    }

    /// Whether somebody else may put there, at any moment, what they could not put into the directory of `to`.
    pub(super) fn others_may_exchange_for(&self, to: &Self) -> io::Result<bool> {
        const ROOT: u32 = 0;
        let is = self.parent.metadata()?;
        let is_closed = is.is_written_by_one(sys::effective_uid()) || is.is_written_by_one(ROOT);
        Ok(!is_closed && to.parent.metadata()?.id != is.id)
    }

    /// Does something to the names in the directory, which keeps its times: it was restored a moment ago, or is to be given them.
    /// One that somebody has changed since the run shows that it was changed again.
    pub(super) fn keeping_times(&self, at: DateTime<Utc>, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let is = self.parent.metadata()?;
        act()?;
        if !is_after(&is, at)
            && let Ok(dir) = self.parent.readable()
        {
            // The time of a directory is no reason to fail.
            Inode::Open(dir).set_times(is.accessed, is.modified).ok();
        }
        Ok(())
    }

    /// A name beside it that is likely to be free.
    pub(super) fn beside(&self) -> io::Result<Self> {
        Ok(Self { parent: self.parent.try_clone()?, above: self.above.clone(), name: self.name()?.numbered(1) })
    }
}

/// What is under a name is not what the run has moved there.
pub(super) fn replaced() -> io::Error {
    io::Error::other("something else is there now")
}

pub(super) fn is_after(is: &Metadata, at: DateTime<Utc>) -> bool {
    let modified = DateTime::from_timestamp(is.modified.seconds, is.modified.nanoseconds);
    modified.is_none_or(|modified| modified > at)
}
