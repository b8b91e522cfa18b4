//! Where the other end of a copy is.
//!
//! For as long as something is copied into the trash or out of it, `.staging` holds a symbolic link that is called by the
//! item's ID and leads to its place outside: where it comes from, or where it goes. Whoever finds that link without its
//! owner knows where a killed command may have left a second copy, or what was to become one.
//!
//! A note is a hint. Where none can be written the copy is made all the same, and nothing is believed for a note's sake.

use std::io;
use std::path::{Path, PathBuf};

use super::stage::take_over;
use super::{TrashDir, layout};
use crate::item::{Holder, ItemId, TrashItem};
use crate::sys::{Locked, Name, if_there};

/// Who works on an item that there is a note of.
#[derive(Debug)]
pub enum Owner {
    /// The command that left the note, or another that settles it.
    AtWork,
    /// Nobody else, for as long as the lock is held; an item without an envelope has none.
    Gone(Option<Locked>),
}

impl TrashDir {
    /// Notes down that `item` is being copied from or to `elsewhere`.
    pub fn leave_note(&self, item: ItemId, elsewhere: &Path) -> io::Result<()> {
        self.own_dir(layout::STAGING)?.create_symlink(Name::new(&layout::note_of(item))?, elsewhere)
    }

    /// Takes a note back; one that somebody else took back meanwhile is no error.
    pub fn forget_note(&self, item: ItemId) -> io::Result<()> {
        let name = layout::note_of(item);
        let name = Name::new(&name)?;
        if_there(self.own_dir(layout::STAGING)?.remove_file(name)).map(|_| ())
    }

    /// The other end of a copy of `item`, if there is a note of one.
    pub fn noted(&self, item: ItemId) -> io::Result<Option<PathBuf>> {
        let Some(staging) = self.own_dir_if_there(layout::STAGING)? else { return Ok(None) };
        if_there(staging.read_link(Name::new(&layout::note_of(item))?))
    }

    /// Whether `item` is still being copied into the trash.
    pub fn is_being_filled(&self, item: ItemId) -> io::Result<bool> {
        let Some(staging) = self.own_dir_if_there(layout::STAGING)? else { return Ok(false) };
        let name = item.to_string();
        Ok(staging.metadata_of(Name::new(&name)?).is_ok())
    }

    /// Makes sure that nobody else works on a listed item that was copied in.
    pub fn owner_of(&self, item: &TrashItem) -> io::Result<Owner> {
        if item.holder == Holder::Item {
            return Ok(Owner::Gone(None));
        }
        let (shelf, name) = (self.shelf(item.shelf)?, item.spot().name());
        let name = Name::new(&name)?;
        let envelope = shelf.open_dir(name)?;
        Ok(take_over(&shelf, name, &envelope)?.map_or(Owner::AtWork, |lock| Owner::Gone(Some(lock))))
    }
}
