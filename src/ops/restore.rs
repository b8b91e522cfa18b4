//! Putting back: from a selection to a plan, and from the plan to where things were.

pub(super) mod aftermath;
pub(super) mod copy_out;
pub(super) mod exchanged;
pub(super) mod foresee;
pub(super) mod merge;
pub(super) mod missing_parents;
pub(super) mod options;
pub(super) mod plan;
pub(super) mod staging;
pub(super) mod step;
pub(super) mod survey;
pub(super) mod target;

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result, words_of};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::remove::options::RemoveOptions;
use crate::ops::remove::plan::{Removal, Removed};
use crate::ops::restore::aftermath::Aftermath;
use crate::ops::restore::copy_out::copy_out;
use crate::ops::restore::missing_parents::{Before, MissingParents, TrashedDirectories};
use crate::ops::restore::step::{MOST_NUMBERS, check_open, in_the_way, links_of};
use crate::ops::restore::target::{Links, RESTORE, TargetDir, Targets};
use crate::ops::threads::{Writers, work_alone, work_behind};
use crate::progress::{Activity, Amount, Progress};
use crate::store::{MovedOut, Taken, TrashDir};
use crate::sys::{Dir, Name};

pub use self::options::{Conflict, Destination, Open, Restorable, RestoreOptions};
pub use self::step::{Merged, Piece, RestoreEnd, RestorePlan, RestoreStep, Restored};
pub use self::target::MadeAnew;

impl TrashManager {
    /// Does the steps of a plan, one after the other; each result is told to `each`. A step that fails costs only
    /// itself: its item is still in the trash, listed and whole.
    pub fn restore(
        &self,
        plan: &RestorePlan,
        progress: &dyn Progress,
        mut each: impl FnMut(&RestoreStep, Result<Restored>),
    ) -> RestoreEnd {
        let request = &plan.options;
        let mut aftermath = Aftermath::of(self, &plan.steps, request);
        aftermath.find_again(progress);
        let mut targets = Targets::default();
        let directories = TrashedDirectories::of(self);
        let all = Amount { entries: plan.steps.len() as u64, bytes: 0 };
        let _ending = crate::progress::begin(progress, Activity::Moving, Some(all));
        let mut each = |step: &RestoreStep, result| {
            progress.advance(Amount { entries: 1, bytes: 0 });
            each(step, result);
        };
        let begin = |step: &RestoreStep| {
            aftermath.move_back();
            let begun = self.begin(step, request, (&mut targets, &directories), progress);
            aftermath.is_over(&step.target);
            if begun.is_err() {
                targets.give_up();
            }
            begun
        };
        let end = |begun: Result<Begun>| begun.map(Begun::end);
        let over = || progress.interrupted();
        let done = match self.writers(&plan.steps, request) {
            Writers::Two => work_behind(&plan.steps, begin, end, over, &mut each),
            Writers::One => work_alone(&plan.steps, begin, end, over, &mut each),
        };
        if let Some(step) = plan.steps.get(done) {
            each(step, Err(Error::interrupted(RESTORE, &step.target)));
        }
        let (moved_back, problems) = aftermath.finish();
        RestoreEnd { made_anew: targets.guessed(), moved_back, problems }
    }

    /// Whether erasing records beside the renames is worth a thread. Not where one step may move to the trash what another
    /// brought out of it: that is to be without its old record by then.
    /// Nor where one may meet what another brought: that is to have its mode.
    fn writers(&self, steps: &[RestoreStep], request: &RestoreOptions) -> Writers {
        let may_meet = |conflict| matches!(conflict, Conflict::Swap | Conflict::Merge | Conflict::MergeSwap);
        if steps.iter().any(|step| may_meet(request.conflict_of(&step.item))) {
            return Writers::One;
        }
        let trash = steps.first().and_then(|step| self.trash_of(&step.item).ok());
        trash.map_or(Writers::One, |trash| Writers::worthwhile(steps.len(), trash.dir()))
    }

