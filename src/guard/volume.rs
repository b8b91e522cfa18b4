//! What a run keeps on one volume, while it goes on.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::journal::{By, Entry, Key, entries};
use crate::error::is_about_room;
use crate::rules::retention::Free;
use crate::store::{Guard, Run, TrashDir};
use crate::sys;

/// Of how many names one has the disk asked whether there is room: to ask costs as much as a link.
const OFTEN: u64 = 32;

/// The directory of a run on one volume, and what is known of what was put there.
pub(super) struct Volume {
    pub(super) trash: Arc<TrashDir>,
    pub(super) guard: Guard,
    journal: Mutex<Journal>,
    next: AtomicU64,
    /// How many names were to be kept.
    names: AtomicU64,
    /// What the disk said when it was last asked for its free space.
    has_room: AtomicBool,
    pub(super) index: Mutex<Index>,
    /// Held while a content is copied: whoever is about to cut the same file waits until that is done.
    pub(super) copying: Mutex<()>,
}

struct Journal {
    file: File,
    /// Whether its last line may be cut short.
    is_torn: bool,
    is_flushed: bool,
}

/// What is known of inodes, so that each thing is done once.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Whose content is copied.
    pub(super) contents: HashSet<Key>,
    /// Whose content is too large for a copy and cannot share its blocks with one.
    pub(super) too_large: HashSet<Key>,
    /// What they had is written down.
    pub(super) had: HashSet<Key>,
    /// What the run has changed in a way that was seen and is no change of content.
    pub(super) touched: HashSet<Key>,
    /// Of which the run has moved a name.
    pub(super) moved: HashSet<Key>,
    /// What got another name by us a moment ago: a call that was interrupted comes again.
    linked: VecDeque<Key>,
}

impl Index {
    /// How many links are remembered.
    const RECENT: usize = 64;

    pub(super) fn note_link(&mut self, key: Key) {
        self.linked.truncate(Self::RECENT);
        self.linked.push_front(key);
    }

    pub(super) fn note_move(&mut self, key: Key) {
        self.touched.insert(key);
        self.moved.insert(key);
    }

    /// Whether the time of the last change of an inode says nothing of its content.
    pub(super) fn is_touched(&self, key: Key) -> bool {
        self.touched.contains(&key) || self.linked.contains(&key)
    }
}

impl Volume {
    /// A new one in this trash directory.
    pub(super) fn begin(trash: Arc<TrashDir>, id: crate::item::ItemId, first: &Entry) -> io::Result<Self> {
        let (guard, file) = trash.begin_guard(id, first.to_line().as_bytes())?;
        Ok(Self::of(trash, guard, Journal { file, is_torn: false, is_flushed: true }, 1, Index::default()))
    }

    /// The same as it is now, for a process that has inherited it; nothing, if it has come to its end: a plan that is written
    /// is carried out, and knows of nothing that is kept later.
    pub(super) fn renewed(self) -> Option<Self> {
        let is_open = self.journal().file.metadata().is_ok_and(|is| is.nlink() > 0);
        let has_no_plan = matches!(self.guard.read(Run::Plan), Ok(None));
        (is_open && has_no_plan).then(|| Self::again(self.trash, self.guard).ok()).flatten()
    }

    fn again(trash: Arc<TrashDir>, guard: Guard) -> io::Result<Self> {
        let told = entries(&guard.journal_text()?);
        let contents = guard.contents()?;
        let index = index_of(&told, &contents.numbers);
        // A number is written down before anything has it, and is not given again.
        let noted = told.iter().filter_map(Entry::number);
        let last = contents.numbers.iter().chain(&contents.unfinished).copied().chain(noted).max().unwrap_or(0);
        let file = guard.journal_to_append()?;
        Ok(Self::of(trash, guard, Journal { file, is_torn: true, is_flushed: false }, last + 1, index))
    }

    fn of(trash: Arc<TrashDir>, guard: Guard, journal: Journal, next: u64, index: Index) -> Self {
        Self {
            trash,
            guard,
            journal: Mutex::new(journal),
            next: AtomicU64::new(next),
            names: AtomicU64::new(0),
            has_room: AtomicBool::new(true),
            index: Mutex::new(index),
            copying: Mutex::new(()),
        }
    }

