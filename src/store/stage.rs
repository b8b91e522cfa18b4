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
//! locked for as long as the copy takes: what is in `.staging` and not locked has lost its owner.

use std::fs::File;
use std::io;

use super::place::Placed;
use super::{TrashDir, layout};
use crate::item::{Holder, ItemId, Record};
use crate::sys::{self, Dir, Name, rename_no_replace};

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
        let id = self.new_id()?;
        let envelope = self.make_envelope(&self.own_dir(layout::STAGING)?, &id, record)?;
        let lock = envelope.readable()?;
        sys::try_lock(&lock)?;
        Ok(Staged { id, envelope, _lock: lock })
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

    /// Where an envelope that is not to be filled any more is, and its name, for it to be deleted.
    pub fn discarded(&self, staged: &Staged) -> io::Result<(Dir, String)> {
        Ok((self.own_dir(layout::STAGING)?, staged.id.to_string()))
    }
}
