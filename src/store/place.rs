//! How something gets into a trash directory.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | a 0555 directory of ours: u+w | it is in place, writable for its owner |
//! | own record: its lock, each attribute | it is in place, with attributes that the next removal overwrites |
//! | envelope: mkdir, each attribute | it is in place; an envelope without an item, swept by `clean` once old |
//! | **rename, never replacing** | it is in the trash, whole and with its record |
//! | the mode back | the same; without this step, restore gives the mode back |
//!
//! A step that fails undoes those before it. What is locked (see [`super::lock`]) goes into an envelope, too.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::envelope::{Shape, discard_envelope, shape_of};
use super::lock::is_ours;
use super::loosen::loosen;
use super::record::{self, Unwritten};
use super::{Keeps, TrashDir, layout};
use crate::item::{Holder, ItemId, Record};
use crate::sys::{Dir, FileKind, Metadata, Name, metadata_of_file, rename_to_own_name};

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

impl Source<'_> {
    /// Fails if the name does not lead to this open file any more.
    fn leads_to(self, file: &File) -> io::Result<()> {
        match is_at(file, self.parent, self.name)? {
            true => Ok(()),
            false => Err(io::Error::other("something else is there now")),
        }
    }
}

/// A file that carries its record where it is.
#[must_use = "it is moved, or its record is taken off it"]
pub struct Labelled {
    id: ItemId,
    file: File,
    record: Record,
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
        if !is_ours(&file) {
            return Ok(Own::Refused);
        }
        match self.write_on(&file, source, record) {
            Ok(()) => {}
            Err(Unwritten::Refused(_)) => return Ok(Own::Refused),
            Err(Unwritten::Failed(error)) => return Err(error),
        }
        self.accept_labelled(source, id, &file, record)?;
        Ok(Own::Accepted)
    }

    /// Writes the record on what is about to be moved and is ours alone meanwhile.
    fn write_on(&self, file: &File, source: Source<'_>, record: &Record) -> Result<(), Unwritten> {
        match record::create(&*self.attributes, file, record) {
            Err(Unwritten::Refused(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Whoever was at it before us may have moved it; then what is on it is no leftover.
                source.leads_to(file)?;
                record::replace_leftover(&*self.attributes, file, record)
            }
            result => result,
        }
    }

    /// The commit of what carries its record; where it fails, it carries it no more.
    fn accept_labelled(&self, source: Source<'_>, id: &ItemId, file: &File, record: &Record) -> io::Result<()> {
        let name = id.to_string();
        let name = Name::new(&name)?;
        if let Err(error) = rename_to_own_name(source.parent, source.name, &self.dir, name) {
            record::erase(&*self.attributes, file)?;
            return Err(error);
        }
        // What is gone again by now was not seen to be another.
        if is_at(file, &self.dir, name).is_ok_and(|it_came| !it_came) {
            self.label_what_came(name, record);
            record::erase(&*self.attributes, file).ok();
        }
        Ok(())
    }

    /// Gives the record to what came under this name: between the record and the rename somebody put another file in the
    /// place of the labelled one, as an editor does that saves. What takes no attributes stays of unknown origin.
    fn label_what_came(&self, name: Name<'_>, record: &Record) {
        if let Ok(file) = self.dir.open_file(name)
            && is_ours(&file)
            && record::create(&*self.attributes, &file, record).is_err()
        {
            record::replace_leftover(&*self.attributes, &file, record).ok();
        }
    }

    /// Writes the record on a file, for [`Self::place_labelled`] to move it soon; `None` where it takes more than that.
    ///
    /// Unlike [`Self::place`] it replaces nothing, not even what a crash left: the same file may be about to be moved
    /// under another of its names, with the record that is there.
    ///
    /// # After a crash
    /// The file is in place, with attributes that the next removal replaces.
    #[must_use]
    pub fn label(&self, source: Source<'_>, record: Record) -> Option<Labelled> {
        let is_simple = source.metadata.kind == FileKind::File && shape_of(source.metadata) == Shape::OwnRecord;
        if !is_simple || self.keeps() != Keeps::Attributes {
            return None;
        }
        let (id, file) = (self.new_id().ok()?, source.parent.open_file(source.name).ok().filter(is_ours)?);
        record::create(&*self.attributes, &file, &record).ok()?;
        Some(Labelled { id, file, record })
    }

    /// Moves here by rename what was labelled. On an error it carries the record no more.
    pub fn place_labelled(&self, source: Source<'_>, labelled: Labelled) -> io::Result<Placed> {
        let Labelled { id, file, record } = labelled;
        self.accept_labelled(source, &id, &file, &record)?;
        Ok(Placed { id, trash: self.path.clone(), holder: Holder::Item })
    }

    /// Takes the record off what is not moved after all. Where it cannot, the next removal does.
    pub fn unlabel(&self, labelled: &Labelled) {
        record::erase(&*self.attributes, &labelled.file).ok();
    }

    fn place_in_envelope(&self, source: Source<'_>, id: &ItemId, record: &Record) -> io::Result<Holder> {
        let envelope = self.make_envelope(&self.dir, id, record)?;
        if let Err(error) = rename_to_own_name(source.parent, source.name, &envelope, layout::ITEM) {
            discard_envelope(&self.dir, &envelope, Name::new(&id.to_string())?)?;
            return Err(error);
        }
        Ok(Holder::Envelope)
    }
}

/// Whether an open file is what `dir` has under this name. Two looks at an inode cost a third of one at a path of `/proc`.
fn is_at(file: &File, dir: &Dir, name: Name<'_>) -> io::Result<bool> {
    Ok(dir.metadata_of(name)?.id == metadata_of_file(file)?.id)
}

/// Whether a thing took its own record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    Accepted,
    Refused,
}
