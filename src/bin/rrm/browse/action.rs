//! Actions, whatever key they are on.

use tui_input::InputRequest;

use super::state::Focus;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Move(Motion),
    /// Select or unselect the row under the cursor.
    Toggle,
    SelectAll,
    SelectNone,
    Invert,
    Focus(Focus),
    /// Edit the filter, or a directory.
    Type(InputRequest),
    /// Close what is in front, else clear the filter, else the selection.
    Back,
    NextSort,
    ReverseSort,
    NextGrouping,
    ToggleSide,
    ScrollPreview(Motion),
    /// Restore, or choose items to restore.
    Accept,
    Restore,
    RestoreElsewhere,
    ToggleKeep,
    Delete,
    Undo,
    Reload,
    Help,
    Messages,
    Yes,
    No,
    Suspend,
    Redraw,
    Leave,
}

/// A move in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Motion {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}
