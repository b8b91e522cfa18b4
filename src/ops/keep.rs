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

/// Which items a keep or a release is about, as they are before it.
#[derive(Debug)]
#[non_exhaustive]
pub struct KeepPlan {
    /// What was asked for.
    pub options: KeepOptions,
    /// The items.
    pub items: Vec<TrashItem>,
    /// What was selected and cannot be kept, and trashes that cannot be read.
    pub problems: Vec<Error>,
}

/// What is tried, in every error about it.
const KEEP: &str = "set how long to keep";

impl TrashManager {
    /// Finds the selected items. Nothing is touched.
    #[must_use]
    pub fn plan_keep(&self, options: &KeepOptions) -> KeepPlan {
        let listing = self.candidates(&options.selection, Versions::All);
        let mut problems = listing.problems;
        let items = choose_whole(&options.selection, listing.items, &mut problems);
        KeepPlan { options: options.clone(), items, problems }
    }

    /// Has clean pass over each item of a plan, or no longer, and tells `each` of it as it is then. Every item is tried.
    ///
    /// # After a crash
    /// Each item is as it was or as it was asked for. What `each` was told of is so on the disk.
    pub fn keep(&self, plan: &KeepPlan, mut each: impl FnMut(&TrashItem)) -> Vec<Error> {
        let mut problems = Vec::new();
        let mut done: Vec<TrashItem> = Vec::with_capacity(plan.items.len());
        for item in &plan.items {
            match self.trash_of(item).and_then(|trash| set_keep(&trash, item, plan.options.keep)) {
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
    trash.flush_keeps().map_err(|error| Error::system("flush the list of kept items in", &**trash.path(), error))
}

/// Items in runs of those that are in one trash directory.
fn by_trash(items: &[TrashItem]) -> impl Iterator<Item = (&Arc<Path>, &[TrashItem])> {
    items.chunk_by(|one, next| one.trash == next.trash).map(|items| (&items[0].trash, items))
}
