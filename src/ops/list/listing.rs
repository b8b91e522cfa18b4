//! What a list gives.

use crate::error::Error;
use crate::item::TrashItem;
use crate::rules::retention::Fates;

/// Items, and what could not be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// The items, in no order.
    pub items: Vec<TrashItem>,
    /// What will become of them, where that was asked for.
    pub fates: Option<Fates>,
    /// Volumes that did not answer, items that could not be read, names that are not ours.
    pub problems: Vec<Error>,
}

/// What the last commands removed, and what could not be read.
#[derive(Debug, Default)]
pub struct History {
    /// The items of each command, those of the last one first; none, where not one of a command's could be read.
    pub batches: Vec<Vec<TrashItem>>,
    /// Volumes that did not answer, items that could not be read.
    pub problems: Vec<Error>,
}

impl History {
    /// All of the items, whichever command removed them.
    #[must_use]
    pub fn into_listing(self) -> Listing {
        Listing { items: self.batches.into_iter().flatten().collect(), fates: None, problems: self.problems }
    }
}
