//! The directories that hold items, and the names of items in them.

use std::ffi::OsString;
use std::io;

use crate::item::{Holder, Shelf, Spot, TrashItem};
use crate::store::{TrashDir, layout};
use crate::sys::{Dir, Name};

/// A place in a trash directory, and the open directory that it is in.
pub(in crate::store) struct At<'a> {
    pub(in crate::store) dir: &'a Dir,
    pub(in crate::store) spot: Spot,
    text: String,
}

impl<'a> At<'a> {
    pub(in crate::store) fn new(dir: &'a Dir, spot: Spot) -> Self {
        Self { dir, spot, text: spot.name() }
    }

    pub(in crate::store) fn name(&self) -> io::Result<Name<'_>> {
        Ok(Name::new(&self.text)?)
    }
}

/// The directory that holds an item.
pub enum Holding<'a> {
    /// One of those that items are in.
    Shelf(Shelved<'a>),
    /// The item's envelope.
    Envelope(Dir),
}

impl Holding<'_> {
    /// The directory, to be kept.
    pub(in crate::store) fn into_dir(self) -> io::Result<Dir> {
        match self {
            Self::Shelf(dir) => dir.try_clone(),
            Self::Envelope(dir) => Ok(dir),
        }
    }
}

impl std::ops::Deref for Holding<'_> {
    type Target = Dir;

    fn deref(&self) -> &Dir {
        match self {
            Self::Shelf(dir) => dir,
            Self::Envelope(dir) => dir,
        }
    }
}

/// A directory that items are in.
pub enum Shelved<'a> {
    /// The trash directory itself.
    Trash(&'a Dir),
    /// The one of what a person keeps.
    Kept(Dir),
}

impl std::ops::Deref for Shelved<'_> {
    type Target = Dir;

    fn deref(&self) -> &Dir {
        match self {
            Self::Trash(dir) => dir,
            Self::Kept(dir) => dir,
        }
    }
}

impl TrashDir {
    /// One of the directories that items are in; `ENOENT` for that of kept ones, if nothing was ever kept.
    pub(in crate::store) fn shelf(&self, shelf: Shelf) -> io::Result<Shelved<'_>> {
        match shelf {
            Shelf::Trash => Ok(Shelved::Trash(&self.dir)),
            Shelf::Kept => self.dir.open_dir(layout::KEPT).map(Shelved::Kept),
        }
    }

    /// Opens the directory that holds the item and says under which name.
    pub fn holding(&self, item: &TrashItem) -> io::Result<(Holding<'_>, OsString)> {
        let name = OsString::from(item.spot().name());
        let shelf = self.shelf(item.shelf)?;
        match item.holder {
            Holder::Item => Ok((Holding::Shelf(shelf), name)),
            Holder::Envelope => {
                Ok((Holding::Envelope(shelf.open_dir(Name::new(&name)?)?), layout::ITEM.as_os_str().to_owned()))
            }
        }
    }
}
