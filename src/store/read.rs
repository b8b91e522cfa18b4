//! What is in a trash directory.

use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread;

use super::layout::{self, Meaning};
use super::record::{self, Found, Marked};
use super::{Base, TrashDir};
use crate::attributes::RecordFile;
use crate::error::{Error, ErrorKind, Result};
use crate::item::Stamp::Missing;
use crate::item::{Holder, ItemId, ItemKind, Origin, RecordPlace, TrashItem, Untrusted, is_plain_path};
use crate::sys::door::spawn_beside;
use crate::sys::{Dir, Entry, FileKind, Metadata, Name, Timestamp};

/// How many entries are read before the first of them is told: the more, the more memory.
const AT_ONCE: usize = 512;

/// From how many entries on a second thread is worth its start.
const WORTHWHILE: usize = 64;

/// What a name in a trash directory turned out to be.
#[derive(Debug)]
pub enum Reading {
    /// An item.
    Item(TrashItem),
    /// What an interrupted command left: an envelope without an item. Nothing of a person's is in it.
    Abandoned {
        /// Its name.
        id: ItemId,
        /// When it was last changed.
        modified: Timestamp,
    },
    /// It was there a moment ago; another command took it.
    Gone,
}

impl TrashDir {
    /// Calls `each` with everything in the trash directory, or with why it could not be read. One that cannot be read
    /// does not keep the others from being told.
    pub fn for_each(&self, mut each: impl FnMut(Result<Reading>)) -> Result<()> {
        self.for_each_batch(|batch| {
            batch.into_iter().for_each(&mut each);
            ControlFlow::Continue(())
        })
    }

    /// As [`Self::for_each`], with what was read together: one entry at first, so that it is told at once, then twice as
    /// many each time. `each` may break off.
    pub fn for_each_batch(&self, mut each: impl FnMut(Vec<Result<Reading>>) -> ControlFlow<()>) -> Result<()> {
        let mut entries = Vec::with_capacity(AT_ONCE);
        let (mut enough, mut flow) = (1, ControlFlow::Continue(()));
        let walk = self.dir.for_each_entry(|entry| {
            entries.push(entry);
            if entries.len() < enough {
                return Ok(());
            }
            enough = AT_ONCE.min(2 * enough);
            let batch = self.read_in_two_threads(&entries);
            entries.clear();
            flow = each(batch);
            if flow.is_break() { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
        });
        if flow.is_break() || each(self.read_in_two_threads(&entries)).is_break() {
            return Ok(());
        }
        walk.map_err(|error| Error::system("read the trash directory", &*self.path, error))
    }

    /// Reads entries in their order. Each takes several calls that wait for nobody, so that two threads need half the
    /// time; a thread costs as much as a few entries.
    fn read_in_two_threads(&self, entries: &[Entry]) -> Vec<Result<Reading>> {
        let (some, others) = entries.split_at(entries.len() / 2);
        let read = |entries: &[Entry]| entries.iter().filter_map(|entry| self.read_entry(entry)).collect::<Vec<_>>();
        if some.len() < WORTHWHILE {
            return read(entries);
        }
        thread::scope(|scope| {
            let second = spawn_beside(scope, || read(others));
            let mut readings = read(some);
            let rest = second.and_then(|second| second.join().ok());
            readings.extend(rest.unwrap_or_else(|| read(others)));
            readings
        })
    }

    fn read_entry(&self, entry: &Entry) -> Option<Result<Reading>> {
        match layout::meaning_of(&entry.name) {
            Meaning::Item(id) => Some(self.read_as(id, entry.kind)),
            Meaning::Ours => None,
            Meaning::Foreign => Some(Err(self.foreign(&entry.name))),
        }
    }

    /// At most so many of the items whose ID is wanted, in no order; those that cannot be read are passed over.
    pub fn some_items(&self, most: usize, is_wanted: impl Fn(&ItemId) -> bool) -> io::Result<Vec<TrashItem>> {
        let mut items = Vec::new();
        self.dir.for_each_entry(|entry| {
            if let Meaning::Item(id) = layout::meaning_of(&entry.name)
                && items.len() < most
                && is_wanted(&id)
                && let Ok(Reading::Item(item)) = self.read_as(id, entry.kind)
            {
                items.push(item);
            }
            Ok(())
        })?;
        Ok(items)
    }

    fn foreign(&self, name: &OsStr) -> Error {
        Error::new(ErrorKind::Foreign, "use", self.path.join(name), "rrm did not put it there")
    }

    /// Reads the item with this ID: one `openat` away, whatever else the trash holds.
    pub fn read(&self, id: ItemId) -> Result<Reading> {
        self.read_as(id, None)
    }

    fn read_as(&self, id: ItemId, kind: Option<FileKind>) -> Result<Reading> {
        match self.try_read(id, kind) {
            Ok(reading) => Ok(reading),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Reading::Gone),
            Err(error) => Err(Error::system("read", self.path.join(id.to_string()), error)),
        }
    }

