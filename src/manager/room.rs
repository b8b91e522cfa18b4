//! Where a copy out of the trash is made: a private directory beside its target, so that one rename puts it there whole.
//!
//! It is called `.rrm-` and the item's ID. While it exists a [note](crate::store::note) in the trash says where the copy
//! goes, and with it where the room is, so that `clean` finds what a killed restore left, wherever that was. Where no note
//! can be made, the next restore of the same item to the same directory tidies up.

use std::ffi::{OsStr, OsString};
use std::io;

use crate::item::ItemId;
use crate::progress::Silent;
use crate::purge::{Measure, purge};
use crate::store::{TrashDir, take_over};
use crate::sys::{self, Dir, Locked, Name, if_there};

/// A private directory, ours alone until it is dropped; then it is deleted, with whatever is still in it.
pub(super) struct Room<'a> {
    trash: &'a TrashDir,
    item: ItemId,
    parent: &'a Dir,
    dir: Dir,
    note: Note,
    _lock: Locked,
}

/// Whose note there is of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Note {
    Ours,
    /// None, or that of another command, which leads somewhere else.
    NotOurs,
}

impl<'a> Room<'a> {
    /// Makes it in `parent`, for a copy of `item` out of `trash` that shall be called `target` there. One that a killed
    /// restore left is deleted first.
    pub(super) fn make(trash: &'a TrashDir, item: ItemId, (parent, target): (&'a Dir, Name<'_>)) -> io::Result<Self> {
        if sweep(parent, item)? == Look::AtWork {
            return Err(at_work());
        }
        let noted = parent.path().and_then(|parent| trash.leave_note(item, &parent.join(target.as_os_str())));
        let note = if noted.is_ok() { Note::Ours } else { Note::NotOurs };
        let made = make_locked(parent, item);
        if made.is_err() {
            forget(trash, item, note);
        }
        made.map(|(dir, lock)| Self { trash, item, parent, dir, note, _lock: lock })
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
        let gone = Name::new(&name_of(self.item))
            .is_ok_and(|name| matches!(if_there(self.parent.metadata_of(name)), Ok(None)));
        if gone {
            forget(self.trash, self.item, self.note);
        }
    }
}

/// Makes the room of `item` in `parent`, and locks it.
fn make_locked(parent: &Dir, item: ItemId) -> io::Result<(Dir, Locked)> {
    let name = name_of(item);
    let name = Name::new(&name)?;
    let dir = parent.create_private_dir(name)?;
    match take_over(parent, name, &dir) {
        Ok(Some(lock)) => Ok((dir, lock)),
        Ok(None) => Err(at_work()),
        Err(error) => {
            // Empty as it is: whoever took it over meanwhile has not begun to fill it, or keeps it.
            parent.remove_dir(name).ok();
            Err(error)
        }
    }
}

fn forget(trash: &TrashDir, item: ItemId, note: Note) {
    if note == Note::Ours {
        trash.forget_note(item).ok();
    }
}

/// What is to be seen of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A restore is making a copy there.
    AtWork,
    /// It is there, and nobody works in it.
    Left,
    /// It is not there.
    Gone,
}

/// Looks at the room of `item` in `parent`.
pub(super) fn look(parent: &Dir, item: ItemId) -> io::Result<Look> {
    let name = name_of(item);
    let name = Name::new(&name)?;
    let Some(room) = if_there(parent.open_dir(name))? else { return Ok(Look::Gone) };
    Ok(take_over(parent, name, &room)?.map_or(Look::AtWork, |_| Look::Left))
}

/// Deletes the room that a killed restore of `item` left in `parent`, and tells what is to be seen there then.
///
/// # Security
/// Whoever could write to the trash can make its notes lead anywhere, so nothing is deleted but what has a room's very
/// name, belongs to us, and is closed to others.
pub(super) fn sweep(parent: &Dir, item: ItemId) -> io::Result<Look> {
    let name = name_of(item);
    let name = Name::new(&name)?;
    let Some(left) = if_there(parent.open_dir(name))? else { return Ok(Look::Gone) };
    let is = left.metadata()?;
    if is.uid != sys::effective_uid() || !left.is_closed_to_others(&is) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    // Held until it is deleted, so that no restore takes it for its own meanwhile.
    let Some(_lock) = take_over(parent, name, &left)? else { return Ok(Look::AtWork) };
    delete(parent, name.as_os_str());
    Ok(Look::Gone)
}

/// What the room of `item` is called.
pub(super) fn name_of(item: ItemId) -> OsString {
    format!(".rrm-{item}").into()
}

/// What the private directories are called that the source of `item` is moved to, entry by entry, when it is removed. They
/// hold a person's own, and no room is ever called so.
pub(super) fn aside_of(item: ItemId) -> OsString {
    format!(".rrm-{item}.aside").into()
}

/// Deletes something of rrm's own that is of no use any more, to its end: what made it useless may be an interruption.
pub(super) fn delete(holder: &Dir, name: &OsStr) {
    if let Ok(name) = Name::new(name) {
        // What cannot be deleted now is found by the next clean.
        let _ = purge(holder, name, Measure::Entries, &Silent);
    }
}

fn at_work() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "another restore of it is at work there")
}
