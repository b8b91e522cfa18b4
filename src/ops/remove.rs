//! Removing: from operands to a plan, and from the plan to the trash.

pub(super) mod batch;
pub(super) mod copy_in;
pub(super) mod entries;
pub(super) mod foresee;
pub(super) mod operand;
pub(super) mod options;
pub(super) mod place;
pub(super) mod plan;
pub(super) mod protect;

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::item::Record;
use crate::manager::TrashManager;
use crate::ops::copy::delete::remains;
use crate::ops::remove::copy_in::Incoming;
use crate::ops::remove::operand::{REMOVE, refused, split};
use crate::progress::{Amount, Progress};
use crate::purge::{Measure, purge_seen};
use crate::store::{Placed, Source, TrashDir};
use crate::sys::Name;

pub use self::foresee::ForeseenRemovals;
pub use self::options::{Directories, Mounts, Place, RemoveOptions};
pub use self::plan::{Removal, RemovePlan, RemoveStep, Removed};

impl TrashManager {
    /// Does one step of a plan.
    ///
    /// On an error the operand is still where it was, whole. See the [crate] for what a crash leaves.
    pub fn remove(&self, removal: &Removal, progress: &dyn Progress) -> Result<Removed> {
        let removed = self.remove_as(removal, None, progress)?;
        self.forget_trashes(&removal.trashes);
        Ok(removed)
    }

    /// Takes back the registrations of trash directories that are where they were no more. One that stays is a finding of the
    /// doctor.
    fn forget_trashes(&self, gone: &[PathBuf]) {
        if gone.is_empty() {
            return;
        }
        let Ok(Some(home)) = self.volumes().home_if_there() else { return };
        for (name, target) in home.registrations().unwrap_or_default() {
            if let Some(target) = target.filter(|target| gone.contains(target)) {
                home.unregister(&name, &target).ok();
            }
        }
    }

    /// As [`Self::remove`]; `origin` is what is recorded as the path that it had, instead of the one that it has.
    pub(crate) fn remove_as(
        &self,
        removal: &Removal,
        origin: Option<&Path>,
        progress: &dyn Progress,
    ) -> Result<Removed> {
        let request = &*removal.options;
        let failed = |error| Error::system(REMOVE, &removal.operand, error);
        let parts = split(&removal.operand).map_err(|kind| refused(kind, &removal.operand))?;
        let parent = self.parents().find(parts.parent).map_err(failed)?;
        let name = Name::new(parts.name).map_err(|_| refused(ErrorKind::NotFound, &removal.operand))?;
        let source = Source { parent: &parent.dir, name, metadata: &removal.metadata };
        if request.place == Place::Nowhere {
            return delete_now(removal, source, progress);
        }
        let original_path = origin.map_or_else(|| parent.path.join(parts.name), Path::to_owned);
        let record = record_of(original_path.clone(), request);
        let shown = Path::new(&removal.operand);
        let incoming = Incoming { action: REMOVE, shown, source, record: &record, copying: request.copying };
        let placed = self.place(&incoming, request.place, Some(source.parent), progress)?;
        Ok(trashed(placed, removal, original_path))
    }
}

/// What a removal has become.
pub(crate) fn trashed(placed: Placed, removal: &Removal, original_path: PathBuf) -> Removed {
    Removed::Trashed(placed.into_item(&removal.metadata, record_of(original_path, &removal.options)))
}

/// Deletes instead of moving, as asked.
///
/// Only what was looked at, and agreed to: while somebody thought about a question, something else may have come there.
fn delete_now(removal: &Removal, source: Source<'_>, progress: &dyn Progress) -> Result<Removed> {
    let failed = |error| Error::system(REMOVE, &removal.operand, error);
    let is = source.parent.metadata_of(source.name).map_err(failed)?;
    if (is.id, is.kind) != (removal.metadata.id, removal.metadata.kind) {
        return Err(Error::new(ErrorKind::System, REMOVE, &removal.operand, "it was replaced by something else"));
    }
    if is.is_dir() && removal.options.directories == Directories::OnlyEmpty {
        source.parent.remove_dir(source.name).map_err(failed)?;
        return Ok(Removed::Deleted(Amount { entries: 1, bytes: 0 }));
    }
    let purged = purge_seen(source.parent, source.name, is.id, Measure::Entries, progress);
    let removed = purged.removed;
    let holder = Path::new(&removal.operand).parent().unwrap_or(Path::new(""));
    remains(purged, holder).map_or(Ok(Removed::Deleted(removed)), Err)
}

/// The record of what was at this absolute path.
fn record_of(original_path: PathBuf, request: &RemoveOptions) -> Record {
    Record {
        original_path,
        trashed: request.now,
        deletion: Some(request.deletion),
        session: request.session.clone(),
        imported_as: None,
    }
}

/// The record of what was at `original`, or `None` where this trash directory cannot say that path.
pub(crate) fn record_for(trash: &TrashDir, original: &Path, request: &RemoveOptions) -> Option<Record> {
    Some(record_of(trash.recorded_path(original)?, request))
}
