//! Where a copy out of the trash is made: a private directory beside its target, so that one rename puts it there whole.
//!
//! It is called `.rrm-` and the item's ID. While it exists a link in the trash's staging directory says where, so that
//! `clean` finds what a killed restore left, wherever that was. The link is a hint: where none can be made, the next
//! restore of the same item to the same directory tidies up.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::Path;

use crate::item::ItemId;
use crate::progress::Silent;
use crate::purge::{Measure, purge};
use crate::store::{TrashDir, take_over};
use crate::sys::{self, Dir, Name};

/// A private directory, ours alone until it is dropped; then it is deleted, with whatever is still in it.
pub(super) struct Room<'a> {
    trash: &'a TrashDir,
    item: ItemId,
    parent: &'a Dir,
    dir: Dir,
    _lock: File,
}

impl<'a> Room<'a> {
    /// Makes it in `parent`, for a copy of `item` out of `trash`. One that a killed restore left is deleted first.
    pub(super) fn make(trash: &'a TrashDir, item: ItemId, parent: &'a Dir) -> io::Result<Self> {
        let name = name_of(item);
        let name = Name::new(&name).map_err(io::Error::other)?;
        sweep_in(parent, name)?;
        if let Ok(parent) = parent.path() {
            trash.note_room(item, &parent.join(name.as_os_str())).ok();
        }
        let made = parent.create_private_dir(name).and_then(|dir| Ok((take_over(parent, name, &dir)?, dir)));
        match made {
            Ok((Some(lock), dir)) => Ok(Self { trash, item, parent, dir, _lock: lock }),
            Ok((None, _)) => Err(at_work()),
            Err(error) => {
                trash.forget_room(item).ok();
                Err(error)
            }
        }
    }

    /// The directory itself.
    pub(super) fn dir(&self) -> &Dir {
        &self.dir
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        delete(self.parent, &name_of(self.item));
        // The hint stays as long as there is something to be found.
        let gone = Name::new(&name_of(self.item)).is_ok_and(|name| is_missing(&self.parent.metadata_of(name)));
        if gone {
            self.trash.forget_room(self.item).ok();
        }
    }
}

/// Deletes the room that a killed restore of `item` left at `path`, unless that restore is still at work.
///
/// # Security
/// Whoever could write to the trash can make its hints lead anywhere, so nothing is deleted but what has a room's very
/// name, belongs to us, and is closed to others.
pub(super) fn sweep(trash: &TrashDir, item: ItemId, path: &Path) -> io::Result<()> {
    let name = name_of(item);
    let (Some(parent), true) = (path.parent(), path.file_name() == Some(name.as_os_str())) else {
        return trash.forget_room(item);
    };
    match Dir::open_following(parent) {
        Ok(parent) => sweep_in(&parent, Name::new(&name).map_err(io::Error::other)?)?,
        // Its volume may come back.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    trash.forget_room(item)
}

fn sweep_in(parent: &Dir, name: Name<'_>) -> io::Result<()> {
    let left = match parent.open_dir(name) {
        Ok(left) => left,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let is = left.metadata()?;
    if is.uid != sys::effective_uid() || is.mode & 0o077 != 0 {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // Held until it is deleted, so that no restore takes it for its own meanwhile.
    let _lock = take_over(parent, name, &left)?.ok_or_else(at_work)?;
    delete(parent, name.as_os_str());
    Ok(())
}

fn name_of(item: ItemId) -> OsString {
    format!(".rrm-{item}").into()
}

/// Deletes something of rrm's own that is of no use any more, to its end: what made it useless may be an interruption.
pub(super) fn delete(holder: &Dir, name: &OsStr) {
    if let Ok(name) = Name::new(name) {
        // What cannot be deleted now is found by the next clean.
        let _ = purge(holder, name, Measure::Entries, &Silent);
    }
}

fn is_missing<T>(result: &io::Result<T>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

fn at_work() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "another restore of it is at work there")
}
