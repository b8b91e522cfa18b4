//! Deleting for good: the only verb that does.

pub(super) mod options;
pub(super) mod plan;

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::{Error, ErrorKind, Result};
use crate::guard::batch_of;
use crate::item::{ItemId, ItemKind, TrashItem};
use crate::manager::TrashManager;
use crate::ops::clean::plan::DELETE;
use crate::ops::copy::delete::end_claim;
use crate::ops::copy::reconcile::reconcile;
use crate::progress::{Activity, Amount, Progress, begin};
use crate::purge::{Measure, Purged, purge};
use crate::store::{Claim, Owner, Reading, Staging, TrashDir, layout, take_over};
use crate::sys::{self, Dir, MountsBelow, Name};
use crate::text::quoted;

pub use self::options::{CleanOptions, Trashes};
pub use self::plan::CleanPlan;

/// For how long what could not be deleted is left alone: somebody has to do something about it first.
const AGAIN_AFTER: TimeDelta = TimeDelta::days(7);

impl TrashManager {
    /// Deletes the items of a plan, and what earlier cleans left half-done.
    ///
    /// An item is claimed by a rename before anything in it is deleted; one that somebody restored meanwhile is theirs, and
    /// one that somebody kept meanwhile stays.
    pub fn clean(&self, plan: &CleanPlan, progress: &dyn Progress) -> Cleaned {
        let (mut cleaned, request) = (Cleaned::default(), &plan.options);
        let mounts = match MountsBelow::read(self.volumes().root()) {
            Ok(mounts) => mounts,
            Err(error) => {
                cleaned.problems.push(Error::system("read", sys::MOUNT_TABLE, error));
                return cleaned;
            }
        };
        // A plan may be another manager's, which knew other trash directories.
        let trashes: BTreeSet<_> = plan.items.iter().map(|item| &item.trash).collect();
        cleaned.problems.extend(trashes.into_iter().filter_map(|trash| self.trash_at(trash).err()));
        let _ending = begin(progress, Activity::Deleting, size_of(&plan.items));
        for trash in self.meant(&request.trashes) {
            let items = plan.items.iter().filter(|item| item.trash == *trash.path());
            match trash.lock_for_cleaning() {
                Ok(Some(_lock)) => {
                    let before = cleaned.removed.entries;
                    finish_interrupted(&trash, request, progress, &mut cleaned);
                    let items = items.take_while(|_| !progress.interrupted());
                    let deleting = Deleting { trash: &trash, mounts: &mounts, now: request.now, progress };
                    deleting.each(items, &mut cleaned);
                    if cleaned.removed.entries > before {
                        trash.renew_ballast();
                    }
                }
                Ok(None) => cleaned.problems.push(busy(&trash)),
                Err(error) => cleaned.problems.push(Error::system(DELETE, &**trash.path(), error)),
            }
        }
        if progress.interrupted() {
            let reason = "interrupted; the next clean continues";
            cleaned.problems.push(Error::new(ErrorKind::Interrupted, "clean", self.volumes().main_path(), reason));
        }
        cleaned
    }
}

/// What the items come to, where all of them were measured.
fn size_of(items: &[TrashItem]) -> Option<Amount> {
    let bytes = items.iter().try_fold(0_u64, |sum, item| Some(sum.saturating_add(item.size?)))?;
    Some(Amount { entries: 0, bytes })
}

fn busy(trash: &TrashDir) -> Error {
    Error::new(ErrorKind::Busy, "clean", &**trash.path(), "another clean is running there")
}

