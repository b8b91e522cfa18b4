//! What the screen asks to be done, told without how.

use std::collections::HashSet;
use std::path::PathBuf;

use rrm::item::{ItemId, Keep};
use rrm::ops::Copying;
use rrm::ops::Returned;
use rrm::ops::clean::CleanPlan;
use rrm::ops::restore::Conflict;

/// Something to be done outside of the state.
#[derive(Debug)]
pub(super) enum Order {
    Restore(Restore),
    /// Notes on items whether they are kept; beside each stands what held before.
    Keep(Vec<(ItemId, Keep)>, Keep),
    /// Gives each item back what held before.
    KeepAsBefore(Vec<(ItemId, Keep)>),
    /// Finds out what deleting these would delete, so that it can be asked.
    PlanDeletion(HashSet<ItemId>),
    Delete(Box<CleanPlan>),
    /// Moves back to the trash what was restored.
    TakeBack(Vec<Returned>),
    /// Reads all trashes anew.
    Reload,
    /// What was typed has changed.
    Search,
    Suspend,
    Redraw,
    Leave,
    /// Leaves, for these to be restored.
    Choose(HashSet<ItemId>),
}

/// A restore, and under what conditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Restore {
    pub(super) ids: HashSet<ItemId>,
    pub(super) to: Option<PathBuf>,
    pub(super) conflict: Conflict,
    pub(super) copying: Copying,
}

impl Restore {
    /// Under no other conditions than `rrm restore` has by itself.
    pub(super) fn new(ids: HashSet<ItemId>, to: Option<PathBuf>) -> Self {
        Self { ids, to, conflict: Conflict::Fail, copying: Copying::WithinReason }
    }
}
