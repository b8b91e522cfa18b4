//! Where the other end of a copy is.
//!
//! For as long as something is copied into the trash or out of it, `.staging` holds a symbolic link that is called by the
//! item's ID and leads to its place outside: where it comes from, or where it goes. Beside it is a [ledger](Ledger) of the
//! private directories that were made outside, locked by the command that made them. Whoever finds the two without their
//! owner knows where a killed command may have left a second copy, or what was to become one.
//!
//! A note is a hint. Where none can be written the copy is made all the same, and nothing is believed for a note's sake:
//! what is outside may have been exchanged since.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::item::{Holder, ItemId, Told, TrashItem};
use crate::private::{Ledger, Recorded};
use crate::store::lock::{is_at, take_over};
use crate::store::{TrashDir, layout};
use crate::sys::{Dir, Locked, Name, if_there, rename_to_own_name};

/// Who works on an item that there is a note of.
#[derive(Debug)]
pub enum Owner {
    /// The command that left the note, or another that reconciles it.
    AtWork,
    /// Nobody else, for as long as the lock is held; an item without an envelope has none.
    Gone(Option<Locked>),
}

/// A note of a command at work, or one that was left and is now ours to reconcile: nobody else does for as long as it lives.
pub struct Note<'a> {
    trash: &'a TrashDir,
    item: ItemId,
    /// Which private directories its command made before.
    made: Vec<Recorded>,
    ledger: Option<Ledger>,
    ending: Ending,
    _lock: Option<Locked>,
}

/// What becomes of a note when the command that holds it is through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It is removed.
    Forgotten,
    /// It stays for whoever reconciles what an earlier command left.
    Left,
}

/// How often a ledger is made that others remove at once.
const ATTEMPTS: u32 = 8;

impl Note<'_> {
    /// Where the private directories that are made from now on are written down.
    #[must_use]
    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// Which private directories the command made that left it.
    #[must_use]
    pub fn made(&self) -> &[Recorded] {
        &self.made
    }

    /// Takes it back, unless an earlier command has left it.
    pub fn forget(self) -> io::Result<()> {
        if self.ending == Ending::Left {
            return Ok(());
        }
        let staging = self.trash.own_dir(layout::STAGING)?;
        for name in [layout::note_of(self.item), layout::ledger_of(self.item)] {
            if_there(staging.remove_file(Name::new(&name)?))?;
        }
        Ok(())
    }

    /// The note that another command left, to add to what it made.
    fn adopted(self, staging: &Dir) -> io::Result<Self> {
        let file = staging.open_file_to_append(Name::new(&layout::ledger_of(self.item))?)?;
        Ok(Self { ledger: Some(Ledger::on(file)), ending: Ending::Left, ..self })
    }
}

/// What there is of a note.
pub enum Noted<'a> {
    /// None.
    No,
    /// One whose command is at work.
    AtWork,
    /// One whose command is gone.
    Left(Note<'a>),
}

impl TrashDir {
    /// Notes down that `item` is being copied from or to `elsewhere`. Where a command has left a note of it that leads into
    /// the same directory, that one is added to; where it leads into another, it is set aside.
    ///
    /// # Errors
    /// `EBUSY` where another command is at work with the item.
    pub fn leave_note(&self, item: ItemId, elsewhere: &Path) -> io::Result<Note<'_>> {
        let staging = self.own_dir(layout::STAGING)?;
        let name = layout::ledger_of(item);
        let name = Name::new(&name)?;
        for _ in 0..ATTEMPTS {
            match staging.create_file(name) {
                Ok(file) => match lock_of(&staging, name, &file) {
                    Ok(Some(lock)) => match self.note_in(&staging, item, elsewhere, (file, lock))? {
                        Some(note) => return Ok(note),
                        None => self.set_note_aside(&staging, item)?,
                    },
                    // A clean found it before it was locked, and removes it.
                    Ok(None) => {}
                    Err(error) => {
                        staging.remove_file(name).ok();
                        return Err(error);
                    }
                },
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match self.take_note(item)? {
                    Noted::AtWork => return Err(io::ErrorKind::ResourceBusy.into()),
                    Noted::Left(note) if self.leads_beside(item, elsewhere)? => return note.adopted(&staging),
                    Noted::Left(_locked) => self.set_note_aside(&staging, item)?,
                    // Its command was killed before it noted anything.
                    Noted::No => self.drop_ledger(item)?,
                },
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    /// Whether the note of `item` leads into the directory of `elsewhere`: what is made in another is not found by it.
    fn leads_beside(&self, item: ItemId, elsewhere: &Path) -> io::Result<bool> {
        Ok(self.noted(item)?.is_some_and(|noted| noted.parent() == elsewhere.parent()))
    }

    /// Gives the note of `item`, and its ledger, a name that belongs to no item, so that there can be a second one. It is
    /// reconciled as that of an item which is gone: what was left where it leads is found, as soon as that is there again.
    ///
    /// Killed before the last step there are two notes that lead to one place, one of them with the ledger.
    fn set_note_aside(&self, staging: &Dir, item: ItemId) -> io::Result<()> {
        let Some(noted) = self.noted(item)? else { return Ok(()) };
        let nobodys = ItemId::new(self.random()?, Told::nothing());
        staging.create_symlink(Name::new(&layout::note_of(nobodys))?, &noted)?;
        let (old, new) = (layout::ledger_of(item), layout::ledger_of(nobodys));
        if_there(rename_to_own_name(staging, Name::new(&old)?, staging, Name::new(&new)?))?;
        staging.remove_file(Name::new(&layout::note_of(item))?)
    }

    /// Makes the note that belongs to a new ledger; `None` where there is one that leads into another directory.
    fn note_in(
        &self,
        staging: &Dir,
        item: ItemId,
        elsewhere: &Path,
        (file, lock): (File, Locked),
    ) -> io::Result<Option<Note<'_>>> {
        let made = staging.create_symlink(Name::new(&layout::note_of(item))?, elsewhere);
        let note = |ending| Note {
            trash: self,
            item,
            made: Vec::new(),
            ledger: Some(Ledger::on(file)),
            ending,
            _lock: Some(lock),
        };
        match made {
            Ok(()) => Ok(Some(note(Ending::Forgotten))),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Ok(self.leads_beside(item, elsewhere)?.then(|| note(Ending::Left)))
            }
            Err(error) => {
                staging.remove_file(Name::new(&layout::ledger_of(item))?).ok();
                Err(error)
            }
        }
    }

