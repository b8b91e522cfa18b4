//! What a caller may ask of a removal.

use std::ffi::OsString;

use chrono::{DateTime, TimeDelta, Utc};

use crate::ops::copy::Copying;

/// How long an item stays if nobody says otherwise.
const GRACE_PERIOD: TimeDelta = TimeDelta::days(30);

/// How operands are removed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RemoveOptions {
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

impl RemoveOptions {
    /// Into the trash of its own volume, whole directories and all, for 30 days from `now` on; what would take a large copy
    /// waits for somebody to agree.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            directories: Directories::default(),
            mounts: Mounts::default(),
            place: Place::default(),
            copying: Copying::default(),
            now,
            deletion: now + GRACE_PERIOD,
            session: None,
        }
    }
}

/// What to do with an operand that is a directory (GNU rm: neither option, `-d`, `-r`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Directories {
    /// Refuse it.
    Refuse,
    /// Remove it if it is empty.
    OnlyEmpty,
    /// Remove it with all below it.
    #[default]
    Whole,
}

/// What to do with a directory that has other file systems mounted in it. Not one of them ever goes along.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mounts {
    /// Refuse it.
    #[default]
    Refuse,
    /// Plan it as [`RemoveAround`](crate::ops::remove::plan::RemoveStep): the caller finds out what is beside them.
    LeaveOut,
}

/// Where what is removed goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// The trash of its own volume, so that it is moved and not copied.
    #[default]
    OwnVolume,
    /// The home trash, for whoever wants no trash directory on a volume.
    Home,
    /// Nowhere: it is deleted for good.
    Nowhere,
}
