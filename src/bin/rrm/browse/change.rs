//! Actions that can be undone.

use rrm::item::{ItemId, Keep};
use rrm::ops::Returned;

use super::order::Order;
use crate::output::count;

/// An action that can be undone.
#[derive(Debug)]
pub(super) enum Undoable {
    /// Restored items.
    Restored(Vec<Returned>),
    /// Kept or released items, with their state before.
    Kept(Vec<(ItemId, Keep)>),
}

impl Undoable {
    /// The order that undoes it.
    pub(super) fn undone(self) -> Order {
        match self {
            Self::Restored(back) => Order::TakeBack(back),
            Self::Kept(before) => Order::KeepAsBefore(before),
        }
    }

    /// Undoing it, in words.
    pub(super) fn undoing(&self) -> String {
        match self {
            Self::Restored(back) => format!("moving {} back to the trash", count(back.len() as u64, "item")),
            Self::Kept(before) => format!("undoing the change to {}", count(before.len() as u64, "item")),
        }
    }
}
