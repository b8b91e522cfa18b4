//! What the undo of a guarded run does beside restoring its items: what the run has moved goes back to where it was, and what
//! it has changed gets back the permissions, attributes and times that it had.
//!
//! Nothing is replaced. What is not the very same inode any more is left alone, and no directory that somebody has changed
//! since the run is given an older time.

mod had;
mod lifted;
mod moves;
mod target;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use self::had::Had;
use self::moves::{Move, Stray, Turned, left_of, places_of};
use crate::error::Error;
use crate::guard::{Entry, Key, batch_of, entries};
use crate::manager::TrashManager;
use crate::manager::trash_ids::TrashIds;
use crate::ops::copy::reconcile::reconcile_removals_of;
use crate::ops::restore::options::RestoreOptions;
use crate::ops::restore::step::RestoreStep;
use crate::progress::Progress;
use crate::store::TrashDir;

/// What is to be turned back beside the items of a plan.
pub(crate) struct Aftermath {
    trashes: TrashIds,
    /// The last first.
    moves: Vec<Move>,
    had: Vec<Had>,
    /// What the plan has still to restore: what was moved out of one of these waits for it.
    to_come: HashSet<PathBuf>,
    /// What it has restored.
    over: HashSet<PathBuf>,
    /// What is back, and where.
    back: HashMap<Key, PathBuf>,
    /// What the run has moved and is not where it was moved to.
    strays: Vec<Stray>,
}

impl Aftermath {
    /// That of the runs whose items an undo is about to restore to where they were.
    pub(crate) fn of(manager: &TrashManager, steps: &[RestoreStep], options: &RestoreOptions) -> Self {
        let mut aftermath = Self {
            trashes: TrashIds::of(manager),
            moves: Vec::new(),
            had: Vec::new(),
            to_come: steps.iter().map(|step| step.target.clone()).collect(),
            over: HashSet::new(),
            back: HashMap::new(),
            strays: Vec::new(),
        };
        let items = steps.iter().map(|step| &step.item);
        let guarded = items.filter(|item| options.is_undo_in_place() && item.guarded.words().is_some());
        let batches: HashSet<DateTime<Utc>> = guarded.filter_map(|item| item.trashed.instant()).collect();
        if batches.is_empty() {
            return aftermath;
        }
        for trash in manager.known_trashes() {
            for (_, text) in trash.aftermaths().unwrap_or_default() {
                if let Some(at) = batch_of(&text).filter(|at| batches.contains(at)) {
                    aftermath.add(&trash, &text, at);
                }
            }
        }
        aftermath.moves.reverse();
        aftermath
    }

    fn add(&mut self, trash: &Arc<TrashDir>, text: &[u8], at: DateTime<Utc>) {
        for entry in entries(text) {
            match entry {
                Entry::Had { thing, path: Some(path), traits } => self.had.push(Had::new(thing, path, traits, at)),
                Entry::Moved { .. } | Entry::Exchanged { .. } => self.moves.push(Move::new(entry, at, trash.clone())),
                _ => {}
            }
        }
    }

    /// Puts what an undo that was killed has left on its way back to where it found it.
    pub(crate) fn find_again(&self, progress: &dyn Progress) {
        let places: HashSet<&Path> = self.moves.iter().flat_map(|moved| places_of(&moved.entry)).collect();
        let trashes: HashMap<_, _> = self.moves.iter().map(|moved| (moved.trash.id(), &moved.trash)).collect();
        for trash in trashes.values() {
            reconcile_removals_of(|path| places.contains(path), trash, progress);
        }
    }

    /// Whether what is restored to `target` comes last: a run has moved another thing there, which goes back first, perhaps to
    /// a directory that has to be restored for it. So does a directory in whose place another stands with such a thing in it,
    /// which would go to the trash with that, and all that is restored below it.
    pub(crate) fn is_taken(&self, target: &Path) -> bool {
        let mut places = self.moves.iter().flat_map(|moved| places_of(&moved.entry));
        let above = || target.ancestors().filter(|above| self.to_come.contains(*above));
        places.any(|place| target.starts_with(place) || above().any(|above| place.starts_with(above)))
    }

    /// A step was done, or has failed.
    pub(crate) fn is_over(&mut self, target: &Path) {
        self.to_come.remove(target);
        self.over.insert(target.to_owned());
    }

    /// Moves back what can be by now: to a directory that is not there yet, nothing can, and what waits for that is not where it
    /// was moved from before, and has to be found where it is.
    pub(crate) fn move_back(&mut self) {
        let (moves, mut waiting) = (std::mem::take(&mut self.moves), Vec::<PathBuf>::new());
        for mut moved in moves {
            let entry = &moved.entry;
            let comes_later =
                |place: &&Path| waiting.iter().any(|later| place.starts_with(later) || later.starts_with(place));
            let is_waited_for = places_of(entry).iter().any(comes_later);
            let is_early = matches!(entry, Entry::Moved { from, .. } if is_below(&self.to_come, from));
            let turned = if is_waited_for || is_early { Turned::Later } else { self.turn_back(&mut moved) };
            if turned == Turned::Back {
                self.is_back(&moved.entry);
            }
            if turned == Turned::Later {
                if let Entry::Moved { from, to, .. } = &moved.entry {
                    waiting.extend([from.clone(), to.clone()]);
                }
                self.moves.push(moved);
            }
        }
    }

    /// Takes down where things are again. Moves are turned back from the last to the first, so the last word is where a thing
    /// was in the beginning.
    fn is_back(&mut self, entry: &Entry) {
        match entry {
            Entry::Moved { thing, from, .. } => drop(self.back.insert(thing.key, from.clone())),
            Entry::Exchanged { one, one_path, other, other_path } => {
                self.back.extend([(one.key, one_path.clone()), (other.key, other_path.clone())]);
            }
            _ => {}
        }
    }

    /// Does the rest, and tells what is back, and what could not be turned back.
    pub(crate) fn finish(mut self) -> (Vec<PathBuf>, Vec<Error>) {
        self.to_come.clear();
        self.move_back();
        let mut problems: Vec<Error> = self.moves.iter().filter_map(left_of).collect();
        problems.extend(self.strays_now());
        // What is in a directory before the directory itself.
        self.had.sort_by(|one, other| other.path.cmp(&one.path));
        for had in &self.had {
            if let Err(error) = had.give_back() {
                problems.push(Error::system("give the permissions and times back to", &had.path, error));
            }
        }
        let mut back: Vec<PathBuf> = self.back.into_values().collect();
        back.sort_unstable();
        (back, problems)
    }
}

fn is_below(directories: &HashSet<PathBuf>, path: &Path) -> bool {
    path.ancestors().skip(1).any(|above| directories.contains(above))
}
