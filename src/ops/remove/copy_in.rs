//! Removing where a rename cannot: copy, commit, and only then remove the source.

use std::io;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result, words_of};
use crate::item::{ItemId, Record};
use crate::ops::copy::CopyTask;
use crate::ops::copy::Copying;
use crate::ops::copy::delete::purge_all;
use crate::ops::copy::reconcile::reconcile_removals_of;
use crate::progress::Progress;
use crate::store::{Note, Placed, Source, TrashDir, layout};
use crate::text::quoted;
use crate::transfer::{Left, Proof, Route, remove_source};

/// How many of the things that stay are named.
const MOST_NAMED: usize = 20;

/// Something on its way into the trash.
pub(crate) struct Incoming<'a> {
    /// What is tried, in errors about it.
    pub(crate) action: &'static str,
    /// What a person knows it by.
    pub(crate) shown: &'a Path,
    /// Where it is.
    pub(crate) source: Source<'a>,
    /// What is to be recorded, with its path absolute.
    pub(crate) record: &'a Record,
    /// What may be copied.
    pub(crate) copying: Copying,
}

/// Copies a thing into `trash`, and removes it once the copy is on the disk and listed.
pub(crate) fn copy_in(
    incoming: &Incoming<'_>,
    trash: &TrashDir,
    record: &Record,
    progress: &dyn Progress,
) -> Result<Placed> {
    let Incoming { action, shown, source, copying, .. } = *incoming;
    let outside = source.parent.path().map(|parent| parent.join(source.name.as_os_str())).ok();
    if let Some(outside) = &outside {
        reconcile_removals_of(|path| path == outside, trash, progress);
    }
    let staged = trash.stage(record).map_err(|error| unwritable(incoming, error))?;
    let task = CopyTask { action, what: shown, copying, progress };
    let route = Route::between((source.parent, source.name), (staged.envelope(), layout::ITEM));
    let committed = task.run(route).and_then(|copied| {
        let noted = outside.as_ref().and_then(|outside| trash.leave_note(staged.id(), outside).ok());
        let placed = trash.commit(&staged).map_err(|error| unwritable(incoming, error));
        match placed {
            Ok(placed) => Ok((placed, copied, noted)),
            Err(error) => {
                noted.map(Note::forget);
                Err(error)
            }
        }
    });
    let (placed, copied, noted) = committed.inspect_err(|_| {
        // What cannot be deleted now is found without an owner by the next clean.
        if let Ok((staging, name)) = trash.discarded(&staged) {
            purge_all(&staging, name.as_ref()).ok();
        }
    })?;
    let removed = remove_source(route, Proof::Seen(copied), noted.as_ref().and_then(Note::ledger), progress);
    // It leads to whatever was moved aside and could not be moved back.
    if removed.asides == 0 {
        noted.map(Note::forget);
    }
    if removed.left.is_empty() { Ok(placed) } else { Err(not_all_removed(action, shown, placed.id, removed.left)) }
}

/// The copy is in the trash, and something stays where it was: named, as far as a person can read on.
pub(crate) fn not_all_removed(action: &'static str, shown: &Path, id: ItemId, left: Vec<Left>) -> Error {
    let holder = shown.parent().unwrap_or(Path::new(""));
    let mut reason = format!("it was copied to the trash as {}, but could not be removed completely", id.short());
    for Left { path, error } in left.iter().take(MOST_NAMED) {
        reason.push_str(&format!("\n  {}: {}", quoted(holder.join(path)), words_of(error)));
    }
    if left.len() > MOST_NAMED {
        reason.push_str(&format!("\n  and {} more", left.len() - MOST_NAMED));
    }
    let source = left.into_iter().next().map(|first| first.error);
    Error { source, ..Error::new(ErrorKind::System, action, shown, reason) }
}

/// A failure in the trash, of which the operand's own name says nothing: that it is not found there is no excuse for
/// `rm -f`.
fn unwritable(incoming: &Incoming<'_>, error: io::Error) -> Error {
    let reason = format!("cannot write the copy: {}", words_of(&error));
    Error { source: Some(error), ..Error::new(ErrorKind::System, incoming.action, incoming.shown, reason) }
}
