//! What is done about each thing that is about to be lost.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::journal::{Age, By, Entry, Key, Thing};
use super::super::volume::Volume;
use super::super::{Found, Keeper, Loss, Missed, Verdict};
use super::{GuardedRun, KEEP, Segment};
use crate::error::{Error, words_of};
use crate::item::Before;
use crate::store::layout;
use crate::sys::{Dir, FileKind, Inode, Metadata, Name, Timestamp};
use crate::transfer::{Traits, copy_name};

/// From what age on something is precious though the run made it, in seconds.
const OLD_ENOUGH: i64 = 60;

/// What a program is told that is not to do something.
const REFUSED: io::ErrorKind = io::ErrorKind::PermissionDenied;

impl Keeper for GuardedRun {
    fn keep(&self, loss: Loss) -> Verdict {
        if self.touches_a_trash(&loss) {
            self.reach.forget();
            // An rrm in there removes and restores as ever; it only deletes nothing for good.
            return match &loss {
                Loss::Removed(found) if !self.is_note_of_an_undo(found) => Verdict::Refuse(REFUSED),
                Loss::Shortened { .. } => Verdict::Refuse(REFUSED),
                _ => Verdict::RefuseOthers(REFUSED),
            };
        }
        let segment = self.segment();
        let keeping = Keeping { run: self, segment: &segment, now: (self.options.clock)() };
        let kept = match &loss {
            Loss::Removed(found) => keeping.name_goes(found),
            Loss::RemovedDirectory(found) => keeping.directory_goes(found),
            Loss::Moved { from, to_parent, to_path, replaced, .. } => {
                keeping.is_moved(from, (to_parent, to_path.as_deref()), replaced.as_ref())
            }
            Loss::Exchanged(one, other) => keeping.change_places(one, other),
            Loss::Shortened { file, found, length } => keeping.content_goes(file, found.as_ref(), *length),
            Loss::Written { file, found } => keeping.is_written(file, found),
            Loss::Changed(found, _) => keeping.is_changed(found),
        };
        kept.map_or_else(|lost| self.lose(lost), |()| Verdict::GoOn)
    }

    fn missed(&self, missed: Missed) -> Verdict {
        let program = missed.program.to_string_lossy();
        let reason = format!("{program} took it, and {}", missed.why.words());
        self.lose(Lost::new(missed.path.as_deref(), reason))
    }
}

impl GuardedRun {
    /// Whether this is what a trash directory of ours has noted of the last undo, which the next one replaces.
    fn is_note_of_an_undo(&self, found: &Found) -> bool {
        let is_of_one = || found.parent.metadata().is_ok_and(|is| self.reach.is_one(is.id));
        found.name == *layout::UNDONE.as_os_str() && is_of_one()
    }

    fn touches_a_trash(&self, loss: &Loss) -> bool {
        let is_found =
            |found: &Found| self.reach.holds(&found.parent, &found.name, found.path.as_deref(), Some(&found.metadata));
        match loss {
            Loss::Removed(found)
            | Loss::RemovedDirectory(found)
            | Loss::Changed(found, _)
            | Loss::Written { found, .. } => is_found(found),
            Loss::Shortened { found, .. } => found.as_ref().is_some_and(is_found),
            Loss::Exchanged(one, other) => is_found(one) || is_found(other),
            Loss::Moved { from, to_parent, to_name, to_path, .. } => {
                let is = to_parent.metadata().ok();
                is_found(from) || self.reach.holds(to_parent, to_name, to_path.as_deref(), is.as_ref())
            }
        }
    }
}

/// One thing that is about to be lost now.
pub(super) struct Keeping<'a> {
    pub(super) run: &'a GuardedRun,
    pub(super) segment: &'a Segment,
    pub(super) now: Timestamp,
}

/// Something that cannot be kept.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) path: PathBuf,
    pub(super) reason: String,
    /// What it was: if it is the same at the end, nothing was lost.
    pub(super) seen: Option<Seen>,
}

/// A file, and when anything about it was last changed: unlike the time of its content, nobody can set that back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    key: Key,
    changed: Timestamp,
}

