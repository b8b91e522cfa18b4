//! One item, read from its place.

pub(super) mod listing;
pub(super) mod older;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::attributes::{ExtendedAttributes, RecordFile};
use crate::error::{Error, Result};
use crate::item::Stamp::{self, Missing};
use crate::item::{
    Grower, Guarded, Holder, ItemId, ItemKind, Keep, Origin, RecordPlace, Shape, Shelf, Spot, TrashItem, Trust,
    Untrusted, is_plain_path,
};
use crate::store::OTHERS_WRITE;
use crate::store::record::keys::ORIGINAL_PATH;
use crate::store::record::{self, Carrier, Found};
use crate::store::spot::At;
use crate::store::{Base, Modes, TrashDir, guarded, layout};
use crate::sys::{FileKind, Metadata, Name, Timestamp, if_there, metadata_of_file};

/// What a name in a trash directory turned out to be.
#[derive(Debug)]
pub enum Reading {
    /// An item.
    Item(TrashItem),
    /// What an interrupted command left: an envelope without an item. Nothing of a person's is in it.
    Abandoned {
        /// Where it is.
        spot: Spot,
        /// When it was last changed.
        modified: Timestamp,
    },
    /// It was there a moment ago; another command took it.
    Gone,
}

impl TrashDir {
    /// Reads the item with this ID: a few calls, whatever else the trash holds, unless it is kept.
    pub fn read(&self, id: ItemId) -> Result<Reading> {
        // Somebody may keep or release it between two looks.
        for _ in 0..2 {
            match self.read_spot(Spot::in_trash(id), None)? {
                Reading::Gone => {}
                reading => return Ok(reading),
            }
            if let Some(kept) = self.kept_spot(id)
                && let reading @ (Reading::Item(_) | Reading::Abandoned { .. }) = self.read_spot(kept, None)?
            {
                return Ok(reading);
            }
        }
        Ok(Reading::Gone)
    }

    /// Under what name the item with this ID is kept, if it is.
    fn kept_spot(&self, id: ItemId) -> Option<Spot> {
        let mut found = None;
        let kept = self.shelf(Shelf::Kept).ok()?;
        let walk = kept.for_each_entry(|entry| {
            found = found.or(Spot::from_kept_name(&entry.name).filter(|spot| spot.id == id));
            Ok(())
        });
        walk.ok().and(found)
    }

    /// Reads the item at this place; `kind` is what the name is, if that is known.
    pub fn read_spot(&self, spot: Spot, kind: Option<FileKind>) -> Result<Reading> {
        let failed = |error| Error::system("read", self.path.join(spot.path()), error);
        let shelf = if_there(self.shelf(spot.shelf())).map_err(failed)?;
        shelf.map_or(Ok(Reading::Gone), |dir| self.read_at(&At::new(&dir, spot), kind))
    }

    pub(in crate::store) fn read_at(&self, at: &At<'_>, kind: Option<FileKind>) -> Result<Reading> {
        let read = if_there(self.try_read(at, kind)).map(|reading| reading.unwrap_or(Reading::Gone));
        read.map_err(|error| Error::system("read", self.path.join(at.spot.path()), error))
    }

    fn try_read(&self, at: &At<'_>, kind: Option<FileKind>) -> io::Result<Reading> {
        let kind = match kind {
            Some(kind) => kind,
            None => at.dir.metadata_of(at.name()?)?.kind,
        };
        let reading = match at.spot.id.told() {
            None => self.read_older(at, kind)?,
            Some(told) => self.read_told(at, told.shape, kind)?,
        };
        // A restore erases the record of what it has moved away, perhaps while we were reading it.
        let read = match &reading {
            Reading::Item(item) if item.origin == Origin::Unknown => Some(item.spot()),
            Reading::Abandoned { spot, .. } => Some(*spot),
            Reading::Item(_) | Reading::Gone => None,
        };
        if let Some(spot) = read {
            at.dir.metadata_of(Name::new(&spot.name())?)?;
        }
        Ok(reading)
    }

    /// What the name tells is known, whatever can be read of the record: so a record that cannot be read is missing.
    fn read_told(&self, at: &At<'_>, shape: Shape, kind: FileKind) -> io::Result<Reading> {
        let is_envelope = matches!(shape, Shape::Envelope | Shape::RecordFile);
        match kind {
            FileKind::Directory if is_envelope => self.read_envelope(at, shape),
            FileKind::File | FileKind::Directory if !is_envelope => self.read_own(at, shape),
            // rrm puts these into envelopes only; one without is nothing that it knows.
            _ => Ok(self.without_record(at, &at.dir.metadata_of(at.name()?)?, Holder::Item)),
        }
    }