    fn try_read(&self, id: ItemId, kind: Option<FileKind>) -> io::Result<Reading> {
        let text = id.to_string();
        let name = Name::new(&text)?;
        let kind = match kind {
            Some(kind) => kind,
            None => self.dir.metadata_of(name)?.kind,
        };
        let reading = match kind {
            FileKind::File => self.read_own(id, name)?,
            FileKind::Directory => self.read_directory(id, name)?,
            // rrm puts these into envelopes only; one without is nothing that it knows.
            _ => self.item(id, &self.dir.metadata_of(name)?, nothing_found(), Holder::Item),
        };
        // A restore erases the record of what it has moved away, perhaps while we were reading it.
        if !matches!(&reading, Reading::Item(item) if item.origin != Origin::Unknown) {
            self.dir.metadata_of(name)?;
        }
        Ok(reading)
    }

    fn read_own(&self, id: ItemId, name: Name<'_>) -> io::Result<Reading> {
        let file = self.dir.open_file(name)?;
        let found = record::read(&*self.attributes, &file)?;
        let metadata = crate::sys::metadata_of_file(&file)?;
        Ok(self.item(id, &metadata, found, Holder::Item))
    }

    fn read_directory(&self, id: ItemId, name: Name<'_>) -> io::Result<Reading> {
        let file = self.dir.open_file(name)?;
        let found = record::read(&*self.attributes, &file)?;
        if found.original_path.is_none() {
            // The record may be in a file, whatever became of the mark on the directory itself.
            let dir = self.dir.open_dir(name)?;
            if RecordFile::is_in(&dir)? {
                return self.read_envelope(id, name, record::read(&RecordFile, &file)?);
            }
        }
        if found.envelope == Marked::Envelope {
            return self.read_envelope(id, name, found);
        }
        if found.original_path.is_none() {
            let dir = self.dir.open_dir(name)?;
            if dir.is_empty()? || RecordFile::is_unfinished_in(&dir)? {
                return Ok(abandoned(id, &dir.metadata()?));
            }
        }
        let metadata = crate::sys::metadata_of_file(&file)?;
        Ok(self.item(id, &metadata, found, Holder::Item))
    }