/// Deletes what earlier cleans had claimed, except what is kept, and sweeps what other commands left.
fn finish_interrupted(trash: &TrashDir, request: &CleanOptions, progress: &dyn Progress, cleaned: &mut Cleaned) {
    let failed = |error| Error::system(DELETE, &**trash.path(), error);
    match trash.doomed() {
        Ok(Some((dir, names))) => {
            for name in names.iter().take_while(|_| !progress.interrupted()) {
                match trash.put_back(&dir, name, request.now) {
                    Ok(Claim::Taken) => {
                        cleaned.purge_claimed(trash, &dir, name, request.now, progress);
                    }
                    Ok(Claim::Kept) => {}
                    Err(error) => {
                        cleaned.problems.push(Error::system(DELETE, trash.doomed_path().join(name), error));
                    }
                }
            }
        }
        Ok(None) => {}
        Err(error) => cleaned.problems.push(failed(error)),
    }
    match trash.staging() {
        Ok(Some(staging)) => sweep_staging(trash, staging, progress, cleaned),
        Ok(None) => {}
        Err(error) => cleaned.problems.push(failed(error)),
    }
    cleaned.problems.extend(forget_runs(trash).err().map(failed));
    cleaned.problems.extend(trash.sweep_begun_guards(request.now).err().map(failed));
    let swept = trash.for_each(|reading| {
        if let Ok(Reading::Abandoned { spot, modified }) = reading {
            cleaned.problems.extend(trash.sweep(spot, modified, request.now).err().map(failed));
        }
    });
    cleaned.problems.extend(swept.err());
}

/// Forgets what an undo of a guarded run would do beside restoring items, once there is none of them left.
fn forget_runs(trash: &TrashDir) -> io::Result<()> {
    let runs = trash.aftermaths()?;
    if runs.is_empty() {
        return Ok(());
    }
    let mut batches = HashSet::new();
    let read = trash.names(|spot, _| batches.extend(spot.id.told().map(|told| told.removed)));
    read.map_err(io::Error::other)?;
    let is_over = |text: &[u8]| batch_of(text).is_none_or(|batch| !batches.contains(&batch));
    runs.iter().filter(|(_, text)| is_over(text)).try_for_each(|(id, _)| trash.forget_aftermath(*id))
}

/// Deletes what killed copies and exports left, then reconciles what they had finished; a command that is at work keeps its own.
fn sweep_staging(trash: &TrashDir, staging: Staging, progress: &dyn Progress, cleaned: &mut Cleaned) {
    let path = trash.path().join(layout::STAGING.as_os_str());
    for name in staging.copies.iter().chain(&staging.notices).take_while(|_| !progress.interrupted()) {
        match lock_leftover(&staging.dir, name) {
            Ok(Owner::AtWork) => {}
            Ok(Owner::Gone(_lock)) => {
                cleaned.purge(&path, &staging.dir, name, progress);
            }
            Err(error) => cleaned.problems.push(Error::system(DELETE, path.join(name), error)),
        }
    }
    for item in staging.ledgers {
        let dropped = trash.drop_ledger(item);
        cleaned.problems.extend(dropped.err().map(|error| Error::system(DELETE, &path, error)));
    }
    for (item, outside) in staging.notes.into_iter().take_while(|_| !progress.interrupted()) {
        cleaned.problems.extend(reconcile(trash, item, &outside, progress).err());
    }
}

/// Takes over an envelope in `.staging`; what is no directory has no owner.
fn lock_leftover(staging: &Dir, name: &OsStr) -> io::Result<Owner> {
    let name = Name::new(name)?;
    match staging.open_dir(name) {
        Ok(dir) => Ok(take_over(staging, name, &dir)?.map_or(Owner::AtWork, |lock| Owner::Gone(Some(lock)))),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(Owner::Gone(None)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Owner::AtWork),
        Err(error) => Err(error),
    }
}

/// What deletes the items of one trash directory.
struct Deleting<'a> {
    trash: &'a TrashDir,
    mounts: &'a MountsBelow,
    now: DateTime<Utc>,
    progress: &'a dyn Progress,
}

