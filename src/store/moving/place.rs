//! How something gets into a trash directory.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | a 0555 directory of ours: u+w | it is in place, writable for its owner |
//! | own record: its lock, each attribute | it is in place, with attributes that the next removal overwrites |
//! | envelope: mkdir, each attribute | it is in place; an envelope without an item, swept by `clean` once old |
//! | **rename, never replacing** | it is in the trash, whole and with its record; if a group or others may write it, it is open |
//! | own record, what others may write: `g-w` and `o-w` | the same, and nobody else writes the record any more; it is open |
//! | its values read back, and written again if they differ | it is in the trash |
//!
//! A step that fails undoes those before it. What is locked (see [`crate::store::lock`]) goes into an envelope, too. The name tells
//! what the mode lost and got, so a restore gives that back.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::item::{
    Grower, Guarded, Holder, ItemId, Keep, Lent, Origin, Record, Shape, Shelf, Spot, Stamp, TrashItem, Trust,
};
use crate::store::OTHERS_WRITE;
use crate::store::envelope::{discard_envelope, shape_of};
use crate::store::lock::{is_at, is_ours};
use crate::store::moving::make_writable::{OWNER_WRITE, make_writable};
use crate::store::record::{self, Unwritten};
use crate::store::spot::At;
use crate::store::{Keeps, TrashDir, kind_of, layout};
use crate::sys::{
    self, Dir, FileKind, FileSystem, Metadata, Name, metadata_of_file, rename_to_own_name, set_mode_of_file,
};

/// How long all names of attributes together may be, in bytes. Some file systems (xfs, btrfs, tmpfs) take more than
/// listxattr(2) can tell, which is 64 KiB; the rest is for ours and those of the system.
const MOST_NAMES: usize = 60 << 10;

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

impl Placed {
    /// The item that a thing, which was as `metadata` tells, has become. The path in `record` is absolute.
    #[must_use]
    pub fn into_item(self, metadata: &Metadata, record: Record) -> TrashItem {
        TrashItem {
            id: self.id,
            trash: self.trash,
            kind: kind_of(metadata.kind),
            size: (!metadata.is_dir()).then_some(metadata.size),
            origin: Origin::Known(record.original_path),
            trashed: Stamp::At(self.id.told().map_or(record.trashed, |told| told.removed)),
            deletion: record.deletion.map_or(Stamp::Missing, Stamp::At),
            session: record.session.map(OsString::into_boxed_os_str),
            mode: None,
            holder: self.holder,
            trust: Trust::Believed,
            grower: Grower::Others,
            keep: Keep::No,
            shelf: Shelf::Trash,
            guarded: Guarded::No,
        }
    }
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
            false => Err(io::Error::other("it was replaced by something else")),
        }
    }
}

/// What a file carries before it gets its record.
///
/// # Security
/// A value under one of our names may have been put there to be believed after the removal, be it one that this record
/// does not write. So it is never left beside a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carried {
    /// No value under any of our names.
    NothingOfOurs,
    /// Values under our names: what a killed command left, or somebody's own.
    OurNames,
    /// So many names that not all of them could be read once ours are among them, or none that can be read.
    TooMuch,
}

/// A file that carries its record where it is.
#[must_use = "it is moved, or its record is taken off it"]
pub struct Labelled {
    file: File,
    record: Record,
}

impl TrashDir {
    /// Moves a thing here by rename, with its record.
    pub fn place(&self, source: Source<'_>, record: &Record) -> Result<Placed, NotPlaced> {
        movable(source, |given| self.making_room(|| self.place_whole(source, record, given)))
    }

    /// The same for a full disk whose ballast is used up: what an inode has room for is the path, if that is short. When
    /// the grace period ends is then worked out from the name. What has values of its own under our names is not moved:
    /// nothing may stand beside the path, and what is somebody's own is not erased.
    pub fn place_with_path_alone(&self, source: Source<'_>, record: &Record) -> Result<Placed, NotPlaced> {
        let path_alone = Record { deletion: None, session: None, ..record.clone() };
        movable(source, |given| match self.labelled_if_own(source, &path_alone)? {
            Some(file) => self.commit_labelled(source, &file, &path_alone, given),
            None => Err(io::ErrorKind::StorageFull.into()),
        })
    }

    fn place_whole(&self, source: Source<'_>, record: &Record, given: u32) -> io::Result<Placed> {
        match self.labelled_if_own(source, record)? {
            Some(file) => self.commit_labelled(source, &file, record, given),
            None => self.place_in_envelope(source, record, given),
        }
    }

