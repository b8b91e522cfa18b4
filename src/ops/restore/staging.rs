//! Where a copy out of the trash is made: a private directory beside its target, so that one rename puts it there whole.
//!
//! While it exists a [note](crate::store::Note) in the trash says where the copy goes and what was made there, so that
//! `clean` finds what a killed restore left. Where no note can be made, nobody does, and it stays.

use std::io;

use crate::item::ItemId;
use crate::private::{PrivateDir, Purpose};
use crate::store::{Note, TrashDir};
use crate::sys::{Dir, Name};

/// A private directory for one copy, and the note of it.
#[must_use = "it is to be closed"]
pub(crate) struct RestoreStaging<'a> {
    private: PrivateDir,
    note: Option<Note<'a>>,
}

impl<'a> RestoreStaging<'a> {
    /// Makes it in `parent`, for a copy of `item` out of `trash` that shall be called `target` there.
    pub(crate) fn make(trash: &'a TrashDir, item: ItemId, (parent, target): (&Dir, Name<'_>)) -> io::Result<Self> {
        let outside = parent.path().map(|parent| parent.join(target.as_os_str()));
        let note = match outside.map_or(Ok(None), |outside| trash.leave_note(item, &outside).map(Some)) {
            Ok(note) => note,
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => return Err(at_work()),
            // As on a trash that is read-only, or full.
            Err(error) if is_about_writing(&error) => None,
            Err(error) => return Err(error),
        };
        let made = PrivateDir::make(parent, Purpose::Copy, note.as_ref().and_then(Note::ledger));
        match made {
            Ok(private) => Ok(Self { private, note }),
            Err(error) => {
                note.map(Note::forget);
                Err(error)
            }
        }
    }

    /// The directory itself.
    pub(crate) fn dir(&self) -> &Dir {
        self.private.dir()
    }

    /// Deletes what is still in it, and removes it.
    ///
    /// # Errors
    /// It stays, and so does the note of it, for the next clean.
    pub(crate) fn close(self) -> io::Result<()> {
        let Self { private, note } = self;
        private.empty().and_then(|()| private.remove())?;
        note.map_or(Ok(()), Note::forget)
    }
}

fn is_about_writing(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(error.kind(), PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull)
}

fn at_work() -> io::Error {
    io::Error::new(io::ErrorKind::ResourceBusy, "another restore of it is running")
}
