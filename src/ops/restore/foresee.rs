//! What a restore would do, told without doing any of it: each step as it would end after those before it.
//!
//! It asks what they ask, of the disk and of what the steps before would have put there. What only a try can show
//! is not foreseen: that a file system refuses a name, that it is full, or what others do meanwhile.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::error::{Error, Result};
use crate::item::ItemId;
use crate::manager::TrashManager;
use crate::manager::trash_ids::TrashIds;
use crate::ops::restore::options::{Conflict, RestoreOptions};
use crate::ops::restore::step::joined;
use crate::ops::restore::step::{MOST_NUMBERS, check_open, in_the_way, links_of};
use crate::ops::restore::step::{Merged, Piece, RestorePlan, RestoreStep, Restored};
use crate::ops::restore::target::{Links, RESTORE, Wanted, find_wanted, not_a_directory};
use crate::sys::{self, Dir, Metadata, Name};

impl TrashManager {
    /// Tells `each` what would come of each step of a plan. Nothing is touched.
    pub fn foresee_restore(&self, plan: &RestorePlan, mut each: impl FnMut(&RestoreStep, Result<Restored>)) {
        let mut to_come = ToCome::now(self);
        for step in &plan.steps {
            let foreseen = to_come.step(step, &plan.options);
            match &foreseen {
                Ok(Restored::At(path)) => to_come.placed.put(path, Rc::new(step.clone())),
                Ok(Restored::Merged(merged)) => {
                    merged.back.iter().for_each(|piece| to_come.placed.put(&piece.path, Rc::new(step_of(piece, step))));
                }
                _ => {}
            }
            each(step, foreseen);
        }
    }
}

/// A step that brings back just this piece of what `step` brings.
fn step_of(piece: &Piece, step: &RestoreStep) -> RestoreStep {
    RestoreStep { item: step.item.clone(), part: Some(piece.part.clone()), target: piece.path.clone() }
}

/// What there is at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    Directory,
    /// A directory of ours that is restored without the right to make anything in it.
    ClosedDirectory,
    Other,
    Nothing,
}

impl Is {
    pub(super) fn is_dir(self) -> bool {
        matches!(self, Self::Directory | Self::ClosedDirectory)
    }
}

/// What steps would have put somewhere, found by where that is and by the item it is of.
#[derive(Default)]
struct Placed {
    at: HashMap<PathBuf, Rc<RestoreStep>>,
    /// Every directory above one of them.
    above: HashSet<PathBuf>,
    of: HashMap<ItemId, Vec<Rc<RestoreStep>>>,
}

impl Placed {
    /// Puts a step's thing to `path`. What was there, or below it, went to the trash.
    fn put(&mut self, path: &Path, step: Rc<RestoreStep>) {
        if self.above.contains(path) {
            let replaced: Vec<PathBuf> = self.at.keys().filter(|placed| placed.starts_with(path)).cloned().collect();
            replaced.iter().for_each(|placed| self.take(placed));
            self.above.retain(|directory| !directory.starts_with(path));
        } else {
            self.take(path);
        }
        self.above.extend(path.ancestors().skip(1).map(Path::to_owned));
        self.of.entry(step.item.id).or_default().push(step.clone());
        self.at.insert(path.to_owned(), step);
    }

    fn take(&mut self, path: &Path) {
        if let Some(step) = self.at.remove(path) {
            self.of.entry(step.item.id).or_default().retain(|other| !Rc::ptr_eq(other, &step));
        }
    }

    /// What is at the path or holds it, the innermost.
    fn holder(&self, path: &Path) -> Option<(&PathBuf, &RestoreStep)> {
        path.ancestors().find_map(|above| self.at.get_key_value(above)).map(|(placed, step)| (placed, &**step))
    }

    /// The steps that would have put this item, or parts of it, somewhere.
    fn of(&self, item: ItemId) -> &[Rc<RestoreStep>] {
        self.of.get(&item).map_or(&[], Vec::as_slice)
    }
}