    fn begin(
        &self,
        step: &RestoreStep,
        request: &RestoreOptions,
        (targets, directories): (&mut Targets, &TrashedDirectories<'_>),
        progress: &dyn Progress,
    ) -> Result<Begun> {
        check_open(step, request)?;
        let links = links_of(request);
        let trash = self.trash_of(&step.item)?;
        let (item, part) = (&step.item, step.part.as_deref());
        let missing_parents = match links {
            Links::Follow => MissingParents::AsAnyOther,
            Links::Refuse => MissingParents::AsBefore(Before { trash, item, part, others: directories }),
        };
        let parent = targets.open(self, step.target.parent().unwrap_or(Path::new("/")), links, &missing_parents)?;
        let name = step.target.file_name().unwrap_or_default();
        let take = |name: &OsStr| self.take(step, &parent, name, request, progress);
        match (take(name), request.conflict_of(&step.item)) {
            (Err(error), conflict) if error.kind == ErrorKind::TargetExists => match conflict {
                _ if self.is_back(&step.item, &parent.path.join(name), progress) => {
                    Ok(Begun::Restored(Restored::At(step.target.clone())))
                }
                Conflict::Fail => Err(in_the_way(&step.target)),
                Conflict::Skip => Ok(Begun::Restored(Restored::Skipped(step.target.clone()))),
                Conflict::Rename => take_beside(step, name, take),
                Conflict::Swap => self.swap((&parent.dir, &parent.path), name, (request, progress), || take(name)),
                Conflict::Merge | Conflict::MergeSwap => match self.merge(step, &parent, name, (request, progress))? {
                    Some(merged) => Ok(Begun::Restored(Restored::Merged(merged))),
                    None if conflict == Conflict::MergeSwap => {
                        self.swap((&parent.dir, &parent.path), name, (request, progress), || take(name))
                    }
                    None => Ok(Begun::Restored(Restored::Merged(Merged::nothing(parent.path.join(name))))),
                },
            },
            (result, _) => result,
        }
    }

    fn take(
        &self,
        step: &RestoreStep,
        parent: &TargetDir,
        name: &OsStr,
        request: &RestoreOptions,
        progress: &dyn Progress,
    ) -> Result<Begun> {
        let target = parent.path.join(name);
        let failed = |error| Error::system(RESTORE, &target, error);
        let trash = self.trash_of(&step.item)?;
        let name = Name::new(name).map_err(|_| failed(io::Error::from_raw_os_error(22)))?;
        if step.part.is_some() {
            // Before and not after, so that no crash leaves a size that is wrong; where none can be noted, none is.
            trash.forget_size(&step.item).ok();
        }
        let moved = match &step.part {
            Some(part) => trash.take_part(&step.item, part, &parent.dir, name).map(|()| None),
            None => trash.move_out(&step.item, &parent.dir, name).map(Some),
        };
        match moved {
            Ok(None) => Ok(Begun::Restored(Restored::At(target))),
            Ok(Some(moved)) => Ok(Begun::MovedOut(trash, moved, target)),
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                copy_out(&trash, &step.item, step.part.as_deref(), (parent, name), request, progress)
                    .map(Begun::Restored)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Moves what is in the way at `name` of a directory to the trash, and has what was wanted there taken out of it.
    fn swap<T>(
        &self,
        (dir, path): (&Dir, &Path),
        name: &OsStr,
        (request, progress): (&RestoreOptions, &dyn Progress),
        take: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let swapped = self.swap_out(&path.join(name), request, progress)?;
        match (take(), swapped) {
            (Err(error), Some(swapped)) => Err(self.swap_back(&swapped, dir, name, error)),
            (taken, _) => taken,
        }
    }

    /// Moves what is in the way to the trash, as a removal of its own that can be undone; tells what it is there.
    fn swap_out(&self, path: &Path, request: &RestoreOptions, progress: &dyn Progress) -> Result<Option<TrashItem>> {
        let removal = self.plan_swap(path, request)?;
        match self.remove(&removal, progress)? {
            Removed::Trashed(item) => Ok(Some(item)),
            Removed::Deleted(_) => Ok(None),
        }
    }

    /// How what is in the way would go to the trash.
    pub(crate) fn plan_swap(&self, path: &Path, request: &RestoreOptions) -> Result<Removal> {
        let options =
            RemoveOptions { copying: request.copying, deletion: request.deletion, ..RemoveOptions::new(request.now) };
        self.plan_removal(path, &options)
    }

    /// Puts back what made way for something that then did not come, for this reason. Where that fails as well, it stays in
    /// the trash, and the error tells where it is.
    fn swap_back(&self, swapped: &TrashItem, dir: &Dir, name: &OsStr, reason: Error) -> Error {
        let back = Name::new(name).map_err(io::Error::from).and_then(|name| {
            let trash = self.trash_of(swapped).map_err(io::Error::other)?;
            trash.take(swapped, dir, name).map(drop)
        });
        let Err(error) = back else { return reason };
        let stays = format!("what was there is in the trash as {} and could not be restored", swapped.id.short());
        Error { reason: format!("{}\n  {stays}: {}", reason.reason, words_of(&error)).into(), ..reason }
    }
}

/// A step that is committed: what is wanted is where it is wanted.
enum Begun {
    /// Nothing is left to do.
    Restored(Restored),
    /// It has its record on it still.
    MovedOut(Arc<TrashDir>, MovedOut, PathBuf),
}

impl Begun {
    fn end(self) -> Restored {
        match self {
            Self::Restored(restored) => restored,
            Self::MovedOut(trash, moved, target) => match trash.tidy_up(moved, &target) {
                Taken::Whole => Restored::At(target),
                Taken::Marked(error) => {
                    let error = Error::system("remove rrm's attributes from", &target, error);
                    Restored::Marked(target, error)
                }
            },
        }
    }
}

/// Restores under the first numbered name that is free. Each name is tried, never looked at first, so whatever appears
/// meanwhile is not overwritten either.
fn take_beside(step: &RestoreStep, name: &OsStr, take: impl Fn(&OsStr) -> Result<Begun>) -> Result<Begun> {
    let plain = Name::new(name).map_err(|_| in_the_way(&step.target))?;
    for number in 1..MOST_NUMBERS {
        match take(&plain.numbered(number)) {
            Err(error) if error.kind == ErrorKind::TargetExists => {}
            result => return result,
        }
    }
    Err(in_the_way(&step.target))
}
