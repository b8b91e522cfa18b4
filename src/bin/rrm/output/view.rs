//! How items are shown.

use std::path::Path;

use chrono::{DateTime, Utc};
use rrm::item::TrashItem;
use rrm::rules::retention::{Fate, Fates};
use rrm::text::Charset;

use super::colour::PathColours;

/// How items are shown.
pub(crate) struct View<'a> {
    /// The time that ages are relative to.
    pub(crate) now: DateTime<Utc>,
    /// The fates of the items, if needed.
    pub(crate) fates: Option<&'a Fates>,
    /// The home directory, shown as `~` in tables.
    pub(crate) home: Option<&'a Path>,
    /// The width of the terminal; `None` for a pipe.
    pub(crate) width: Option<usize>,
    /// Whether to shorten.
    pub(crate) detail: Detail,
    /// The character set.
    pub(crate) charset: Charset,
    /// The colours of paths, if any.
    pub(crate) colours: Option<PathColours>,
}

impl<'a> View<'a> {
    pub(super) fn fate(&self, item: &TrashItem) -> Option<Fate> {
        self.fates.map(|fates| fates.of(item))
    }

    /// The home directory if it is shown as `~`, which it is not in full output.
    pub(super) fn shown_home(&self) -> Option<&'a Path> {
        self.home.filter(|_| self.detail == Detail::Short)
    }
}

/// How much a table shows of each item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    Short,
    Full,
}
