//! What another program is told of an item that it gets: a small file, whole and on the disk before that program can see
//! it.
//!
//! All of a command's are written first, and [flushed](Notices::flush) once: a flush between two renames might
//! bring one half of a rename to the disk, where there is no journal. Killed before it is moved, a command leaves it in
//! `.staging`. The next one about the item replaces it, and `clean` deletes it.

use std::io;

use crate::item::ItemId;
use crate::store::{TrashDir, layout};
use crate::sys::{self, Dir, Name, if_there, rename_no_replace};

/// How often a notice is written that a `clean` at once deletes.
const ATTEMPTS: u32 = 8;

/// The notices of a trash, until they are put somewhere.
pub struct Notices<'a> {
    trash: &'a TrashDir,
    staging: Dir,
}

impl TrashDir {
    /// The notices about its items.
    pub fn notices(&self) -> io::Result<Notices<'_>> {
        Ok(Notices { trash: self, staging: self.own_dir(layout::STAGING)? })
    }
}

impl Notices<'_> {
    /// Writes down what is to be told of `item`. Before it is put anywhere, [`Self::flush`] brings it to the disk.
    pub fn write(&self, item: ItemId, content: &[u8]) -> io::Result<()> {
        let own = layout::notice_of(item);
        let own = Name::new(&own)?;
        self.trash.making_room(|| {
            if_there(self.staging.remove_file(own))?;
            sys::write(&self.staging.create_file(own)?, content)
        })
    }

    /// Brings to the disk whatever was written.
    pub fn flush(&self) -> io::Result<()> {
        sys::flush_file_system(&self.staging.readable()?)
    }

    /// Puts it under `name` into `dir`, where nothing of that name may be (`EEXIST`): all of it or nothing.
    pub fn put(&self, item: ItemId, content: &[u8], (dir, name): (&Dir, Name<'_>)) -> io::Result<()> {
        let own = layout::notice_of(item);
        let own = Name::new(&own)?;
        for _ in 0..ATTEMPTS {
            match self.trash.making_room(|| rename_no_replace(&self.staging, own, dir, name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                moved => return moved,
            }
            self.write(item, content)?;
            sys::flush_file(&self.staging.open_file(own)?)?;
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process keeps deleting the new files"))
    }

    /// Deletes what was written and not put anywhere.
    pub fn discard(&self, item: ItemId) -> io::Result<()> {
        if_there(self.staging.remove_file(Name::new(&layout::notice_of(item))?)).map(drop)
    }
}
