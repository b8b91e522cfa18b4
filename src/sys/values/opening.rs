//! How something is opened.

use rustix::fs::OFlags;

/// What a handle is opened with, whatever else it is for: not inherited, not followed, never blocking on a FIFO and
/// never becoming a controlling terminal.
pub(in crate::sys) const GUARDED: OFlags =
    OFlags::CLOEXEC.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// How far from a directory an opening may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sys) enum Within {
    /// To what is in it.
    Directory,
    /// Also above it.
    Mount,
}
