//! How large a directory is, all of it.

use std::io;

use super::TrashManager;
use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemKind, TrashItem};
use crate::progress::{Activity, Amount, Progress, begin};
use crate::sys::{Dir, Name};
use crate::walk::{Ascent, Step, Walk};

impl TrashManager {
    /// Finds out how large the directories among `items` are; one that cannot be read stays of unknown size.
    ///
    /// # Errors
    /// [`Interrupted`](ErrorKind::Interrupted); the sizes that were found out by then are noted and need not be again.
    pub(super) fn measure(&self, items: &mut [TrashItem], progress: &dyn Progress) -> Result<()> {
        if items.iter().all(|item| item.size.is_some()) {
            return Ok(());
        }
        let _ending = begin(progress, Activity::Measuring, None);
        let unknown = items.iter_mut().filter(|item| item.size.is_none());
        unknown.take_while(|_| !progress.interrupted()).for_each(|item| self.measure_one(item, progress));
        if progress.interrupted() {
            let reason = "interrupted; the sizes measured so far were saved";
            return Err(Error::new(ErrorKind::Interrupted, "measure", self.volumes().home_path(), reason));
        }
        Ok(())
    }

    /// As [`Self::measure`], for whoever deletes by size: what was noted is a hint, and no reason to.
    pub(super) fn measure_anew(&self, items: &mut [TrashItem], progress: &dyn Progress) -> Result<()> {
        items.iter_mut().filter(|item| item.kind == ItemKind::Directory).for_each(|item| item.size = None);
        self.measure(items, progress)
    }

    /// Finds out how large a directory is, and notes it there. The item has to be of a trash directory that this manager
    /// has listed; one that cannot be read stays of unknown size.
    pub fn measure_one(&self, item: &mut TrashItem, progress: &dyn Progress) {
        let Ok(trash) = self.trash_of(item) else { return };
        let Ok((holding, name)) = trash.holding(item) else { return };
        item.size = Name::new(&name).ok().and_then(|name| add_up(&holding, name, progress).ok());
        if let Some(size) = item.size {
            // A directory that takes no note of it, because it may not be written, is measured again.
            trash.note_size(item, size).ok();
        }
    }
}

/// Adds up the lengths of all files below the directory `name` of `holder`, which no mount interrupts.
///
/// Fails where something cannot be read, and where somebody asked to stop: a sum of half the files would be no size.
fn add_up(holder: &Dir, name: Name<'_>, progress: &dyn Progress) -> io::Result<u64> {
    let mut walk = Walk::new(holder.open_dir_on_this_mount(name)?, name);
    let mut sum = 0;
    loop {
        if progress.interrupted() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match walk.step()? {
            Step::Finished if walk.leave()? == Ascent::Over => return Ok(sum),
            Step::Finished => {}
            Step::Found(entry) => {
                let name = Name::new(&entry.name)?;
                let metadata = walk.here().metadata_of(name)?;
                let bytes = if metadata.is_dir() { 0 } else { metadata.size };
                progress.advance(Amount { entries: 1, bytes });
                sum = sum.saturating_add(bytes);
                if metadata.is_dir() {
                    let child = walk.here().open_dir_on_this_mount(name)?;
                    walk.enter(child, entry.name)?;
                }
            }
        }
    }
}
