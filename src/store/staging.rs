//! How something gets into a trash directory when it has to be copied.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | an envelope in `.staging`, its record | the source; an envelope without an item, deleted by `clean` |
//! | the copy in it, flushed and compared | the source; the copy in `.staging`, deleted by `clean` |
//! | a [note](crate::store::staging::note) of where the source is, and its ledger | the same, and the two |
//! | **rename to its name, flushed** | the source; the whole copy, listed; the note, by which they become one again |
//! | each removal from the source | the whole copy, listed; what is left of the source, one entry of it perhaps moved aside; the note |
//! | the note removed | the whole copy, listed |
//!
//! A copy is always put into an envelope, so that one rename commits the copy and its record together. The envelope is
//! locked for as long as the copy takes: what is in `.staging` and not locked has lost its owner. Whoever deletes it
//! holds the lock as well, so that an envelope that was made a moment ago is either the copy's or the deleter's. Once it
//! is listed, the lock says that its source is being removed.

pub(super) mod note;
pub(super) mod notice;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::item::{Holder, ItemId, Lent, Record};
use crate::store::lock::take_over;
use crate::store::moving::place::Placed;
use crate::store::{TrashDir, layout};
use crate::sys::{self, Dir, Locked, Name, rename_to_own_name};

/// How often an envelope is made that a `clean` at once takes for an orphan.
const ATTEMPTS: u32 = 8;

/// What is in `.staging`: in use, or left by a command that was killed.
#[derive(Debug)]
pub struct Staging {
    /// The directory.
    pub dir: Dir,
    /// The names of envelopes with a copy, and of whatever else is there.
    pub copies: Vec<OsString>,
    /// The names of notices.
    pub notices: Vec<OsString>,
    /// Of which items there is a note, and where it leads.
    pub notes: Vec<(ItemId, PathBuf)>,
    /// Of which items there is a ledger of a note; perhaps without one.
    pub ledgers: Vec<ItemId>,
}

/// An envelope that is being filled.
#[must_use = "it is committed or discarded"]
pub struct Staged {
    id: ItemId,
    envelope: Dir,
    _lock: Locked,
}

impl Staged {
    /// What the item will be called.
    #[must_use]
    pub fn id(&self) -> ItemId {
        self.id
    }

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
            let made = self.make_envelope(&staging, record, Lent::default());
            let locked = made.and_then(|(id, envelope)| {
                let lock = take_over(&staging, Name::new(&id.to_string())?, &envelope)?;
                Ok(lock.map(|lock| Staged { id, envelope, _lock: lock }))
            });
            match locked {
                Ok(Some(staged)) => return Ok(staged),
                // A clean found it before it was locked, and deletes it.
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process keeps deleting the new files"))
    }

    /// Puts a filled envelope, which is on the disk, among the items. When this returns the item is there on the disk too,
    /// so that its source may go.
    ///
    /// # Errors
    /// It is in `.staging`, as it was.
    pub fn commit(&self, staged: &Staged) -> io::Result<Placed> {
        let staging = self.own_dir(layout::STAGING)?;
        let name = staged.id.to_string();
        let name = Name::new(&name)?;
        rename_to_own_name(&staging, name, &self.dir, name)?;
        if let Err(error) = sys::flush(&self.dir) {
            // Its source stays, so nobody is to find a second one.
            rename_to_own_name(&self.dir, name, &staging, name)?;
            return Err(error);
        }
        Ok(Placed { id: staged.id, trash: self.path.clone(), holder: Holder::Envelope })
    }

    /// What is in `.staging`, if it was ever made.
    pub fn staging(&self) -> io::Result<Option<Staging>> {
        let Some(dir) = self.own_dir_if_there(layout::STAGING)? else { return Ok(None) };
        let (mut copies, mut notices, mut notes, mut ledgers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        dir.for_each_entry(|entry| {
            if let Some(item) = layout::ledger_for(&entry.name) {
                ledgers.push(item);
                return Ok(());
            }
            let path = layout::noted_by(&entry.name).and_then(|item| Some((item, self.noted(item).ok()??)));
            match path {
                Some(note) => notes.push(note),
                None if layout::is_notice(&entry.name) => notices.push(entry.name),
                None => copies.push(entry.name),
            }
            Ok(())
        })?;
        Ok(Some(Staging { dir, copies, notices, notes, ledgers }))
    }

    /// Where an envelope that is not to be filled any more is, and its name, for it to be deleted.
    pub fn discarded(&self, staged: &Staged) -> io::Result<(Dir, String)> {
        Ok((self.own_dir(layout::STAGING)?, staged.id.to_string()))
    }
}
