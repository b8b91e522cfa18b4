//! Exempting items from clean.

use super::TrashManager;
use super::clean::path_of;
use super::plan::choose_whole;
use crate::error::Error;
use crate::item::{Keep, TrashItem};
use crate::request::KeepRequest;
use crate::selection::Versions;

impl TrashManager {
    /// Notes on each selected item whether clean is to pass over it, and tells `each` of it. Every item is tried.
    ///
    /// # After a crash
    /// Each item is as it was or as it was asked for.
    pub fn keep(&self, request: &KeepRequest, mut each: impl FnMut(&TrashItem)) -> Vec<Error> {
        let listing = self.candidates(&request.selection, Versions::All);
        let mut problems = listing.problems;
        let chosen = choose_whole(&request.selection, listing.items, &mut problems);
        for item in &chosen {
            match self.set_keep(item, request.keep) {
                Ok(()) => each(item),
                Err(error) => problems.push(error),
            }
        }
        problems
    }

    pub(super) fn set_keep(&self, item: &TrashItem, keep: Keep) -> Result<(), Error> {
        let noted = self.trash_of(item)?.set_keep(item, keep);
        noted.map_err(|error| Error::system("note whether to keep", path_of(item), error))
    }
}
