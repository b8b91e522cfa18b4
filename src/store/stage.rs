//! How something gets into a trash directory when it has to be copied.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | an envelope in `.staging`, its record | the source; an envelope without an item, deleted by `clean` |
//! | the copy in it, flushed and compared | the source; the copy in `.staging`, deleted by `clean` |
//! | **rename to its name, flushed** | the source; the whole copy, listed |
//! | each removal from the source | the whole copy, listed; what is left of the source |
//!
//! A copy is always put into an envelope, so that one rename commits the copy and its record together. The envelope is
//! locked for as long as the copy takes: what is in `.staging` and not locked has lost its owner. Whoever deletes it
//! holds the lock as well, so that an envelope that was made a moment ago is either the copy's or the deleter's.
//!
//! `.staging` also holds a symbolic link for each copy on its way out of the trash: to the directory it is made in.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use super::place::Placed;
use super::{TrashDir, layout};
use crate::item::{Holder, ItemId, Record};
use crate::sys::{self, Dir, FileKind, Lock, Name, rename_no_replace};

/// How often an envelope is made that a `clean` at once takes for an orphan.
const ATTEMPTS: u32 = 8;

/// What is in `.staging`: in use, or left by a command that was killed.
#[derive(Debug)]
pub enum Leftover {
    /// An envelope with a copy, or something else of this name.
    Copy(std::ffi::OsString),
    /// Where a copy of this item is made that is on its way out.
    Room(ItemId, PathBuf),
}

/// Takes the lock of the open directory `dir`, which is called `name` in `holder`; `None` where another process has it,
/// or has deleted it.
pub fn take_over(holder: &Dir, name: Name<'_>, dir: &Dir) -> io::Result<Option<File>> {
    let lock = match dir.readable() {
        // A removed directory can be held, but no more be opened.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    if sys::try_lock(&lock)? == Lock::Taken {
        return Ok(None);
    }
    let is_there = holder.metadata_of(name).is_ok_and(|found| dir.metadata().is_ok_and(|ours| ours.id == found.id));
    Ok(is_there.then_some(lock))
}

/// An envelope that is being filled.
#[must_use = "it is committed or discarded"]
pub struct Staged {
    id: ItemId,
    envelope: Dir,
    /// Locked until it is dropped.
    _lock: File,
}

impl Staged {
    /// Where the copy goes, under the name [`layout::ITEM`].
    #[must_use]
    pub fn envelope(&self) -> &Dir {
        &self.envelope
    }
}

impl TrashDir {
    /// Makes an envelope with `record` in `.staging`.
    pub fn stage(&self, record: &Record) -> io::Result<Staged> {
        let staging = self.own_dir(layout::STAGING)?;
        for _ in 0..ATTEMPTS {
            let id = self.new_id()?;
            let made = self.make_envelope(&staging, &id, record);
            let name = id.to_string();
            let name = Name::new(name.as_ref()).map_err(io::Error::other)?;
            match made.and_then(|envelope| Ok((take_over(&staging, name, &envelope)?, envelope))) {
                Ok((Some(lock), envelope)) => return Ok(Staged { id, envelope, _lock: lock }),
                // A clean found it before it was locked, and deletes it.
                Ok((None, _)) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process keeps deleting what is being made there"))
    }

    /// Puts a filled envelope among the items. When this returns the item is on the disk, so that its source may go.
    pub fn commit(&self, staged: &Staged) -> io::Result<Placed> {
        let staging = self.own_dir(layout::STAGING)?;
        sys::flush(&staged.envelope)?;
        let name = staged.id.to_string();
        let name = Name::new(name.as_ref()).map_err(io::Error::other)?;
        rename_no_replace(&staging, name, &self.dir, name)?;
        sys::flush(&self.dir)?;
        Ok(Placed { id: staged.id, trash: self.path.clone(), holder: Holder::Envelope })
    }

    /// What is in `.staging`, and where that is, if it was ever made.
    pub fn staged(&self) -> io::Result<Option<(Dir, Vec<Leftover>)>> {
        let Some(staging) = self.own_dir_if_there(layout::STAGING)? else { return Ok(None) };
        let mut found = Vec::new();
        staging.for_each_entry::<io::Error>(|entry| {
            let room = (entry.kind == Some(FileKind::Symlink)).then(|| {
                Some((ItemId::from_name(&entry.name)?, staging.read_link(Name::new(&entry.name).ok()?).ok()?))
            });
            found.push(match room.flatten() {
                Some((item, path)) => Leftover::Room(item, path),
                None => Leftover::Copy(entry.name),
            });
            Ok(())
        })?;
        Ok(Some((staging, found)))
    }

    /// Notes down that a copy of `item` is being made in the directory `path`, outside of the trash.
    pub fn note_room(&self, item: ItemId, path: &Path) -> io::Result<()> {
        let name = item.to_string();
        self.own_dir(layout::STAGING)?.create_symlink(Name::new(name.as_ref()).map_err(io::Error::other)?, path)
    }

    /// Takes that note back.
    pub fn forget_room(&self, item: ItemId) -> io::Result<()> {
        let name = item.to_string();
        self.own_dir(layout::STAGING)?.remove_file(Name::new(name.as_ref()).map_err(io::Error::other)?)
    }

    /// Where an envelope that is not to be filled any more is, and its name, for it to be deleted.
    pub fn discarded(&self, staged: &Staged) -> io::Result<(Dir, String)> {
        Ok((self.own_dir(layout::STAGING)?, staged.id.to_string()))
    }
}
