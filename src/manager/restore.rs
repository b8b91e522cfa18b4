//! Putting back: from a selection to a plan, and from the plan to where things were.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::TrashManager;
use super::copy::copy_out;
use super::guarded::{Aftermath, conflict_of};
use super::likeness::{Before, Likeness, TrashedDirectories};
use super::redo::Exchanged;
use super::target::{Links, RESTORE, TargetDir, Targets};
use super::threads::{Writers, work_alone, work_behind};
use crate::error::{Error, ErrorKind, Result};
use crate::item::{Origin, TrashItem, Untrusted};
use crate::outcome::{Removal, Removed, RestoreEnd, RestorePlan, RestoreStep, Restored, TrashStep};
use crate::progress::{Activity, Amount, Progress};
use crate::request::{
    Conflict, Destination, Directories, Mounts, Open, Place, Restorable, RestoreRequest, TrashRequest,
};
use crate::selection::{Choice, Chosen, Selection, Versions};
use crate::store::{MovedOut, Taken, TrashDir};
use crate::sys::{self, Name};
use crate::text::quoted;

/// How many numbered names are tried before a restore gives up.
pub(super) const MOST_NUMBERS: u32 = 10_000;

impl TrashManager {
    /// Finds what is asked for and where it would go. Nothing is touched.
    #[must_use]
    pub fn plan_restore(&self, request: &RestoreRequest) -> RestorePlan {
        let (listing, choice) = match &request.what {
            Restorable::Selected(selection) => {
                let listing = self.candidates(selection, Versions::Newest);
                let choice = self.choose_existing(selection, &listing.items);
                (listing, choice)
            }
            Restorable::LastBatches { most, session } => {
                // What an undo has skipped it would skip for ever, and never get to what was removed before.
                let exchanged = Exchanged::by_last_undo(self);
                let is_left = |item: &TrashItem| {
                    let target = || target_of(item, None, &request.destination).ok();
                    let is_skipped = request.conflict == Conflict::Skip
                        && target().is_some_and(|target| sys::metadata_at(&target).is_ok());
                    is_skipped || exchanged.holds(item)
                };
                let history = self.last_batches(*most, session.as_deref(), request.now, is_left);
                let mut listing = history.into_listing();
                listing.items.retain(|item| !exchanged.holds(item));
                let choice = whole_batches(&listing.items);
                (listing, choice)
            }
        };
        let mut plan = RestorePlan { steps: Vec::new(), problems: listing.problems };
        plan.problems.extend(choice.problems);
        for chosen in choice.chosen {
            let item = &listing.items[chosen.index];
            match target_of(item, chosen.part.as_deref(), &request.destination) {
                Ok(target) => plan.steps.push(RestoreStep { item: item.clone(), part: chosen.part, target }),
                Err(error) => plan.problems.push(error),
            }
        }
        // A directory comes back before what was removed from inside it.
        plan.steps.sort_by(|a, b| a.target.cmp(&b.target));
        Aftermath::of(self, &plan, request).put_last_what_waits(&mut plan.steps);
        if let Some(name) = request.destination.name.as_ref().filter(|_| plan.steps.len() > 1) {
            let reason = format!("{} items cannot have one name", plan.steps.len());
            plan.steps.clear();
            plan.problems.push(Error::new(ErrorKind::BadValue, "rename to", name, reason));
        }
        plan
    }

    /// Chooses, and where a path is inside of several trashed directories takes the newest one that holds it.
    pub(super) fn choose_existing(&self, selection: &Selection, items: &[TrashItem]) -> Choice {
        let mut choice = selection.choose(items, Versions::Newest);
        let (parts, mut whole): (Vec<Chosen>, Vec<Chosen>) = choice.chosen.into_iter().partition(|c| c.part.is_some());
        let mut newest: HashMap<PathBuf, Chosen> = HashMap::new();
        let mut lacking = HashMap::new();
        let mut parts = parts;
        parts.sort_by_key(|chosen| Reverse(items[chosen.index].trashed.instant()));
        for chosen in parts {
            let (item, part) = (&items[chosen.index], chosen.part.clone().unwrap_or_default());
            let path = item.original_path().unwrap_or(Path::new("")).join(&part);
            if self.holds(item, &part) {
                newest.entry(path).or_insert(chosen);
            } else {
                lacking.insert(path, item.id);
            }
        }
        for (path, id) in lacking.into_iter().filter(|(path, _)| !newest.contains_key(path)) {
            if let Some(found) = search_instead(selection, &path, items) {
                whole.extend(found.chosen);
                choice.problems.extend(found.problems);
                continue;
            }
            let reason = format!("item {} does not contain it", id.short());
            choice.problems.push(Error::new(ErrorKind::NoMatch, "find", path, reason));
        }
        whole.extend(newest.into_values());
        // What one word is found in may be what another names.
        let mut seen = HashSet::new();
        whole.retain(|chosen| seen.insert((chosen.index, chosen.part.clone())));
        choice.chosen = whole;
        choice
    }

