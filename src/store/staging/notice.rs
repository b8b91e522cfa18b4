//! What another program is told of an item that it gets: a small file, whole and on the disk before that program can see
//! it.
//!
//! All of a command's are written first, and [flushed](TrashDir::flush_notices) once: a flush between two renames might
//! bring one half of a rename to the disk, where there is no journal. Killed before it is moved, a command leaves it in
//! `.staging`. The next one about the item replaces it, and `clean` deletes it.

use std::ffi::OsString;
use std::io;

use crate::item::ItemId;
use crate::store::{TrashDir, layout};
use crate::sys::{self, Dir, Name, if_there, rename_no_replace};

/// How often a notice is written that a `clean` at once deletes.
const ATTEMPTS: u32 = 8;

/// What is to be told of an item.
pub struct Notice<'a> {
    trash: &'a TrashDir,
    name: OsString,
    content: &'a [u8],
}

impl TrashDir {
    /// What is to be told of `item`.
    #[must_use]
    pub fn notice<'a>(&'a self, item: ItemId, content: &'a [u8]) -> Notice<'a> {
        Notice { trash: self, name: layout::notice_of(item), content }
    }

    /// Brings to the disk whatever notices were written.
    pub fn flush_notices(&self) -> io::Result<()> {
        sys::flush_file_system(&self.own_dir(layout::STAGING)?.readable()?)
    }
}

impl Notice<'_> {
    /// Writes it down. Before it is put anywhere, [`TrashDir::flush_notices`] brings it to the disk.
    pub fn write(&self) -> io::Result<()> {
        self.trash.making_room(|| {
            let (staging, own) = (self.trash.own_dir(layout::STAGING)?, Name::new(&self.name)?);
            if_there(staging.remove_file(own))?;
            sys::write(&staging.create_file(own)?, self.content)
        })
    }

    /// Puts it under `name` into `dir`, where nothing of that name may be (`EEXIST`): all of it or nothing.
    pub fn put(&self, dir: &Dir, name: Name<'_>) -> io::Result<()> {
        let own = Name::new(&self.name)?;
        for _ in 0..ATTEMPTS {
            let staging = self.trash.own_dir(layout::STAGING)?;
            match self.trash.making_room(|| rename_no_replace(&staging, own, dir, name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                moved => return moved,
            }
            self.write()?;
            sys::flush_file(&staging.open_file(own)?)?;
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process keeps deleting the new files"))
    }

    /// Deletes what was written and not put anywhere.
    pub fn discard(&self) -> io::Result<()> {
        if_there(self.trash.own_dir(layout::STAGING)?.remove_file(Name::new(&self.name)?)).map(drop)
    }
}
