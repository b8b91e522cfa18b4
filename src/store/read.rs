//! What is in a trash directory.

use std::ffi::{OsStr, OsString};
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread;

use super::envelope::OTHERS_WRITE;
use super::layout::{self, Meaning};
use super::record::{self, Carrier, Found};
use super::{Base, Modes, TrashDir};
use crate::attributes::{ExtendedAttributes, RecordFile};
use crate::error::{Error, ErrorKind, Result};
use crate::item::Stamp::{self, Missing};
use crate::item::{Holder, ItemId, ItemKind, Origin, RecordPlace, Shape, TrashItem, Trust, Untrusted, is_plain_path};
use crate::sys::door::spawn_beside;
use crate::sys::{Dir, Entry, FileKind, Metadata, Name, Timestamp, metadata_of_file};

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
        self.for_each_batch(&|_| true, |batch| {
            batch.into_iter().for_each(&mut each);
            ControlFlow::Continue(())
        })
    }

    /// As [`Self::for_each`], with what was read together: one entry at first, so that it is told at once, then twice as
    /// many each time, of the items whose ID is wanted. `each` may break off.
    pub fn for_each_batch(
        &self,
        is_wanted: &(dyn Fn(ItemId) -> bool + Sync),
        mut each: impl FnMut(Vec<Result<Reading>>) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut entries = Vec::with_capacity(AT_ONCE);
        let (mut enough, mut flow) = (1, ControlFlow::Continue(()));
        let walk = self.dir.for_each_entry(|entry| {
            if matches!(layout::meaning_of(&entry.name), Meaning::Item(id) if !is_wanted(id)) {
                return Ok(());
            }
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

    /// Calls `each` with the ID of every item, and with its kind where the file system tells. No record is read.
    pub fn names(&self, mut each: impl FnMut(ItemId, Option<FileKind>)) -> Result<()> {
        let walk = self.dir.for_each_entry(|entry| {
            if let Meaning::Item(id) = layout::meaning_of(&entry.name) {
                each(id, entry.kind);
            }
            Ok(())
        });
        walk.map_err(|error| Error::system("read the trash directory", &*self.path, error))
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

    /// As [`Self::read`]; `kind` is what the name is, if that is known.
    pub fn read_as(&self, id: ItemId, kind: Option<FileKind>) -> Result<Reading> {
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
        let reading = match id.told() {
            None => self.read_older(id, name, kind)?,
            Some(told) => self.read_told(id, told.shape, name, kind)?,
        };
        // A restore erases the record of what it has moved away, perhaps while we were reading it.
        if let Reading::Item(TrashItem { id, origin: Origin::Unknown, .. }) | Reading::Abandoned { id, .. } = &reading {
            self.dir.metadata_of(Name::new(&id.to_string())?)?;
        }
        Ok(reading)
    }

    /// What the name tells is known, whatever can be read of the record: so a record that cannot be read is missing.
    fn read_told(&self, id: ItemId, shape: Shape, name: Name<'_>, kind: FileKind) -> io::Result<Reading> {
        let is_envelope = matches!(shape, Shape::Envelope | Shape::RecordFile);
        match kind {
            FileKind::Directory if is_envelope => self.read_envelope(id, shape, name),
            FileKind::File | FileKind::Directory if !is_envelope => self.read_own(id, shape, name),
            // rrm puts these into envelopes only; one without is nothing that it knows.
            _ => Ok(self.without_record(id, &self.dir.metadata_of(name)?, Holder::Item)),
        }
    }

    fn read_own(&self, id: ItemId, shape: Shape, name: Name<'_>) -> io::Result<Reading> {
        let Ok(file) = self.dir.open_file(name) else {
            return Ok(self.without_record(id, &self.dir.metadata_of(name)?, Holder::Item));
        };
        let (mut id, mut is) = (id, metadata_of_file(&file)?);
        if self.trust_in(&is) == Trust::Open {
            (id, is) = self.close_what_was_left(id, &file)?;
        }
        let is_doubted = shape == Shape::Doubted || id.told().is_some_and(|told| told.shape == Shape::Doubted);
        let trust = if is_doubted { Trust::Open } else { self.trust_in(&is) };
        Ok(match record::read(&*self.attributes, &file, carrier_of(&is)) {
            Ok(found) => self.item(id, &is, found, Holder::Item, trust),
            Err(_) => self.without_record(id, &is, Holder::Item),
        })
    }

    fn read_envelope(&self, id: ItemId, shape: Shape, name: Name<'_>) -> io::Result<Reading> {
        let envelope = self.dir.open_dir(name)?;
        let carrier = envelope.metadata()?;
        let metadata = match envelope.metadata_of(layout::ITEM) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(abandoned(id, &carrier)),
            metadata => metadata?,
        };
        let attributes: &dyn ExtendedAttributes =
            if shape == Shape::RecordFile { &RecordFile } else { &*self.attributes };
        let found = envelope.readable().and_then(|file| record::read(attributes, &file, Carrier::Directory));
        Ok(match found {
            Ok(found) => self.item(id, &metadata, found, Holder::Envelope, self.trust_in(&carrier)),
            Err(_) => self.without_record(id, &metadata, Holder::Envelope),
        })
    }

    fn without_record(&self, id: ItemId, metadata: &Metadata, holder: Holder) -> Reading {
        self.item(id, metadata, Found::default(), holder, Trust::Open)
    }

    pub(super) fn item(&self, id: ItemId, metadata: &Metadata, found: Found, holder: Holder, trust: Trust) -> Reading {
        Reading::Item(TrashItem {
            id,
            trash: self.path.clone(),
            kind: kind_of(metadata.kind),
            size: if metadata.is_dir() { found.size } else { Some(metadata.size) },
            origin: self.origin(found.original_path),
            trashed: id.told().map_or(Missing, |told| Stamp::At(told.removed)),
            deletion: found.deletion,
            session: found.session.map(OsString::into_boxed_os_str),
            mode: None,
            holder,
            trust,
            keep: found.keep,
        })
    }

    /// Whether a record is believed that is on what has this metadata: it is ours, and nobody else may write it. The bits
    /// of the group are the mask of an access list (acl(5)).
    ///
    /// Where there are no modes, as on a stick, whoever may write to the volume may write all on it. There a record leads
    /// nowhere but to that volume.
    pub(super) fn trust_in(&self, carrier: &Metadata) -> Trust {
        let is_closed = carrier.mode & OTHERS_WRITE == 0;
        let cannot_be = self.modes == Modes::Fixed && matches!(self.base, Base::Relative(_));
        if carrier.uid == self.owner && (is_closed || cannot_be) { Trust::Believed } else { Trust::Open }
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
        let has_none = item.origin == Origin::Unknown && item.deletion == Missing;
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

pub(super) fn abandoned(id: ItemId, metadata: &Metadata) -> Reading {
    Reading::Abandoned { id, modified: metadata.modified }
}

pub(super) fn carrier_of(metadata: &Metadata) -> Carrier {
    if metadata.is_dir() { Carrier::Directory } else { Carrier::File }
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
