//! What becomes of what a stopped call is about to take away.

use std::io;

pub use crate::sys::{Change, Found, Loss, Missed, Why};

/// What becomes of a stopped call.
#[derive(Debug)]
pub enum Verdict {
    /// The kernel does what was asked.
    GoOn,
    /// It is not done; the program gets this error.
    Refuse(io::ErrorKind),
    /// The same, unless the program is rrm itself: it works in the trash as ever.
    RefuseOthers(io::ErrorKind),
}

/// Keeps what is about to be lost.
pub trait Keeper: Send + Sync {
    /// Keeps it, if it is precious; returns once the kernel may go on. Called by several threads at once, and for one
    /// thing twice where a call was interrupted and is made again. Never panics, and never waits for the guarded program.
    fn keep(&self, loss: Loss) -> Verdict;

    /// A call is about to go on that nobody has looked at, or whose [`Self::keep`] took too long: that may still return then, and what
    /// it has kept by then is not to be relied on. Says whether the call may go on.
    fn missed(&self, missed: Missed) -> Verdict;
}
