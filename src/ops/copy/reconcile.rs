//! From two copies to one, after a command that copies was killed between the commit of the one and the removal of the
//! other.
//!
//! Whatever was killed, a removal or a restore, and wherever: if what is outside is the same as what is in the trash,
//! entry by entry and byte by byte, the one in the trash goes. So a killed removal that removed nothing yet has not
//! happened, a killed restore has, and nothing outside of the trash is ever deleted here. What a killed removal had moved
//! aside is moved back before that. If they differ, both stay: one of them is not whole, or somebody has worked on it
//! since.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemId, Keep, TrashItem};
use crate::manager::TrashManager;
use crate::ops::copy::delete::delete_original;
use crate::private::{Found, Purpose};
use crate::progress::Progress;
use crate::store::{Note, Noted, Owner, Reading, TrashDir, record};
use crate::sys::{self, Dir, Name, if_there};
use crate::transfer::{Route, bring_back, is_same};

/// What is tried, in every error about it.
const RECONCILE: &str = "look for a second copy of";

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reconciled {
    /// What is outside is all that there is now.
    Outside,
    /// The item is in the trash; what is outside, if anything, is something else.
    InTrash,
    /// A command is at work there, which will see to it.
    Later,
}

impl TrashManager {
    /// Whether what is restored of `item` turns out to be at `target` already, where a killed command left it.
    pub(crate) fn is_back(&self, item: &TrashItem, target: &Path, progress: &dyn Progress) -> bool {
        let reconciled = self.trash_of(item).and_then(|trash| match trash.noted(item.id) {
            Ok(Some(noted)) if noted == target => reconcile(&trash, item.id, &noted, progress),
            _ => Ok(Reconciled::InTrash),
        });
        reconciled.is_ok_and(|reconciled| reconciled == Reconciled::Outside)
    }
}

/// Reconciles the notes that killed removals of what is at a path of these left in `trash`.
///
/// A hint is not worth an error: what cannot be reconciled now is left to `clean`, which tells.
pub(crate) fn reconcile_removals_of(is_meant: impl Fn(&Path) -> bool, trash: &TrashDir, progress: &dyn Progress) {
    let Ok(Some(staging)) = trash.staging() else { return };
    for (item, path) in staging.notes.into_iter().filter(|(_, noted)| is_meant(noted)) {
        reconcile(trash, item, &path, progress).ok();
    }
}

/// Reconciles the note that says that `item` was copied from or to `outside`, and deletes what an unfinished restore left
/// there.
///
/// # Errors
/// Also where something else is under the name of a private directory that the killed command made: it stays, and so does
/// the note.
///
/// # After a crash
/// The note is the last to go, so that the next one goes on.
pub(crate) fn reconcile(trash: &TrashDir, item: ItemId, outside: &Path, progress: &dyn Progress) -> Result<Reconciled> {
    let failed = |error| Error::system(RECONCILE, outside, error);
    let note = match trash.take_note(item).map_err(failed)? {
        Noted::Left(note) => note,
        Noted::AtWork => return Ok(Reconciled::Later),
        Noted::No => return Ok(Reconciled::InTrash),
    };
    // Another command may have left another one since it was read.
    if trash.noted(item).map_err(failed)?.as_deref() != Some(outside) {
        return Ok(Reconciled::Later);
    }
    let Some(parent) = holder_of(outside).map_err(failed)? else { return Ok(Reconciled::Later) };
    // Nothing that has no name was ever copied.
    let Some(name) = outside.file_name().and_then(|name| Name::new(name).ok()) else {
        return note.forget().map(|()| Reconciled::InTrash).map_err(failed);
    };
    if trash.is_being_filled(item).map_err(failed)? {
        return Ok(Reconciled::Later);
    }
    let mut reconciling = Reconciling { trash, note, parent, name, outside, strange: Vec::new() };
    reconciling.delete_copies().map_err(failed)?;
    let reconciled = match trash.read(item)? {
        Reading::Item(found) => reconciling.reconcile_item(&found, progress)?,
        Reading::Abandoned { .. } | Reading::Gone => {
            reconciling.bring_back(None).map_err(failed)?;
            Reconciled::Outside
        }
    };
    let Reconciling { note, strange, .. } = reconciling;
    match strange.first() {
        Some(strange) => Err(stays(&outside.parent().unwrap_or(Path::new("/")).join(strange))),
        None if reconciled == Reconciled::Later => Ok(reconciled),
        None => note.forget().map(|()| reconciled).map_err(failed),
    }
}