/// What is on the disk, and what steps would have put there.
pub(super) struct ToCome<'a> {
    pub(super) manager: &'a TrashManager,
    pub(super) trashes: TrashIds,
    placed: Placed,
}

impl<'a> ToCome<'a> {
    /// What is on the disk now.
    pub(super) fn now(manager: &'a TrashManager) -> Self {
        Self { manager, trashes: TrashIds::of(manager), placed: Placed::default() }
    }

    fn step(&self, step: &RestoreStep, request: &RestoreOptions) -> Result<Restored> {
        check_open(step, request)?;
        let failed = |error| Error::system(RESTORE, &step.target, error);
        let parent = self.parent(step.target.parent().unwrap_or(Path::new("/")), links_of(request))?;
        let name = step.target.file_name().unwrap_or_default();
        let target = parent.join(name);
        if self.has_left(step) {
            return Err(failed(io::Error::from_raw_os_error(ENOENT)));
        }
        let free = |target: PathBuf| self.may_make_in(&parent).map(|()| Restored::At(target)).map_err(failed);
        match request.conflict_of(&step.item) {
            _ if self.at(&target) == Is::Nothing => free(target),
            Conflict::Fail => Err(in_the_way(&step.target)),
            Conflict::Skip => Ok(Restored::Skipped(step.target.clone())),
            Conflict::Rename => {
                let plain = Name::new(name).map_err(|_| in_the_way(&step.target))?;
                let mut numbered = (1..MOST_NUMBERS).map(|number| parent.join(plain.numbered(number)));
                let is_free = |path: &PathBuf| self.at(path) == Is::Nothing;
                numbered.find(is_free).map_or_else(|| Err(in_the_way(&step.target)), free)
            }
            Conflict::Merge | Conflict::MergeSwap if self.can_merge(step, &target) => {
                let swap = (request.conflict == Conflict::MergeSwap).then_some(request);
                self.merge(step, &target, swap).map(Restored::Merged)
            }
            Conflict::Merge => Ok(Restored::Merged(Merged::nothing(target))),
            Conflict::Swap | Conflict::MergeSwap => self.check_swap(&target, request).and_then(|()| free(target)),
        }
    }

    /// Fails if what is at a path cannot go to the trash.
    pub(super) fn check_swap(&self, path: &Path, request: &RestoreOptions) -> Result<()> {
        if self.brought(path).is_some() { Ok(()) } else { self.manager.plan_swap(path, request).map(drop) }
    }

    /// Where the directory really is, or will be.
    fn parent(&self, directory: &Path, links: Links) -> Result<PathBuf> {
        match self.brought(directory) {
            Some(is) if is.is_dir() => return Ok(directory.to_owned()),
            Some(_) => {
                let is_other = |above: &&Path| self.at(above) == Is::Other;
                let other = directory.ancestors().find(is_other);
                return Err(not_a_directory(directory, other.unwrap_or(directory)));
            }
            None => {}
        }
        let Wanted { dir, real, missing, .. } = find_wanted(directory, links, &self.trashes)?;
        if !missing.is_empty() {
            dir.check_writable().map_err(|error| Error::system(RESTORE, directory, error))?;
        }
        Ok(missing.iter().rev().fold(real, |path, name| path.join(name)))
    }

    /// What is at a path once the steps before are done.
    pub(super) fn at(&self, path: &Path) -> Is {
        if let Some(brought) = self.brought(path) {
            return brought;
        }
        match sys::metadata_at(path) {
            Ok(is) if is.is_dir() => Is::Directory,
            Ok(_) => Is::Other,
            Err(_) if self.placed.above.contains(path) => Is::Directory,
            Err(_) => Is::Nothing,
        }
    }

    /// What the steps before bring to a path, if it is in what they restore.
    fn brought(&self, path: &Path) -> Option<Is> {
        let (placed, step) = self.placed.holder(path)?;
        let below = path.strip_prefix(placed).unwrap_or(Path::new(""));
        match self.part(step, below) {
            Is::Nothing if self.placed.above.contains(path) => Some(Is::Directory),
            is => Some(is),
        }
    }