    fn labelled_if_own(&self, source: Source<'_>, record: &Record) -> io::Result<Option<File>> {
        match self.shape_of(source.metadata) {
            Shape::Own => self.with_own_record(source, record),
            _ => Ok(None),
        }
    }

    fn shape_of(&self, metadata: &Metadata) -> Shape {
        match self.keeps() {
            Keeps::Attributes => shape_of(metadata, self.owner, sys::is_group_of_ours),
            Keeps::Nothing => Shape::RecordFile,
        }
    }

    /// Opens a thing and writes the record on it; `None` where it takes none, whatever the reason.
    fn with_own_record(&self, source: Source<'_>, record: &Record) -> io::Result<Option<File>> {
        let file = match source.parent.open_file(source.name) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(error),
            // Not ours to read, so not ours to label; or another program has a lease on it.
            Err(_) => return Ok(None),
        };
        if !is_ours(&file) {
            return Ok(None);
        }
        let written = match self.carried(&file) {
            Carried::NothingOfOurs => record::create(&*self.attributes, &file, record),
            Carried::OurNames => self.write_over(&file, source, record),
            Carried::TooMuch => return Ok(None),
        };
        match written {
            Ok(()) => Ok(Some(file)),
            Err(Unwritten::Refused(_)) => Ok(None),
            Err(Unwritten::Failed(error)) => Err(error),
        }
    }

    /// What attributes a file has, as far as that decides whether it takes a record.
    fn carried(&self, file: &File) -> Carried {
        let length = |names: &[OsString]| names.iter().map(|name| name.len() + "user.\0".len()).sum::<usize>();
        match self.attributes.list(file) {
            Ok(names) if length(&names) >= MOST_NAMES => Carried::TooMuch,
            Ok(names) if record::is_any_of_one(&names) => Carried::OurNames,
            Ok(_) => Carried::NothingOfOurs,
            Err(_) => Carried::TooMuch,
        }
    }

    /// Writes the record over what a killed command left on what is about to be moved and is ours alone meanwhile.
    fn write_over(&self, file: &File, source: Source<'_>, record: &Record) -> Result<(), Unwritten> {
        // Whoever was at it before us may have moved it; then what is on it is no leftover.
        source.leads_to(file)?;
        record::replace_leftover(&*self.attributes, file, record)
    }

    /// The commit of what carries its record; where it fails, it carries it no more.
    fn commit_labelled(&self, source: Source<'_>, file: &File, record: &Record, given: u32) -> io::Result<Placed> {
        let lent = Lent { taken: source.metadata.mode & OTHERS_WRITE, given };
        let id = self.new_id(record, Shape::Own, lent)?;
        let text = id.to_string();
        if let Err(error) = rename_to_own_name(source.parent, source.name, &self.dir, Name::new(&text)?) {
            self.take_back(source, file, record)?;
            return Err(error);
        }
        let id = self.secure(id, file, record);
        let holder =
            if id.told().is_some_and(|told| told.shape == Shape::Own) { Holder::Item } else { Holder::Envelope };
        Ok(Placed { id, trash: self.path.clone(), holder })
    }

    /// Takes the record off what was not moved.
    ///
    /// On a file system of several machines, where no lock of ours may hold the others, another may have moved it, with its own
    /// record written over ours. So what is not as we wrote it is left alone; and what is moved away while we erase gets it
    /// again.
    fn take_back(&self, source: Source<'_>, file: &File, record: &Record) -> io::Result<()> {
        if !record::is_on(&*self.attributes, file, record)? {
            return Ok(());
        }
        let is_there = || is_at(file, source.parent, source.name).is_ok_and(|is_there| is_there);
        let was_there = is_there();
        record::erase(&*self.attributes, file)?;
        if was_there && !is_there() {
            record::restore(&*self.attributes, file, record).ok();
        }
        Ok(())
    }

    /// Sees to it that what came under this name has its record, and that nobody else can write it. What cannot be secured
    /// is open. Says what it is called now.
    ///
    /// Between the record and the rename somebody may have put another file in the place of the labelled one, as an editor
    /// does that saves; or changed its mode.
    fn secure(&self, id: ItemId, file: &File, record: &Record) -> ItemId {
        let text = id.to_string();
        let here = Name::new(&text).ok().and_then(|name| self.dir.metadata_of(name).ok());
        // What is gone again by now was not seen to be another.
        let (Some(here), Ok(is)) = (here, metadata_of_file(file)) else { return id };
        if here.id != is.id {
            record::erase(&*self.attributes, file).ok();
            return self.enclose(id, None, record, Lent::default());
        }
        let lent = Lent { taken: is.mode & OTHERS_WRITE, ..id.told().map(|told| told.lent).unwrap_or_default() };
        if is.uid != self.owner || self.shape_of(&here) != Shape::Own {
            return self.enclose(id, Some(file), record, Lent { taken: 0, ..lent });
        }
        let here = At::new(&self.dir, Spot::in_trash(id));
        let Ok(Spot { id, .. }) = self.rename_to_tell(&here, Shape::Own, lent) else { return id };
        if self.close(file, &is, record).is_ok() {
            return id;
        }
        // In an envelope its mode says nothing about the record.
        set_mode_of_file(file, is.mode).ok();
        self.enclose(id, Some(file), record, Lent { taken: 0, ..lent })
    }

    /// Moves what is here under a name of its own into an envelope with this record, and takes ours off the `labelled`
    /// file, if it is that. Where that fails it stays, and is open.
    fn enclose(&self, id: ItemId, labelled: Option<&File>, record: &Record, lent: Lent) -> ItemId {
        let Ok(enclosed) = self.move_into_envelope(id, record, lent) else { return id };
        labelled.map(|file| record::erase(&*self.attributes, file).ok());
        enclosed
    }

    fn move_into_envelope(&self, id: ItemId, record: &Record, lent: Lent) -> io::Result<ItemId> {
        let (enclosed, envelope) = self.make_envelope(&self.dir, record, lent)?;
        let (old, new) = (id.to_string(), enclosed.to_string());
        if let Err(error) = rename_to_own_name(&self.dir, Name::new(&old)?, &envelope, layout::ITEM) {
            discard_envelope(&self.dir, &envelope, Name::new(&new)?)?;
            return Err(error);
        }
        Ok(enclosed)
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
        if source.metadata.kind != FileKind::File || self.shape_of(source.metadata) != Shape::Own {
            return None;
        }
        let file = source.parent.open_file(source.name).ok().filter(is_ours)?;
        if self.carried(&file) != Carried::NothingOfOurs {
            return None;
        }
        record::create(&*self.attributes, &file, &record).ok()?;
        Some(Labelled { file, record })
    }

    /// Moves here by rename what was labelled. On an error it carries the record no more.
    pub fn place_labelled(&self, source: Source<'_>, labelled: &Labelled) -> io::Result<Placed> {
        self.commit_labelled(source, &labelled.file, &labelled.record, 0)
    }

    /// Takes the record off what is not moved after all. Where it cannot, the next removal does.
    pub fn unlabel(&self, source: Source<'_>, labelled: &Labelled) {
        self.take_back(source, &labelled.file, &labelled.record).ok();
    }

    fn place_in_envelope(&self, source: Source<'_>, record: &Record, given: u32) -> io::Result<Placed> {
        let (id, envelope) = self.make_envelope(&self.dir, record, Lent { taken: 0, given })?;
        self.flush_where_a_rename_is_not_safe(&envelope);
        if let Err(error) = rename_to_own_name(source.parent, source.name, &envelope, layout::ITEM) {
            discard_envelope(&self.dir, &envelope, Name::new(&id.to_string())?)?;
            return Err(error);
        }
        Ok(Placed { id, trash: self.path.clone(), holder: Holder::Envelope })
    }
}

/// Places a thing that can be moved, perhaps because it is given what it lacks for that; `place` is told what.
fn movable(source: Source<'_>, place: impl FnOnce(u32) -> io::Result<Placed>) -> Result<Placed, NotPlaced> {
    let made_writable = make_writable(|| source.parent.open_dir(source.name), source.metadata)?;
    let placed = place(if made_writable.is_some() { OWNER_WRITE } else { 0 });
    if let (Err(_), Some(made_writable)) = (&placed, made_writable) {
        made_writable.restore_mode().map_err(NotPlaced::Failed)?;
    }
    Ok(placed?)
}

impl TrashDir {
    /// Brings a new envelope to the disk on btrfs.
    ///
    /// What is renamed there into a directory that is younger than the last commit is nowhere after a power cut, if
    /// meanwhile a program has made another file of its old name and flushed that: then the old name's log is replayed
    /// without the new one. Into a directory that is on the disk, it was there each time.
    fn flush_where_a_rename_is_not_safe(&self, envelope: &Dir) {
        if matches!(self.dir.file_system(), Ok(FileSystem::Btrfs)) {
            // Without it the removal is as safe as any rename, and no reason to fail.
            sys::flush(envelope).ok();
        }
    }
}
