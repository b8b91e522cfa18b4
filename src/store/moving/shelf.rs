//! The two directories that items are in, and moving an item from one to the other.

use std::io;

use crate::item::{Holder, Keep, Shelf, Spot, TrashItem};
use crate::store::lock::take_over;
use crate::store::moving::take::Leaving;
use crate::store::record::keys::KEEP;
use crate::store::{TrashDir, layout};
use crate::sys::{self, Dir, Locked, Name, rename_to_own_name};

impl TrashDir {
    /// Exempts an item from clean, or no longer: one rename, which replaces nothing and decides. Says where it is then.
    ///
    /// Before anybody is told that it is kept, [`Self::flush_keeps`] brings that to the disk.
    ///
    /// # Errors
    /// `ENOENT` where another command took the item meanwhile, `EBUSY` where one is at work with its envelope.
    pub fn set_keep(&self, item: &TrashItem, keep: Keep) -> io::Result<TrashItem> {
        let (from, to) = (item.spot(), Spot::for_keep(item.id, keep));
        if to.shelf() == Shelf::Kept {
            self.own_dir(layout::KEPT)?;
        }
        if from != to {
            self.move_entry(item, from, to)?;
        }
        let moved = TrashItem { keep: to.kept.unwrap_or(Keep::No), shelf: to.shelf(), ..item.clone() };
        if item.id.told().is_none() && item.shelf == Shelf::Trash && item.keep != Keep::No {
            self.note(&moved, KEEP, None)?;
        }
        Ok(moved)
    }

    fn move_entry(&self, item: &TrashItem, from: Spot, to: Spot) -> io::Result<()> {
        let (source, target) = (self.shelf(from.shelf())?, self.shelf(to.shelf())?);
        let (old, new) = (from.name(), to.name());
        let (old, new) = (Name::new(&old)?, Name::new(&new)?);
        let leaving = match item.holder {
            Holder::Item => Leaving::of(item, &source, old)?,
            Holder::Envelope => Leaving::nothing(),
        };
        // From the rename until it is known what is in the envelope, nobody deletes it there.
        let _lock = match item.holder {
            Holder::Item => None,
            Holder::Envelope => Some(self.lock_envelope(from, &source.open_dir(old)?)?),
        };
        let moved = self.making_room(|| rename_to_own_name(&source, old, &target, new));
        leaving.stay()?;
        moved?;
        // Whoever was about to restore or delete it holds the envelope, and may have taken the item out of it.
        if item.holder == Holder::Envelope {
            target.open_dir(new)?.metadata_of(layout::ITEM)?;
        }
        Ok(())
    }

    /// Takes the lock of the open `envelope`, which is at `spot`.
    ///
    /// # Errors
    /// `ENOENT` where it is there no more, `EBUSY` where another command has the lock.
    pub(in crate::store) fn lock_envelope(&self, spot: Spot, envelope: &Dir) -> io::Result<Locked> {
        let (shelf, name) = (self.shelf(spot.shelf())?, spot.name());
        let name = Name::new(&name)?;
        if let Some(lock) = take_over(&shelf, name, envelope)? {
            return Ok(lock);
        }
        shelf.metadata_of(name)?;
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "another command is using it"))
    }

    /// Brings to the disk what is kept.
    pub fn flush_keeps(&self) -> io::Result<()> {
        sys::flush(&self.own_dir(layout::KEPT)?)?;
        sys::flush(&self.dir)
    }
}
