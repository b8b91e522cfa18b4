//! What leaves items out of a selection.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::item::{ItemKind, TrashItem};

/// A condition that an item meets or not. An item that does not tell what a filter asks about does not meet it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// It was somewhere below this directory.
    Under(PathBuf),
    /// It was removed at this time or later.
    Since(DateTime<Utc>),
    /// It was removed before this time.
    Before(DateTime<Utc>),
    /// It is larger than so many bytes.
    LargerThan(u64),
    /// It is smaller than so many bytes.
    SmallerThan(u64),
    /// It is of one of these kinds.
    Kind(Vec<ItemKind>),
    /// It was removed under this label.
    Session(OsString),
}

impl Filter {
    /// Whether the item meets the condition.
    #[must_use]
    pub fn passes(&self, item: &TrashItem) -> bool {
        match self {
            Self::Under(directory) => {
                item.original_path().is_some_and(|path| path.starts_with(directory) && path != directory)
            }
            Self::Since(time) => item.trashed.instant().is_some_and(|trashed| trashed >= *time),
            Self::Before(time) => item.trashed.instant().is_some_and(|trashed| trashed < *time),
            Self::LargerThan(bytes) => item.size.is_some_and(|size| size > *bytes),
            Self::SmallerThan(bytes) => item.size.is_some_and(|size| size < *bytes),
            Self::Kind(kinds) => kinds.contains(&item.kind),
            Self::Session(session) => item.session.as_deref() == Some(session.as_os_str()),
        }
    }

    /// Whether an item that was removed at this time may meet the condition.
    #[must_use]
    pub fn may_pass_removed_at(&self, removed: DateTime<Utc>) -> bool {
        match self {
            Self::Since(time) => removed >= *time,
            Self::Before(time) => removed < *time,
            _ => true,
        }
    }

    /// Whether the filter asks for the size of an item, which for a directory has to be measured first.
    #[must_use]
    pub fn asks_for_size(&self) -> bool {
        matches!(self, Self::LargerThan(_) | Self::SmallerThan(_))
    }
}
