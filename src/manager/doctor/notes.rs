//! What the notes of copies tell once nobody works on the copies any more.

use std::io;
use std::path::{Path, PathBuf};

use crate::item::ItemId;
use crate::manager::room::{self, Look};
use crate::outcome::diagnosis::Left;
use crate::store::{Owner, Reading, TrashDir};
use crate::sys::{Dir, Name, if_there};

/// What is left of the copy of `item` from or to `outside`; nothing, if somebody works on it, or nobody can tell.
pub(super) fn check(trash: &TrashDir, item: ItemId, outside: &Path) -> io::Result<Option<Left>> {
    // Its volume may come back.
    let parent = if_there(Dir::open_following(outside.parent().unwrap_or(Path::new("/"))))?;
    let Some(parent) = parent else { return Ok(None) };
    match room::look(&parent, item)? {
        Look::AtWork => return Ok(None),
        Look::Left => return Ok(Some(Left::Copy)),
        Look::Gone => {}
    }
    if trash.is_being_filled(item)? {
        // That is a finding of its own, unless somebody works on it.
        return Ok(None);
    }
    let Ok(Reading::Item(found)) = trash.read(item) else { return Ok(Some(Left::Note)) };
    let Owner::Gone(_lock) = trash.owner_of(&found)? else { return Ok(None) };
    let aside = room::aside_of(item);
    let names = [outside.file_name(), Some(&aside)].into_iter().flatten();
    let mut names = names.filter_map(|name| Name::new(name).ok());
    let is_there = names.any(|name| parent.metadata_of(name).is_ok());
    Ok(Some(if is_there { Left::Both } else { Left::Note }))
}

/// Where to look for what is left.
pub(super) fn place(item: ItemId, outside: &Path, left: Left) -> PathBuf {
    match left {
        Left::Copy => outside.with_file_name(room::name_of(item)),
        Left::Both | Left::Note => outside.to_owned(),
    }
}