    fn read_own(&self, at: &At<'_>, shape: Shape) -> io::Result<Reading> {
        let Ok(file) = at.dir.open_file(at.name()?) else {
            return Ok(self.without_record(at, &at.dir.metadata_of(at.name()?)?, Holder::Item));
        };
        let (mut spot, mut is) = (at.spot, metadata_of_file(&file)?);
        if self.trust_in(&is) == Trust::Open {
            (spot, is) = self.close_what_was_left(at, &file)?;
        }
        let is_doubted = shape == Shape::Doubted || spot.id.told().is_some_and(|told| told.shape == Shape::Doubted);
        let trust = if is_doubted { Trust::Open } else { self.trust_in(&is) };
        let at = At::new(at.dir, spot);
        Ok(match record::read(&*self.attributes, &file, Carrier::of(&is)) {
            Ok(found) => self.item(&at, &is, found, Holder::Item, trust),
            Err(_) => self.without_record(&at, &is, Holder::Item),
        })
    }

    fn read_envelope(&self, at: &At<'_>, shape: Shape) -> io::Result<Reading> {
        let envelope = at.dir.open_dir(at.name()?)?;
        let carrier = envelope.metadata()?;
        let Some(metadata) = if_there(envelope.metadata_of(layout::ITEM))? else {
            return Ok(abandoned(at.spot, &carrier));
        };
        let attributes: &dyn ExtendedAttributes =
            if shape == Shape::RecordFile { &RecordFile } else { &*self.attributes };
        let found = envelope.readable().and_then(|file| {
            let guarded = guarded::mark_of(attributes, &file)?;
            Ok((record::read(attributes, &file, Carrier::Directory)?, guarded))
        });
        Ok(match found {
            Ok((found, guarded)) => {
                self.item(at, &metadata, found, Holder::Envelope, self.trust_in(&carrier)).marked(guarded)
            }
            Err(_) => self.without_record(at, &metadata, Holder::Envelope),
        })
    }

    pub(in crate::store) fn without_record(&self, at: &At<'_>, metadata: &Metadata, holder: Holder) -> Reading {
        self.item(at, metadata, Found::default(), holder, Trust::Open)
    }

    pub(in crate::store) fn item(
        &self,
        at: &At<'_>,
        metadata: &Metadata,
        found: Found,
        holder: Holder,
        trust: Trust,
    ) -> Reading {
        let Spot { id, kept } = at.spot;
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
            grower: self.grower(id, metadata, trust),
            keep: kept.unwrap_or(Keep::No),
            shelf: at.spot.shelf(),
            guarded: Guarded::No,
        })
    }

    /// Who may still make larger what has this metadata; what is in a directory is not looked at.
    fn grower(&self, id: ItemId, metadata: &Metadata, trust: Trust) -> Grower {
        let was_closed = id.told().is_some_and(|told| told.lent.taken != 0);
        let only_us = metadata.is_written_by_one(self.owner) && !was_closed && trust == Trust::Believed;
        if only_us { Grower::Us } else { Grower::Others }
    }

    /// Whether a record is believed that is on what has this metadata: it is ours, and nobody else may write it. The bits
    /// of the group are the mask of an access list (acl(5)).
    ///
    /// Where there are no modes, as on a stick, whoever may write to the volume may write all on it. There a record leads
    /// nowhere but to that volume.
    pub(in crate::store) fn trust_in(&self, carrier: &Metadata) -> Trust {
        let is_closed = carrier.mode & OTHERS_WRITE == 0;
        let cannot_be = self.modes == Modes::Fixed && matches!(self.base, Base::Relative(_));
        if carrier.uid == self.owner && (is_closed || cannot_be) { Trust::Believed } else { Trust::Open }
    }

    /// Believes a recorded path only where it cannot lead out of what this trash directory serves.
    ///
    /// # Security
    /// Whoever can write to a shared drive can plant a trash directory on it, with records that would have a restore
    /// write anywhere.
    pub(in crate::store) fn origin(&self, recorded: Option<PathBuf>) -> Origin {
        let Some(recorded) = recorded else { return Origin::Unknown };
        let reason = match &self.base {
            _ if !is_plain_path(&recorded) => "it is not a plain path",
            Base::Absolute if recorded.is_relative() => "a relative path where an absolute one is expected",
            Base::Relative(_) if recorded.is_absolute() => "an absolute path where a relative one is expected",
            Base::Absolute => return Origin::Known(recorded),
            Base::Relative(base) => return Origin::Known(base.join(recorded)),
        };
        Origin::Untrusted(Box::new(Untrusted { recorded, reason }))
    }

    /// Where the item is now.
    #[must_use]
    pub fn place_of(&self, item: &TrashItem) -> PathBuf {
        let place = self.path.join(item.spot().path());
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
        let envelope = self.shelf(item.shelf)?.open_dir(Name::new(&item.spot().name())?)?;
        let present = self.attributes.list(&envelope.readable()?)?;
        let carries = present.iter().any(|name| name == ORIGINAL_PATH);
        Ok(if !carries && RecordFile::is_in(&envelope)? { RecordPlace::File } else { RecordPlace::Envelope })
    }
}

impl Reading {
    fn marked(self, guarded: Guarded) -> Self {
        match self {
            Self::Item(item) => Self::Item(TrashItem { guarded, ..item }),
            other => other,
        }
    }
}

pub(in crate::store) fn abandoned(spot: Spot, metadata: &Metadata) -> Reading {
    Reading::Abandoned { spot, modified: metadata.modified }
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
