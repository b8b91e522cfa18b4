//! How large a directory is, all of it, and what an item occupies on the disk.

use std::collections::HashMap;
use std::io;

use crate::error::{Error, ErrorKind, Result};
use crate::item::{Grower, ItemId, ItemKind, TrashItem};
use crate::manager::TrashManager;
use crate::progress::{Activity, Amount, Progress, begin};
use crate::sys::entries::walk::{Ascent, Step, Walk};
use crate::sys::{Dir, FileId, Metadata, Name};

impl TrashManager {
    /// Finds out how large the directories among `items` are; one that cannot be read stays of unknown size.
    ///
    /// # Errors
    /// [`Interrupted`](ErrorKind::Interrupted); the sizes that were found out by then are noted and need not be again.
    pub(crate) fn measure(&self, items: &mut [TrashItem], progress: &dyn Progress) -> Result<()> {
        if items.iter().all(|item| item.size.is_some()) {
            return Ok(());
        }
        let _ending = begin(progress, Activity::Measuring, None);
        let unknown = items.iter_mut().filter(|item| item.size.is_none());
        unknown.take_while(|_| !progress.interrupted()).for_each(|item| self.measure_one(item, progress));
        self.unless_interrupted(progress)
    }

    fn unless_interrupted(&self, progress: &dyn Progress) -> Result<()> {
        if progress.interrupted() {
            let reason = "interrupted; the sizes measured so far were saved";
            return Err(Error::new(ErrorKind::Interrupted, "measure", self.volumes().main_path(), reason));
        }
        Ok(())
    }

    /// Makes the size of each item what its deletion would free on the disk, for a rule about space, and looks who may make
    /// larger what is in a directory.
    ///
    /// # Security
    /// The length of a file is whatever its writers say; blocks are there.
    pub(crate) fn measure_on_disk(&self, items: &mut [TrashItem], progress: &dyn Progress) -> Result<()> {
        let _ending = begin(progress, Activity::Measuring, None);
        let each = items.iter_mut().take_while(|_| !progress.interrupted());
        each.for_each(|item| match self.blocks_of(item, progress) {
            Some(blocks) => {
                item.grower = if blocks.are_written_by_one { item.grower } else { Grower::Others };
                item.size = Some(blocks.freed());
            }
            None => item.size = None,
        });
        self.unless_interrupted(progress)
    }

    /// What the deletion of each item would free on the disk; those that cannot be read are left out.
    ///
    /// # Errors
    /// [`Interrupted`](ErrorKind::Interrupted).
    pub(crate) fn bytes_on_disk(&self, items: &[TrashItem], progress: &dyn Progress) -> Result<HashMap<ItemId, u64>> {
        let _ending = begin(progress, Activity::Measuring, None);
        let each = items.iter().take_while(|_| !progress.interrupted());
        let measured = each.filter_map(|item| Some((item.id, self.blocks_of(item, progress)?.freed()))).collect();
        self.unless_interrupted(progress).map(|()| measured)
    }

    /// What an item occupies; nothing is known where it cannot be read.
    fn blocks_of(&self, item: &TrashItem, progress: &dyn Progress) -> Option<Blocks> {
        let trash = self.trash_of(item).ok()?;
        let (holding, name) = trash.holding(item).ok()?;
        let name = Name::new(&name).ok()?;
        let top = holding.metadata_of(name).ok()?;
        let mut blocks = Blocks { bytes: 0, linked: HashMap::new(), are_written_by_one: true };
        let user = top.uid;
        blocks.add(&top, user);
        if top.is_dir() {
            for_each_below(&holding, name, progress, |found| blocks.add(found, user)).ok()?;
        }
        Some(blocks)
    }

    /// As [`Self::measure`], for whoever deletes by size: what was noted is a hint, and no reason to.
    pub(crate) fn measure_anew(&self, items: &mut [TrashItem], progress: &dyn Progress) -> Result<()> {
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

/// What the files of an item occupy.
struct Blocks {
    bytes: u64,
    /// Files with several names, each with how many of them are outside of what was met.
    linked: HashMap<FileId, (u64, u32)>,
    /// Whether all of them are of the user of the item, and nobody else may write to any.
    are_written_by_one: bool,
}

impl Blocks {
    fn add(&mut self, found: &Metadata, user: u32) {
        self.are_written_by_one &= found.is_written_by_one(user);
        if found.is_dir() || found.links <= 1 {
            self.bytes = self.bytes.saturating_add(found.bytes_on_disk());
        } else {
            let (_, outside) = self.linked.entry(found.id).or_insert((found.bytes_on_disk(), found.links));
            *outside = outside.saturating_sub(1);
        }
    }

    /// What a deletion frees: each file once, and nothing of one that has a name outside.
    fn freed(self) -> u64 {
        let whole = self.linked.into_values().filter(|(_, outside)| *outside == 0).map(|(bytes, _)| bytes);
        whole.fold(self.bytes, u64::saturating_add)
    }
}

/// Adds up the lengths of all files below the directory `name` of `holder`.
fn add_up(holder: &Dir, name: Name<'_>, progress: &dyn Progress) -> io::Result<u64> {
    let mut sum: u64 = 0;
    for_each_below(holder, name, progress, |found| {
        sum = sum.saturating_add(if found.is_dir() { 0 } else { found.size });
    })?;
    Ok(sum)
}

/// Looks at all that is below the directory `name` of `holder`, which no mount interrupts.
///
/// Fails where something cannot be read, and where somebody asked to stop: a sum of half the files would be no size.
fn for_each_below(
    holder: &Dir,
    name: Name<'_>,
    progress: &dyn Progress,
    mut each: impl FnMut(&Metadata),
) -> io::Result<()> {
    let mut walk = Walk::new(holder.open_dir_on_this_mount(name)?, name);
    loop {
        if progress.interrupted() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match walk.step()? {
            Step::Finished if walk.leave()? == Ascent::Over => return Ok(()),
            Step::Finished => {}
            Step::Found(entry) => {
                let name = Name::new(&entry.name)?;
                let metadata = walk.here().metadata_of(name)?;
                let bytes = if metadata.is_dir() { 0 } else { metadata.size };
                progress.advance(Amount { entries: 1, bytes });
                each(&metadata);
                if metadata.is_dir() {
                    let child = walk.here().open_dir_on_this_mount(name)?;
                    walk.enter(child, entry.name)?;
                }
            }
        }
    }
}
