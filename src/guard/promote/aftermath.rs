//! What an undo has to do beside restoring the items.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::{Look, Loss, Replay, Taken};
use crate::guard::journal::{Entry, Key, Thing};
use crate::guard::names::{Names, place_of};

/// A move or an exchange.
#[derive(Debug)]
pub(super) struct Step {
    entry: Entry,
    from: Option<From>,
}

/// Where a moved thing was before the run, and the directory that it was moved from.
#[derive(Debug)]
struct From {
    origin: PathBuf,
    holder: PathBuf,
}

impl Step {
    pub(super) fn of(entry: &Entry) -> Self {
        Self { entry: entry.clone(), from: None }
    }

    /// A move from `path`, by the names that things have before it.
    pub(super) fn from(entry: &Entry, path: &Path, names: &Names) -> Self {
        let holder = path.parent().map_or_else(PathBuf::new, |holder| names.origin(holder));
        Self { entry: entry.clone(), from: Some(From { origin: names.origin(path), holder }) }
    }

    /// Where an undo has to move it: step by step, but not by way of a directory that is not there. One that is gone is
    /// restored to where it was before the run, whatever its name was when this was moved out of it; one that the run made and
    /// removed is not restored.
    fn back<'a>(&'a self, from: &'a Path, is_missing: impl FnOnce(&Path) -> bool) -> &'a Path {
        self.from.as_ref().filter(|from| is_missing(&from.holder)).map_or(from, |from| &from.origin)
    }
}

/// What has lost its name, and not its content alone.
pub(super) struct Gone {
    keys: HashSet<Key>,
    /// Where the directories were before the run.
    directories: HashSet<PathBuf>,
}

impl Gone {
    pub(super) fn of(losses: &[Loss]) -> Self {
        let gone = || losses.iter().filter(|loss| !matches!(loss.what, Taken::Content { .. }));
        let directories = gone().filter(|loss| loss.what == Taken::Directory);
        Self {
            keys: gone().map(|loss| loss.thing.key).collect(),
            directories: directories.map(|loss| loss.origin.clone()).collect(),
        }
    }

    /// Whether a directory is one of them or in one, by where it was before the run.
    fn holds(&self, directory: &Path) -> bool {
        directory.ancestors().any(|above| self.directories.contains(above))
    }
}

/// The moves of what is still there, in the order in which they were made, and what that had.
pub(super) fn of(replay: &Replay, gone: &Gone, look: &dyn Look) -> Vec<Entry> {
    let places = replay.names.places();
    let is_at_its_end = |step: &Step| match (&step.entry, &step.from) {
        (Entry::Moved { thing, .. }, Some(from)) => {
            (look.at(&place_of(&from.origin, &places)) == Some(thing.key)).then_some(thing.key)
        }
        _ => None,
    };
    // Of a file with several names one may be gone and another moved.
    let moved: HashSet<Key> = replay.moves.iter().filter_map(is_at_its_end).collect();
    let is_there = |thing: &Thing| !gone.keys.contains(&thing.key) || moved.contains(&thing.key);
    let is_missing = |holder: &Path| gone.holds(holder) || look.at(&place_of(holder, &places)).is_none();
    let left = |step: &Step| match &step.entry {
        Entry::Moved { thing, from, to } => is_there(thing).then(|| Entry::Moved {
            thing: *thing,
            from: step.back(from, is_missing).to_owned(),
            to: to.clone(),
        }),
        Entry::Exchanged { one, one_path, other, other_path } => match (is_there(one), is_there(other)) {
            (true, true) => Some(step.entry.clone()),
            // Of an exchange with what is gone, a move is left.
            (true, false) => Some(Entry::Moved { thing: *one, from: one_path.clone(), to: other_path.clone() }),
            (false, true) => Some(Entry::Moved { thing: *other, from: other_path.clone(), to: one_path.clone() }),
            (false, false) => None,
        },
        _ => None,
    };
    let had = replay.had_at.iter().filter(|(thing, _)| is_there(thing)).filter_map(|(thing, path)| {
        let traits = replay.had.get(&thing.key)?.clone();
        Some(Entry::Had { thing: *thing, path: Some(path.clone()), traits })
    });
    replay.moves.iter().filter_map(left).chain(had).collect()
}
