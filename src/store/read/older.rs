//! Items that older versions of rrm made: random UUIDs of version 4, which tell nothing, so that all about them is in
//! their attributes. Nothing like them is written any more, and nothing is converted.

use std::io;

use crate::attributes::RecordFile;
use crate::item::{Holder, Shelf, TrashItem, Trust};
use crate::store::read::{Reading, abandoned};
use crate::store::record::Found;
use crate::store::record::older::{Older, read};
use crate::store::spot::At;
use crate::store::{TrashDir, layout};
use crate::sys::{Dir, FileKind, Metadata, if_there, metadata_of_file};

impl TrashDir {
    pub(in crate::store) fn read_older(&self, at: &At<'_>, kind: FileKind) -> io::Result<Reading> {
        match kind {
            FileKind::File => {
                let file = at.dir.open_file(at.name()?)?;
                let (found, older) = read(&*self.attributes, &file)?;
                Ok(self.older_item(at, &metadata_of_file(&file)?, (found, older), None))
            }
            FileKind::Directory => self.read_older_directory(at),
            // rrm put these into envelopes only; one without is nothing that it knows.
            _ => Ok(self.without_record(at, &at.dir.metadata_of(at.name()?)?, Holder::Item)),
        }
    }

    fn read_older_directory(&self, at: &At<'_>) -> io::Result<Reading> {
        let file = at.dir.open_file(at.name()?)?;
        let (found, older) = read(&*self.attributes, &file)?;
        let dir = at.dir.open_dir(at.name()?)?;
        if found.original_path.is_none() && RecordFile::is_in(&dir)? {
            // The record may be in a file, whatever became of the mark on the directory itself.
            return self.read_older_envelope(at, &dir, read(&RecordFile, &file)?);
        }
        // A mark beside a record, on a directory that holds something else than an envelope does, is somebody's own.
        let holds_as_marked =
            || Ok::<_, io::Error>(dir.is_empty()? || if_there(dir.metadata_of(layout::ITEM))?.is_some());
        if older.is_envelope && (found.original_path.is_none() || holds_as_marked()?) {
            return self.read_older_envelope(at, &dir, (found, older));
        }
        if found.original_path.is_none() && (dir.is_empty()? || RecordFile::is_unfinished_in(&dir)?) {
            return Ok(abandoned(at.spot, &dir.metadata()?));
        }
        Ok(self.older_item(at, &metadata_of_file(&file)?, (found, older), None))
    }

    fn read_older_envelope(&self, at: &At<'_>, envelope: &Dir, found: (Found, Older)) -> io::Result<Reading> {
        let carrier = envelope.metadata()?;
        let item = if_there(envelope.metadata_of(layout::ITEM))?;
        Ok(item.map_or_else(
            || abandoned(at.spot, &carrier),
            |metadata| self.older_item(at, &metadata, found, Some(&carrier)),
        ))
    }

    /// An item, the record of which is on its `envelope` or on itself.
    fn older_item(
        &self,
        at: &At<'_>,
        metadata: &Metadata,
        (found, older): (Found, Older),
        envelope: Option<&Metadata>,
    ) -> Reading {
        let holder = if envelope.is_some() { Holder::Envelope } else { Holder::Item };
        let trust = self.trust_in(envelope.unwrap_or(metadata));
        match self.item(at, metadata, found, holder, trust) {
            Reading::Item(item) => {
                // What others may write keeps nothing, either.
                let is_told_by_place = item.shelf == Shelf::Kept || item.trust == Trust::Open;
                let keep = if is_told_by_place { item.keep } else { older.keep };
                Reading::Item(TrashItem { trashed: older.trashed, mode: older.mode, keep, ..item })
            }
            reading => reading,
        }
    }
}
