//! Deleting for good: the only verb that does.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use super::{TrashManager, room};
use crate::error::{Error, ErrorKind, Result};
use crate::item::{State, TrashItem};
use crate::outcome::{CleanPlan, Cleaned};
use crate::progress::Progress;
use crate::purge::{Measure, Purged, purge};
use crate::request::{CleanRequest, Scope};
use crate::selection::Versions;
use crate::store::{Leftover, Reading, TrashDir, layout, take_over};
use crate::sys::{Dir, MountsBelow, Name};

/// What is tried, in every error about a clean.
const DELETE: &str = "delete";

impl TrashManager {
    /// Finds what would be deleted for good. Nothing is touched.
    ///
    /// Whatever cannot be told for certain is left out and named: a trash that cannot be read, an item whose dates are
    /// missing or cannot be right.
    #[must_use]
    pub fn plan_clean(&self, request: &CleanRequest) -> CleanPlan {
        let listing = self.everything();
        let mut plan = CleanPlan { items: Vec::new(), problems: listing.problems };
        match &request.scope {
            Scope::All => plan.items = listing.items,
            Scope::Selected(selection) => {
                let choice = selection.choose(&listing.items, Versions::All);
                plan.items = choice.chosen.iter().map(|chosen| listing.items[chosen.index].clone()).collect();
                plan.problems.extend(choice.problems);
            }
            Scope::Expired => plan.take_due(listing.items, request, |item| item.state(request.now) == State::Expired),
            Scope::RemovedBefore(time) => {
                plan.take_due(listing.items, request, |item| item.trashed.instant().is_some_and(|at| at < *time));
            }
        }
        plan
    }

    /// Deletes the items of a plan, and what earlier cleans left half-done.
    ///
    /// An item is claimed by a rename before anything in it is deleted; one that somebody restored meanwhile is theirs.
    pub fn clean(&self, plan: &CleanPlan, request: &CleanRequest, progress: &dyn Progress) -> Cleaned {
        let mut cleaned = Cleaned::default();
        let mounts = match MountsBelow::read() {
            Ok(mounts) => mounts,
            Err(error) => {
                cleaned.problems.push(Error::system(DELETE, "/proc/self/mountinfo", error));
                return cleaned;
            }
        };
        for trash in self.known_trashes() {
            let items = plan.items.iter().filter(|item| item.trash == *trash.path());
            match trash.lock_for_cleaning() {
                Ok(Some(_lock)) => {
                    finish_interrupted(&trash, request, progress, &mut cleaned);
                    for item in items.take_while(|_| !progress.interrupted()) {
                        delete(&trash, item, &mounts, progress, &mut cleaned);
                    }
                }
                Ok(None) => cleaned.problems.push(busy(&trash)),
                Err(error) => cleaned.problems.push(Error::system(DELETE, &**trash.path(), error)),
            }
        }
        if progress.interrupted() {
            let reason = "interrupted; the next clean goes on";
            cleaned.problems.push(Error::new(ErrorKind::Interrupted, "clean", self.volumes().home_path(), reason));
        }
        cleaned
    }
}

impl CleanPlan {
    /// Takes the items that are due, and names those that only look it.
    fn take_due(&mut self, items: Vec<TrashItem>, request: &CleanRequest, is_due: impl Fn(&TrashItem) -> bool) {
        for item in items {
            if item.state(request.now) == State::Doubtful {
                self.problems.push(doubtful(&item));
            } else if is_due(&item) {
                self.items.push(item);
            }
        }
    }
}

fn doubtful(item: &TrashItem) -> Error {
    let path = item.original_path().map_or_else(|| item.id.to_string().into(), Path::to_owned);
    let reason = format!("the dates of item {} are missing or cannot be right; it is left alone", item.id.short());
    Error::new(ErrorKind::DoubtfulDate, DELETE, path, reason)
}

fn busy(trash: &TrashDir) -> Error {
    Error::new(ErrorKind::Busy, "clean", &**trash.path(), "another clean is at work there")
}