impl Deleting<'_> {
    /// Deletes items, each on its own.
    fn each<'i>(&self, items: impl Iterator<Item = &'i TrashItem>, cleaned: &mut Cleaned) {
        let mut without_room = Vec::new();
        for item in items {
            match self.one(item, cleaned) {
                Err(error) if error.is_about_room() => without_room.push(item),
                result => cleaned.problems.extend(result.err()),
            }
        }
        // What is gone by now may have left room enough to claim them.
        for item in without_room.into_iter().take_while(|_| !self.progress.interrupted()) {
            let result = self.one(item, cleaned);
            cleaned.problems.extend(result.err());
        }
    }

    /// Deletes one item; what could not be deleted of it is among the problems. An error means that it is still listed.
    fn one(&self, item: &TrashItem, cleaned: &mut Cleaned) -> Result<()> {
        let Self { trash, mounts, now, progress } = *self;
        check_mounts(trash, item, mounts)?;
        let failed = |error| Error::system(DELETE, item.shown_path(), error);
        match trash.claim(item).map_err(failed) {
            Ok(Claim::Taken) => {}
            Ok(Claim::Kept) => return Ok(()),
            // Somebody restored it, or keeps it since it was read; or another clean was faster.
            Err(error) if error.kind == ErrorKind::NotFound => return Ok(()),
            Err(error) if error.is_about_room() && item.kind != ItemKind::Directory => {
                let bytes = match trash.delete_unclaimed(item) {
                    Ok(bytes) => bytes,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                    Err(_) => return Err(error),
                };
                cleaned.removed += Amount { entries: 1, bytes };
                cleaned.deleted.push(item.id);
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        let doomed = trash.doomed_dir().map_err(failed)?;
        let name = item.id.to_string();
        if cleaned.purge_claimed(trash, &doomed, OsStr::new(&name), now, progress) {
            cleaned.deleted.push(item.id);
        }
        Ok(())
    }
}

/// A mount made inside an item since it was trashed belongs to the living.
fn check_mounts(trash: &TrashDir, item: &TrashItem, mounts: &MountsBelow) -> Result<()> {
    let Ok(metadata) = trash.metadata_of(item) else { return Ok(()) };
    let Some(point) = mounts.below(metadata.id) else { return Ok(()) };
    let reason = format!("a file system is mounted inside it, at {}; unmount it first", quoted(point));
    Err(Error::new(ErrorKind::HoldsMount, DELETE, item.shown_path(), reason))
}

/// What a clean did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Cleaned {
    /// The items that went for good.
    pub deleted: Vec<ItemId>,
    /// What that came to, what earlier cleans had left half-done included.
    pub removed: Amount,
    /// What could not be deleted; the next clean tries again.
    pub problems: Vec<Error>,
}

impl Cleaned {
    /// Purges one entry; whether nothing of it is left.
    fn purge(&mut self, holder: &Path, dir: &Dir, name: &OsStr, progress: &dyn Progress) -> bool {
        let Ok(checked) = Name::new(name) else { return false };
        let purged = purge(dir, checked, Measure::Bytes, progress);
        let is_complete = purged.is_complete();
        self.count(purged, |path| holder.join(path));
        is_complete
    }

    fn count(&mut self, purged: Purged, place_of: impl Fn(PathBuf) -> PathBuf) {
        self.removed += purged.removed;
        let failures = purged.failures.into_iter();
        self.problems.extend(failures.map(|failure| Error::system(DELETE, place_of(failure.path), failure.error)));
    }

    /// Purges what was claimed; whether nothing of it is left. What cannot be deleted is an item again, and is left alone for
    /// a while, so that it is seen and fails no other clean meanwhile.
    fn purge_claimed(
        &mut self,
        trash: &TrashDir,
        doomed: &Dir,
        name: &OsStr,
        now: DateTime<Utc>,
        progress: &dyn Progress,
    ) -> bool {
        let Ok(checked) = Name::new(name) else { return false };
        let purged = purge(doomed, checked, Measure::Bytes, progress);
        let given_back = end_claim(trash, doomed, name, &purged);
        if let Some(item) = &given_back {
            // Never to be due earlier than it was said.
            let again = now + AGAIN_AFTER;
            trash.postpone(item, item.deletion.instant().map_or(again, |due| due.max(again))).ok();
            trash.forget_size(item).ok();
            self.problems.push(cannot_go(item));
        }
        let place = given_back.map_or_else(|| trash.doomed_path().join(name), |item| trash.place_of(&item));
        let is_complete = purged.is_complete();
        self.count(purged, |path| path.strip_prefix(name).map_or_else(|_| place.clone(), |below| place.join(below)));
        is_complete
    }
}

/// What is left of an item that could not be deleted.
fn cannot_go(item: &TrashItem) -> Error {
    let days = AGAIN_AFTER.num_days();
    let reason = format!(
        "some of it cannot be deleted, and is still in the trash as {}; a clean tries again in {days} days",
        item.id.short()
    );
    Error::new(ErrorKind::Undeletable, DELETE, item.shown_path(), reason)
}
