//! Taking a restore back: what came out of the trash goes in again, as the item that it was.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::TrashManager;
use super::operand::REMOVE;
use crate::error::{Error, ErrorKind, Result};
use crate::item::{Keep, TrashItem};
use crate::outcome::{Removal, Removed, TrashStep};
use crate::progress::Progress;
use crate::request::TrashRequest;
use crate::sys::{FileId, Timestamp, metadata_at};

/// Something that a restore brought back.
#[derive(Debug, Clone)]
pub struct Returned {
    /// What it was in the trash.
    pub item: TrashItem,
    /// Where it is now.
    pub path: PathBuf,
    /// Which file that is, and when it was last touched: a number alone is given to another file soon.
    seen: Option<(FileId, Timestamp)>,
}

impl Returned {
    /// Takes down what is at `path` now, right after `item` was restored there.
    #[must_use]
    pub fn new(item: TrashItem, path: PathBuf) -> Self {
        let seen = metadata_at(&path).ok().map(|metadata| (metadata.id, metadata.changed));
        Self { item, path, seen }
    }
}

impl TrashManager {
    /// Moves back to the trash what a restore brought out of it, with the origin, the dates, the label and the exemption
    /// that it had there; its ID is a new one. `request` tells how: its operands, dates and label are not looked at.
    ///
    /// Beside the item stands what went wrong after it was moved, if anything did.
    ///
    /// # After a crash
    /// As after [`Self::trash`]; killed right after the move, the item is not exempt from clean any more.
    ///
    /// # Errors
    /// Where something else is at the path by now, or it has been changed since, that stays. What protects an operand of `rm` protects it here too.
    pub fn trash_again(
        &self,
        back: &Returned,
        request: &TrashRequest,
        progress: &dyn Progress,
    ) -> Result<(TrashItem, Option<Error>)> {
        let request = TrashRequest {
            operands: vec![back.path.clone().into_os_string()],
            now: back.item.trashed.instant().unwrap_or(request.now),
            deletion: back.item.deletion.instant().unwrap_or(request.deletion),
            session: back.item.session.as_deref().map(OsStr::to_owned),
            ..request.clone()
        };
        let removal = self.only_removal(&request)?;
        if back.seen != Some((removal.metadata.id, removal.metadata.changed)) {
            return Err(changed(&request));
        }
        match self.trash_as(&removal, back.item.original_path(), &request, progress)? {
            Removed::Trashed(item) => Ok(self.exempt_again(item, &back.item)),
            Removed::Deleted(_) => Err(changed(&request)),
        }
    }

    fn only_removal(&self, request: &TrashRequest) -> Result<Removal> {
        let plan = self.plan_trash(request).map_err(|mut errors| errors.pop().unwrap_or_else(|| changed(request)))?;
        match plan.steps.into_iter().next() {
            Some(TrashStep::Remove(removal)) => Ok(removal),
            Some(TrashStep::Refuse(error)) => Err(error),
            Some(TrashStep::RemoveAround(_)) | None => Err(changed(request)),
        }
    }

    fn exempt_again(&self, mut item: TrashItem, before: &TrashItem) -> (TrashItem, Option<Error>) {
        item.size = before.size;
        if before.keep == Keep::No {
            return (item, None);
        }
        match self.keep_one(&item, before.keep) {
            Ok(kept) => (kept, None),
            Err(error) => (item, Some(error)),
        }
    }
}

fn changed(request: &TrashRequest) -> Error {
    let path = request.operands.first().map(PathBuf::from).unwrap_or_default();
    Error::new(ErrorKind::NotFound, REMOVE, Path::new(&path), "it was changed after it was restored")
}
