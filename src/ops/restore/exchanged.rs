//! What an undo has exchanged for what it brought back.

use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::store::Undone;
use crate::sys::metadata_at;

/// What the last undo has exchanged. To undo that as well would be to take the undo back, which a redo is for, and whoever
/// undoes twice wants what was removed before.
pub(crate) struct Exchanged(Vec<Undone>);

impl Exchanged {
    pub(crate) fn by_last_undo(manager: &TrashManager) -> Self {
        let home = manager.volumes().home_if_there().ok().flatten();
        Self(home.and_then(|home| home.undone().ok()).unwrap_or_default())
    }

    /// Whether it was at the place of what is there again since.
    pub(crate) fn holds(&self, item: &TrashItem) -> bool {
        // A guarded command has put new content into what was brought back, which is the same inode then.
        if item.guarded.words().is_some() {
            return false;
        }
        let Some(path) = item.original_path() else { return false };
        self.0.iter().any(|undone| {
            let was_before = undone.past.trashed < item.trashed.instant();
            undone.path == path && was_before && metadata_at(path).is_ok_and(|is| is.id == undone.seen.0)
        })
    }
}
