//! What is noted on an item while it is in the trash: how large it is, that it was imported.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStringExt;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::attributes::{ExtendedAttributes, RecordFile};
use crate::item::{Arrival, Holder, Shape, TrashItem};
use crate::store::TrashDir;
use crate::store::record::date;
use crate::store::record::keys::{DELETION_DATE, IMPORT, SIZE};
use crate::store::record::older;
use crate::sys::{Dir, Name, metadata_of_file};

impl TrashDir {
    /// Whether the item comes from the trash of another program, and under what name it was there: an empty one once
    /// nothing of it is there any more.
    pub fn imported_as(&self, item: &TrashItem) -> io::Result<Option<OsString>> {
        let may_be = item.id.told().is_none_or(|told| told.arrival == Arrival::Import);
        let (file, attributes) = match self.carrier(item) {
            _ if !may_be => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(None),
            carrier => carrier?,
        };
        Ok(attributes.get(&file, IMPORT)?.map(OsString::from_vec))
    }

    /// Notes that nothing of an imported item is left where it was.
    pub fn complete_import(&self, item: &TrashItem) -> io::Result<()> {
        self.note(item, IMPORT, Some(Vec::new()))
    }

    /// Notes how large a directory is, so that it is measured once. Where that cannot be noted it is measured again.
    pub fn note_size(&self, item: &TrashItem, size: u64) -> io::Result<()> {
        self.note(item, SIZE, Some(size.to_string().into_bytes()))
    }

    /// Forgets how large a directory was, since something was taken out of it.
    pub fn forget_size(&self, item: &TrashItem) -> io::Result<()> {
        self.note(item, SIZE, None)
    }

    /// Notes that the item is not to be deleted before `due`.
    pub fn postpone(&self, item: &TrashItem, due: DateTime<Utc>) -> io::Result<()> {
        self.note(item, DELETION_DATE, Some(date(due, SecondsFormat::Secs)))
    }

    /// Sets or takes away one attribute of the record. If the item has left meanwhile the attribute is taken off it:
    /// whoever took it may have erased the record before.
    pub(in crate::store) fn note(&self, item: &TrashItem, attribute: &str, value: Option<Vec<u8>>) -> io::Result<()> {
        let (file, attributes) = self.carrier(item)?;
        match value {
            Some(value) => attributes.set(&file, attribute, &value)?,
            None => attributes.remove(&file, attribute)?,
        }
        if self.is_there(item, &file)? {
            return Ok(());
        }
        attributes.remove(&file, attribute)?;
        Err(io::ErrorKind::NotFound.into())
    }

    /// What carries the record, and how.
    fn carrier(&self, item: &TrashItem) -> io::Result<(File, &dyn ExtendedAttributes)> {
        let (shelf, name) = (self.shelf(item.shelf)?, item.spot().name());
        let name = Name::new(&name)?;
        if item.holder == Holder::Item {
            return match item.kind.carries_attributes() {
                true => Ok((shelf.open_file(name)?, &*self.attributes)),
                false => Err(io::ErrorKind::Unsupported.into()),
            };
        }
        self.carrier_of(item, &shelf.open_dir(name)?)
    }

    /// An envelope as what carries the record of an item, and how.
    fn carrier_of(&self, item: &TrashItem, envelope: &Dir) -> io::Result<(File, &dyn ExtendedAttributes)> {
        let file = envelope.readable()?;
        let has_attributes = match item.id.told() {
            Some(told) => told.shape != Shape::RecordFile,
            None => older::is_marked(&*self.attributes, &file)?,
        };
        Ok((file, if has_attributes { &*self.attributes } else { &RecordFile }))
    }

    fn is_there(&self, item: &TrashItem, carrier: &File) -> io::Result<bool> {
        match (self.metadata_of(item), item.holder) {
            (Ok(found), Holder::Item) => Ok(found.id == metadata_of_file(carrier)?.id),
            (Ok(_), Holder::Envelope) => Ok(true),
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            (Err(error), _) => Err(error),
        }
    }
}
