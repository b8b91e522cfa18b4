//! What becomes of what a run has kept: a pure function of its journal and of a look at the disk.
//!
//! - Where something was is its path with the run's moves applied backwards.
//! - What is still in its place, or there again, is dropped: the call failed, or the program put it back.
//! - The unit is the highest directory that is gone, also where another stands in its place.
//! - Of two things that had one path in turn, the one from before the run is what an undo brings back; the other is an item of
//!   a generation of its own.
//! - What is inside of a repository that still stands is the repository's own work.

mod aftermath;
mod failed;
mod group;

use std::collections::hash_map::Entry::Vacant;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use self::aftermath::{Gone, Step};
use super::journal::{Age, By, Entry, Key, Thing};
use super::names::{Holds, Names};
use crate::item::{Before, Guarded};
use crate::sys::Timestamp;
use crate::transfer::Traits;

/// What a promotion asks of the disk.
pub(crate) trait Look {
    /// What is at a path, not followed.
    fn at(&self, path: &Path) -> Option<Key>;

    /// What has a number.
    fn number(&self, number: u64) -> Option<Numbered>;

    /// How many names what is at a path has.
    fn links(&self, path: &Path) -> u32;

    /// Whether the regular file at a path has the very content of a number.
    fn is_same_content(&self, number: u64, path: &Path) -> bool;

    /// Whether the directory `.git` at this path is a repository with something in it.
    fn is_repository(&self, path: &Path) -> bool;
}

/// What has a number, as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbered {
    /// Which inode it is.
    pub(crate) key: Key,
    /// How many names that has, the number among them.
    pub(crate) links: u32,
    /// When its content was last changed.
    pub(crate) modified: Timestamp,
}

/// What is to be done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Promotion {
    /// The items to be.
    pub(crate) units: Vec<Unit>,
    /// Numbers of which nothing tells where they were.
    pub(crate) unknown: Vec<u64>,
    /// Files that lost their content under one of several names: the others keep what the run has written.
    pub(crate) shared: Vec<PathBuf>,
    /// Numbers that nobody needs.
    pub(crate) unused: Vec<u64>,
    /// What an undo has to do beside restoring: moves and exchanges in the order in which they were made, and what was
    /// different before, each at the path that it had.
    pub(crate) aftermath: Vec<Entry>,
}

/// One item to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Where it was.
    pub(crate) origin: PathBuf,
    /// 0 for what an undo brings back; the higher, the later it went from a place that something else had before.
    pub(crate) generation: usize,
    /// What became of its place.
    pub(crate) guarded: Guarded,
    /// What it is made of; the first is its top, and each directory comes before what is in it.
    pub(crate) parts: Vec<Part>,
}

/// A part of an item.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it is below the item; empty for the item itself.
    pub(crate) below: PathBuf,
    /// What it is.
    pub(crate) what: What,
}

/// What a part is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A directory that had this.
    Directory(Option<Traits>),
    /// What has this number.
    Number { number: u64, uses: Uses, had: Option<Traits> },
}

/// How many parts a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Uses {
    /// This one.
    One,
    /// Several names of one file.
    Several,
}

/// Something that lost its name, or its content.
#[derive(Debug)]
struct Loss {
    /// When, among all entries.
    index: usize,
    thing: Thing,
    /// Where it was when it went.
    path: PathBuf,
    /// Where it was before the run.
    origin: PathBuf,
    what: Taken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Name { number: u64, by: By, before: Before, modified: Timestamp },
    Content { number: u64, before: Before },
    Directory,
}

/// Decides what becomes of all that a run has kept.
#[must_use]
pub(crate) fn promote(entries: &[Entry], look: &dyn Look) -> Promotion {
    let failed = failed::moves(entries, look);
    let mut replay = Replay::default();
    for (index, entry) in entries.iter().enumerate() {
        if !failed.contains(&index) {
            replay.add(index, entry, look);
        }
    }
    replay.promotion(look)
}

/// What the entries come to.
#[derive(Default)]
struct Replay {
    names: Names,
    losses: Vec<Loss>,
    /// What had no path.
    unknown: Vec<u64>,
    mentioned: Vec<u64>,
    /// The first copy of each content that went.
    contents: HashMap<Key, (u64, Before)>,
    /// What each thing had first, and where it was.
    had: HashMap<Key, Traits>,
    had_at: Vec<(Thing, PathBuf)>,
    moves: Vec<Step>,
    /// Where a thing was moved to last.
    moved_to: HashMap<Key, PathBuf>,
    /// When a name was last moved away.
    moved_from: HashMap<(Key, PathBuf), usize>,
}

