//! Orders from the screen to the event loop.

use std::collections::HashSet;
use std::path::PathBuf;

use rrm::item::{ItemId, Keep};
use rrm::ops::Copying;
use rrm::ops::Returned;
use rrm::ops::clean::CleanPlan;
use rrm::ops::restore::Conflict;

/// Work outside of the state.
#[derive(Debug)]
pub(super) enum Order {
    Restore(Restore),
    /// Keeps or releases items; with their state before.
    Keep(Vec<(ItemId, Keep)>, Keep),
    /// Restores the state before of each item.
    KeepAsBefore(Vec<(ItemId, Keep)>),
    /// Plans a deletion, to ask about it.
    PlanDeletion(HashSet<ItemId>),
    Delete(Box<CleanPlan>),
    /// Moves restored items back to the trash.
    TakeBack(Vec<Returned>),
    /// Reads the trash again.
    Reload,
    /// Searches for the changed filter.
    Search,
    Suspend,
    Redraw,
    Leave,
    /// Ends and restores these items.
    Choose(HashSet<ItemId>),
}

/// A restore and its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Restore {
    pub(super) ids: HashSet<ItemId>,
    pub(super) to: Option<PathBuf>,
    pub(super) conflict: Conflict,
    pub(super) copying: Copying,
}

impl Restore {
    /// A restore with default options.
    pub(super) fn new(ids: HashSet<ItemId>, to: Option<PathBuf>) -> Self {
        Self { ids, to, conflict: Conflict::Fail, copying: Copying::WithinReason }
    }
}
