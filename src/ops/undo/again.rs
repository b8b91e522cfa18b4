//! Taking a restore back: what came out of the trash goes in again, as the item that it was.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::item::{Keep, TrashItem};
use crate::manager::TrashManager;
use crate::ops::remove::operand::REMOVE;
use crate::ops::remove::options::RemoveOptions;
use crate::ops::remove::plan::Removed;
use crate::progress::Progress;
use crate::store::{Past, Seen};
use crate::sys::metadata_at;

/// Something that a restore brought back.
#[derive(Debug, Clone)]
pub struct Returned {
    /// What it was in the trash.
    pub past: Past,
    /// Where it is now.
    pub path: PathBuf,
    pub(crate) seen: Option<Seen>,
}

impl Returned {
    /// Takes down what is at `path` now, right after `item` was restored there.
    #[must_use]
    pub fn new(item: &TrashItem, path: PathBuf) -> Self {
        let seen = seen_at(&path).ok();
        Self { past: Past::of(item), path, seen }
    }
}

/// What is at `path`.
pub(crate) fn seen_at(path: &Path) -> std::io::Result<Seen> {
    metadata_at(path).map(|metadata| (metadata.id, metadata.changed))
}

impl TrashManager {
    /// Moves back to the trash what a restore brought out of it, with the origin, the dates, the label and the exemption
    /// that it had there; its ID is a new one. `request` tells how: its dates and label are not looked at.
    ///
    /// Beside the item stands what went wrong after it was moved, if anything did.
    ///
    /// # After a crash
    /// As after [`Self::remove`]; killed right after the move, the item is not exempt from clean any more.
    ///
    /// # Errors
    /// Where something else is at the path by now, or it has been changed since, that stays. What protects an operand of `rm`
    /// protects it here too.
    pub fn remove_again(
        &self,
        back: &Returned,
        request: &RemoveOptions,
        progress: &dyn Progress,
    ) -> Result<(TrashItem, Option<Error>)> {
        check_unchanged(back)?;
        self.remove_back(back, request, progress)
    }

    /// As [`Self::remove_again`], if it is the same file still, whatever has become of that.
    pub(crate) fn remove_back(
        &self,
        back: &Returned,
        request: &RemoveOptions,
        progress: &dyn Progress,
    ) -> Result<(TrashItem, Option<Error>)> {
        let past = &back.past;
        let request = RemoveOptions {
            now: past.trashed.unwrap_or(request.now),
            deletion: past.deletion.unwrap_or(request.deletion),
            session: past.session.clone(),
            ..request.clone()
        };
        let removal = self.plan_removal(&back.path, &request)?;
        if back.seen.map(|(id, _)| id) != Some(removal.metadata.id) {
            return Err(changed(&back.path));
        }
        match self.remove_as(&removal, past.original_path.as_deref(), progress)? {
            Removed::Trashed(item) => Ok(self.exempt_again(item, past)),
            Removed::Deleted(_) => Err(changed(&back.path)),
        }
    }

    fn exempt_again(&self, mut item: TrashItem, past: &Past) -> (TrashItem, Option<Error>) {
        item.size = past.size;
        if past.keep == Keep::No {
            return (item, None);
        }
        match self.keep_one(&item, past.keep) {
            Ok(kept) => (kept, None),
            Err(error) => (item, Some(error)),
        }
    }
}

/// Refuses what is another file by now, or was changed since.
pub(crate) fn check_unchanged(back: &Returned) -> Result<()> {
    match seen_at(&back.path) {
        Ok(seen) if Some(seen) == back.seen => Ok(()),
        Ok(_) => Err(changed(&back.path)),
        Err(error) => Err(Error::system(REMOVE, &back.path, error)),
    }
}

fn changed(path: &Path) -> Error {
    Error::new(ErrorKind::Changed, REMOVE, path, "it was changed after it was restored")
}
