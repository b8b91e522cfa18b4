//! The parts of a state.

use rrm::item::ItemId;
use tui_input::Input;

use crate::browse::order::Order;

/// Why the list is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Purpose {
    /// To browse.
    Browse,
    /// To choose items to restore.
    Choose,
}

/// A row of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Row {
    /// A group, described by its first item; its items follow.
    Heading { first: usize, count: usize },
    /// An item, by its position.
    Item(usize),
}

/// What letter keys do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Focus {
    /// Actions.
    List,
    /// Text for the filter.
    Filter,
}

/// Whether details and preview are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Side {
    Shown,
    Hidden,
}

/// What is in front of the list.
#[derive(Debug)]
pub(in crate::browse) enum Overlay {
    Help,
    Messages,
    /// A question; only yes means yes.
    Question(Question),
    /// A directory to restore to.
    Directory(Input),
}

#[derive(Debug)]
pub(in crate::browse) struct Question {
    /// The lines of the question. Indented ones are names and may be cut.
    pub(in crate::browse) lines: Vec<String>,
    /// The order after a yes.
    pub(in crate::browse) then: Option<Order>,
}

/// Whether the target of the next key is visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Visibility {
    Full,
    /// Too small, or not drawn yet.
    Hidden,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::browse) enum Note {
    Done(String),
    Trouble(String),
}

/// Work in progress.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::browse) struct Work {
    /// Whether items are being read.
    pub(in crate::browse) loading: bool,
    /// The current work in words.
    pub(in crate::browse) doing: Option<String>,
    /// Number of directories to measure.
    pub(in crate::browse) to_measure: usize,
}

/// The preview of the item under the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::browse) struct Preview {
    pub(in crate::browse) id: ItemId,
    pub(in crate::browse) lines: Vec<String>,
}