/// Deletes what earlier cleans had claimed, and sweeps what other commands left.
fn finish_interrupted(trash: &TrashDir, request: &CleanRequest, progress: &dyn Progress, cleaned: &mut Cleaned) {
    let failed = |error| Error::system(DELETE, &**trash.path(), error);
    match trash.doomed() {
        Ok(Some((dir, names))) => {
            for name in names.iter().take_while(|_| !progress.interrupted()) {
                cleaned.purge(&trash.doomed_path(), &dir, name, progress);
            }
        }
        Ok(None) => {}
        Err(error) => cleaned.problems.push(failed(error)),
    }
    match trash.staged() {
        Ok(Some((staging, found))) => {
            for leftover in found.into_iter().take_while(|_| !progress.interrupted()) {
                sweep_staged(trash, &staging, leftover, progress, cleaned);
            }
        }
        Ok(None) => {}
        Err(error) => cleaned.problems.push(failed(error)),
    }
    let swept = trash.for_each(|reading| {
        if let Ok(Reading::Abandoned { id, modified }) = reading {
            cleaned.problems.extend(trash.sweep(id, modified, request.now).err().map(failed));
        }
    });
    cleaned.problems.extend(swept.err());
}

/// Deletes what a killed copy left; one that is at work keeps its own.
fn sweep_staged(trash: &TrashDir, staging: &Dir, leftover: Leftover, progress: &dyn Progress, cleaned: &mut Cleaned) {
    let path = trash.path().join(layout::STAGING.as_os_str());
    match leftover {
        Leftover::Room(item, room) => match room::sweep(trash, item, &room) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => {}
            result => cleaned.problems.extend(result.err().map(|error| Error::system(DELETE, room, error))),
        },
        Leftover::Copy(name) => match lock_leftover(staging, &name) {
            Ok(Owner::Alive) => {}
            Ok(Owner::Gone(_lock)) => {
                cleaned.purge(&path, staging, &name, progress);
            }
            Err(error) => cleaned.problems.push(Error::system(DELETE, path.join(&name), error)),
        },
    }
}

/// Whose a leftover is.
enum Owner {
    /// A copy is at work, or another clean.
    Alive,
    /// It is ours to delete as long as the lock is held; what is no directory has none.
    Gone(Option<std::fs::File>),
}

fn lock_leftover(staging: &Dir, name: &OsStr) -> io::Result<Owner> {
    let name = Name::new(name).map_err(io::Error::other)?;
    match staging.open_dir(name) {
        Ok(dir) => Ok(take_over(staging, name, &dir)?.map_or(Owner::Alive, |lock| Owner::Gone(Some(lock)))),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(Owner::Gone(None)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Owner::Alive),
        Err(error) => Err(error),
    }
}

/// Deletes one item.
fn delete(trash: &TrashDir, item: &TrashItem, mounts: &MountsBelow, progress: &dyn Progress, cleaned: &mut Cleaned) {
    let claimed = check_mounts(trash, item, mounts).and_then(|()| match trash.claim(item) {
        // Somebody restored it, or another clean was faster.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        result => result.map(|()| true).map_err(|error| Error::system(DELETE, path_of(item), error)),
    });
    match claimed {
        Ok(false) => {}
        Ok(true) => match trash.doomed_dir() {
            Ok(doomed) => {
                cleaned.items +=
                    u64::from(cleaned.purge(&trash.doomed_path(), &doomed, OsStr::new(&item.id.to_string()), progress));
            }
            Err(error) => cleaned.problems.push(Error::system(DELETE, path_of(item), error)),
        },
        Err(error) => cleaned.problems.push(error),
    }
}

fn path_of(item: &TrashItem) -> std::path::PathBuf {
    item.original_path().map_or_else(|| item.trash.join(item.id.to_string()), Path::to_owned)
}

/// A mount made inside an item since it was trashed belongs to the living.
fn check_mounts(trash: &TrashDir, item: &TrashItem, mounts: &MountsBelow) -> Result<()> {
    let Ok(metadata) = trash.metadata_of(item) else { return Ok(()) };
    let Some(point) = mounts.below(metadata.id) else { return Ok(()) };
    let reason = format!("a file system is mounted inside it, at {point:?}; unmount that first");
    Err(Error::new(ErrorKind::HoldsMount, DELETE, path_of(item), reason))
}

impl Cleaned {
    /// Purges one claimed entry; whether nothing of it is left.
    fn purge(&mut self, holder: &Path, dir: &Dir, name: &OsStr, progress: &dyn Progress) -> bool {
        let Ok(checked) = Name::new(name) else { return false };
        let Purged { removed, failures, ending } = purge(dir, checked, Measure::Bytes, progress);
        self.removed += removed;
        let complete = failures.is_empty() && ending == crate::purge::Ending::Finished;
        self.problems.extend(
            failures.into_iter().map(|failure| Error::system(DELETE, holder.join(failure.path), failure.error)),
        );
        complete
    }
}
