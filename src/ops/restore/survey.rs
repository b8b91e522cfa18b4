//! What a merge would do: a trashed directory compared with the one at its target, by names alone.
//!
//! A name that only the trash has is missing and comes back, with all below it. Two directories of one name are shared:
//! they are compared in turn. Anything else has something in its way, be that the same, for only `clean` deletes.

use std::collections::HashSet;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::manager::trash_ids::TrashIds;
use crate::ops::restore::foresee::{Is, ToCome};
use crate::ops::restore::options::RestoreOptions;
use crate::ops::restore::step::{Merged, Piece, RestoreStep, joined};
use crate::ops::restore::target::RESTORE;
use crate::store::record;
use crate::sys::{Dir, FileId, Metadata};
use crate::transfer::is_like;

/// What a merge finds. All paths are relative to the two directories that are merged.
#[derive(Default)]
pub(super) struct Survey {
    /// The directories that are at both places, the outer ones first.
    pub(super) shared: Vec<Shared>,
    /// Those that cannot be merged, and why.
    pub(super) problems: Vec<(PathBuf, Error)>,
}

/// A directory that is at both places.
pub(super) struct Shared {
    pub(super) inner: PathBuf,
    /// Which one is at the target.
    pub(super) there: FileId,
    /// The names that only the trash has.
    pub(super) missing: Vec<OsString>,
    /// The names that are at both places, and not both directories.
    pub(super) in_the_way: Vec<OsString>,
}