impl Replay {
    fn add(&mut self, index: usize, entry: &Entry, look: &dyn Look) {
        match entry {
            Entry::Run { .. } => {}
            Entry::Kept { number, by, thing, before, modified, path } => {
                self.mentioned.push(*number);
                let what = Taken::Name { number: *number, by: *by, before: *before, modified: *modified };
                match path {
                    Some(path) => self.lose(index, *thing, path, what),
                    None => self.unknown.push(*number),
                }
            }
            Entry::Content { number, thing, before, path } => {
                self.mentioned.push(*number);
                if look.number(*number).is_some() {
                    self.contents.entry(thing.key).or_insert((*number, *before));
                }
                let what = Taken::Content { number: *number, before: *before };
                if let Some(path) = path {
                    let origin = self.names.origin(path);
                    self.losses.push(Loss { index, thing: *thing, path: path.clone(), origin, what });
                }
            }
            Entry::Emptied { thing, path } => {
                if let Some(path) = path {
                    self.lose(index, *thing, path, Taken::Directory);
                }
            }
            Entry::Had { thing, path, traits } => {
                if let Vacant(first) = self.had.entry(thing.key) {
                    first.insert(traits.clone());
                    self.had_at.extend(path.as_deref().map(|path| (*thing, self.names.origin(path))));
                }
            }
            Entry::Moved { thing, from, to } if thing.age == Age::New => {
                if self.names.made_was_moved(from, to) == Holds::SomethingOld {
                    self.moves.push(Step::of(entry));
                }
            }
            Entry::Moved { thing, from, to } => {
                self.moves.push(Step::from(entry, from, &self.names));
                self.names.moved(from, to);
                self.moved_from.insert((thing.key, from.clone()), index);
                self.moved_to.insert(thing.key, to.clone());
            }
            Entry::Exchanged { one, one_path, other, other_path } => {
                self.names.exchanged(one_path, other_path);
                self.moved_to.insert(one.key, other_path.clone());
                self.moved_to.insert(other.key, one_path.clone());
                self.moves.push(Step::of(entry));
            }
        }
    }

    fn lose(&mut self, index: usize, thing: Thing, path: &Path, what: Taken) {
        let origin = self.names.origin(path);
        self.names.gone(path);
        self.losses.push(Loss { index, thing, path: path.to_owned(), origin, what });
    }

    fn promotion(mut self, look: &dyn Look) -> Promotion {
        let seen = Seen::of(&self.losses, &self.contents, look);
        let mut repositories = HashMap::new();
        let losses: Vec<Loss> = std::mem::take(&mut self.losses)
            .into_iter()
            .filter(|loss| !is_own_work(&loss.origin, &mut repositories, look) && self.is_gone(loss, &seen, look))
            .collect();
        let losses = without_doubles(losses);
        let shared = losses.iter().filter(|loss| self.has_other_names(loss, &seen, look));
        let shared = shared.map(|loss| loss.origin.clone()).collect();
        let gone = Gone::of(&losses);
        let units = group::units(losses, &self, &seen, look);
        let used: HashSet<u64> = units.iter().flat_map(|unit| unit.parts.iter().filter_map(Part::number)).collect();
        let is_there = |number: &u64| look.number(*number).is_some();
        let unknown: Vec<u64> = self.unknown.iter().copied().filter(is_there).collect();
        let is_unused = |number: &u64| !used.contains(number) && !unknown.contains(number) && is_there(number);
        Promotion {
            unused: self.mentioned.iter().copied().filter(is_unused).collect(),
            units,
            unknown,
            shared,
            aftermath: aftermath::of(&self, &gone, look),
        }
    }

    /// Where a thing is that may be there still, or again.
    fn place<'a>(&'a self, loss: &'a Loss, key: Key, look: &dyn Look) -> Option<&'a PathBuf> {
        let moved_to = self.moved_to.get(&key);
        let is_name = matches!(loss.what, Taken::Name { .. });
        let places = [Some(&loss.path), Some(&loss.origin), moved_to.filter(|_| !is_name)];
        // Where another name of it was moved, that one is, and an undo moves it back.
        let is_own = |place: &&PathBuf| !is_name || moved_to != Some(*place);
        places.into_iter().flatten().filter(is_own).find(|place| look.at(place) == Some(key))
    }

