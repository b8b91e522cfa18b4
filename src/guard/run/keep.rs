//! What is done about each thing that is about to be lost.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use super::super::journal::{Age, By, Entry, Key, Thing};
use super::super::volume::Volume;
use super::super::{Found, Keeper, Loss, Missed, Verdict};
use super::{GuardedRun, KEEP, Segment};
use crate::error::{Error, ErrorKind, words_of};
use crate::item::Before;
use crate::store::layout;
use crate::sys::{self, Dir, FileKind, Inode, Metadata, Name, Timestamp};
use crate::transfer::{Traits, copy_content, copy_name};

/// From what age on something is precious though the run made it, in seconds.
const OLD_ENOUGH: i64 = 60;

/// What a program is told that is not to do something.
const REFUSED: io::ErrorKind = io::ErrorKind::PermissionDenied;

/// Up to what size the content of a file is copied before it may be written at any place.
const SMALL: u64 = 1 << 20;

impl Keeper for GuardedRun {
    fn keep(&self, loss: Loss) -> Verdict {
        if self.touches_a_trash(&loss) {
            // An rrm in there removes and restores as ever; it only deletes nothing for good.
            return match &loss {
                Loss::Removed(found) if !self.is_note_of_an_undo(found) => Verdict::Refuse(REFUSED),
                Loss::Shortened { .. } => Verdict::Refuse(REFUSED),
                _ => Verdict::RefuseOthers(REFUSED),
            };
        }
        let segment = self.segment();
        let keeping = Keeping { run: self, segment: &segment, now: (self.options.clock)() };
        match &loss {
            Loss::Removed(found) => keeping.name_goes(found),
            Loss::RemovedDirectory(found) => keeping.directory_goes(found),
            Loss::Moved { from, to_parent, to_path, replaced, .. } => {
                keeping.is_moved(from, (to_parent, to_path.as_deref()), replaced.as_ref());
            }
            Loss::Exchanged(one, other) => keeping.change_places(one, other),
            Loss::Shortened { file, found, length } => {
                keeping.content_goes(file, found.as_ref(), *length, Otherwise::Named);
            }
            Loss::Written { file, found } => keeping.content_goes(file, Some(found), 0, Otherwise::Passed),
            Loss::Changed(found, _) => keeping.is_changed(found),
        }
        Verdict::GoOn
    }

    fn missed(&self, missed: Missed) {
        self.miss(&missed);
    }
}

impl GuardedRun {
    /// Whether this is what a trash directory of ours has noted of the last undo, which the next one replaces.
    fn is_note_of_an_undo(&self, found: &Found) -> bool {
        let trashes = self.trashes.read().unwrap_or_else(PoisonError::into_inner);
        let is_of = |parent: sys::FileId| trashes.iter().any(|(trash, _)| trash.id() == parent);
        found.name == *layout::UNDONE.as_os_str() && found.parent.metadata().is_ok_and(|is| is_of(is.id))
    }

    fn touches_a_trash(&self, loss: &Loss) -> bool {
        let is_found = |found: &Found| self.is_in_a_trash(&found.parent, &found.name, found.path.as_deref());
        match loss {
            Loss::Removed(found)
            | Loss::RemovedDirectory(found)
            | Loss::Changed(found, _)
            | Loss::Written { found, .. } => is_found(found),
            Loss::Shortened { found, .. } => found.as_ref().is_some_and(is_found),
            Loss::Exchanged(one, other) => is_found(one) || is_found(other),
            Loss::Moved { from, to_parent, to_name, to_path, .. } => {
                is_found(from) || self.is_in_a_trash(to_parent, to_name, to_path.as_deref())
            }
        }
    }
}

/// What becomes of a content that cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Otherwise {
    /// It goes for good, and that is told.
    Named,
    /// It may go, or not.
    Passed,
}

/// One thing that is about to be lost now.
struct Keeping<'a> {
    run: &'a GuardedRun,
    segment: &'a Segment,
    now: Timestamp,
}

/// The store of a volume, and a line about a directory there that was not written yet.
type Opened = (Arc<Volume>, Option<Entry>);

