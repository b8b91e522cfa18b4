//! What output depends on beside the items.

use std::path::Path;

use chrono::{DateTime, Utc};
use rrm::item::TrashItem;
use rrm::rules::retention::{Fate, Fates};
use rrm::text::Charset;

use super::colour::PathColours;

/// What the forms need to know beside the items.
pub(crate) struct View<'a> {
    /// The time against which ages are told.
    pub(crate) now: DateTime<Utc>,
    /// What will become of each item, where somebody wants to know.
    pub(crate) fates: Option<&'a Fates>,
    /// Shown as `~` in tables.
    pub(crate) home: Option<&'a Path>,
    /// How wide the terminal is; `None` in a pipe.
    pub(crate) width: Option<usize>,
    /// Whether nothing is to be shortened.
    pub(crate) detail: Detail,
    /// What may be shown beside ASCII.
    pub(crate) charset: Charset,
    /// The colours of paths, where colours may be used.
    pub(crate) colours: Option<PathColours>,
}

impl<'a> View<'a> {
    pub(super) fn fate(&self, item: &TrashItem) -> Option<Fate> {
        self.fates.map(|fates| fates.of(item))
    }

    /// The home directory, where it is shown as `~`: what is told in full is told with it.
    pub(super) fn shown_home(&self) -> Option<&'a Path> {
        self.home.filter(|_| self.detail == Detail::Short)
    }
}

/// How much is told of each item in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    Short,
    Full,
}
