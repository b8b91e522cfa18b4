//! What becomes of child processes.

/// What happened to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// It ended.
    Ended(u32, Ending),
    /// It was stopped, and may go on.
    Stopped(u32),
    /// There is none, and so no process of their families either.
    NoChildren,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this status.
    Exited(i32),
    /// By this signal.
    Killed(i32),
}
