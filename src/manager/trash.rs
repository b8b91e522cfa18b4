//! Removing: from operands to a plan, and from the plan to the trash.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use super::TrashManager;
use super::copy::remains;
use super::operand::{Ending, Located, REMOVE, locate, refused};
use super::place::Incoming;
use super::protect::Protection;
use crate::error::{Error, ErrorKind, Result};
use crate::item::{Grower, Guarded, Keep, Origin, Record, Shelf, Stamp, TrashItem, Trust};
use crate::outcome::{Removal, Removed, TrashPlan, TrashStep};
use crate::progress::{Amount, Progress};
use crate::purge::{Measure, purge_seen};
use crate::request::{Directories, Mounts, Place, TrashRequest};
use crate::store::{Placed, Source, TrashDir, kind_of};
use crate::sys::{self, Dir, FileKind, Name};

impl TrashManager {
    /// Looks at each operand and tells what would be done about it. Nothing is touched.
    ///
    /// An operand that is protected refuses the whole command: then every protected one is in the error, and nothing
    /// may be done. Any other that cannot be removed is a step of its own. What the options forbid comes before what is
    /// protected: a directory where none is to be removed costs nobody else anything.
    pub fn plan_trash(&self, request: &TrashRequest) -> std::result::Result<TrashPlan, Vec<Error>> {
        let protection = Protection::new(self.home_directory(), self.volumes());
        let mut steps = Vec::with_capacity(request.operands.len());
        let mut protected = Vec::new();
        for operand in &request.operands {
            match self.plan_operand(&protection, operand, request) {
                Ok(step) => steps.push(step),
                Err(error) if is_protected(error.kind) => protected.push(error),
                Err(error) => steps.push(TrashStep::Refuse(error)),
            }
        }
        if protected.is_empty() { Ok(TrashPlan { steps }) } else { Err(protected) }
    }

    fn plan_operand(&self, protection: &Protection<'_>, operand: &OsStr, request: &TrashRequest) -> Result<TrashStep> {
        let rule = request.directories;
        let located = match locate(self.parents(), operand) {
            Err(error) if matches!(error.kind, ErrorKind::DotOrDotDot | ErrorKind::RootDirectory) => {
                check_followed(rule, operand)?;
                return Err(error);
            }
            located => located?,
        };
        if located.ending == Ending::Slash && !located.metadata.is_dir() {
            return Err(slash_after(protection, operand, &located, rule));
        }
        if located.metadata.is_dir() {
            check_rule(rule, operand, || located.open())?;
        }
        let trashes = protection.check(operand, &located)?;
        let removal = Removal { operand: operand.to_owned(), metadata: located.metadata, trashes };
        match protection.check_mounts(operand, &located) {
            Ok(()) => Ok(TrashStep::Remove(removal)),
            Err(error) if error.kind == ErrorKind::HoldsMount && request.mounts == Mounts::LeaveOut => {
                Ok(TrashStep::RemoveAround(removal))
            }
            Err(error) => Err(error),
        }
    }

