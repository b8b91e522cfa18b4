//! What a run came to.

use std::ops::AddAssign;

use crate::error::Error;
use crate::item::{Before, Guarded, ItemKind, TrashItem};

/// What a run has destroyed, and what of it is in the trash.
#[derive(Debug, Default)]
pub struct Summary {
    /// How many directories it removed, each with all that was in it.
    pub directories: u64,
    /// How many files and other things outside of those.
    pub files: u64,
    /// In the place of how many things it put something else, or other content.
    pub replaced: u64,
    /// How many of all those it may have changed before it removed or replaced them.
    pub changed: u64,
    /// What is in the trash of it, in the order of the paths.
    pub items: Vec<TrashItem>,
    /// What is not, each with the reason.
    pub not_kept: Vec<Error>,
    /// How many more are not, of which there are too many to name.
    pub more_not_kept: u64,
    /// What was refused because it could not have been kept.
    pub refused: Vec<Error>,
    /// What went wrong afterwards; the next command goes on with it.
    pub problems: Vec<Error>,
}

impl Summary {
    /// Counts an item.
    pub(super) fn count(&mut self, item: TrashItem) {
        let before = match item.guarded {
            Guarded::Replaced(before) => {
                self.replaced += 1;
                before
            }
            Guarded::Removed(before) => {
                match item.kind {
                    ItemKind::Directory => self.directories += 1,
                    _ => self.files += 1,
                }
                before
            }
            Guarded::No => Before::Unchanged,
        };
        self.changed += u64::from(before == Before::Changed);
        self.items.push(item);
    }
}

impl AddAssign for Summary {
    fn add_assign(&mut self, other: Self) {
        self.directories += other.directories;
        self.files += other.files;
        self.replaced += other.replaced;
        self.changed += other.changed;
        self.items.extend(other.items);
        self.not_kept.extend(other.not_kept);
        self.more_not_kept += other.more_not_kept;
        self.refused.extend(other.refused);
        self.problems.extend(other.problems);
    }
}
