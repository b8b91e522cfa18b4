//! What a state is made of.

use rrm::item::ItemId;
use tui_input::Input;

use crate::browse::order::Order;

/// What the list is shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Purpose {
    /// To look around and do things.
    Browse,
    /// To say what `rrm restore` shall restore.
    Choose,
}

/// A line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Row {
    /// The head of a group, told by its first item; the items follow it.
    Heading { first: usize, count: usize },
    /// The item at this place.
    Item(usize),
}

/// What keys that are letters mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Focus {
    /// Something to do.
    List,
    /// Themselves, in the filter.
    Filter,
}

/// Whether details and preview are shown beside the list.
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
    /// A question whose answer is no unless it is yes.
    Question(Question),
    /// The directory that something shall be restored to.
    Directory(Input),
}

#[derive(Debug)]
pub(in crate::browse) struct Question {
    /// What is asked; those that are indented name what it is about, and may be cut short.
    pub(in crate::browse) lines: Vec<String>,
    /// What a yes gives.
    pub(in crate::browse) then: Option<Order>,
}

/// Whether a person sees what the next key would be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Visibility {
    Full,
    /// The screen is too small for it, or it has not been drawn yet.
    Hidden,
}

/// A word about what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::browse) enum Note {
    Done(String),
    Trouble(String),
}

/// What is under way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::browse) struct Work {
    /// Whether items are still coming in.
    pub(in crate::browse) loading: bool,
    /// What is being done to items, in words.
    pub(in crate::browse) doing: Option<String>,
    /// How many directories are still to be measured.
    pub(in crate::browse) to_measure: usize,
}

/// What the item under the cursor holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::browse) struct Preview {
    pub(in crate::browse) id: ItemId,
    pub(in crate::browse) lines: Vec<String>,
}
