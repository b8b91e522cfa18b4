//! What the undo of a guarded run does beside restoring its items: what the run has moved goes back to where it was, and what
//! it has changed gets back the permissions, attributes and times that it had.
//!
//! Nothing is replaced. What is not the very same inode any more is left alone, and no directory that somebody has changed
//! since the run is given an older time.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorKind};
use crate::guard::{Age, Entry, Key, Thing, batch_of, entries};
use crate::manager::TrashManager;
use crate::manager::trash_ids::TrashIds;
use crate::ops::restore::options::RestoreOptions;
use crate::ops::restore::step::RestoreStep;
use crate::sys::{Dir, FileKind, Inode, Metadata, Name, rename_no_replace};
use crate::transfer::Traits;

/// What is to be turned back beside the items of a plan.
pub(crate) struct Aftermath {
    trashes: TrashIds,
    /// Each with the end of its run; the last first.
    moves: Vec<(Entry, DateTime<Utc>)>,
    had: Vec<Had>,
    /// What the plan has still to restore: what was moved out of one of these waits for it.
    to_come: HashSet<PathBuf>,
    /// What it has restored.
    over: HashSet<PathBuf>,
    /// What is back, and where.
    back: HashMap<Key, PathBuf>,
    /// What the run has moved to a place that was restored, or to one below it, and is not there: to where, and from where.
    missing: Vec<(Key, PathBuf, PathBuf)>,
}

/// What something had before the run.
struct Had {
    thing: Thing,
    path: PathBuf,
    traits: Traits,
    since: Since,
}

/// Whether a directory is as the run has left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    Unchanged,
    Changed,
}

