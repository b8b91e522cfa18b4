//! What a caller may ask of a list.

use chrono::{DateTime, Utc};

use crate::rules::retention::Standing;
use crate::rules::selection::Selection;

/// List items.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ListOptions {
    /// Which ones.
    pub selection: Selection,
    /// Whether to find out how large directories are.
    pub sizes: Sizes,
    /// The rules by which items will go, if anybody wants to know what becomes of each.
    pub standing: Option<Standing>,
    /// How many of the newest are enough, if not all are to be told; more may be.
    pub newest: Option<usize>,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

impl ListOptions {
    /// All of them, with the sizes that are known.
    #[must_use]
    pub fn new(selection: Selection, now: DateTime<Utc>) -> Self {
        Self { selection, sizes: Sizes::default(), standing: None, newest: None, now }
    }

    /// Whether all items have to be known before the first can be told.
    #[must_use]
    pub fn looks_at_all(&self) -> bool {
        let standing = self.standing.as_ref().is_some_and(Standing::looks_at_all);
        standing || self.sizes == Sizes::Measured || self.selection.looks_at_all()
    }
}

/// What to find out about the size of directories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sizes {
    /// What was noted when they were measured before.
    #[default]
    AsKnown,
    /// The sum of all that is in them.
    Measured,
}
