//! What was done, as far as it can be undone.

use rrm::item::{ItemId, Keep};
use rrm::ops::Returned;

use super::order::Order;
use crate::output::count;

/// One thing that was done.
#[derive(Debug)]
pub(super) enum Undoable {
    /// These came back.
    Restored(Vec<Returned>),
    /// These were kept or released; beside each stands what held before.
    Kept(Vec<(ItemId, Keep)>),
}

impl Undoable {
    /// What undoes it.
    pub(super) fn undone(self) -> Order {
        match self {
            Self::Restored(back) => Order::TakeBack(back),
            Self::Kept(before) => Order::KeepAsBefore(before),
        }
    }

    /// What undoing it is, in words.
    pub(super) fn undoing(&self) -> String {
        match self {
            Self::Restored(back) => format!("moving {} back to the trash", count(back.len() as u64, "item")),
            Self::Kept(before) => format!("undoing it for {}", count(before.len() as u64, "item")),
        }
    }
}