    /// What a step brings along at `below` its target.
    pub(super) fn part(&self, step: &RestoreStep, below: &Path) -> Is {
        let part = step.part.as_deref().unwrap_or(Path::new("")).join(below);
        let is_elsewhere = |other: &Rc<RestoreStep>| {
            let left = other.part.as_ref().filter(|_| !std::ptr::eq(&raw const **other, step));
            left.is_some_and(|left| part.starts_with(left))
        };
        if self.placed.of(step.item.id).iter().any(is_elsewhere) {
            return Is::Nothing;
        }
        let Some(found) = self.metadata_of(step, &part) else { return Is::Nothing };
        let mode = mode_back(step, &part, found.mode);
        match found.is_dir() {
            true if is_closed(&found, mode) => Is::ClosedDirectory,
            true => Is::Directory,
            false => Is::Other,
        }
    }

    fn metadata_of(&self, step: &RestoreStep, part: &Path) -> Option<Metadata> {
        let trash = self.manager.trash_of(&step.item).ok()?;
        let (holding, name) = trash.holding_part(&step.item, part).ok()?;
        holding.metadata_of(Name::new(&name).ok()?).ok()
    }

    /// Opens the directory that a step brings along at `below` its target, as it is in the trash, and tells which
    /// permission bits it has once it is back.
    pub(super) fn open_part(&self, step: &RestoreStep, below: &Path) -> io::Result<(Dir, u32)> {
        let part = joined(step.part.as_deref().unwrap_or(Path::new("")), below);
        let trash = self.manager.trash_of(&step.item).map_err(io::Error::other)?;
        let (holding, name) = trash.holding_part(&step.item, &part)?;
        let dir = holding.open_dir(Name::new(&name)?)?;
        let mode = mode_back(step, &part, dir.metadata()?.mode);
        Ok((dir, mode))
    }

    /// Opens the directory that is at a path once the steps before are done, wherever it is now.
    pub(super) fn open_at(&self, path: &Path) -> io::Result<(Dir, u32)> {
        match self.placed.holder(path) {
            Some((placed, step)) => self.open_part(step, path.strip_prefix(placed).unwrap_or(Path::new(""))),
            None => Dir::open(path).and_then(|dir| dir.metadata().map(|is| (dir, is.mode))),
        }
    }

    /// Whether an earlier step takes along what this one wants.
    fn has_left(&self, step: &RestoreStep) -> bool {
        let whole = Path::new("");
        let part = step.part.as_deref().unwrap_or(whole);
        let takes = |other: &RestoreStep| part.starts_with(other.part.as_deref().unwrap_or(whole));
        self.placed.of(step.item.id).iter().any(|other| takes(other.as_ref()))
    }

    /// Fails as a rename into the directory would.
    pub(super) fn may_make_in(&self, directory: &Path) -> io::Result<()> {
        match self.brought(directory) {
            Some(Is::ClosedDirectory) => Err(io::Error::from_raw_os_error(EACCES)),
            Some(_) => Ok(()),
            // What is still to be made is ours.
            None => sys::if_there(Dir::open_following(directory))?.map_or(Ok(()), |dir| dir.check_writable()),
        }
    }
}

/// The permission bits that a part of an item has once it is back.
fn mode_back(step: &RestoreStep, part: &Path, mode: u32) -> u32 {
    if part.as_os_str().is_empty() { step.item.original_mode(mode) } else { mode }
}

/// Whether its owner, who is us and not root, may make nothing in what has this mode.
fn is_closed(is: &Metadata, mode: u32) -> bool {
    const OWNER_MAY: u32 = 0o300;
    is.uid != 0 && is.uid == sys::effective_uid() && mode & OWNER_MAY != OWNER_MAY
}

const ENOENT: i32 = 2;
const EACCES: i32 = 13;
