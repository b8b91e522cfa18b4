//! A way for what others can exchange, from where they can to where they cannot: through a private directory.
//!
//! A rename takes whatever is under the name at that moment. Straight to its old place it would put there, for a moment or
//! for good, what somebody else likes. So it is moved into a [private directory](PrivateDir) beside it first, looked at
//! there, and moved on only if it is that.
//!
//! | last step done | on the disk | who mends it |
//! |---|---|---|
//! | a note in the trash, the private directory | it is in its place; an empty directory beside it | `clean`, or the next undo of the run |
//! | it, or what took its name, is in the private directory | it, under its name there | the same: it goes back to its place, or beside that |
//! | it is moved on | it is at its old place; an empty directory | the same |
//! | the private directory and the note are removed | it is at its old place | |

use std::io;

use super::target::{Target, replaced};
use crate::error::words_of;
use crate::guard::Key;
use crate::item::{ItemId, RANDOM, Told};
use crate::private::{PrivateDir, Purpose};
use crate::store::{Note, TrashDir};
use crate::sys::{random_bytes, rename_no_replace, rename_to_own_name};
use crate::text::quoted;
use crate::transfer::put_back;

/// What is in a private directory beside its place.
#[must_use = "it is to be put somewhere"]
pub(super) struct Lifted<'a> {
    from: &'a Target,
    private: PrivateDir,
    note: Note<'a>,
}

impl<'a> Lifted<'a> {
    /// Takes what is at `from`, if it is that; what turns out to be another goes back.
    pub(super) fn take(trash: &'a TrashDir, from: &'a Target, key: Key) -> io::Result<Self> {
        let note = trash.leave_note(nobodys_id()?, &from.path())?;
        let made = PrivateDir::make(&from.parent, Purpose::Aside, note.ledger());
        // What is renamed into a directory that never came to the disk may be nowhere after a power cut.
        let flushed = made.and_then(|private| match private.flush() {
            Ok(()) => Ok(private),
            Err(error) => private.remove().and(Err(error)),
        });
        let private = match flushed {
            Ok(private) => private,
            Err(error) => return note.forget().and(Err(error)),
        };
        let lifted = Self { from, private, note };
        let name = from.name()?;
        if let Err(error) = rename_to_own_name(&from.parent, name, lifted.private.dir(), name) {
            return lifted.close().and(Err(error));
        }
        match lifted.key() {
            Ok(found) if found == key => Ok(lifted),
            Ok(_) => Err(lifted.give_back(replaced())),
            Err(error) => Err(lifted.give_back(error)),
        }
    }

    fn key(&self) -> io::Result<Key> {
        let (is, birth) = self.private.dir().metadata_and_birth_of(self.from.name()?)?;
        Ok(Key::new(is.id, birth))
    }

    /// Moves it to `to`, or back if that cannot be.
    pub(super) fn put(self, to: &Target) -> io::Result<()> {
        let moved = rename_no_replace(self.private.dir(), self.from.name()?, &to.parent, to.name()?);
        match moved {
            // What is left of the way is empty, and a clean finds it.
            Ok(()) => {
                self.close().ok();
                Ok(())
            }
            Err(error) => Err(self.give_back(error)),
        }
    }

    /// Moves it back, for this reason; gives the error that tells where it is.
    fn give_back(self, reason: io::Error) -> io::Error {
        let back = self.from.name().and_then(|name| put_back(self.private.dir(), name, &self.from.parent));
        match back {
            Ok(None) => {
                self.close().ok();
                reason
            }
            Ok(Some(other)) => {
                let now = quoted(self.from.above.join(other));
                self.close().ok();
                io::Error::other(format!("{}; what was there is now {now}", words_of(&reason)))
            }
            Err(error) => {
                let held = quoted(self.from.above.join(self.private.name()));
                let why = words_of(&error);
                let reason = words_of(&reason);
                io::Error::other(format!(
                    "{reason}; what was there is in {held} ({why}), and 'rrm clean' moves it back"
                ))
            }
        }
    }

    /// Removes the private directory, which is empty, and the note of it. If the one stays, so does the other.
    fn close(self) -> io::Result<()> {
        self.private.remove().and_then(|()| self.note.forget())
    }
}

/// No item is called so: what is noted belongs to none.
fn nobodys_id() -> io::Result<ItemId> {
    let mut random = [0; RANDOM];
    random_bytes(&mut random)?;
    Ok(ItemId::new(random, Told::nothing()))
}
