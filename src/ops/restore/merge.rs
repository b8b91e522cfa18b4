//! Merging a trashed directory into the one at its target.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | the noted size is forgotten | all in the trash, listed |
//! | **each missing name is renamed, never replacing** | that part at its place, the rest in the trash, listed |
//! | with a swap: what is in the way is removed to the trash | the same, and that is an item of its own |
//! | each directory that is empty by now is removed | the same |
//!
//! A directory goes only if it is like the one at its place. What has something in its way stays where it is in the
//! tree; so a second merge finds all that a killed one left, and does the rest.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::manager::TrashManager;
use crate::ops::restore::foresee::ToCome;
use crate::ops::restore::options::{Conflict, RestoreOptions};
use crate::ops::restore::step::joined;
use crate::ops::restore::step::{Merged, Piece, RestoreStep};
use crate::ops::restore::survey::Shared;
use crate::ops::restore::target::{RESTORE, TargetDir};
use crate::progress::Progress;
use crate::store::{TrashDir, record};
use crate::sys::{Dir, Name};
use crate::transfer::is_like;

impl TrashManager {
    /// Merges what a step brings into the directory `name` of `parent`; `None` if these are not two directories.
    pub(super) fn merge(
        &self,
        step: &RestoreStep,
        parent: &TargetDir,
        name: &OsStr,
        (request, progress): (&RestoreOptions, &dyn Progress),
    ) -> Result<Option<Merged>> {
        let (to_come, target) = (ToCome::now(self), parent.path.join(name));
        if !to_come.can_merge(step, &target) {
            return Ok(None);
        }
        let survey = to_come.survey(step, &target)?;
        let failed = |error| Error::system(RESTORE, &target, error);
        let top =
            Name::new(name).map_err(io::Error::from).and_then(|name| parent.dir.open_dir(name)).map_err(failed)?;
        let trash = self.trash_of(&step.item)?;
        // Before and not after, so that no crash leaves a size that is wrong.
        trash.forget_size(&step.item).ok();
        let problems = survey.problems.into_iter().map(|(_, error)| error).collect();
        let merged = Merged { target: target.clone(), problems, ..Merged::default() };
        let mut merging = Merging { manager: self, trash, step, top, request, progress, merged };
        survey.shared.iter().for_each(|shared| merging.fill(shared));
        survey.shared.iter().rev().for_each(|shared| merging.remove_if_emptied(shared));
        let mut merged = merging.merged;
        if progress.interrupted() {
            merged.problems.push(Error::interrupted(RESTORE, target));
        }
        merged.left.sort();
        Ok(Some(merged))
    }
}

/// A merge that is under way.
struct Merging<'a> {
    manager: &'a TrashManager,
    trash: Arc<TrashDir>,
    step: &'a RestoreStep,
    /// The directory at the target.
    top: Dir,
    request: &'a RestoreOptions,
    progress: &'a dyn Progress,
    merged: Merged,
}

/// A directory in the trash, and the one at its place.
struct Pair {
    here: Dir,
    there: Dir,
    /// The part of the item that the one is.
    part: PathBuf,
    /// Where the other is.
    path: PathBuf,
}

impl Merging<'_> {
    /// Moves what is missing in a directory there.
    fn fill(&mut self, shared: &Shared) {
        if shared.missing.is_empty() && shared.in_the_way.is_empty() {
            return;
        }
        let pair = match self.open(shared) {
            Ok(pair) => pair,
            Err(error) => {
                let path = joined(&self.merged.target, &shared.inner);
                return self.merged.problems.push(Error::system(RESTORE, path, error));
            }
        };
        let names = shared.missing.iter().chain(&shared.in_the_way);
        for name in names.take_while(|_| !self.progress.interrupted()) {
            self.bring(&pair, name);
        }
    }

    /// Opens both directories.
    ///
    /// # Security
    /// No link is followed on the way, and the directory at the target is the one that the survey has seen: whoever may
    /// rename there can put another in its place.
    fn open(&self, shared: &Shared) -> io::Result<Pair> {
        let part = joined(self.step.part.as_deref().unwrap_or(Path::new("")), &shared.inner);
        let (holding, name) = self.trash.holding_part(&self.step.item, &part)?;
        let here = holding.open_dir(Name::new(&name)?)?;
        let mut there = self.top.try_clone()?;
        for name in &shared.inner {
            there = there.open_dir(Name::new(name)?)?;
        }
        if there.metadata()?.id != shared.there {
            return Err(io::Error::other("it was replaced by something else"));
        }
        Ok(Pair { here, there, part, path: joined(&self.merged.target, &shared.inner) })
    }

    /// Moves one name there. What is in its way stays, unless it is to be swapped.
    fn bring(&mut self, pair: &Pair, name: &OsString) {
        let path = pair.path.join(name);
        let taken = match self.take(pair, name) {
            Err(error) if error.kind == ErrorKind::TargetExists => match self.request.conflict {
                Conflict::MergeSwap => {
                    let (dir, how) = ((&pair.there, &*pair.path), (self.request, self.progress));
                    self.manager.swap(dir, name, how, || self.take(pair, name))
                }
                _ => return self.merged.left.push(path),
            },
            taken => taken,
        };
        match taken {
            Ok(piece) => self.merged.back.push(piece),
            Err(error) => self.merged.problems.push(error),
        }
    }

    fn take(&self, pair: &Pair, name: &OsStr) -> Result<Piece> {
        let path = pair.path.join(name);
        let moved = || {
            let name = Name::new(name)?;
            let id = pair.here.metadata_of(name)?.id;
            self.trash.take_from(&pair.here, name, &pair.there, name)?;
            Ok(id)
        };
        let id = moved().map_err(|error| Error::system(RESTORE, &path, error))?;
        Ok(Piece { part: pair.part.join(name), path, id: Some(id) })
    }

    /// Removes a directory from the trash that is empty by now, and like the one at its place.
    fn remove_if_emptied(&mut self, shared: &Shared) {
        let Ok(pair) = self.open(shared) else { return };
        if self.progress.interrupted() || !pair.here.is_empty().unwrap_or(false) {
            return;
        }
        let is_removed =
            self.is_like(&pair).unwrap_or(false) && self.trash.remove_emptied(&self.step.item, &pair.part).is_ok();
        if !is_removed {
            self.merged.left.push(pair.path);
        }
    }

    fn is_like(&self, pair: &Pair) -> io::Result<bool> {
        let mode = pair.here.metadata()?.mode;
        let mode = if pair.part.as_os_str().is_empty() { self.step.item.original_mode(mode) } else { mode };
        is_like((&pair.here, mode), (&pair.there, pair.there.metadata()?.mode), record::is_part_of_one)
    }
}