impl Seen {
    pub(super) fn new(is: &Metadata, birth: Option<Timestamp>) -> Self {
        Self { key: Key::new(is.id, birth), changed: is.changed }
    }
}

impl Lost {
    pub(super) fn new(path: Option<&Path>, reason: impl Into<String>) -> Self {
        let path = path.unwrap_or(Path::new("")).to_owned();
        Self { path, reason: reason.into(), seen: None }
    }
}

pub(super) type Kept = Result<(), Lost>;

/// The store of a volume, and a line about a directory there that was not written yet.
type Opened = (Arc<Volume>, Option<Entry>);

impl Keeping<'_> {
    /// How old something is, if it is worth to be kept: from before the run, or no moment's work. An inode that does not
    /// tell when it was made is; one of the future was made under another clock.
    pub(super) fn age(&self, birth: Option<Timestamp>) -> Option<Age> {
        let began = self.run.options.began;
        let Some(birth) = birth.filter(|birth| *birth > began && *birth <= self.now) else { return Some(Age::Old) };
        (self.now.seconds - birth.seconds > OLD_ENOUGH).then_some(Age::New)
    }

    fn thing(&self, found: &Found) -> Option<Thing> {
        let age = self.age(found.birth)?;
        Some(Thing { key: Key::new(found.metadata.id, found.birth), kind: found.metadata.kind, age })
    }

    /// Whether the run may have changed the content of a file that was there before it.
    pub(super) fn before(&self, volume: &Volume, thing: Thing, is: &Metadata) -> Before {
        let began = self.run.options.began;
        let is_changed = is.modified > began || (is.changed > began && !volume.index().is_touched(thing.key));
        match (thing.kind, thing.age) {
            (FileKind::File, Age::Old) if is_changed => Before::Changed,
            _ => Before::Unchanged,
        }
    }

    /// The store for what is in a directory.
    pub(super) fn store(&self, parent: &Dir) -> Result<Arc<Volume>, Error> {
        let is = parent.metadata().map_err(|error| Error::system(KEEP, "", error))?;
        self.run.volume_of(self.segment, parent, &is)
    }

    /// The store for what goes; and what its directory had.
    fn opened(&self, found: &Found) -> Result<Opened, Lost> {
        let parent = found.path.as_deref().and_then(Path::parent);
        if let Some(volume) = parent.and_then(|parent| self.segment.last(parent, found.metadata.mount)) {
            return Ok((volume, None));
        }
        self.open(&found.parent, found.path.as_deref()).map_err(|error| lost(found, error.reason))
    }

    /// The same; and what the directory, in which the last name of `path` is, had until the run took names from it.
    fn open(&self, parent: &Dir, path: Option<&Path>) -> Result<Opened, Error> {
        let (is, birth) = parent.metadata_and_birth().map_err(|error| Error::system(KEEP, "", error))?;
        let volume = self.run.volume_of(self.segment, parent, &is)?;
        let key = Key::new(is.id, birth);
        let Some(age) = self.age(birth) else { return Ok((volume, None)) };
        let had = volume.index().had.insert(key).then(|| {
            let opened = parent.readable().map(Inode::Open);
            let traits = opened.map_or_else(|_| Traits::of_metadata(&is), |inode| Traits::of(&inode, &is));
            let thing = Thing { key, kind: FileKind::Directory, age };
            Entry::Had { thing, path: path.and_then(Path::parent).map(Path::to_owned), traits }
        });
        Ok((volume, had))
    }

    fn name_goes(&self, found: &Found) -> Kept {
        let Some(thing) = self.thing(found).filter(|_| !is_passed_over(found)) else { return Ok(()) };
        if self.is_name_of_the_run(found, thing) {
            return Ok(());
        }
        let Ok(name) = Name::new(&found.name) else { return Ok(()) };
        let (volume, had) = self.opened(found)?;
        if !volume.has_room_for_a_name(self.run.options.floor) {
            // What the directory had is written down once, and here is no next time.
            volume.note(had).ok();
            return Err(lost(found, NO_ROOM));
        }
        let number = volume.number();
        let (before, modified) = (self.before(&volume, thing, &found.metadata), found.metadata.modified);
        let line = |number, by| Entry::Kept { number, by, thing, before, modified, path: found.path.clone() };
        let noted = volume.note(had.into_iter().chain([line(number, By::Link)]));
        match noted.and_then(|()| volume.link(number, &found.parent, name)) {
            Ok(()) => {
                if let Some(parent) = found.path.as_deref().and_then(Path::parent) {
                    self.segment.remember(parent, found.metadata.mount, &volume);
                }
                volume.index().note_link(thing.key);
                self.run.is_kept(found.path.as_deref());
                Ok(())
            }
            // Somebody else was faster, and the call will fail.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(_) => self.copy_name(found, name, &volume, |number| line(number, By::Copy)),
        }
    }

    /// Copies what can have no other name.
    fn copy_name(&self, found: &Found, name: Name<'_>, volume: &Volume, line: impl Fn(u64) -> Entry) -> Kept {
        let is = &found.metadata;
        if is.kind == FileKind::File && is.size > self.run.options.limit {
            return Err(lost(found, too_large(is.size)));
        }
        let number = volume.number();
        let copied = volume
            .note([line(number)])
            .and_then(|()| volume.copy(number, |to, to_name| copy_name((&found.parent, name), is, to, to_name)));
        match copied {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(lost(found, words_of(&error))),
            Err(_) => Ok(()),
            Ok(()) => {
                self.run.is_kept(found.path.as_deref());
                Ok(())
            }
        }
    }

    fn directory_goes(&self, found: &Found) -> Kept {
        let Some(thing) = self.thing(found) else { return Ok(()) };
        self.segment.forget_last();
        let (volume, had) = self.opened(found)?;
        let own = traits_line(&volume, thing, found);
        let emptied = Entry::Emptied { thing, path: found.path.clone() };
        volume.note(had.into_iter().chain(own).chain([emptied])).map_err(|error| lost(found, words_of(&error)))?;
        self.run.is_kept(found.path.as_deref());
        Ok(())
    }

    fn is_moved(&self, from: &Found, (to_parent, to_path): (&Dir, Option<&Path>), replaced: Option<&Found>) -> Kept {
        if !can_be_moved(from, to_parent, replaced) {
            return Ok(());
        }
        let kept = match replaced {
            Some(replaced) if replaced.metadata.is_dir() => self.directory_goes(replaced),
            Some(replaced) => self.name_goes(replaced),
            None => Ok(()),
        };
        if from.metadata.is_dir() {
            self.segment.forget_last();
            self.run.reach.a_directory_moves();
        }
        // A directory that the run made may have in it what was there before.
        let age = match self.age(from.birth) {
            Some(Age::Old) => Some(Age::Old),
            _ => from.metadata.is_dir().then_some(Age::New),
        };
        let (Some(age), Some(from_path), Some(to_path)) = (age, &from.path, to_path) else { return kept };
        let thing = Thing { key: Key::new(from.metadata.id, from.birth), kind: from.metadata.kind, age };
        let Ok((volume, had)) = self.open(&from.parent, Some(from_path)) else { return kept };
        let had_there = self.open(to_parent, Some(to_path)).ok().and_then(|(_, had)| had);
        volume.index().note_move(thing.key);
        let moved = Entry::Moved { thing, from: from_path.clone(), to: to_path.to_owned() };
        let noted = volume.note(had.into_iter().chain(had_there).chain([moved]));
        kept.and(noted.map_err(|error| not_noted(from, "its old path", &error)))
    }

    fn change_places(&self, one: &Found, other: &Found) -> Kept {
        if one.metadata.is_dir() || other.metadata.is_dir() {
            self.segment.forget_last();
            self.run.reach.a_directory_moves();
        }
        let (Some(one_path), Some(other_path)) = (&one.path, &other.path) else { return Ok(()) };
        let thing = |found: &Found| Thing {
            key: Key::new(found.metadata.id, found.birth),
            kind: found.metadata.kind,
            age: self.age(found.birth).unwrap_or(Age::New),
        };
        let Ok((volume, had)) = self.open(&one.parent, Some(one_path)) else { return Ok(()) };
        let had_there = self.open(&other.parent, Some(other_path)).ok().and_then(|(_, had)| had);
        let (first, second) = (thing(one), thing(other));
        [first.key, second.key].into_iter().for_each(|key| volume.index().note_move(key));
        let exchanged =
            Entry::Exchanged { one: first, one_path: one_path.clone(), other: second, other_path: other_path.clone() };
        let noted = volume.note(had.into_iter().chain(had_there).chain([exchanged]));
        noted.map_err(|error| not_noted(one, "its old path", &error))
    }

    fn is_changed(&self, found: &Found) -> Kept {
        let Some(thing) = self.thing(found) else { return Ok(()) };
        let Ok(volume) = self.store(&found.parent) else { return Ok(()) };
        let noted = traits_line(&volume, thing, found).map_or(Ok(()), |had| volume.note([had]));
        volume.index().touched.insert(thing.key);
        noted.map_err(|error| not_noted(found, "its old permissions", &error))
    }

    /// Whether the run has made this name, one of several of a file: in a directory that it made is no older one, unless it
    /// was moved there.
    fn is_name_of_the_run(&self, found: &Found, thing: Thing) -> bool {
        let is_moved = || self.store(&found.parent).is_ok_and(|volume| volume.index().moved.contains(&thing.key));
        found.metadata.links > 1 && self.is_new_directory(&found.parent) && !is_moved()
    }

    fn is_new_directory(&self, dir: &Dir) -> bool {
        let began = self.run.options.began;
        dir.metadata_and_birth().is_ok_and(|(_, birth)| birth.is_some_and(|birth| birth > began && birth <= self.now))
    }
}

