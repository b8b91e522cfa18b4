//! What a person can do, whatever key it is on.

use tui_input::InputRequest;

use super::state::Focus;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Move(Motion),
    /// Select or unselect what is under the cursor.
    Toggle,
    SelectAll,
    SelectNone,
    Invert,
    Focus(Focus),
    /// Change the line that is being typed: the filter, or a directory.
    Type(InputRequest),
    /// Go back one step: what is in front, the filter, the selection.
    Back,
    NextSort,
    ReverseSort,
    NextGrouping,
    ToggleSide,
    ScrollPreview(Motion),
    /// Restore, or choose what shall be restored.
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

/// Where to, in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Motion {
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}