    /// Whether a thing is not where it was, nor with the content that it had.
    fn is_gone(&self, loss: &Loss, seen: &Seen, look: &dyn Look) -> bool {
        let moved = self.moved_from.get(&(loss.thing.key, loss.path.clone()));
        if !matches!(loss.what, Taken::Content { .. }) && moved.is_some_and(|moved| *moved > loss.index) {
            // It was there to be moved, so the call had failed.
            return false;
        }
        let is_at = |key: Key| self.place(loss, key, look);
        match loss.what {
            Taken::Directory => is_at(loss.thing.key).is_none(),
            Taken::Content { number, .. } => {
                look.number(number).is_some()
                    && is_at(loss.thing.key).is_none_or(|place| !look.is_same_content(number, place))
            }
            Taken::Name { number, by: By::Copy, .. } => {
                look.number(number).is_some() && is_at(loss.thing.key).is_none()
            }
            Taken::Name { number, by: By::Link, .. } => look.number(number).is_some_and(|is| {
                // All names that it has left are ours.
                let has_no_other = seen.links.get(&is.key).is_some_and(|ours| is.links <= *ours);
                has_no_other || is_at(is.key).is_none()
            }),
        }
    }

    /// Whether a file that lost its content has names left beside the one by which it did, and ours.
    fn has_other_names(&self, loss: &Loss, seen: &Seen, look: &dyn Look) -> bool {
        let place = self.place(loss, loss.thing.key, look);
        let ours = seen.links.get(&loss.thing.key).copied().unwrap_or(0);
        matches!(loss.what, Taken::Content { .. }) && place.is_some_and(|place| look.links(place) > ours + 1)
    }
}

/// What the numbers are.
struct Seen {
    /// How many of our links each inode has.
    links: HashMap<Key, u32>,
    /// How often each copy of a content is needed.
    content_uses: HashMap<u64, u32>,
}

impl Seen {
    fn of(losses: &[Loss], contents: &HashMap<Key, (u64, Before)>, look: &dyn Look) -> Self {
        let mut seen = Self { links: HashMap::new(), content_uses: HashMap::new() };
        for loss in losses {
            if let Taken::Name { number, by: By::Link, .. } = loss.what
                && let Some(is) = look.number(number)
            {
                *seen.links.entry(is.key).or_default() += 1;
            }
            if loss.what != Taken::Directory
                && let Some((number, _)) = contents.get(&loss.thing.key)
            {
                *seen.content_uses.entry(*number).or_default() += 1;
            }
        }
        seen
    }
}

impl Part {
    fn number(&self) -> Option<u64> {
        if let What::Number { number, .. } = self.what { Some(number) } else { None }
    }
}

/// Whether this was inside of a repository that stands, and is not what somebody has put there, which git never removes.
fn is_own_work(origin: &Path, known: &mut HashMap<PathBuf, bool>, look: &dyn Look) -> bool {
    let mut stands = |repository: &Path| match known.get(repository) {
        Some(stands) => *stands,
        None => *known.entry(repository.to_owned()).or_insert(look.is_repository(repository)),
    };
    origin.ancestors().skip(1).filter(|above| above.file_name().is_some_and(|name| name == ".git")).any(|repository| {
        let below = origin.strip_prefix(repository).unwrap_or(origin);
        if below.starts_with("modules") {
            // Repositories of their own.
            let modules = repository.join("modules");
            return origin.ancestors().skip(1).take_while(|above| *above != modules).any(&mut stands);
        }
        let is_put_there = below.starts_with("hooks") || (below.starts_with("info") && !below.ends_with("info/refs"));
        !is_put_there && stands(repository)
    })
}

/// Each thing once: a call that was interrupted is announced again, a directory that was not empty as well. The last counts.
/// A name that goes after its content did takes that along.
fn without_doubles(losses: Vec<Loss>) -> Vec<Loss> {
    let mut last: HashMap<(Key, &Path), usize> = HashMap::new();
    for loss in losses.iter().filter(|loss| !matches!(loss.what, Taken::Content { .. })) {
        last.insert((loss.thing.key, &loss.origin), loss.index);
    }
    let mut contents = HashSet::new();
    let wanted: HashSet<usize> = losses
        .iter()
        .filter(|loss| match (loss.what, last.get(&(loss.thing.key, &*loss.origin))) {
            (Taken::Content { .. }, Some(_)) => false,
            (Taken::Content { .. }, None) => contents.insert((loss.thing.key, &loss.origin)),
            (_, last) => last == Some(&loss.index),
        })
        .map(|loss| loss.index)
        .collect();
    losses.into_iter().filter(|loss| wanted.contains(&loss.index)).collect()
}

#[cfg(test)]
mod tests;