    fn read_envelope(&self, id: ItemId, name: Name<'_>, found: Found) -> io::Result<Reading> {
        let envelope = self.dir.open_dir(name)?;
        match envelope.metadata_of(layout::ITEM) {
            Ok(metadata) => Ok(self.item(id, &metadata, found, Holder::Envelope)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(abandoned(id, &envelope.metadata()?)),
            Err(error) => Err(error),
        }
    }

    fn item(&self, id: ItemId, metadata: &Metadata, found: Found, holder: Holder) -> Reading {
        Reading::Item(TrashItem {
            id,
            trash: self.path.clone(),
            kind: kind_of(metadata.kind),
            size: if metadata.is_dir() { found.size } else { Some(metadata.size) },
            origin: self.origin(found.original_path),
            trashed: found.trashed,
            deletion: found.deletion,
            session: found.session.map(OsString::into_boxed_os_str),
            mode: found.mode,
            holder,
            keep: found.keep,
        })
    }

    /// Believes a recorded path only where it cannot lead out of what this trash directory serves.
    ///
    /// # Security
    /// Whoever can write to a shared drive can plant a trash directory on it, with records that would have a restore
    /// write anywhere.
    pub(super) fn origin(&self, recorded: Option<PathBuf>) -> Origin {
        let Some(recorded) = recorded else { return Origin::Unknown };
        let reason = match &self.base {
            _ if !is_plain_path(&recorded) => "it is not a plain path",
            Base::Absolute if recorded.is_relative() => "a relative path in a trash that keeps absolute ones",
            Base::Relative(_) if recorded.is_absolute() => "an absolute path in the trash of a volume",
            Base::Absolute => return Origin::Known(recorded),
            Base::Relative(base) => return Origin::Known(base.join(recorded)),
        };
        Origin::Untrusted(Box::new(Untrusted { recorded, reason }))
    }

    /// Where the item is now.
    #[must_use]
    pub fn place_of(&self, item: &TrashItem) -> PathBuf {
        let place = self.path.join(item.id.to_string());
        match item.holder {
            Holder::Item => place,
            Holder::Envelope => place.join(layout::ITEM.as_os_str()),
        }
    }

    /// Where the item's record is: looked for in the order in which it is read.
    pub fn record_place(&self, item: &TrashItem) -> io::Result<RecordPlace> {
        let has_none = item.origin == Origin::Unknown && (&item.trashed, &item.deletion) == (&Missing, &Missing);
        if has_none || item.holder == Holder::Item {
            return Ok(if has_none { RecordPlace::Nowhere } else { RecordPlace::Item });
        }
        let id = item.id.to_string();
        let envelope = self.dir.open_dir(Name::new(&id)?)?;
        let present = self.attributes.list(&envelope.readable()?)?;
        let carries = present.iter().any(|name| name == record::ORIGINAL_PATH);
        Ok(if !carries && RecordFile::is_in(&envelope)? { RecordPlace::File } else { RecordPlace::Envelope })
    }

    /// Opens the directory that holds the item and says under which name.
    pub fn holding(&self, item: &TrashItem) -> io::Result<(Holding<'_>, OsString)> {
        let id = OsString::from(item.id.to_string());
        match item.holder {
            Holder::Item => Ok((Holding::Trash(&self.dir), id)),
            Holder::Envelope => {
                let name = Name::new(&id)?;
                Ok((Holding::Envelope(self.dir.open_dir(name)?), layout::ITEM.as_os_str().to_owned()))
            }
        }
    }
}

/// The directory that holds an item.
pub enum Holding<'a> {
    /// The trash directory itself.
    Trash(&'a Dir),
    /// The item's envelope.
    Envelope(Dir),
}

impl Holding<'_> {
    /// The directory, to be kept.
    pub(super) fn into_dir(self) -> io::Result<Dir> {
        match self {
            Self::Trash(dir) => dir.try_clone(),
            Self::Envelope(dir) => Ok(dir),
        }
    }
}

impl std::ops::Deref for Holding<'_> {
    type Target = Dir;

    fn deref(&self) -> &Dir {
        match self {
            Self::Trash(dir) => dir,
            Self::Envelope(dir) => dir,
        }
    }
}

fn abandoned(id: ItemId, metadata: &Metadata) -> Reading {
    Reading::Abandoned { id, modified: metadata.modified }
}

fn nothing_found() -> Found {
    Found {
        original_path: None,
        trashed: Missing,
        deletion: Missing,
        session: None,
        mode: None,
        keep: crate::item::Keep::No,
        size: None,
        envelope: Marked::Plain,
    }
}

/// The kinds of the kernel are the kinds of an item; an unknown one is shown as what it can at least be moved as.
#[must_use]
pub fn kind_of(kind: FileKind) -> ItemKind {
    match kind {
        FileKind::File | FileKind::Unknown => ItemKind::File,
        FileKind::Directory => ItemKind::Directory,
        FileKind::Symlink => ItemKind::Symlink,
        FileKind::Fifo => ItemKind::Fifo,
        FileKind::Socket => ItemKind::Socket,
        FileKind::BlockDevice => ItemKind::BlockDevice,
        FileKind::CharDevice => ItemKind::CharDevice,
    }
}
