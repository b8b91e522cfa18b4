//! How an item leaves its trash directory to be deleted.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | an older 0555 directory of ours: u+w | it is in the trash and listed |
//! | **rename into `.doomed`, never replacing** | it is claimed: the next clean deletes it |
//! | an envelope looked for again; if it was moved to be kept: rename back | it is in the trash and listed, and kept |
//! | all of it deleted, and then its envelope | it is gone |
//! | or what cannot be deleted renamed back, after all else of it | what is left of it is in the trash and listed |
//!
//! What is kept meanwhile has another name, so the rename of one that carries its record finds nothing. Of one in an
//! envelope, a [keep](TrashDir::set_keep) moves the envelope, and then looks whether the item is in it; a claim takes the
//! item out, and then looks for the envelope. So of the two at least one sees the other: nobody is told that an item is
//! kept which is deleted. A claim that is killed before it puts an item back leaves that to the next clean. What is deleted
//! without a claim cannot be put back: there both hold the lock of the envelope.

pub(super) mod sweep;

use std::ffi::{OsStr, OsString};
use std::io;

use chrono::{DateTime, Utc};

use crate::item::{ItemId, ItemKind, Shape, TrashItem};
use crate::store::moving::take::Leaving;
use crate::store::{Holding, Reading, TrashDir, layout};
use crate::sys::{Dir, Name, if_there, rename_to_own_name};

/// What came of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The item is in `.doomed`, to be deleted.
    Taken,
    /// A person has kept it since it was read, so it is where it was.
    Kept,
}

impl TrashDir {
    /// Moves `item` to `.doomed`, from where it never comes back, unless somebody has kept it since it was read.
    ///
    /// # Errors
    /// The item is still listed, except where one that was kept could not be moved back.
    pub fn claim(&self, item: &TrashItem) -> io::Result<Claim> {
        match item.kind {
            // Nothing else deletes it, and the disk may hold nothing but directories.
            ItemKind::Directory => self.making_room(|| self.claim_at_once(item)),
            // See `delete_unclaimed`.
            _ => self.claim_at_once(item),
        }
    }

    fn claim_at_once(&self, item: &TrashItem) -> io::Result<Claim> {
        let doomed = self.own_dir(layout::DOOMED)?;
        let (holding, name) = self.holding(item)?;
        let name = Name::new(&name)?;
        let doomed_name = OsString::from(item.id.to_string());
        let doomed_name = Name::new(&doomed_name)?;
        let leaving = Leaving::of(item, &holding, name)?;
        if let Err(error) = rename_to_own_name(&holding, name, &doomed, doomed_name) {
            leaving.stay()?;
            return Err(error);
        }
        if self.is_in_its_place(item, &holding)? {
            return Ok(Claim::Taken);
        }
        rename_to_own_name(&doomed, doomed_name, &holding, name)?;
        leaving.stay()?;
        Ok(Claim::Kept)
    }

    /// Puts what is called `name` in `doomed` back into its envelope, if that is kept: the claim of it was killed before.
    ///
    /// # Errors
    /// It is still in `doomed`, and may be kept.
    pub fn put_back(&self, doomed: &Dir, name: &OsStr, now: DateTime<Utc>) -> io::Result<Claim> {
        let Some(id) = ItemId::from_name(name) else { return Ok(Claim::Taken) };
        let spot = match self.read(id).map_err(io::Error::other)? {
            Reading::Abandoned { spot, .. } if spot.kept.is_some_and(|keep| keep.holds(now)) => spot,
            _ => return Ok(Claim::Taken),
        };
        let envelope = self.shelf(spot.shelf())?.open_dir(Name::new(&spot.name())?)?;
        let name = Name::new(name)?;
        let leaving = Leaving::prepare(doomed, name)?;
        let moved = rename_to_own_name(doomed, name, &envelope, layout::ITEM);
        leaving.stay()?;
        moved.map(|()| Claim::Kept)
    }

    /// Removes the envelope of what was called `name` in `doomed` and is deleted. One that stays holds nothing, and is swept
    /// once it is old.
    pub fn forget_claimed(&self, name: &OsStr) {
        if let Some(id) = ItemId::from_name(name)
            && let Ok(Reading::Abandoned { spot, .. }) = self.read(id)
            && let Ok(shelf) = self.shelf(spot.shelf())
            && let Ok(envelope) = Name::new(&spot.name()).map_err(io::Error::from).and_then(|name| shelf.open_dir(name))
        {
            self.discard_holding(spot, &Holding::Envelope(envelope));
        }
    }

    /// Moves what could not be deleted of `name` in `doomed` back among the items, so that a person sees it and can restore
    /// it.
    ///
    /// # Errors
    /// It is still in `doomed`.
    pub fn give_back(&self, doomed: &Dir, name: &OsStr) -> io::Result<TrashItem> {
        let id = ItemId::from_name(name).ok_or(io::ErrorKind::InvalidInput)?;
        let name = Name::new(name)?;
        let leaving = Leaving::prepare(doomed, name)?;
        let moved = match self.envelope_of_claimed(id)? {
            Some(envelope) => rename_to_own_name(doomed, name, &envelope, layout::ITEM),
            None => rename_to_own_name(doomed, name, &self.dir, name),
        };
        leaving.stay()?;
        moved?;
        match self.read(id).map_err(io::Error::other)? {
            Reading::Item(item) => Ok(item),
            Reading::Abandoned { .. } | Reading::Gone => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The envelope that a claimed item was in, made again without a record if it is gone; `None` for one that carries its
    /// own.
    fn envelope_of_claimed(&self, id: ItemId) -> io::Result<Option<Dir>> {
        if let Reading::Abandoned { spot, .. } = self.read(id).map_err(io::Error::other)? {
            return self.shelf(spot.shelf())?.open_dir(Name::new(&spot.name())?).map(Some);
        }
        match id.told().map(|told| told.shape) {
            Some(Shape::Envelope | Shape::RecordFile) => {
                self.dir.create_private_dir(Name::new(&id.to_string())?).map(Some)
            }
            Some(Shape::Own | Shape::Doubted) | None => Ok(None),
        }
    }

    /// Whether an envelope is where it was; what has none was there when it was renamed.
    fn is_in_its_place(&self, item: &TrashItem, holding: &Holding<'_>) -> io::Result<bool> {
        let Holding::Envelope(envelope) = holding else { return Ok(true) };
        let there = if_there(self.shelf(item.shelf)?.metadata_of(Name::new(&item.spot().name())?))?;
        let ours = envelope.metadata()?.id;
        Ok(there.is_some_and(|there| there.id == ours))
    }

    /// Deletes `item` where it is, if it is no directory, and gives the bytes that this frees on the disk.
    ///
    /// An envelope is locked for it, and looked for again: what is kept by then stays.
    ///
    /// For want of room to claim it: where a quota is used up, btrfs refuses to rename a file but not to remove it. One
    /// name goes as wholly as it is renamed, so a restore at the same time gets all of it or nothing. An error means that
    /// the item is still listed.
    pub fn delete_unclaimed(&self, item: &TrashItem) -> io::Result<u64> {
        let (holding, name) = self.holding(item)?;
        let name = Name::new(&name)?;
        let _lock = match &holding {
            Holding::Shelf(_) => None,
            Holding::Envelope(envelope) => Some(self.lock_envelope(item.spot(), envelope)?),
        };
        let found = holding.metadata_of(name)?;
        holding.remove_file(name)?;
        self.discard_holding(item.spot(), &holding);
        Ok(if found.links == 1 { found.bytes_on_disk() } else { 0 })
    }
}
