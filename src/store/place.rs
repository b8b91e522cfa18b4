//! How something gets into a trash directory.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | a 0555 directory of ours: u+w | it is in place, writable for its owner |
//! | own record: each attribute | it is in place, with attributes that the next removal overwrites |
//! | envelope: mkdir, each attribute | it is in place; an envelope without an item, swept by `clean` once old |
//! | **rename, never replacing** | it is in the trash, whole and with its record |
//! | the mode back | the same; without this step, restore gives the mode back |
//!
//! A step that fails undoes those before it.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::envelope::{Shape, discard_envelope, shape_of};
use super::loosen::loosen;
use super::record::{self, Unwritten};
use super::{Keeps, TrashDir, layout};
use crate::item::{Holder, ItemId, Record};
use crate::sys::{Dir, Metadata, Name, rename_no_replace};

/// Something that is in the trash now.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Its new name.
    pub id: ItemId,
    /// The trash directory that took it.
    pub trash: Arc<Path>,
    /// Where its record went.
    pub holder: Holder,
}

/// Why something is still where it was, and as it was.
#[derive(Debug)]
pub enum NotPlaced {
    /// This trash directory cannot take it by rename (`EXDEV`); another one may.
    CrossDevice(io::Error),
    /// It cannot be moved at all.
    Failed(io::Error),
}

impl From<io::Error> for NotPlaced {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::CrossesDevices => Self::CrossDevice(error),
            _ => Self::Failed(error),
        }
    }
}

/// A name in a directory, and what is known of it: what shall be moved.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The directory.
    pub parent: &'a Dir,
    /// The name in it.
    pub name: Name<'a>,
    /// What it was when it was looked at.
    pub metadata: &'a Metadata,
}

impl TrashDir {
    /// Moves a thing here by rename, with its record.
    pub fn place(&self, source: Source<'_>, record: &Record) -> Result<Placed, NotPlaced> {
        let loosened = loosen(|| source.parent.open_dir(source.name), source.metadata)?;
        let mode = loosened.as_ref().map(super::loosen::Loosened::mode);
        let record = match mode {
            Some(_) => &Record { mode, ..record.clone() },
            None => record,
        };
        let result = self.place_movable(source, record);
        // Moved, and its mode could not be given back: the record says what it was, and restore sets it.
        if let Some(Err(error)) = loosened.map(super::loosen::Loosened::tighten) {
            result.as_ref().map_err(|_| NotPlaced::Failed(error))?;
        }
        result
    }

    fn place_movable(&self, source: Source<'_>, record: &Record) -> Result<Placed, NotPlaced> {
        let id = self.new_id()?;
        let holder = match shape_of(source.metadata) {
            Shape::OwnRecord
                if self.keeps() == Keeps::Attributes
                    && self.place_with_own_record(source, &id, record)? == Own::Accepted =>
            {
                Holder::Item
            }
            _ => self.place_in_envelope(source, &id, record)?,
        };
        Ok(Placed { id, trash: self.path.clone(), holder })
    }

    fn place_with_own_record(&self, source: Source<'_>, id: &ItemId, record: &Record) -> io::Result<Own> {
        let file = match source.parent.open_file(source.name) {
            Ok(file) => file,
            // Not ours to read, so not ours to label.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(Own::Refused),
            Err(error) => return Err(error),
        };
        match record::write(&*self.attributes, &file, record) {
            Ok(()) => {}
            Err(Unwritten::Refused(_)) => return Ok(Own::Refused),
            Err(Unwritten::Failed(error)) => return Err(error),
        }
        if let Err(error) = accept(source, &self.dir, OsStr::new(&id.to_string())) {
            record::erase(&*self.attributes, &file)?;
            return Err(error);
        }
        Ok(Own::Accepted)
    }

    fn place_in_envelope(&self, source: Source<'_>, id: &ItemId, record: &Record) -> io::Result<Holder> {
        let envelope = self.make_envelope(&self.dir, id, record)?;
        if let Err(error) = accept(source, &envelope, layout::ITEM.as_os_str()) {
            let name = id.to_string();
            if let Ok(name) = Name::new(name.as_ref()) {
                discard_envelope(&self.dir, &envelope, name)?;
            }
            return Err(error);
        }
        Ok(Holder::Envelope)
    }
}

/// The commit.
fn accept(source: Source<'_>, into: &Dir, name: &OsStr) -> io::Result<()> {
    let name = Name::new(name).map_err(|_| io::ErrorKind::InvalidInput)?;
    rename_no_replace(source.parent, source.name, into, name)
}

/// Whether a thing took its own record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    Accepted,
    Refused,
}