    /// What there is of a note of `item`; one that was left is taken over.
    pub fn take_note(&self, item: ItemId) -> io::Result<Noted<'_>> {
        let Some(staging) = self.own_dir_if_there(layout::STAGING)? else { return Ok(Noted::No) };
        let name = layout::ledger_of(item);
        let name = Name::new(&name)?;
        let mut made = Vec::new();
        let mut lock = None;
        if let Some(mut file) = if_there(staging.open_file(name))? {
            lock = lock_of(&staging, name, &file)?;
            if lock.is_none() {
                return Ok(Noted::AtWork);
            }
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            made = Ledger::read(&content);
        }
        let note = Note { trash: self, item, made, ledger: None, ending: Ending::Forgotten, _lock: lock };
        Ok(if self.noted(item)?.is_some() { Noted::Left(note) } else { Noted::No })
    }

    /// Removes a ledger that belongs to no note, unless its command is just about to leave one.
    pub fn drop_ledger(&self, item: ItemId) -> io::Result<()> {
        let Some(staging) = self.own_dir_if_there(layout::STAGING)? else { return Ok(()) };
        let name = layout::ledger_of(item);
        let name = Name::new(&name)?;
        let Some(file) = if_there(staging.open_file(name))? else { return Ok(()) };
        let Some(_lock) = lock_of(&staging, name, &file)? else { return Ok(()) };
        if self.noted(item)?.is_some() { Ok(()) } else { staging.remove_file(name) }
    }

    /// The other end of a copy of `item`, if there is a note of one.
    pub fn noted(&self, item: ItemId) -> io::Result<Option<PathBuf>> {
        let Some(staging) = self.own_dir_if_there(layout::STAGING)? else { return Ok(None) };
        if_there(staging.read_link(Name::new(&layout::note_of(item))?))
    }

    /// Whether `item` is still being copied into the trash.
    pub fn is_being_filled(&self, item: ItemId) -> io::Result<bool> {
        let Some(staging) = self.own_dir_if_there(layout::STAGING)? else { return Ok(false) };
        let name = item.to_string();
        Ok(staging.metadata_of(Name::new(&name)?).is_ok())
    }

    /// Makes sure that nobody else works on a listed item that was copied in.
    pub fn owner_of(&self, item: &TrashItem) -> io::Result<Owner> {
        if item.holder == Holder::Item {
            return Ok(Owner::Gone(None));
        }
        let (shelf, name) = (self.shelf(item.shelf)?, item.spot().name());
        let name = Name::new(&name)?;
        let envelope = shelf.open_dir(name)?;
        Ok(take_over(&shelf, name, &envelope)?.map_or(Owner::AtWork, |lock| Owner::Gone(Some(lock))))
    }
}

/// The lock of a ledger; `None` where its command has it, or somebody has removed it meanwhile.
fn lock_of(staging: &Dir, name: Name<'_>, file: &File) -> io::Result<Option<Locked>> {
    let Some(lock) = Locked::take(file.try_clone()?)? else { return Ok(None) };
    Ok(is_at(file, staging, name).unwrap_or(false).then_some(lock))
}
