//! What the notes of copies tell once nobody works on the copies any more.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use crate::finding::Left;
use crate::item::ItemId;
use crate::ops::copy::reconcile::holder_of;
use crate::private::{Found, Purpose};
use crate::store::{Note, Noted, Owner, Reading, TrashDir};
use crate::sys::{Dir, Name};

/// What is left of the copy of `item` from or to `outside`, and where; nothing, if somebody works on it, or nobody can
/// tell.
pub(crate) fn check(trash: &TrashDir, item: ItemId, outside: &Path) -> io::Result<Option<(Left, PathBuf)>> {
    let Noted::Left(note) = trash.take_note(item)? else { return Ok(None) };
    let Some(parent) = holder_of(outside)? else { return Ok(None) };
    let made = private_directory(&note, &parent)?;
    if let Some((left, name)) = made.filter(|(left, _)| *left != Left::Both) {
        return Ok(Some((left, outside.with_file_name(name))));
    }
    let at_outside = |left| Ok(Some((left, outside.to_owned())));
    if trash.is_being_filled(item)? {
        // That is a finding of its own, unless somebody works on it.
        return Ok(None);
    }
    let Ok(Reading::Item(found)) = trash.read(item) else { return at_outside(Left::Note) };
    let Owner::Gone(_lock) = trash.owner_of(&found)? else { return Ok(None) };
    let has_name = outside.file_name().and_then(|name| Name::new(name).ok());
    let is_there = has_name.is_some_and(|name| parent.metadata_of(name).is_ok());
    at_outside(if is_there || made.is_some() { Left::Both } else { Left::Note })
}

/// The first private directory of a killed command that is still in `holder`: what it means, and its name.
fn private_directory<'a>(note: &'a Note<'_>, holder: &Dir) -> io::Result<Option<(Left, &'a OsStr)>> {
    for made in note.made() {
        let left = match (made.find(holder)?, made.purpose) {
            (Found::Gone, _) => continue,
            (Found::Ours(_), Purpose::Copy) => Left::Copy,
            (Found::Ours(_), Purpose::Aside) => Left::Both,
            (Found::Unknown, _) => Left::Unknown,
        };
        return Ok(Some((left, &made.name)));
    }
    Ok(None)
}
