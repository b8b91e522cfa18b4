//! The removal of one entry that is no directory: it is moved aside, looked at once more, and goes if it is what was copied.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::aside::{Asides, Moved, is_what_was_seen, move_aside};
use super::{Left, ONE, Place};
use crate::progress::{Amount, Silent};
use crate::sys::{FileKind, Metadata, if_there};
use crate::transfer::copy::leaf::Leaf;
use crate::transfer::loss::Loss;
use crate::transfer::{Copied, Route, is_same};

/// What the helper does.
pub(super) fn remove_leaf(leaf: &Leaf, asides: &Mutex<Asides<'_>>) -> Result<Amount, Left> {
    let removed = leaf.places().and_then(|[one, copy]| remove_aside(asides, one, &leaf.was, copy));
    let counted = removed.map(|removed| removed.map_or(Amount::default(), |_| ONE));
    counted.map_err(|error| Left { path: leaf.path(), error })
}

/// Moves an entry aside, and removes it if it is what was looked at; `None` if it had gone.
pub(super) fn remove_aside(
    asides: &Mutex<Asides<'_>>,
    (from, name): Place<'_>,
    was: &Metadata,
    copy: Place<'_>,
) -> io::Result<Option<Removed>> {
    let aside = lock(asides).within(from);
    let moved = aside.as_deref().map(|aside| (move_aside(from, name, aside), aside));
    match moved {
        Some((Moved::Gone, _)) => Ok(None),
        Some((Moved::Refused, _)) | None => if_there(remove_as_seen((from, name), was, copy)),
        Some((Moved::Aside, aside)) => match remove_as_seen((aside, name), was, copy) {
            Ok(removed) => Ok(Some(removed)),
            Err(error) => {
                lock(asides).put_back((aside, name), from)?;
                Err(error)
            }
        },
    }
}

/// Each call leaves them whole, even one that panics.
pub(super) fn lock<'a, 'b>(asides: &'a Mutex<Asides<'b>>) -> MutexGuard<'a, Asides<'b>> {
    asides.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether `is` looks as it did while it was copied, and `copy` as its copy; when it was changed is asked beside that.
pub(super) fn looks_as_seen(seen: &Copied, is: &Metadata, copy: &Metadata) -> bool {
    let has_length = matches!(is.kind, FileKind::File | FileKind::Symlink);
    let keeps_times = seen.losses.get(Loss::Times).is_none();
    is.kind == copy.kind && (!has_length || is.size == copy.size) && (!keeps_times || is.modified == copy.modified)
}

/// What was removed.
pub(super) struct Removed {
    /// The file, if it has other names.
    pub(super) is_also: Option<Metadata>,
}

/// Removes `one` if it is what `was` looked at a moment ago, or the very same as its copy: some file systems number a file
/// anew when it is moved.
fn remove_as_seen(one: Place<'_>, was: &Metadata, copy: Place<'_>) -> io::Result<Removed> {
    let is = one.0.metadata_of(one.1)?;
    let is_copied = || is_same(Route::between(one, copy), &Silent);
    // Once more, because a server may tell one time and then another of what has just got a new name.
    if !is_what_was_seen(was, &is) && !is_copied()? && !is_copied()? {
        return Err(not_copied());
    }
    let inode = if is.links > 1 { Some(one.0.mark(one.1)?) } else { None };
    one.0.remove_file(one.1)?;
    Ok(Removed { is_also: inode.and_then(|inode| inode.metadata().ok()) })
}

pub(super) fn not_copied() -> io::Error {
    io::Error::other("it was added or changed after the copy")
}