    /// Does one step of a plan.
    ///
    /// On an error the operand is still where it was, whole. See the [crate] for what a crash leaves.
    pub fn trash(&self, removal: &Removal, request: &TrashRequest, progress: &dyn Progress) -> Result<Removed> {
        let removed = self.trash_as(removal, None, request, progress)?;
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

    /// As [`Self::trash`]; `origin` is what is recorded as the path that it had, instead of the one that it has.
    pub(super) fn trash_as(
        &self,
        removal: &Removal,
        origin: Option<&Path>,
        request: &TrashRequest,
        progress: &dyn Progress,
    ) -> Result<Removed> {
        let failed = |error| Error::system(REMOVE, &removal.operand, error);
        let parts = super::operand::split(&removal.operand).map_err(|kind| refused(kind, &removal.operand))?;
        let parent = self.parents().find(parts.parent).map_err(failed)?;
        let name = Name::new(parts.name).map_err(|_| refused(ErrorKind::NotFound, &removal.operand))?;
        let source = Source { parent: &parent.dir, name, metadata: &removal.metadata };
        if request.place == Place::Nowhere {
            return delete_now(removal, source, request, progress);
        }
        let original_path = origin.map_or_else(|| parent.path.join(parts.name), Path::to_owned);
        let record = record_of(original_path.clone(), request);
        let shown = Path::new(&removal.operand);
        let incoming = Incoming { action: REMOVE, shown, source, record: &record, copying: request.copying };
        let placed = self.place(&incoming, request.place, Some(source.parent), progress)?;
        Ok(trashed(placed, removal, original_path, request))
    }
}

/// What a removal has become.
pub(super) fn trashed(placed: Placed, removal: &Removal, original_path: PathBuf, request: &TrashRequest) -> Removed {
    Removed::Trashed(TrashItem {
        id: placed.id,
        trash: placed.trash,
        kind: kind_of(removal.metadata.kind),
        size: (!removal.metadata.is_dir()).then_some(removal.metadata.size),
        origin: Origin::Known(original_path),
        trashed: Stamp::At(placed.id.told().map_or(request.now, |told| told.removed)),
        deletion: Stamp::At(request.deletion),
        session: request.session.clone().map(OsString::into_boxed_os_str),
        mode: None,
        holder: placed.holder,
        trust: Trust::Believed,
        grower: Grower::Others,
        keep: Keep::No,
        shelf: Shelf::Trash,
        guarded: Guarded::No,
    })
}

/// Deletes instead of moving, as asked.
///
/// Only what was looked at, and agreed to: while somebody thought about a question, something else may have come there.
fn delete_now(
    removal: &Removal,
    source: Source<'_>,
    request: &TrashRequest,
    progress: &dyn Progress,
) -> Result<Removed> {
    let failed = |error| Error::system(REMOVE, &removal.operand, error);
    let is = source.parent.metadata_of(source.name).map_err(failed)?;
    if (is.id, is.kind) != (removal.metadata.id, removal.metadata.kind) {
        return Err(Error::new(ErrorKind::System, REMOVE, &removal.operand, "it was replaced by something else"));
    }
    if is.is_dir() && request.directories == Directories::OnlyEmpty {
        source.parent.remove_dir(source.name).map_err(failed)?;
        return Ok(Removed::Deleted(Amount { entries: 1, bytes: 0 }));
    }
    let purged = purge_seen(source.parent, source.name, is.id, Measure::Entries, progress);
    let removed = purged.removed;
    let holder = Path::new(&removal.operand).parent().unwrap_or(Path::new(""));
    remains(purged, holder).map_or(Ok(Removed::Deleted(removed)), Err)
}

/// The record of what was at this absolute path.
fn record_of(original_path: PathBuf, request: &TrashRequest) -> Record {
    Record {
        original_path,
        trashed: request.now,
        deletion: Some(request.deletion),
        session: request.session.clone(),
        imported_as: None,
    }
}

/// The record of what was at `original`, or `None` where this trash directory cannot say that path.
pub(super) fn record_for(trash: &TrashDir, original: &Path, request: &TrashRequest) -> Option<Record> {
    Some(record_of(trash.recorded_path(original)?, request))
}

/// Which refusals are about the whole command: what they protect is worth more than the other operands.
fn is_protected(kind: ErrorKind) -> bool {
    use ErrorKind::{HoldsMount, HomeDirectory, MountPoint, RootDirectory, TrashDirectory};
    matches!(kind, RootDirectory | HomeDirectory | MountPoint | HoldsMount | TrashDirectory)
}

/// Why something that is no directory is not removed when it is written with a slash at its end.
fn slash_after(protection: &Protection<'_>, operand: &OsStr, located: &Located, rule: Directories) -> Error {
    let led_to = (located.metadata.kind == FileKind::Symlink).then(|| sys::metadata_following(Path::new(operand)));
    match led_to {
        Some(Ok(target)) if target.is_dir() => {
            let checked = check_followed(rule, operand).and_then(|()| protection.check_guarded(operand, target.id));
            checked.err().unwrap_or_else(|| refused(ErrorKind::LinkWithSlash, operand))
        }
        _ => refused(ErrorKind::NotADirectory, operand),
    }
}

/// Checks a directory by a spelling that leads to it and does not name it: `..`, `/`, `link/`.
fn check_followed(rule: Directories, operand: &OsStr) -> Result<()> {
    check_rule(rule, operand, || Dir::open_following(Path::new(operand)))
}

/// Checks whether directories of this kind may be removed at all. One that cannot be read is not called empty.
fn check_rule(rule: Directories, operand: &OsStr, open: impl FnOnce() -> io::Result<Dir>) -> Result<()> {
    match rule {
        Directories::Refuse => Err(refused(ErrorKind::IsADirectory, operand)),
        Directories::OnlyEmpty if !open().and_then(|dir| dir.is_empty()).unwrap_or(false) => {
            Err(refused(ErrorKind::DirectoryNotEmpty, operand))
        }
        Directories::OnlyEmpty | Directories::Whole => Ok(()),
    }
}
