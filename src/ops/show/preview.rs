//! Looking at items, and into them, without taking them out.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::preview::{Content, Limits, content};
use crate::sys::{Metadata, Name};

/// What is tried, in every error about a look.
pub(crate) const READ: &str = "read";

/// A glance at an item or at a part of one.
#[derive(Debug)]
#[non_exhaustive]
pub struct Preview {
    /// What it is: kind, size, mode, owner, times.
    pub metadata: Metadata,
    /// What is in it, or why that cannot be read.
    pub content: Result<Content>,
}

impl TrashManager {
    /// A glance at an item, or at the part of it at `part` below a trashed directory; an empty path is the item itself.
    ///
    /// It follows no link, waits for nothing and takes no longer for what is huge; see [`crate::preview`]. What may not
    /// be read has its metadata all the same.
    ///
    /// # Errors
    /// [`NotFound`](crate::error::ErrorKind::NotFound) where there is nothing of that name, or no longer.
    pub fn preview(&self, item: &TrashItem, part: &Path, limits: &Limits) -> Result<Preview> {
        let shown = path_inside(item, part);
        let failed = |error| Error::system(READ, &shown, error);
        let (holding, name) = self.trash_of(item)?.holding_part(item, part).map_err(failed)?;
        let name = Name::new(&name).map_err(|error| failed(error.into()))?;
        let metadata = holding.metadata_of(name).map_err(failed)?;
        Ok(Preview { metadata, content: content(&holding, name, metadata.kind, limits).map_err(failed) })
    }
}

/// The path that an item, or a part of it, had.
pub(crate) fn path_inside(item: &TrashItem, part: &Path) -> PathBuf {
    let path = item.shown_path();
    // Joined with nothing it would get a slash.
    if part.as_os_str().is_empty() { path } else { path.join(part) }
}