impl ToCome<'_> {
    /// Whether there are two directories to merge. A link to one is none.
    pub(super) fn can_merge(&self, step: &RestoreStep, target: &Path) -> bool {
        self.part(step, Path::new("")).is_dir() && self.at(target).is_dir()
    }

    /// Compares what `step` brings with the directory at `target`. Nothing is touched.
    ///
    /// # Errors
    /// The two cannot be merged. Where that is so only further down, it is one of the survey's problems.
    pub(super) fn survey(&self, step: &RestoreStep, target: &Path) -> Result<Survey> {
        let mut survey = Survey::default();
        let mut waiting = vec![PathBuf::new()];
        while let Some(inner) = waiting.pop() {
            match self.compare(step, &inner, &joined(target, &inner), &mut waiting) {
                Ok(shared) => survey.shared.push(shared),
                Err(error) if inner.as_os_str().is_empty() => return Err(error),
                Err(error) => survey.problems.push((inner, error)),
            }
        }
        survey.shared.sort_by(|a, b| a.inner.cmp(&b.inner));
        survey.problems.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(survey)
    }

    fn compare(&self, step: &RestoreStep, inner: &Path, at: &Path, below: &mut Vec<PathBuf>) -> Result<Shared> {
        let failed = |error| Error::system(RESTORE, at, error);
        let ours = self.open_part(step, inner).map_err(failed)?.0;
        let there = self.open_at(at).map_err(failed)?.0.metadata().map_err(failed)?;
        check_shared(&ours.metadata().map_err(failed)?, &there, at, &self.trashes)?;
        let mut shared = Shared { inner: inner.to_owned(), there: there.id, missing: vec![], in_the_way: vec![] };
        for name in names_in(&ours).map_err(failed)? {
            match (self.part(step, &inner.join(&name)), self.at(&at.join(&name))) {
                // A step before this one takes it along.
                (Is::Nothing, _) => {}
                (_, Is::Nothing) => shared.missing.push(name),
                (ours, there) if ours.is_dir() && there.is_dir() => below.push(inner.join(name)),
                _ => shared.in_the_way.push(name),
            }
        }
        Ok(shared)
    }

    /// Tells what would come of a merge. With `swap`, what is in the way goes to the trash as that request has it.
    pub(super) fn merge(&self, step: &RestoreStep, target: &Path, swap: Option<&RestoreOptions>) -> Result<Merged> {
        let survey = self.survey(step, target)?;
        let parent_of = |inner: &Path| inner.parent().map(Path::to_owned);
        let mut stays: HashSet<PathBuf> = survey.problems.iter().filter_map(|(inner, _)| parent_of(inner)).collect();
        let problems = survey.problems.into_iter().map(|(_, error)| error).collect();
        let mut merged = Merged { target: target.to_owned(), problems, ..Merged::default() };
        for shared in &survey.shared {
            self.merge_directory(step, shared, swap, &mut merged, &mut stays);
        }
        for Shared { inner, .. } in survey.shared.iter().rev() {
            let (at, above) = (joined(target, inner), parent_of(inner));
            if !stays.contains(inner) {
                let may_go = above.as_ref().is_none_or(|above| self.may_take_from(step, above).is_ok());
                if may_go && self.is_like_one_at(step, inner, &at).unwrap_or(false) {
                    continue;
                }
                merged.left.push(at);
            }
            stays.extend(above);
        }
        merged.left.sort();
        Ok(merged)
    }

    fn merge_directory(
        &self,
        step: &RestoreStep,
        shared: &Shared,
        swap: Option<&RestoreOptions>,
        merged: &mut Merged,
        stays: &mut HashSet<PathBuf>,
    ) {
        let Shared { inner, missing, in_the_way, .. } = shared;
        let (at, before) = (joined(&merged.target, inner), merged.problems.len());
        let may_move = || self.may_take_from(step, inner).and_then(|()| self.may_make_in(&at));
        for name in missing {
            match may_move() {
                Ok(()) => merged.back.push(piece(step, shared, name, at.join(name))),
                Err(error) => merged.problems.push(Error::system(RESTORE, at.join(name), error)),
            }
        }
        for name in in_the_way {
            let path = at.join(name);
            let swapped = |request| {
                let may_move = may_move().map_err(|error| Error::system(RESTORE, &path, error));
                may_move.and_then(|()| self.check_swap(&path, request))
            };
            match swap.map(swapped) {
                Some(Ok(())) => merged.back.push(piece(step, shared, name, path)),
                Some(Err(error)) => merged.problems.push(error),
                None => merged.left.push(path),
            }
        }
        let is_left = swap.is_none() && !in_the_way.is_empty();
        if is_left || merged.problems.len() > before {
            stays.insert(inner.clone());
        }
    }

    /// Fails as a rename out of the directory would.
    fn may_take_from(&self, step: &RestoreStep, inner: &Path) -> io::Result<()> {
        self.open_part(step, inner)?.0.check_writable()
    }

    /// Whether a directory in the trash, once it is empty, is of no more use than the one at its place.
    fn is_like_one_at(&self, step: &RestoreStep, inner: &Path, at: &Path) -> io::Result<bool> {
        let (ours, there) = (self.open_part(step, inner)?, self.open_at(at)?);
        is_like((&ours.0, ours.1), (&there.0, there.1), record::is_part_of_one)
    }
}

/// What a merge brings to `path`.
fn piece(step: &RestoreStep, shared: &Shared, name: &OsString, path: PathBuf) -> Piece {
    let part = joined(step.part.as_deref().unwrap_or(Path::new("")), &shared.inner).join(name);
    Piece { part, path, id: None }
}

/// Refuses to merge what is `here` in the trash into what is `there`.
///
/// # Security
/// Whoever owns the directory there can see and rename all that comes into it. So it has the owner that it had.
fn check_shared(here: &Metadata, there: &Metadata, at: &Path, trashes: &TrashIds) -> Result<()> {
    let refused = |kind, reason: &'static str| Err(Error::new(kind, RESTORE, at, reason));
    if trashes.contains(there.id) {
        return refused(ErrorKind::TrashDirectory, "it is inside the trash");
    }
    // Copied piece by piece, its hard links would come apart.
    if (here.id.device, here.mount) != (there.id.device, there.mount) {
        return refused(ErrorKind::TargetExists, "it already exists on another volume, and rrm merges only within one");
    }
    if here.uid != there.uid {
        return refused(ErrorKind::TargetExists, "it already exists, and belongs to another user");
    }
    Ok(())
}

/// The names in a directory, in order.
fn names_in(dir: &Dir) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    dir.for_each_entry(|entry| {
        names.push(entry.name);
        Ok(())
    })?;
    names.sort();
    Ok(names)
}
