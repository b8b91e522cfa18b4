//! What a caller may ask of a removal.

use std::ffi::OsString;

use chrono::{DateTime, Utc};

use crate::ops::copy::Copying;

/// Remove operands.
#[derive(Debug, Clone)]
pub struct RemoveOptions {
    /// What to remove, each as it was written: a slash at the end means something.
    pub operands: Vec<OsString>,
    /// What to do with directories.
    pub directories: Directories,
    /// What to do with directories that have file systems mounted in them.
    pub mounts: Mounts,
    /// Where to.
    pub place: Place,
    /// What may be copied where nothing can be moved.
    pub copying: Copying,
    /// The time of the command; it makes what it removes one batch.
    pub now: DateTime<Utc>,
    /// When the grace period ends.
    pub deletion: DateTime<Utc>,
    /// The label to file it under.
    pub session: Option<OsString>,
}

/// What to do with an operand that is a directory (GNU rm: neither option, `-d`, `-r`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directories {
    /// Refuse it.
    Refuse,
    /// Remove it if it is empty.
    OnlyEmpty,
    /// Remove it with all below it.
    Whole,
}

/// What to do with a directory that has other file systems mounted in it. Not one of them ever goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mounts {
    /// Refuse it.
    Refuse,
    /// Plan it as [`RemoveAround`](crate::ops::remove::plan::RemoveStep): the caller finds out what is beside them.
    LeaveOut,
}

/// Where what is removed goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The trash of its own volume, so that it is moved and not copied.
    OwnVolume,
    /// The home trash, for whoever wants no trash directory on a volume.
    Home,
    /// Nowhere: it is deleted for good.
    Nowhere,
}
