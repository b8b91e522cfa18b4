//! Exempting items from clean.

use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::item::{Keep, TrashItem};
use crate::manager::TrashManager;
use crate::ops::list::choose::choose_whole;
use crate::rules::selection::Selection;
use crate::rules::selection::Versions;
use crate::store::TrashDir;

/// Exempt items from clean, or no longer.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct KeepOptions {
    /// Which ones.
    pub selection: Selection,
    /// For how long.
    pub keep: Keep,
}

impl KeepOptions {
    /// These, for so long.
    #[must_use]
    pub fn new(selection: Selection, keep: Keep) -> Self {
        Self { selection, keep }
    }
}

/// What is tried, in every error about it.
const KEEP: &str = "set how long to keep";

impl TrashManager {
    /// Has clean pass over each selected item, or no longer, and tells `each` of it as it is then. Every item is tried.
    ///
    /// # After a crash
    /// Each item is as it was or as it was asked for. What `each` was told of is so on the disk.
    pub fn keep(&self, request: &KeepOptions, mut each: impl FnMut(&TrashItem)) -> Vec<Error> {
        let listing = self.candidates(&request.selection, Versions::All);
        let mut problems = listing.problems;
        let chosen = choose_whole(&request.selection, listing.items, &mut problems);
        let mut done: Vec<TrashItem> = Vec::with_capacity(chosen.len());
        for item in &chosen {
            match self.trash_of(item).and_then(|trash| set_keep(&trash, item, request.keep)) {
                Ok(item) => done.push(item),
                Err(error) => problems.push(error),
            }
        }
        for (trash, items) in by_trash(&done) {
            match self.trash_at(trash).and_then(|trash| flush(&trash)) {
                Ok(()) => items.iter().for_each(&mut each),
                Err(error) => problems.push(error),
            }
        }
        problems
    }

    /// Has clean pass over one item, so that it is on the disk.
    pub(crate) fn keep_one(&self, item: &TrashItem, keep: Keep) -> Result<TrashItem> {
        let trash = self.trash_of(item)?;
        let kept = set_keep(&trash, item, keep)?;
        flush(&trash).map(|()| kept)
    }
}

fn set_keep(trash: &TrashDir, item: &TrashItem, keep: Keep) -> Result<TrashItem> {
    trash.set_keep(item, keep).map_err(|error| Error::system(KEEP, item.shown_path(), error))
}

fn flush(trash: &TrashDir) -> Result<()> {
    trash.flush_keeps().map_err(|error| Error::system("bring to the disk what is kept in", &**trash.path(), error))
}

/// Items in runs of those that are in one trash directory.
fn by_trash(items: &[TrashItem]) -> impl Iterator<Item = (&Arc<Path>, &[TrashItem])> {
    items.chunk_by(|one, next| one.trash == next.trash).map(|items| (&items[0].trash, items))
}