/// What something has, if that was not written down before.
fn traits_line(volume: &Volume, thing: Thing, found: &Found) -> Option<Entry> {
    if !volume.index().had.insert(thing.key) {
        return None;
    }
    let mark = Name::new(&found.name).ok().and_then(|name| found.parent.mark(name).ok());
    let same = mark.filter(|mark| mark.metadata().is_ok_and(|is| is.id == found.metadata.id));
    let is = &found.metadata;
    let traits = same.map_or_else(|| Traits::of_metadata(is), |mark| Traits::of(&mark, is));
    Some(Entry::Had { thing, path: found.path.clone(), traits })
}

pub(super) const NO_ROOM: &str = "too little space is left on its volume";

fn lost(found: &Found, reason: impl Into<String>) -> Lost {
    Lost::new(found.path.as_deref(), reason)
}

fn not_noted(found: &Found, what: &str, error: &io::Error) -> Lost {
    lost(found, format!("{what} could not be noted: {}", words_of(error)))
}

pub(super) fn too_large(size: u64) -> String {
    format!("it is too large to copy ({size} bytes)")
}

/// An empty file that only says that a program runs: one that has lost its last name must have none.
fn is_passed_over(found: &Found) -> bool {
    let name = found.name.as_encoded_bytes();
    let is_mark = name.ends_with(b".lock") || name.ends_with(b".pid");
    is_mark && found.metadata.kind == FileKind::File && found.metadata.size == 0
}

/// Whether the call can succeed and changes anything, as far as that can be told: what it replaces is empty, or no directory.
fn can_be_moved(from: &Found, to_parent: &Dir, replaced: Option<&Found>) -> bool {
    let place = |dir: &Dir| dir.metadata().map(|is| (is.mount, is.id.device)).ok();
    if place(&from.parent) != place(to_parent) {
        return false;
    }
    let Some(replaced) = replaced else { return true };
    if replaced.metadata.id == from.metadata.id || replaced.metadata.is_dir() != from.metadata.is_dir() {
        return false;
    }
    let opened = Name::new(&replaced.name).ok().and_then(|name| replaced.parent.open_dir(name).ok());
    !replaced.metadata.is_dir() || opened.and_then(|dir| dir.is_empty().ok()).unwrap_or(true)
}
