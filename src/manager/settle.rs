//! From two copies to one, after a command that copies was killed between the commit of the one and the removal of the
//! other.
//!
//! Whatever was killed, a removal or a restore, and wherever: if what is outside is the same as what is in the trash,
//! entry by entry and byte by byte, the one in the trash goes. So a killed removal that removed nothing yet has not
//! happened, a killed restore has, and nothing outside of the trash is ever deleted here. What a killed removal had moved
//! aside is moved back before that. If they differ, both stay: one of them is not whole, or somebody has worked on it
//! since.

use std::io;
use std::path::Path;

use super::TrashManager;
use super::copy::delete_original;
use super::room;
use crate::error::{Error, Result};
use crate::item::{ItemId, Keep, TrashItem};
use crate::progress::Progress;
use crate::store::{Owner, Reading, TrashDir, record};
use crate::sys::{self, Dir, Name, if_there};
use crate::transfer::{Route, bring_back, is_same};

/// What is tried, in every error about it.
const SETTLE: &str = "look for a second copy of";

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// What is outside is all that there is now.
    Outside,
    /// The item is in the trash; what is outside, if anything, is something else.
    InTrash,
    /// A command is at work there, which will see to it.
    Later,
}

impl TrashManager {
    /// Whether what is restored of `item` turns out to be at `target` already, where a killed command left it.
    pub(super) fn is_back(&self, item: &TrashItem, target: &Path, progress: &dyn Progress) -> bool {
        let settled = self.trash_of(item).and_then(|trash| match trash.noted(item.id) {
            Ok(Some(noted)) if noted == target => settle(&trash, item.id, &noted, progress),
            _ => Ok(Settled::InTrash),
        });
        settled.is_ok_and(|settled| settled == Settled::Outside)
    }
}

/// Settles the notes that killed removals of what is at `path` left in `trash`.
///
/// A hint is not worth an error: what cannot be settled now is left to `clean`, which tells.
pub(super) fn settle_removals_of(path: &Path, trash: &TrashDir, progress: &dyn Progress) {
    let Ok(Some(staging)) = trash.staging() else { return };
    for (item, _) in staging.notes.into_iter().filter(|(_, noted)| noted == path) {
        settle(trash, item, path, progress).ok();
    }
}

/// Settles the note that says that `item` was copied from or to `outside`, and deletes what an unfinished restore left
/// there.
///
/// # After a crash
/// The note is the last to go, so that the next one goes on.
pub(super) fn settle(trash: &TrashDir, item: ItemId, outside: &Path, progress: &dyn Progress) -> Result<Settled> {
    let failed = |error| Error::system(SETTLE, outside, error);
    // Its volume may come back.
    let parent = if_there(Dir::open_following(outside.parent().unwrap_or(Path::new("/")))).map_err(failed)?;
    let Some(parent) = parent else { return Ok(Settled::Later) };
    // Nothing that has no name was ever copied.
    let Some(name) = outside.file_name().and_then(|name| Name::new(name).ok()) else {
        return trash.forget_note(item).map(|()| Settled::InTrash).map_err(failed);
    };
    let swept = room::sweep(&parent, item).map_err(failed)?;
    if swept == room::Look::AtWork || trash.is_being_filled(item).map_err(failed)? {
        return Ok(Settled::Later);
    }
    let settled = match trash.read(item)? {
        Reading::Item(found) => settle_item(trash, &found, (&parent, name), outside, progress)?,
        Reading::Abandoned { .. } | Reading::Gone => {
            bring_aside_back(item, (&parent, name), None).map_err(failed)?;
            Settled::Outside
        }
    };
    if settled != Settled::Later {
        trash.forget_note(item).map_err(failed)?;
    }
    Ok(settled)
}

/// Puts back what a killed removal of `item` had moved aside when it was to remove it.
fn bring_aside_back(item: ItemId, outside: (&Dir, Name<'_>), copy: Option<(&Dir, Name<'_>)>) -> io::Result<()> {
    let aside = room::aside_of(item);
    bring_back(outside, Name::new(&aside)?, copy)
}

fn settle_item(
    trash: &TrashDir,
    item: &TrashItem,
    (parent, name): (&Dir, Name<'_>),
    outside: &Path,
    progress: &dyn Progress,
) -> Result<Settled> {
    let failed = |error| Error::system(SETTLE, outside, error);
    let Owner::Gone(_lock) = trash.owner_of(item).map_err(failed)? else { return Ok(Settled::Later) };
    // What was restored of a directory is below the place that the whole of it came from.
    let part = item.original_path().and_then(|original| outside.strip_prefix(original).ok());
    let part = part.filter(|part| !part.as_os_str().is_empty());
    let held = trash.holding_part(item, part.unwrap_or(Path::new(""))).ok();
    let held = held.as_ref().and_then(|(holding, held)| Some((holding, Name::new(held).ok()?)));
    bring_aside_back(item.id, (parent, name), held).map_err(failed)?;
    let Some((holding, held)) = held else { return Ok(Settled::InTrash) };
    let passed_over = record::is_part_of_one;
    let source_mode = match part {
        None => holding.metadata_of(held).ok().map(|is| item.original_mode(is.mode)),
        Some(_) => None,
    };
    let route = Route { passed_over, source_mode, ..Route::between((holding, held), (parent, name)) };
    match is_same(route, progress) {
        // Nobody but a person takes away what a person keeps: both stay, and the note of them, until it is released.
        Ok(true) if item.keep != Keep::No => Ok(Settled::Later),
        Ok(true) => {
            // Its name may be younger than the last flush, and nothing else will be left to bring it back.
            sys::flush(parent).map_err(failed)?;
            delete_original(trash, item, part).map_or(Ok(Settled::Outside), Err)
        }
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Settled::Later),
        // What cannot be read is not known to be the same.
        Ok(false) | Err(_) => Ok(Settled::InTrash),
    }
}