    /// Ends the work on it and gives the directory.
    pub(super) fn into_guard(self) -> (Arc<TrashDir>, Guard) {
        (self.trash, self.guard)
    }

    /// A number that nothing has.
    pub(super) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes lines down, in this order and with nothing between them.
    pub(super) fn note(&self, lines: impl IntoIterator<Item = Entry>) -> io::Result<()> {
        let (mut text, mut had) = (String::new(), Vec::new());
        for line in lines {
            had.extend(if let Entry::Had { thing, .. } = &line { Some(thing.key) } else { None });
            text.push_str(&line.to_line());
        }
        let noted = self.append(&text);
        if noted.is_err() {
            // The next to change it tries again.
            let mut index = self.index();
            index.had.retain(|key| !had.contains(key));
        }
        noted
    }

    fn append(&self, text: &str) -> io::Result<()> {
        let mut journal = self.journal();
        let Journal { file, is_torn, is_flushed } = &mut *journal;
        *is_flushed = false;
        self.trash.making_room(|| {
            let whole = if *is_torn { Cow::Owned(format!("\n{text}")) } else { Cow::Borrowed(text) };
            *is_torn = true;
            sys::write(file, whole.as_bytes())?;
            *is_torn = false;
            Ok(())
        })
    }

    /// Links a name, with room made for it where there is none.
    pub(super) fn link(&self, number: u64, from: &sys::Dir, name: sys::Name<'_>) -> io::Result<()> {
        self.trash.making_room(|| self.guard.link(number, from, name))
    }

    /// Makes a copy under a number: `copy` makes it under the name that it gets.
    pub(super) fn copy(
        &self,
        number: u64,
        copy: impl Fn(&sys::Dir, sys::Name<'_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let name = Guard::unfinished(number);
        let name = sys::Name::new(&name)?;
        let copied = self.trash.making_room(|| {
            let copied = copy(self.guard.dir(), name);
            if copied.as_ref().is_err_and(is_about_room) {
                self.guard.discard_copy(number).ok();
            }
            copied
        });
        let finished = copied.and_then(|()| self.guard.finish_copy(number));
        if finished.is_err() {
            self.guard.discard_copy(number).ok();
        }
        finished
    }

    /// Brings to the disk what was written down, and the names of what is kept: a file system may write first that a name is
    /// gone, and never the other.
    pub(super) fn flush(&self) -> io::Result<()> {
        let file = {
            let mut journal = self.journal();
            if journal.is_flushed {
                return Ok(());
            }
            journal.is_flushed = true;
            journal.file.try_clone()?
        };
        sys::flush_file(&file)?;
        sys::flush(self.guard.dir())
    }

    /// Whether so much of the volume is free.
    pub(super) fn has_room(&self, floor: Free) -> bool {
        let space = self.trash.dir().space().ok().flatten();
        let has_room = space.is_none_or(|space| space.available >= floor.bytes_of(space.size));
        self.has_room.store(has_room, Ordering::Relaxed);
        has_room
    }

    /// The same for a name, of which one in so many has the disk asked.
    pub(super) fn has_room_for_a_name(&self, floor: Free) -> bool {
        let names = self.names.fetch_add(1, Ordering::Relaxed);
        if names.is_multiple_of(OFTEN) { self.has_room(floor) } else { self.has_room.load(Ordering::Relaxed) }
    }
}

fn index_of(entries: &[Entry], numbers: &[u64]) -> Index {
    let mut index = Index::default();
    for entry in entries {
        match entry {
            Entry::Content { number, thing, .. } if numbers.contains(number) => {
                index.contents.insert(thing.key);
            }
            Entry::Had { thing, .. } => {
                index.had.insert(thing.key);
                index.touched.insert(thing.key);
            }
            Entry::Kept { thing, by: By::Link, .. } => index.note_link(thing.key),
            Entry::Moved { thing, .. } => index.note_move(thing.key),
            Entry::Exchanged { one, other, .. } => {
                [one, other].into_iter().for_each(|thing| index.note_move(thing.key));
            }
            _ => {}
        }
    }
    index
}
