//! Restoring where a rename cannot: a copy beside the target, renamed to it, and only then the item deleted.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result, words_of};
use crate::item::{Holder, TrashItem};
use crate::ops::copy::CopyTask;
use crate::ops::copy::delete::delete_original;
use crate::ops::copy::reconcile::{Reconciled, reconcile};
use crate::ops::restore::staging::RestoreStaging;
use crate::ops::restore::step::Restored;
use crate::ops::restore::target::{RESTORE, TargetDir};
use crate::ops::restore::{Conflict, RestoreOptions};
use crate::progress::Progress;
use crate::store::{Reading, Taken, TrashDir, layout, record};
use crate::sys::{Dir, Name};
use crate::text::quoted;
use crate::transfer::{Route, is_still_copied};

/// What is tried once a copy out of the trash is where it was wanted.
const DELETE_COPY: &str = "delete the trash copy of";

/// Copies an item, or a part of one, to `name` of `parent`, which must not exist, and deletes it from the trash once
/// the copy is there.
///
/// The copy is made in a [`RestoreStaging`] beside its target and renamed to it, so that a target appears only whole.
pub(crate) fn copy_out(
    trash: &TrashDir,
    item: &TrashItem,
    part: Option<&Path>,
    (parent, name): (&TargetDir, Name<'_>),
    options: &RestoreOptions,
    progress: &dyn Progress,
) -> Result<Restored> {
    let target = parent.path.join(name.as_os_str());
    let failed = |error| Error::system(RESTORE, &target, error);
    let is_taken = parent.dir.metadata_of(name).is_ok();
    if is_taken && options.conflict != Conflict::Swap {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    if let Some(at) = reconciled_at(trash, item, progress) {
        return if at == target { Ok(Restored::At(target)) } else { Err(is_elsewhere(&target, &at)) };
    }
    let (holding, held) = trash.holding_part(item, part.unwrap_or(Path::new(""))).map_err(failed)?;
    let held = Name::new(&held).map_err(|error| failed(error.into()))?;
    let outgoing = Outgoing { trash, item, part, held: (&holding, held), parent, name };
    let staging = RestoreStaging::make(trash, item.id, (&parent.dir, name)).map_err(failed)?;
    let task = CopyTask { action: RESTORE, what: &target, copying: options.copying, progress };
    let restored = if is_taken {
        // Before what is there makes way for it.
        let agreed = task.survey(outgoing.to_staging(&staging)).map(drop);
        Err(agreed.err().unwrap_or_else(|| failed(io::ErrorKind::AlreadyExists.into())))
    } else {
        outgoing.copy_through(&staging, &task)
    };
    match (restored, staging.close()) {
        (restored, Ok(())) => restored,
        (restored, Err(error)) => told_with(restored, &target, &error),
    }
}

/// What is on its way out of the trash.
struct Outgoing<'a> {
    trash: &'a TrashDir,
    item: &'a TrashItem,
    part: Option<&'a Path>,
    /// Where it is.
    held: (&'a Dir, Name<'a>),
    /// Where it goes.
    parent: &'a TargetDir,
    name: Name<'a>,
}

impl Outgoing<'_> {
    /// The way into `staging`.
    fn to_staging<'r>(&'r self, staging: &'r RestoreStaging<'_>) -> Route<'r> {
        let mut to_staging = Route::between(self.held, (staging.dir(), layout::ITEM));
        // On a part, and on what is in an envelope, it is a person's own what is under the names of a record.
        if self.part.is_none() && self.item.holder == Holder::Item {
            to_staging.passed_over = record::is_part_of_one;
        }
        to_staging
    }

    /// Copies it into `staging` and from there to its target; what is left in it is the caller's to remove.
    fn copy_through(&self, staging: &RestoreStaging<'_>, task: &CopyTask<'_>) -> Result<Restored> {
        let Self { trash, item, part, parent, name, .. } = *self;
        let target = task.what;
        let failed = |error| Error::system(RESTORE, target, error);
        let to_staging = self.to_staging(staging);
        let copied = task.run(to_staging)?;
        let released = trash.release(item, part, staging.dir(), (&parent.dir, name)).map_err(failed)?;
        // It is where it was wanted by now, so nothing is a failure of the restore any more.
        if let Err(error) = parent.flush_by_way_of(staging.dir()) {
            let reason = format!(
                "it was restored, but may not be on the disk yet ({}); the copy stays in the trash",
                words_of(&error)
            );
            let error = Error { source: Some(error), ..Error::new(ErrorKind::System, DELETE_COPY, target, reason) };
            return Ok(Restored::Marked(target.to_owned(), error));
        }
        // Whoever was in a directory when it was removed may write there still.
        let route = Route { target: &parent.dir, to_name: name, ..to_staging };
        if !is_still_copied(route, &copied).unwrap_or(false) {
            let reason = "it changed in the trash during the copy, so it also stays in the trash";
            let error = Error::new(ErrorKind::System, DELETE_COPY, target, reason);
            return Ok(Restored::Marked(target.to_owned(), error));
        }
        let untidy = match released {
            Taken::Whole => None,
            Taken::Marked(error) => Some(Error::system("give its mode back to", target, error)),
        };
        Ok(match delete_original(trash, item, part).or(untidy) {
            None => Restored::At(target.to_owned()),
            Some(error) => Restored::Marked(target.to_owned(), error),
        })
    }
}

/// What became of a restore, and that its private directory stays.
fn told_with(restored: Result<Restored>, target: &Path, error: &io::Error) -> Result<Restored> {
    let reason = format!("the private directory beside it could not be removed: {}", words_of(error));
    let told = |first: Error| Error { reason: format!("{}\n  {reason}", first.reason).into(), ..first };
    match restored {
        Ok(Restored::Marked(target, first)) => Ok(Restored::Marked(target, told(first))),
        Ok(_) => {
            Ok(Restored::Marked(target.to_owned(), Error::new(ErrorKind::System, "clean up beside", target, reason)))
        }
        Err(first) => Err(told(first)),
    }
}

/// Reconciles the note that a killed command left of `item`; where that turns out to be, if it is in the trash no more. Done
/// before its place is taken, and before its note is: what that command had moved aside goes back to where it was.
fn reconciled_at(trash: &TrashDir, item: &TrashItem, progress: &dyn Progress) -> Option<PathBuf> {
    let noted = trash.noted(item.id).ok()??;
    let reconciled = reconcile(trash, item.id, &noted, progress).ok()?;
    let is_gone = reconciled == Reconciled::Outside && matches!(trash.read(item.id), Ok(Reading::Gone));
    is_gone.then_some(noted)
}

fn is_elsewhere(target: &Path, at: &Path) -> Error {
    let reason = format!("a killed command left it complete at {}; it is no longer in the trash", quoted(at));
    Error::new(ErrorKind::NotFound, RESTORE, target, reason)
}