/// What became of a move that was to be turned back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turned {
    /// It is back.
    Back,
    /// It is not there to be moved.
    Nothing,
    /// It may be possible later.
    Later,
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
            missing: Vec::new(),
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
                    aftermath.add(&text, at);
                }
            }
        }
        aftermath.moves.reverse();
        aftermath
    }

    fn add(&mut self, text: &[u8], at: DateTime<Utc>) {
        for entry in entries(text) {
            match entry {
                Entry::Had { thing, path: Some(path), traits } => {
                    let is = Target::open(&path).and_then(|target| target.metadata());
                    let since = if is.is_ok_and(|is| is_after(&is, at)) { Since::Changed } else { Since::Unchanged };
                    self.had.push(Had { thing, path, traits, since });
                }
                Entry::Moved { .. } | Entry::Exchanged { .. } => self.moves.push((entry, at)),
                _ => {}
            }
        }
    }

    /// Whether what is restored to `target` comes last: a run has moved another thing there, which goes back first, perhaps to
    /// a directory that has to be restored for it. So does a directory in whose place another stands with such a thing in it,
    /// which would go to the trash with that, and all that is restored below it.
    pub(crate) fn is_taken(&self, target: &Path) -> bool {
        let mut places = self.moves.iter().flat_map(|(entry, _)| places_of(entry));
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
        for (entry, at) in moves {
            let comes_later =
                |place: &&Path| waiting.iter().any(|later| place.starts_with(later) || later.starts_with(place));
            let is_waited_for = places_of(&entry).iter().any(comes_later);
            let is_early = matches!(&entry, Entry::Moved { from, .. } if is_below(&self.to_come, from));
            let turned = if is_waited_for || is_early { Turned::Later } else { self.turn_back(&entry, at) };
            if turned == Turned::Back {
                self.is_back(&entry);
            }
            if turned == Turned::Later {
                if let Entry::Moved { from, to, .. } = &entry {
                    waiting.extend([from.clone(), to.clone()]);
                }
                self.moves.push((entry, at));
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

    fn turn_back(&mut self, entry: &Entry, at: DateTime<Utc>) -> Turned {
        match entry {
            Entry::Moved { thing, from, to } => self.move_one(*thing, to, from, at),
            Entry::Exchanged { one, one_path, other, other_path } => {
                exchange((one.key, one_path), (other.key, other_path))
            }
            _ => Turned::Nothing,
        }
    }

    fn move_one(&mut self, thing: Thing, now_at: &Path, before_at: &Path, at: DateTime<Utc>) -> Turned {
        let key = thing.key;
        let there = Target::open(now_at).ok().filter(|now| now.key().ok() == Some(key));
        let Some(now) = there else {
            if thing.age == Age::Old && now_at.ancestors().any(|above| self.over.contains(above)) {
                self.missing.push((key, now_at.to_owned(), before_at.to_owned()));
            }
            return Turned::Nothing;
        };
        let before = Target::open(before_at).and_then(|before| self.check(&before).map(|()| before));
        let moved = before.and_then(|before| before.keeping_times(at, || now.rename_to(&before, key)));
        if moved.is_ok() { Turned::Back } else { Turned::Later }
    }

    /// Refuses what is in a trash directory.
    fn check(&self, target: &Target) -> io::Result<()> {
        match self.trashes.holds(&target.parent, &target.above) {
            Ok(false) => Ok(()),
            _ => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }

    /// Does the rest, and tells what is back, and what could not be turned back.
    pub(crate) fn finish(mut self) -> (Vec<PathBuf>, Vec<Error>) {
        self.to_come.clear();
        self.move_back();
        let mut problems: Vec<Error> = self.moves.iter().filter_map(|(entry, _)| left_of(entry)).collect();
        problems.extend(self.missing_now());
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

impl Aftermath {
    /// What is neither where the run has moved it nor where it was: most often it is in what this undo has exchanged.
    fn missing_now(&self) -> Vec<Error> {
        // The last to be turned back tells where a thing was in the beginning.
        let first: HashMap<Key, (&Path, &Path)> =
            self.missing.iter().map(|(key, now, before)| (*key, (&**now, &**before))).collect();
        let is_there = |key: &Key, place: &Path| Target::open(place).is_ok_and(|at| at.key().ok() == Some(*key));
        let missing = first.iter().filter(|(key, (now, before))| !is_there(key, before) && !is_there(key, now));
        let reason = "it is no longer there; it may be in the trash with what was replaced";
        missing.map(|(_, (now, _))| Error::new(ErrorKind::NotFound, "move back", *now, reason)).collect()
    }
}

fn is_below(directories: &HashSet<PathBuf>, path: &Path) -> bool {
    path.ancestors().skip(1).any(|above| directories.contains(above))
}

/// Turns an exchange back by way of a name beside the one, since nothing is ever replaced. A kill in between leaves the one
/// there, as `NAME.~1~`.
fn exchange((one_key, one_path): (Key, &Path), (other_key, other_path): (Key, &Path)) -> Turned {
    let (Ok(one), Ok(other)) = (Target::open(one_path), Target::open(other_path)) else { return Turned::Later };
    // Each is where the other was.
    if one.key().ok() != Some(other_key) || other.key().ok() != Some(one_key) {
        return Turned::Nothing;
    }
    let turned = other.beside().and_then(|aside| {
        one.rename_to(&aside, other_key)?;
        let moved = other.rename_to(&one, one_key).and_then(|()| aside.rename_to(&other, other_key));
        moved.inspect_err(|_| drop(aside.rename_to(&one, other_key)))
    });
    if turned.is_ok() { Turned::Back } else { Turned::Later }
}

/// Where things are that were moved.
fn places_of(entry: &Entry) -> Vec<&Path> {
    match entry {
        Entry::Moved { to, .. } => vec![to],
        Entry::Exchanged { one_path, other_path, .. } => vec![one_path, other_path],
        _ => Vec::new(),
    }
}

/// What is said of a move that stays.
fn left_of(entry: &Entry) -> Option<Error> {
    let (now, before) = match entry {
        Entry::Moved { from, to, .. } => (to, from),
        Entry::Exchanged { one_path, other_path, .. } => (one_path, other_path),
        _ => return None,
    };
    let reason = match Target::open(before).and_then(|target| target.metadata()) {
        Ok(_) => "something else exists at its old path",
        Err(_) => "its old directory cannot be used",
    };
    Some(Error::new(ErrorKind::TargetExists, "move back", now, reason))
}

impl Had {
    /// Gives back what something had, if it is that. What a file holds may be the run's, so its times stay.
    fn give_back(&self) -> io::Result<()> {
        let Ok(target) = Target::open(&self.path) else { return Ok(()) };
        if target.key().ok() != Some(self.thing.key) {
            return Ok(());
        }
        // Held before it is looked at once more: by then it cannot be exchanged.
        let inode = target.parent.mark(target.name()?)?;
        if self.thing.kind == FileKind::Symlink || inode.metadata()?.id != target.metadata()?.id {
            return Ok(());
        }
        self.traits.give_back(&inode)?;
        match (self.thing.kind, self.since) {
            (FileKind::Directory, Since::Unchanged) => self.traits.give_back_times(&inode),
            _ => Ok(()),
        }
    }
}

fn is_after(is: &Metadata, at: DateTime<Utc>) -> bool {
    let modified = DateTime::from_timestamp(is.modified.seconds, is.modified.nanoseconds);
    modified.is_none_or(|modified| modified > at)
}

/// A name in a directory to which no link leads.
struct Target {
    parent: Dir,
    /// Where that is.
    above: PathBuf,
    name: OsString,
}

impl Target {
    /// # Security
    /// The path was written down without links; where one leads now, others may have put it.
    fn open(path: &Path) -> io::Result<Self> {
        let (Some(above), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let parent = Dir::open(above)?;
        match parent.path()? == above {
            true => Ok(Self { parent, above: above.to_owned(), name: name.to_owned() }),
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn name(&self) -> io::Result<Name<'_>> {
        Ok(Name::new(&self.name)?)
    }

    fn metadata(&self) -> io::Result<Metadata> {
        self.parent.metadata_of(self.name()?)
    }

    fn key(&self) -> io::Result<Key> {
        let (is, birth) = self.parent.metadata_and_birth_of(self.name()?)?;
        Ok(Key::new(is.id, birth))
    }

    /// Moves what is here, if it is that; what turns out to be another goes back.
    fn rename_to(&self, to: &Self, key: Key) -> io::Result<()> {
        rename_no_replace(&self.parent, self.name()?, &to.parent, to.name()?)?;
        if to.key()? == key {
            return Ok(());
        }
        rename_no_replace(&to.parent, to.name()?, &self.parent, self.name()?)?;
        Err(io::ErrorKind::NotFound.into())
    }

    /// Does something to the names in the directory, which keeps its times: it was restored a moment ago, or is to be given them.
    /// One that somebody has changed since the run shows that it was changed again.
    fn keeping_times(&self, at: DateTime<Utc>, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let is = self.parent.metadata()?;
        act()?;
        if !is_after(&is, at)
            && let Ok(dir) = self.parent.readable()
        {
            // The time of a directory is no reason to fail.
            Inode::Open(dir).set_times(is.accessed, is.modified).ok();
        }
        Ok(())
    }

    /// A name beside it that is likely to be free.
    fn beside(&self) -> io::Result<Self> {
        Ok(Self { parent: self.parent.try_clone()?, above: self.above.clone(), name: self.name()?.numbered(1) })
    }
}
