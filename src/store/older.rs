//! Items that older versions of rrm made: random UUIDs of version 4, which tell nothing, so that all about them is in
//! their attributes. Nothing like them is written any more, and nothing is converted.

use std::fs::File;
use std::io;

use super::read::{Reading, abandoned, carrier_of};
use super::record::{self, Found};
use super::{TrashDir, layout};
use crate::attributes::{ExtendedAttributes, RecordFile};
use crate::item::{Holder, ItemId, Stamp, TrashItem, Trust};
use crate::sys::{Dir, FileKind, Metadata, Name, metadata_of_file};

/// When it was removed: RFC 3339, UTC, nanoseconds. The first version wrote none.
pub(super) const TRASHED_DATE: &str = "trashed_date";
/// The permission bits to give back, in octal, where a directory had to be made writable to be moved.
pub(super) const MODE: &str = "rrm_mode";
/// Marks the directory that carries it as an envelope, for the item in it.
pub(super) const ENVELOPE: &str = "rrm_envelope";

/// What only an older record tells.
struct Older {
    trashed: Stamp,
    mode: Option<u32>,
    is_envelope: bool,
}

fn read(attributes: &dyn ExtendedAttributes, file: &File) -> io::Result<(Found, Older)> {
    let found = record::read(attributes, file, carrier_of(&metadata_of_file(file)?))?;
    let older = Older {
        trashed: record::decode_date(attributes.get(file, TRASHED_DATE)?),
        mode: attributes.get(file, MODE)?.and_then(|value| decode_mode(&value)),
        is_envelope: is_marked(attributes, file)?,
    };
    Ok((found, older))
}

/// Whether a directory says that it is an envelope. Only one with an ID of version 4 may say so.
pub(super) fn is_marked(attributes: &dyn ExtendedAttributes, directory: &File) -> io::Result<bool> {
    Ok(attributes.get(directory, ENVELOPE)?.is_some())
}

fn decode_mode(value: &[u8]) -> Option<u32> {
    let mode = u32::from_str_radix(std::str::from_utf8(value).ok()?, 8).ok()?;
    (mode <= 0o7777).then_some(mode)
}

impl TrashDir {
    pub(super) fn read_older(&self, id: ItemId, name: Name<'_>, kind: FileKind) -> io::Result<Reading> {
        match kind {
            FileKind::File => {
                let file = self.dir.open_file(name)?;
                let (found, older) = read(&*self.attributes, &file)?;
                Ok(self.older_item(id, &metadata_of_file(&file)?, (found, older), None))
            }
            FileKind::Directory => self.read_older_directory(id, name),
            // rrm put these into envelopes only; one without is nothing that it knows.
            _ => Ok(self.item(id, &self.dir.metadata_of(name)?, Found::default(), Holder::Item, Trust::Open)),
        }
    }

    fn read_older_directory(&self, id: ItemId, name: Name<'_>) -> io::Result<Reading> {
        let file = self.dir.open_file(name)?;
        let (found, older) = read(&*self.attributes, &file)?;
        let dir = self.dir.open_dir(name)?;
        if found.original_path.is_none() && RecordFile::is_in(&dir)? {
            // The record may be in a file, whatever became of the mark on the directory itself.
            return self.read_older_envelope(id, &dir, read(&RecordFile, &file)?);
        }
        if older.is_envelope {
            return self.read_older_envelope(id, &dir, (found, older));
        }
        if found.original_path.is_none() && (dir.is_empty()? || RecordFile::is_unfinished_in(&dir)?) {
            return Ok(abandoned(id, &dir.metadata()?));
        }
        Ok(self.older_item(id, &metadata_of_file(&file)?, (found, older), None))
    }

    fn read_older_envelope(&self, id: ItemId, envelope: &Dir, found: (Found, Older)) -> io::Result<Reading> {
        let carrier = envelope.metadata()?;
        match envelope.metadata_of(layout::ITEM) {
            Ok(metadata) => Ok(self.older_item(id, &metadata, found, Some(&carrier))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(abandoned(id, &carrier)),
            Err(error) => Err(error),
        }
    }

    /// An item, the record of which is on its `envelope` or on itself.
    fn older_item(
        &self,
        id: ItemId,
        metadata: &Metadata,
        (found, older): (Found, Older),
        envelope: Option<&Metadata>,
    ) -> Reading {
        let holder = if envelope.is_some() { Holder::Envelope } else { Holder::Item };
        let trust = self.trust_in(envelope.unwrap_or(metadata));
        match self.item(id, metadata, found, holder, trust) {
            Reading::Item(item) => Reading::Item(TrashItem { trashed: older.trashed, mode: older.mode, ..item }),
            reading => reading,
        }
    }
}