/// Opens the directory that holds what a note leads to, which was written down without any link; `None` where it is not
/// there, or a link leads elsewhere by now. Its volume may come back.
pub(crate) fn holder_of(outside: &Path) -> io::Result<Option<Dir>> {
    let path = outside.parent().unwrap_or(Path::new("/"));
    let Some(holder) = if_there(Dir::open_following(path))? else { return Ok(None) };
    Ok((holder.path()? == path).then_some(holder))
}

/// What is under the name of a private directory of ours and cannot be told to be that.
fn stays(path: &Path) -> Error {
    let reason = "a killed command may have left this private directory; \
        move it away, then run rrm clean again";
    Error::new(ErrorKind::System, "clean up", path, reason)
}

/// A note that is being reconciled.
struct Reconciling<'a> {
    trash: &'a TrashDir,
    note: Note<'a>,
    /// Where it leads: the directory, the name in it, and both.
    parent: Dir,
    name: Name<'a>,
    outside: &'a Path,
    /// What is under the names of private directories and not known to be them, told from `parent`.
    strange: Vec<PathBuf>,
}

impl Reconciling<'_> {
    /// Deletes the copies that a killed restore did not finish.
    fn delete_copies(&mut self) -> io::Result<()> {
        for made in self.note.made().iter().filter(|made| made.purpose == Purpose::Copy) {
            match made.find(&self.parent)? {
                Found::Gone => {}
                Found::Ours(left) => left.empty().and_then(|()| left.remove())?,
                Found::Unknown => self.strange.push(PathBuf::from(&made.name)),
            }
        }
        Ok(())
    }

    /// Puts back what a killed removal had moved aside when it was to remove it.
    fn bring_back(&mut self, copy: Option<(&Dir, Name<'_>)>) -> io::Result<()> {
        let asides = self.note.made().iter().filter(|made| made.purpose == Purpose::Aside);
        self.strange.extend(bring_back((&self.parent, self.name), asides, copy)?);
        Ok(())
    }

    fn reconcile_item(&mut self, item: &TrashItem, progress: &dyn Progress) -> Result<Reconciled> {
        let (trash, outside) = (self.trash, self.outside);
        let failed = |error| Error::system(RECONCILE, outside, error);
        let Owner::Gone(_lock) = trash.owner_of(item).map_err(failed)? else { return Ok(Reconciled::Later) };
        // What was restored of a directory is below the place that the whole of it came from.
        let part = item.original_path().and_then(|original| outside.strip_prefix(original).ok());
        let part = part.filter(|part| !part.as_os_str().is_empty());
        let held = trash.holding_part(item, part.unwrap_or(Path::new(""))).ok();
        let held = held.as_ref().and_then(|(holding, held)| Some((holding, Name::new(held).ok()?)));
        self.bring_back(held).map_err(failed)?;
        let Some((holding, held)) = held else { return Ok(Reconciled::InTrash) };
        let passed_over = record::is_part_of_one;
        let source_mode = match part {
            None => holding.metadata_of(held).ok().map(|is| item.original_mode(is.mode)),
            Some(_) => None,
        };
        let route = Route { passed_over, source_mode, ..Route::between((holding, held), (&self.parent, self.name)) };
        match is_same(route, progress) {
            // Nobody but a person takes away what a person keeps: both stay, and the note of them, until it is released.
            Ok(true) if item.keep != Keep::No => Ok(Reconciled::Later),
            Ok(true) => {
                // It may be younger than the last flush, and nothing else will be left to bring it back.
                sys::flush_file_system(&self.parent.readable().map_err(failed)?).map_err(failed)?;
                delete_original(trash, item, part).map_or(Ok(Reconciled::Outside), Err)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(Reconciled::Later),
            // What cannot be read is not known to be the same.
            Ok(false) | Err(_) => Ok(Reconciled::InTrash),
        }
    }
}
