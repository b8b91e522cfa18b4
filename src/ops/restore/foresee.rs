//! What a restore would do, told without doing any of it: each step as it would end after those before it.
//!
//! It asks what they ask, of the disk and of what the steps before would have put there. What only a try can show
//! is not foreseen: that a file system refuses a name, that it is full, or what others do meanwhile.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::item::ItemId;
use crate::manager::TrashManager;
use crate::manager::inside::Insides;
use crate::ops::restore::options::{Conflict, RestoreOptions};
use crate::ops::restore::plan::{MOST_NUMBERS, check_open, in_the_way, links_of};
use crate::ops::restore::plan::{RestorePlan, RestoreStep, Restored};
use crate::ops::restore::target::{Links, RESTORE, Wanted, find_wanted, not_a_directory};
use crate::sys::{self, Dir, Metadata, Name};

impl TrashManager {
    /// Tells `each` what would come of each step of a plan. Nothing is touched.
    pub fn foresee_restore(&self, plan: &RestorePlan, mut each: impl FnMut(&RestoreStep, Result<Restored>)) {
        let mut to_come = ToCome { manager: self, trashes: Insides::of(self), placed: Placed::default() };
        for step in &plan.steps {
            let foreseen = to_come.step(step, &plan.options);
            if let Ok(Restored::At(path)) = &foreseen {
                to_come.placed.put(path, step);
            }
            each(step, foreseen);
        }
    }
}

/// What there is at a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Directory,
    /// A directory of ours that is restored without the right to make anything in it.
    ClosedDirectory,
    Other,
    Nothing,
}

/// What steps would have put somewhere, found by where that is and by the item it is of.
#[derive(Default)]
struct Placed<'a> {
    at: HashMap<PathBuf, &'a RestoreStep>,
    /// Every directory above one of them.
    above: HashSet<PathBuf>,
    of: HashMap<ItemId, Vec<&'a RestoreStep>>,
}

impl<'a> Placed<'a> {
    /// Puts a step's thing to `path`. What was there, or below it, went to the trash.
    fn put(&mut self, path: &Path, step: &'a RestoreStep) {
        if self.above.contains(path) {
            let replaced: Vec<PathBuf> = self.at.keys().filter(|placed| placed.starts_with(path)).cloned().collect();
            replaced.iter().for_each(|placed| self.take(placed));
            self.above.retain(|directory| !directory.starts_with(path));
        } else {
            self.take(path);
        }
        self.at.insert(path.to_owned(), step);
        self.above.extend(path.ancestors().skip(1).map(Path::to_owned));
        self.of.entry(step.item.id).or_default().push(step);
    }

    fn take(&mut self, path: &Path) {
        if let Some(step) = self.at.remove(path) {
            self.of.entry(step.item.id).or_default().retain(|other| !std::ptr::eq(*other, step));
        }
    }

    /// What is at the path or holds it, the innermost.
    fn holder(&self, path: &Path) -> Option<(&PathBuf, &'a RestoreStep)> {
        path.ancestors().find_map(|above| self.at.get_key_value(above)).map(|(placed, step)| (placed, *step))
    }

    /// The steps that would have put this item, or parts of it, somewhere.
    fn of(&self, item: ItemId) -> &[&'a RestoreStep] {
        self.of.get(&item).map_or(&[], Vec::as_slice)
    }
}

/// What is on the disk, and what steps would have put there.
struct ToCome<'a> {
    manager: &'a TrashManager,
    trashes: Insides,
    placed: Placed<'a>,
}

impl ToCome<'_> {
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
            Conflict::Swap if self.brought(&target).is_some() => free(target),
            Conflict::Swap => self.manager.plan_swap(&target, request).and_then(|_| free(target)),
        }
    }

    /// Where the directory really is, or will be.
    fn parent(&self, directory: &Path, links: Links) -> Result<PathBuf> {
        match self.brought(directory) {
            Some(Is::Directory | Is::ClosedDirectory) => return Ok(directory.to_owned()),
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
    fn at(&self, path: &Path) -> Is {
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
    fn part(&self, step: &RestoreStep, below: &Path) -> Is {
        let part = step.part.as_deref().unwrap_or(Path::new("")).join(below);
        let is_elsewhere = |other: &&RestoreStep| {
            let left = other.part.as_ref().filter(|_| !std::ptr::eq(*other, step));
            left.is_some_and(|left| part.starts_with(left))
        };
        if self.placed.of(step.item.id).iter().any(is_elsewhere) {
            return Is::Nothing;
        }
        let Some(found) = self.metadata_of(step, &part) else { return Is::Nothing };
        let mode = if part.as_os_str().is_empty() { step.item.original_mode(found.mode) } else { found.mode };
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

    /// Whether an earlier step takes along what this one wants.
    fn has_left(&self, step: &RestoreStep) -> bool {
        let whole = Path::new("");
        let part = step.part.as_deref().unwrap_or(whole);
        let takes = |other: &RestoreStep| part.starts_with(other.part.as_deref().unwrap_or(whole));
        self.placed.of(step.item.id).iter().any(|other| takes(other))
    }

    /// Fails as a rename into the directory would.
    fn may_make_in(&self, directory: &Path) -> io::Result<()> {
        match self.brought(directory) {
            Some(Is::ClosedDirectory) => Err(io::Error::from_raw_os_error(EACCES)),
            Some(_) => Ok(()),
            // What is still to be made is ours.
            None => sys::if_there(Dir::open_following(directory))?.map_or(Ok(()), |dir| dir.check_writable()),
        }
    }
}

/// Whether its owner, who is us and not root, may make nothing in what has this mode.
fn is_closed(is: &Metadata, mode: u32) -> bool {
    const OWNER_MAY: u32 = 0o300;
    is.uid != 0 && is.uid == sys::effective_uid() && mode & OWNER_MAY != OWNER_MAY
}

const ENOENT: i32 = 2;
const EACCES: i32 = 13;