    fn holds(&self, item: &TrashItem, part: &Path) -> bool {
        self.trash_of(item).is_ok_and(|trash| trash.holds_part(item, part))
    }

    /// Does the steps of a plan, one after the other; each result is told to `each`. A step that fails costs only
    /// itself: its item is still in the trash, listed and whole.
    pub fn restore(
        &self,
        plan: &RestorePlan,
        request: &RestoreRequest,
        progress: &dyn Progress,
        mut each: impl FnMut(&RestoreStep, Result<Restored>),
    ) -> RestoreEnd {
        let mut targets = Targets::default();
        let mut aftermath = Aftermath::of(self, plan, request);
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
            each(step, Err(Error::new(ErrorKind::Interrupted, RESTORE, &step.target, "interrupted")));
        }
        RestoreEnd { problems: aftermath.finish(), made_anew: targets.guessed() }
    }

    /// Whether erasing records beside the renames is worth a thread. Not where one step may move to the trash what another
    /// brought out of it: that is to be without its old record by then.
    fn writers(&self, steps: &[RestoreStep], request: &RestoreRequest) -> Writers {
        if steps.iter().any(|step| conflict_of(step, request) == Conflict::Swap) {
            return Writers::One;
        }
        let trash = steps.first().and_then(|step| self.trash_of(&step.item).ok());
        trash.map_or(Writers::One, |trash| Writers::worthwhile(steps.len(), trash.dir()))
    }

    fn begin(
        &self,
        step: &RestoreStep,
        request: &RestoreRequest,
        (targets, directories): (&mut Targets, &TrashedDirectories<'_>),
        progress: &dyn Progress,
    ) -> Result<Begun> {
        check_open(step, request)?;
        let links = links_of(request);
        let trash = self.trash_of(&step.item)?;
        let (item, part) = (&step.item, step.part.as_deref());
        let likeness = match links {
            Links::Follow => Likeness::AsAnyOther,
            Links::Refuse => Likeness::AsBefore(Before { trash, item, part, others: directories }),
        };
        let parent = targets.open(self, step.target.parent().unwrap_or(Path::new("/")), links, &likeness)?;
        let name = step.target.file_name().unwrap_or_default();
        let take = |name: &OsStr| self.take(step, &parent, name, request, progress);
        match (take(name), conflict_of(step, request)) {
            (Err(error), conflict) if error.kind == ErrorKind::TargetExists => match conflict {
                _ if self.is_back(&step.item, &parent.path.join(name), progress) => {
                    Ok(Begun::Restored(Restored::At(step.target.clone())))
                }
                Conflict::Fail => Err(in_the_way(&step.target)),
                Conflict::Skip => Ok(Begun::Restored(Restored::Skipped(step.target.clone()))),
                Conflict::Rename => take_beside(step, name, take),
                Conflict::Swap => {
                    let swapped = self.swap_out(&parent.path.join(name), request, progress)?;
                    let taken = take(name);
                    if let (Err(_), Some(swapped)) = (&taken, swapped) {
                        self.swap_back(&swapped, &parent, name);
                    }
                    taken
                }
            },
            (result, _) => result,
        }
    }

    fn take(
        &self,
        step: &RestoreStep,
        parent: &TargetDir,
        name: &OsStr,
        request: &RestoreRequest,
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
                copy_out(&trash, &step.item, step.part.as_deref(), (parent, name), request.copying, progress)
                    .map(Begun::Restored)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Moves what is in the way to the trash, as a removal of its own that can be undone; tells what it is there.
    fn swap_out(&self, path: &Path, request: &RestoreRequest, progress: &dyn Progress) -> Result<Option<TrashItem>> {
        let Some((removal, request)) = self.plan_swap(path, request)? else { return Ok(None) };
        match self.trash(&removal, &request, progress)? {
            Removed::Trashed(item) => Ok(Some(item)),
            Removed::Deleted(_) => Ok(None),
        }
    }

    /// How what is in the way would go to the trash.
    pub(super) fn plan_swap(&self, path: &Path, request: &RestoreRequest) -> Result<Option<(Removal, TrashRequest)>> {
        let request = TrashRequest {
            operands: vec![path.as_os_str().to_owned()],
            directories: Directories::Whole,
            mounts: Mounts::Refuse,
            place: Place::OwnVolume,
            copying: request.copying,
            now: request.now,
            deletion: request.deletion,
            session: None,
        };
        let mut plan =
            self.plan_trash(&request).map_err(|mut errors| errors.pop().unwrap_or_else(|| in_the_way(path)))?;
        match plan.steps.pop() {
            Some(TrashStep::Remove(removal)) => Ok(Some((removal, request))),
            Some(TrashStep::Refuse(error)) => Err(error),
            Some(TrashStep::RemoveAround(_)) => Err(in_the_way(path)),
            None => Ok(None),
        }
    }

    /// Puts back what made way for something that then did not come. Where that fails as well, it stays in the trash
    /// and is listed; the error that is told is the first one.
    fn swap_back(&self, swapped: &TrashItem, parent: &TargetDir, name: &OsStr) {
        if let (Ok(trash), Ok(name)) = (self.trash_of(swapped), Name::new(name)) {
            drop(trash.take(swapped, &parent.dir, name));
        }
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
            Self::MovedOut(trash, moved, target) => match trash.tidy_up(moved) {
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

/// A person may name a directory by way of links; a record was written without any.
pub(super) fn links_of(request: &RestoreRequest) -> Links {
    if request.destination.directory.is_some() { Links::Follow } else { Links::Refuse }
}

/// What a word is found in that could have been a path inside of a trashed directory and is none; nothing, if it is found
/// nowhere.
fn search_instead(selection: &Selection, path: &Path, items: &[TrashItem]) -> Option<Choice> {
    let term = selection.terms.iter().find(|term| term.spells(path))?.searched()?;
    let choice = Selection { terms: vec![term], ..selection.clone() }.choose(items, Versions::Newest);
    let is_found = choice.problems.iter().all(|problem| problem.kind != ErrorKind::NoMatch);
    is_found.then_some(choice)
}

/// Nothing goes where a record says that others could have written, unless somebody has seen where that is.
pub(super) fn check_open(step: &RestoreStep, request: &RestoreRequest) -> Result<()> {
    let is_said = request.destination.directory.is_some() || request.open == Open::Agreed;
    if is_said || !step.item.is_open() { Ok(()) } else { Err(open(&step.item, &step.target)) }
}

fn open(item: &TrashItem, target: &Path) -> Error {
    let reason = format!("others could have written the record of item {}", item.id.short());
    Error::new(ErrorKind::OpenRecord, RESTORE, target, reason)
}

pub(super) fn in_the_way(target: &Path) -> Error {
    Error::new(ErrorKind::TargetExists, RESTORE, target, "it already exists")
}

/// All items of some removals, but for those that are open: each of them is told.
fn whole_batches(items: &[TrashItem]) -> Choice {
    let (closed, opened): (Vec<usize>, Vec<usize>) = (0..items.len()).partition(|at| !items[*at].is_open());
    let told = |at: usize| open(&items[at], items[at].original_path().unwrap_or(&name_of(&items[at])));
    Choice {
        chosen: closed.into_iter().map(|index| Chosen { index, part: None }).collect(),
        problems: opened.into_iter().map(told).collect(),
    }
}

/// What an item is called where its path is not known.
fn name_of(item: &TrashItem) -> PathBuf {
    item.id.to_string().into()
}

/// Where an item, or a part of it, goes.
fn target_of(item: &TrashItem, part: Option<&Path>, destination: &Destination) -> Result<PathBuf> {
    let original = match &item.origin {
        Origin::Known(path) => part.map_or_else(|| path.clone(), |part| path.join(part)),
        _ if destination.directory.is_some() => {
            Path::new("/").join(item.id.to_string()).join(part.unwrap_or(Path::new("")))
        }
        Origin::Unknown => {
            let reason = "it has no record of its original path; use --to DIR";
            return Err(Error::new(ErrorKind::UnknownOrigin, RESTORE, item.id.to_string(), reason));
        }
        Origin::Untrusted(record) => {
            let Untrusted { recorded, reason } = &**record;
            let reason = format!("its record cannot be trusted ({reason}: {}); use --to DIR", quoted(recorded));
            return Err(Error::new(ErrorKind::UntrustedRecord, RESTORE, item.id.to_string(), reason));
        }
    };
    let name = destination.name.as_deref().or(original.file_name()).unwrap_or_default();
    let directory = destination.directory.as_deref().or(original.parent()).unwrap_or(Path::new("/"));
    if Name::new(name).is_err() {
        return Err(Error::new(ErrorKind::BadValue, "rename to", name, "not a single file name"));
    }
    Ok(directory.join(name))
}
