//! What another program is told of an item that it gets: a small file, whole and on the disk before that program can see
//! it.
//!
//! Killed before it is moved there, a command leaves it in `.staging`. The next one about the item replaces it, and `clean`
//! deletes it.

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
}

impl Notice<'_> {
    /// Puts it under `name` into `dir`, where nothing of that name may be (`EEXIST`): all of it or nothing.
    pub fn put(&self, dir: &Dir, name: Name<'_>) -> io::Result<()> {
        let own = Name::new(&self.name)?;
        for _ in 0..ATTEMPTS {
            let staging = self.trash.making_room(|| self.write(own))?;
            match self.trash.making_room(|| rename_no_replace(&staging, own, dir, name)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    if_there(staging.remove_file(own))?;
                    return Err(error);
                }
                Ok(()) => return Ok(()),
            }
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process keeps deleting the new files"))
    }

    fn write(&self, own: Name<'_>) -> io::Result<Dir> {
        let staging = self.trash.own_dir(layout::STAGING)?;
        if_there(staging.remove_file(own))?;
        let file = staging.create_file(own)?;
        sys::write(&file, self.content).and_then(|()| sys::flush_file(&file))?;
        Ok(staging)
    }
}
