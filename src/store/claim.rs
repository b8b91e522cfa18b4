//! How an item leaves its trash directory to be deleted.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | a 0555 directory of ours: u+w | it is in the trash and listed |
//! | **rename into `.doomed`, never replacing** | it is claimed: the next clean deletes it |
//! | its keep read again; for one that was kept meanwhile: rename back, the mode back | it is in the trash and listed, and kept |
//! | its envelope removed | it is claimed |
//!
//! A [keep](TrashDir::set_keep) looks whether its item is still there after it was noted, and a claim looks for a keep
//! after the rename. So of the two at least one sees the other: nobody is told that an item is kept which is deleted.

use std::ffi::OsString;
use std::io;

use super::take::Leaving;
use super::{Holding, TrashDir, layout};
use crate::item::{Holder, Keep, TrashItem};
use crate::sys::{Dir, Name, rename_to_own_name};

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
        let keep = self.keep_of_claimed(item, &holding, (&doomed, doomed_name));
        if matches!(keep, Ok(keep) if keep == Keep::No || keep == item.keep) {
            self.discard_holding(item.id, &holding);
            return Ok(Claim::Taken);
        }
        rename_to_own_name(&doomed, doomed_name, &holding, name)?;
        leaving.stay()?;
        keep.map(|_| Claim::Kept)
    }

    /// Whether a person keeps what was moved out of `holding` a moment ago.
    fn keep_of_claimed(&self, item: &TrashItem, holding: &Holding<'_>, claimed: (&Dir, Name<'_>)) -> io::Result<Keep> {
        match holding {
            Holding::Envelope(envelope) => self.keep_on_envelope(item, envelope),
            Holding::Trash(_) => self.keep_on(item.kind, claimed),
        }
    }

    /// Whether a person keeps `item` by now.
    pub fn keep_of(&self, item: &TrashItem) -> io::Result<Keep> {
        let id = item.id.to_string();
        let name = Name::new(&id)?;
        match item.holder {
            Holder::Envelope => self.keep_on_envelope(item, &self.dir().open_dir(name)?),
            Holder::Item => self.keep_on(item.kind, (self.dir(), name)),
        }
    }

    /// Deletes `item` where it is, if it is no directory, and gives the bytes that this frees on the disk.
    ///
    /// For want of room to claim it: where a quota is used up, btrfs refuses to rename a file but not to remove it. One
    /// name goes as wholly as it is renamed, so a restore at the same time gets all of it or nothing. An error means that
    /// the item is still listed.
    pub fn delete_unclaimed(&self, item: &TrashItem) -> io::Result<u64> {
        let (holding, name) = self.holding(item)?;
        let name = Name::new(&name)?;
        let found = holding.metadata_of(name)?;
        holding.remove_file(name)?;
        self.discard_holding(item.id, &holding);
        Ok(if found.links == 1 { found.bytes_on_disk() } else { 0 })
    }
}
