//! What is done about a content that is about to go, or may be written over.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use super::super::Found;
use super::super::journal::{Entry, Key, Thing};
use super::super::volume::Volume;
use super::keep::{Keeping, Kept, Lost, NO_ROOM, Seen, too_large};
use super::{KEEP, Writes};
use crate::error::{Error, ErrorKind, words_of};
use crate::sys::{self, FileKind, Metadata};
use crate::transfer::copy_content;

/// Up to what size a file is copied as it is opened for writing, if nothing else is asked for.
const SMALL: u64 = 1 << 20;

/// Why there is no copy.
struct NotCopied {
    reason: String,
    /// What it is a copy of that there is not.
    seen: Option<Seen>,
}

impl Keeping<'_> {
    /// All of a file that is longer than `length` may go.
    pub(super) fn content_goes(&self, file: &File, found: Option<&Found>, length: u64) -> Kept {
        let path = found.and_then(|found| found.path.as_deref());
        self.copy(file, found, length, self.run.options.limit).map_err(|not| Lost::new(path, not.reason))
    }

    /// A file is opened for writing, and what is written may be at any place. What was not asked for is no loss to be told.
    pub(super) fn is_written(&self, file: &File, found: &Found) -> Kept {
        let limit = self.run.options.limit;
        match (self.run.options.writes, found.path.as_deref()) {
            (Writes::Small, _) => drop(self.copy(file, Some(found), 0, limit.min(SMALL))),
            (Writes::All, path) => {
                let lost = |not: NotCopied| Lost { seen: not.seen, ..Lost::new(path, not.reason) };
                self.copy(file, Some(found), 0, limit).map_err(lost)?;
            }
        }
        Ok(())
    }

    fn copy(&self, file: &File, found: Option<&Found>, length: u64, limit: u64) -> Result<(), NotCopied> {
        let Ok((is, birth)) = sys::metadata_and_birth_of_file(file) else {
            return Err(NotCopied { reason: "cannot read its metadata".to_owned(), seen: None });
        };
        let Some(age) = self.age(birth).filter(|_| is.kind == FileKind::File && is.size > length) else {
            return Ok(());
        };
        let seen = Some(Seen::new(&is, birth));
        let not_copied = |reason: &str| Err(NotCopied { reason: reason.to_owned(), seen });
        let opened = match found {
            Some(found) => self.store(&found.parent),
            None => self.store_of_nameless(&is),
        };
        let volume = match opened {
            Ok(volume) => volume,
            Err(error) => return not_copied(&error.reason),
        };
        let thing = Thing { key: Key::new(is.id, birth), kind: is.kind, age };
        let _alone = volume.copying.lock().unwrap_or_else(PoisonError::into_inner);
        if volume.index().contents.contains(&thing.key) {
            return Ok(());
        }
        if is.size > limit && volume.index().too_large.contains(&thing.key) {
            return not_copied(&too_large(is.size));
        }
        if !volume.has_room(self.run.options.floor) {
            return not_copied(NO_ROOM);
        }
        let number = volume.number();
        let before = self.before(&volume, thing, &is);
        let path = found.and_then(|found| found.path.as_deref()).map(Path::to_owned);
        let noted = volume.note([Entry::Content { number, thing, before, path }]);
        match noted.and_then(|()| volume.copy(number, |to, name| copy_content(file, to, name, limit))) {
            Ok(()) => {
                volume.index().contents.insert(thing.key);
                self.run.is_kept(found.and_then(|found| found.path.as_deref()));
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                volume.index().too_large.insert(thing.key);
                not_copied(&too_large(is.size))
            }
            Err(error) => not_copied(&words_of(&error)),
        }
    }

    /// The store of the volume that a file without a name is on.
    fn store_of_nameless(&self, is: &Metadata) -> Result<Arc<Volume>, Error> {
        let known = self.segment.places.known(&(is.mount, is.id.device));
        known.ok_or_else(|| Error::new(ErrorKind::NoTrash, KEEP, "", "it no longer has a name"))
    }
}