impl Keeping<'_> {
    /// How old something is, if it is worth to be kept: from before the run, or no moment's work. An inode that does not
    /// tell when it was made is; one of the future was made under another clock.
    fn age(&self, birth: Option<Timestamp>) -> Option<Age> {
        let began = self.run.options.began;
        let Some(birth) = birth.filter(|birth| *birth > began && *birth <= self.now) else { return Some(Age::Old) };
        (self.now.seconds - birth.seconds > OLD_ENOUGH).then_some(Age::New)
    }

    fn thing(&self, found: &Found) -> Option<Thing> {
        let age = self.age(found.birth)?;
        Some(Thing { key: Key::new(found.metadata.id, found.birth), kind: found.metadata.kind, age })
    }

    /// Whether the run may have changed the content of a file that was there before it.
    fn before(&self, volume: &Volume, thing: Thing, is: &Metadata) -> Before {
        let began = self.run.options.began;
        let is_changed = is.modified > began || (is.changed > began && !volume.index().is_touched(thing.key));
        match (thing.kind, thing.age) {
            (FileKind::File, Age::Old) if is_changed => Before::Changed,
            _ => Before::Unchanged,
        }
    }

    /// The store for what is in a directory.
    fn store(&self, parent: &Dir) -> Result<Arc<Volume>, Error> {
        let is = parent.metadata().map_err(|error| Error::system(KEEP, "", error))?;
        self.run.volume_of(self.segment, parent, &is)
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

    fn lose(&self, found: &Found, reason: &str) {
        self.run.lose(found.path.as_deref(), reason.to_owned());
    }

    fn name_goes(&self, found: &Found) {
        let Some(thing) = self.thing(found).filter(|_| !is_passed_over(found)) else { return };
        if found.metadata.links > 1 && self.is_new_directory(&found.parent) {
            return;
        }
        let (Ok(name), opened) = (Name::new(&found.name), self.open(&found.parent, found.path.as_deref())) else {
            return;
        };
        let (volume, had) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.lose(found, &error.reason),
        };
        if !volume.has_room_for_a_name(self.run.options.floor) {
            // What the directory had is written down once, and here is no next time.
            volume.note(had).ok();
            return self.lose(found, NO_ROOM);
        }
        let number = volume.number();
        let (before, modified) = (self.before(&volume, thing, &found.metadata), found.metadata.modified);
        let line = |number, by| Entry::Kept { number, by, thing, before, modified, path: found.path.clone() };
        let noted = volume.note(had.into_iter().chain([line(number, By::Link)]));
        match noted.and_then(|()| volume.link(number, &found.parent, name)) {
            Ok(()) => volume.index().note_link(thing.key),
            // Somebody else was faster, and the call will fail.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => self.copy_name(found, name, &volume, |number| line(number, By::Copy)),
        }
    }

    /// Copies what can have no other name.
    fn copy_name(&self, found: &Found, name: Name<'_>, volume: &Volume, line: impl Fn(u64) -> Entry) {
        let is = &found.metadata;
        if is.kind == FileKind::File && is.size > self.run.options.limit {
            return self.lose(found, &too_large(is.size));
        }
        let number = volume.number();
        let copied = volume
            .note([line(number)])
            .and_then(|()| volume.copy(number, |to, to_name| copy_name((&found.parent, name), is, to, to_name)));
        match copied {
            Err(error) if error.kind() != io::ErrorKind::NotFound => self.lose(found, &words_of(&error)),
            _ => {}
        }
    }

    fn directory_goes(&self, found: &Found) {
        let Some(thing) = self.thing(found) else { return };
        let (volume, had) = match self.open(&found.parent, found.path.as_deref()) {
            Ok(opened) => opened,
            Err(error) => return self.lose(found, &error.reason),
        };
        let own = traits_line(&volume, thing, found);
        let emptied = Entry::Emptied { thing, path: found.path.clone() };
        if let Err(error) = volume.note(had.into_iter().chain(own).chain([emptied])) {
            self.lose(found, &words_of(&error));
        }
    }

    fn is_moved(&self, from: &Found, (to_parent, to_path): (&Dir, Option<&Path>), replaced: Option<&Found>) {
        if !can_be_moved(from, to_parent, replaced) {
            return;
        }
        match replaced {
            Some(replaced) if replaced.metadata.is_dir() => self.directory_goes(replaced),
            Some(replaced) => self.name_goes(replaced),
            None => {}
        }
        if from.metadata.is_dir() {
            self.run.has_moved_directories.store(true, Ordering::Relaxed);
        }
        // A directory that the run made may have in it what was there before.
        let age = match self.age(from.birth) {
            Some(Age::Old) => Some(Age::Old),
            _ => from.metadata.is_dir().then_some(Age::New),
        };
        let (Some(age), Some(from_path), Some(to_path)) = (age, &from.path, to_path) else { return };
        let thing = Thing { key: Key::new(from.metadata.id, from.birth), kind: from.metadata.kind, age };
        let Ok((volume, had)) = self.open(&from.parent, Some(from_path)) else { return };
        let had_there = self.open(to_parent, Some(to_path)).ok().and_then(|(_, had)| had);
        volume.index().touched.insert(thing.key);
        let moved = Entry::Moved { thing, from: from_path.clone(), to: to_path.to_owned() };
        if let Err(error) = volume.note(had.into_iter().chain(had_there).chain([moved])) {
            self.lose(from, &not_noted("where it was", &error));
        }
    }

    fn change_places(&self, one: &Found, other: &Found) {
        if one.metadata.is_dir() || other.metadata.is_dir() {
            self.run.has_moved_directories.store(true, Ordering::Relaxed);
        }
        let (Some(one_path), Some(other_path)) = (&one.path, &other.path) else { return };
        let thing = |found: &Found| Thing {
            key: Key::new(found.metadata.id, found.birth),
            kind: found.metadata.kind,
            age: self.age(found.birth).unwrap_or(Age::New),
        };
        let Ok((volume, had)) = self.open(&one.parent, Some(one_path)) else { return };
        let had_there = self.open(&other.parent, Some(other_path)).ok().and_then(|(_, had)| had);
        let (first, second) = (thing(one), thing(other));
        volume.index().touched.extend([first.key, second.key]);
        let exchanged =
            Entry::Exchanged { one: first, one_path: one_path.clone(), other: second, other_path: other_path.clone() };
        if let Err(error) = volume.note(had.into_iter().chain(had_there).chain([exchanged])) {
            self.lose(one, &not_noted("where it was", &error));
        }
    }

    fn content_goes(&self, file: &File, found: Option<&Found>, length: u64, otherwise: Otherwise) {
        let path = found.and_then(|found| found.path.as_deref());
        let lose = |reason: &str| {
            if otherwise == Otherwise::Named {
                self.run.lose(path, reason.to_owned());
            }
        };
        let Ok((is, birth)) = sys::metadata_and_birth_of_file(file) else { return lose("it cannot be looked at") };
        let Some(age) = self.age(birth).filter(|_| is.kind == FileKind::File && is.size > length) else { return };
        let thing = Thing { key: Key::new(is.id, birth), kind: is.kind, age };
        let opened = match found {
            Some(found) => self.store(&found.parent),
            None => self.store_of_nameless(&is),
        };
        let volume = match opened {
            Ok(volume) => volume,
            Err(error) => return lose(&error.reason),
        };
        let limit = self.run.options.limit.min(if otherwise == Otherwise::Named { u64::MAX } else { SMALL });
        let _alone = volume.copying.lock().unwrap_or_else(PoisonError::into_inner);
        if volume.index().contents.contains(&thing.key) {
            return;
        }
        if is.size > limit {
            return lose(&too_large(is.size));
        }
        if !volume.has_room(self.run.options.floor) {
            return lose(NO_ROOM);
        }
        let number = volume.number();
        let before = self.before(&volume, thing, &is);
        let line = Entry::Content { number, thing, before, path: path.map(Path::to_owned) };
        match volume.note([line]).and_then(|()| volume.copy(number, |to, name| copy_content(file, to, name))) {
            Ok(()) => drop(volume.index().contents.insert(thing.key)),
            Err(error) => lose(&words_of(&error)),
        }
    }

    /// The store of the volume that a file without a name is on.
    fn store_of_nameless(&self, is: &Metadata) -> Result<Arc<Volume>, Error> {
        let known = self.segment.places.known(&(is.mount, is.id.device));
        known.ok_or_else(|| Error::new(ErrorKind::NoTrash, KEEP, "", "it has no name any more"))
    }

    fn is_changed(&self, found: &Found) {
        let Some(thing) = self.thing(found) else { return };
        let Ok(volume) = self.store(&found.parent) else { return };
        let noted = traits_line(&volume, thing, found).map_or(Ok(()), |had| volume.note([had]));
        if let Err(error) = noted {
            self.lose(found, &not_noted("what its permissions were", &error));
        }
        volume.index().touched.insert(thing.key);
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

const NO_ROOM: &str = "too little space is left on its volume";

fn not_noted(what: &str, error: &io::Error) -> String {
    format!("{what} could not be noted: {}", words_of(error))
}

fn too_large(size: u64) -> String {
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
