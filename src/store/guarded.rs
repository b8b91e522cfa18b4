//! What a guarded run keeps on one volume while it goes on: a directory `.guarded/<uuid>` with
//!
//! | name | what it is |
//! |---|---|
//! | `1`, `2`, `3`, … | a link to what lost its name, or a copy of what lost its content |
//! | `1~`, … | a copy that is not finished: nobody's |
//! | `journal` | what was lost, from where, and as what: appended before the program may go on |
//! | `plan` | which of them become which items; from when it is there it is what happens, and nothing else |
//! | an item's ID | an envelope that is being filled by the plan |
//! | `aftermath` | what of the run is to be undone beside its items: what was moved, and how things were |
//!
//! It is locked for as long as somebody keeps things in it. Whoever finds it without an owner makes items of it. While it is
//! made, it is called `<uuid>~`.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _};

use chrono::{DateTime, Utc};

use super::envelope::is_abandoned;
use super::record::keys::ORIGINAL_PATH;
use super::{TrashDir, layout, record, take_over};
use crate::attributes::{ExtendedAttributes, RecordFile};
use crate::item::{Guarded, ItemId, Lent, Record, Shape};
use crate::sys::{self, Dir, Locked, Name, if_there, rename_to_own_name};

/// On an envelope: what a guarded program did to the place of the item.
const MARK: &str = "rrm_guarded";

const JOURNAL: Name<'static> = Name::fixed("journal");
const PLAN: Name<'static> = Name::fixed("plan");
const AFTERMATH: Name<'static> = Name::fixed("aftermath");
const NEXT: Name<'static> = Name::fixed("next");

/// The end of the name of a copy that is not finished, and of a run that has not begun.
const UNFINISHED: &str = "~";

/// The file of a run that is written whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// What becomes of the numbers.
    Plan,
    /// What an undo has to do beside restoring items.
    Aftermath,
}

impl Run {
    fn name(self) -> Name<'static> {
        match self {
            Self::Plan => PLAN,
            Self::Aftermath => AFTERMATH,
        }
    }
}

/// The directory of a run on one volume, which is ours as long as this lives.
pub struct Guard {
    id: ItemId,
    dir: Dir,
    _lock: Locked,
}

/// What a guarded program did to the place of what is in an envelope.
pub(super) fn mark_of(attributes: &dyn ExtendedAttributes, envelope: &File) -> io::Result<Guarded> {
    Ok(attributes.get(envelope, MARK)?.map_or(Guarded::No, |words| Guarded::from_words(&words)))
}

impl TrashDir {
    /// Makes the directory of the run `id`, with a journal that begins with `first`, and brings both to the disk.
    ///
    /// On btrfs, what is renamed into a directory that is younger than the last commit may be nowhere after a power cut.
    ///
    /// It has its name only once it is locked: whoever looked at it before would take it for one that nobody owns.
    ///
    /// # After a crash
    /// A directory of another name, which a later clean removes, or a run without anything in it, which the next command
    /// removes.
    pub fn begin_guard(&self, id: ItemId, first: &[u8]) -> io::Result<(Guard, File)> {
        let runs = self.own_dir(layout::GUARDED)?;
        let (text, begun) = (id.to_string(), format!("{id}{UNFINISHED}"));
        let (name, begun) = (Name::new(&text)?, Name::new(&begun)?);
        let dir = runs.create_private_dir(begun)?;
        let made = take_over(&runs, begun, &dir).and_then(|lock| {
            let lock = lock.ok_or(io::ErrorKind::ResourceBusy)?;
            let journal = create(&dir, JOURNAL)?;
            sys::write(&journal, first)?;
            sys::flush_file(&journal)?;
            sys::flush(&dir)?;
            rename_to_own_name(&runs, begun, &runs, name)?;
            sys::flush(&runs)?;
            Ok((lock, journal))
        });
        match made {
            Ok((lock, journal)) => Ok((Guard { id, dir, _lock: lock }, journal)),
            Err(error) => {
                dir.remove_file(JOURNAL).ok();
                runs.remove_dir(begun).ok();
                Err(error)
            }
        }
    }

    /// Removes what a run has left that was killed while it began.
    pub fn sweep_begun_guards(&self, now: DateTime<Utc>) -> io::Result<()> {
        let Some(runs) = self.own_dir_if_there(layout::GUARDED)? else { return Ok(()) };
        let mut begun = Vec::new();
        runs.for_each_entry(|entry| {
            let id = entry.name.to_str().and_then(|name| name.strip_suffix(UNFINISHED)).map(OsStr::new);
            begun.extend(id.and_then(ItemId::from_name).map(|_| entry.name));
            Ok(())
        })?;
        for name in begun {
            let name = Name::new(&name)?;
            let Some(dir) = if_there(runs.open_dir(name))? else { continue };
            if is_abandoned(dir.metadata()?.modified, now) && take_over(&runs, name, &dir)?.is_some() {
                if_there(dir.remove_file(JOURNAL))?;
                runs.remove_dir(name)?;
            }
        }
        Ok(())
    }

    /// The IDs of the runs of which there is anything here.
    pub fn guards(&self) -> io::Result<Vec<ItemId>> {
        let Some(runs) = self.own_dir_if_there(layout::GUARDED)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        runs.for_each_entry(|entry| {
            found.extend(ItemId::from_name(&entry.name));
            Ok(())
        })?;
        Ok(found)
    }

    /// Takes the directory of a run that nobody owns; `None` where somebody does, or there is none.
    pub fn take_guard(&self, id: ItemId) -> io::Result<Option<Guard>> {
        let Some(runs) = self.own_dir_if_there(layout::GUARDED)? else { return Ok(None) };
        let text = id.to_string();
        let name = Name::new(&text)?;
        let Some(dir) = if_there(runs.open_dir(name))? else { return Ok(None) };
        Ok(take_over(&runs, name, &dir)?.map(|lock| Guard { id, dir, _lock: lock }))
    }

    /// Makes an empty envelope with this record and mark in the directory of a run. An empty path is none: of unknown origin.
    ///
    /// # After a crash
    /// An envelope in the directory of a run, which is discarded unless the plan names it.
    pub fn make_guarded_envelope(&self, guard: &Guard, record: &Record, mark: Guarded) -> io::Result<ItemId> {
        self.making_room(|| {
            let (id, envelope) = self.make_envelope(&guard.dir, record, Lent::default())?;
            let file = envelope.readable()?;
            let attributes: &dyn ExtendedAttributes = match id.told().map(|told| told.shape) {
                Some(Shape::RecordFile) => &RecordFile,
                _ => &*self.attributes,
            };
            if record.original_path.as_os_str().is_empty() {
                attributes.remove(&file, ORIGINAL_PATH)?;
            }
            let words = mark.words().unwrap_or_default();
            match attributes.set(&file, MARK, words.as_bytes()) {
                Err(error) if sys::is_attribute_refused(&error) => {
                    self.write_in_file(guard, (id, &file), record, words)
                }
                set => set.map(|()| id),
            }
        })
    }

    /// Moves the record of an envelope, in which there is no room for the mark, to a file in it.
    fn write_in_file(
        &self,
        guard: &Guard,
        (id, envelope): (ItemId, &File),
        record: &Record,
        words: &str,
    ) -> io::Result<ItemId> {
        let mut pairs = record::encode(record);
        pairs.retain(|(name, value)| *name != ORIGINAL_PATH || !value.is_empty());
        pairs.push((MARK, words.into()));
        RecordFile::keep(envelope, pairs)?;
        record::erase(&*self.attributes, envelope)?;
        let again = self.new_id(record, Shape::RecordFile, Lent::default())?;
        let (old, new) = (id.to_string(), again.to_string());
        rename_to_own_name(&guard.dir, Name::new(&old)?, &guard.dir, Name::new(&new)?)?;
        Ok(again)
    }

    /// Puts a filled envelope among the items: the commit.
    pub fn commit_guarded(&self, guard: &Guard, item: ItemId) -> io::Result<()> {
        let text = item.to_string();
        let name = Name::new(&text)?;
        self.making_room(|| rename_to_own_name(&guard.dir, name, &self.dir, name))
    }

    /// Removes the directory of a run, if nothing is in it.
    pub fn end_guard(&self, guard: &Guard) -> io::Result<()> {
        self.own_dir(layout::GUARDED)?.remove_dir(Name::new(&guard.id.to_string())?)
    }

    /// What an undo of a run has to do beside restoring items, as it was written, for each run that has something to do.
    pub fn aftermaths(&self) -> io::Result<Vec<(ItemId, Vec<u8>)>> {
        let Some(runs) = self.own_dir_if_there(layout::GUARDED)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for id in self.guards()? {
            let Some(dir) = if_there(runs.open_dir(Name::new(&id.to_string())?))? else { continue };
            if let Some(content) = content_of(&dir, AFTERMATH)? {
                found.push((id, content));
            }
        }
        Ok(found)
    }

    /// Forgets what an undo of the run would have to do, unless items are yet to be made of what it has kept.
    pub fn forget_aftermath(&self, id: ItemId) -> io::Result<()> {
        let Some(guard) = self.take_guard(id)? else { return Ok(()) };
        if guard.journal()?.is_some() || guard.read(Run::Plan)?.is_some() {
            return Ok(());
        }
        if_there(guard.dir.remove_file(AFTERMATH))?;
        self.end_guard(&guard)
    }
}

impl Guard {
    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Dir {
        &self.dir
    }

    /// What a number is called.
    #[must_use]
    pub fn name_of(number: u64) -> OsString {
        number.to_string().into()
    }

    /// What a copy is called until it is finished.
    #[must_use]
    pub fn unfinished(number: u64) -> OsString {
        format!("{number}{UNFINISHED}").into()
    }

    /// Makes another name, `number`, of what is under a name elsewhere on this volume; what is a link is not followed.
    pub fn link(&self, number: u64, from: &Dir, name: Name<'_>) -> io::Result<()> {
        from.link(name, &self.dir, Name::new(&Self::name_of(number))?)
    }

    /// Gives a copy that is finished its number.
    pub fn finish_copy(&self, number: u64) -> io::Result<()> {
        let (unfinished, name) = (Self::unfinished(number), Self::name_of(number));
        rename_to_own_name(&self.dir, Name::new(&unfinished)?, &self.dir, Name::new(&name)?)
    }

    /// Removes what is left of a copy.
    pub fn discard_copy(&self, number: u64) -> io::Result<()> {
        if_there(self.dir.remove_file(Name::new(&Self::unfinished(number))?)).map(drop)
    }

    /// Removes a number: nothing is lost with it that is not somewhere else.
    pub fn drop_number(&self, number: u64) -> io::Result<()> {
        if_there(self.dir.remove_file(Name::new(&Self::name_of(number))?)).map(drop)
    }

    /// What there is: the numbers, and the envelopes.
    pub fn contents(&self) -> io::Result<Contents> {
        let mut contents = Contents::default();
        self.dir.for_each_entry(|entry| {
            contents.add(&entry.name);
            Ok(())
        })?;
        Ok(contents)
    }

    /// Takes away an envelope in which there is nothing; anything else stays.
    pub fn discard_envelope(&self, id: ItemId) -> io::Result<()> {
        let text = id.to_string();
        let name = Name::new(&text)?;
        super::envelope::discard_envelope(&self.dir, &self.dir.open_dir(name)?, name)
    }

    /// The journal; `None` where there is none (any more).
    pub fn journal(&self) -> io::Result<Option<File>> {
        if_there(self.dir.open_file(JOURNAL))
    }

    /// What the journal tells.
    pub fn journal_text(&self) -> io::Result<Vec<u8>> {
        Ok(content_of(&self.dir, JOURNAL)?.unwrap_or_default())
    }

    /// The journal, to be written on.
    pub fn journal_to_append(&self) -> io::Result<File> {
        self.dir.open_file_to_append(JOURNAL)
    }

    /// Removes the journal: all that it tells is done.
    pub fn drop_journal(&self) -> io::Result<()> {
        if_there(self.dir.remove_file(JOURNAL)).map(drop)
    }

    /// Writes a file of the run: it is there whole, and on the disk, or not at all.
    pub fn write(&self, which: Run, content: &[u8]) -> io::Result<()> {
        if_there(self.dir.remove_file(NEXT))?;
        let file = create(&self.dir, NEXT)?;
        sys::write(&file, content)?;
        sys::flush_file(&file)?;
        rename_to_own_name(&self.dir, NEXT, &self.dir, which.name())?;
        sys::flush(&self.dir)
    }

    /// What a file of the run holds, if there is one.
    pub fn read(&self, which: Run) -> io::Result<Option<Vec<u8>>> {
        content_of(&self.dir, which.name())
    }

    /// Removes a file of the run, and what a crash left of one.
    pub fn drop_file(&self, which: Run) -> io::Result<()> {
        if_there(self.dir.remove_file(NEXT))?;
        if_there(self.dir.remove_file(which.name())).map(drop)
    }
}

/// What is in the directory of a run.
#[derive(Debug, Default)]
pub struct Contents {
    /// Names of what is kept.
    pub numbers: Vec<u64>,
    /// Copies that are not finished.
    pub unfinished: Vec<u64>,
    /// Envelopes.
    pub envelopes: Vec<ItemId>,
}

impl Contents {
    fn add(&mut self, name: &OsStr) {
        let number = |text: &str| text.parse().ok().filter(|number: &u64| number.to_string() == text);
        let text = name.to_str().unwrap_or_default();
        if let Some(number) = number(text) {
            self.numbers.push(number);
        } else if let Some(number) = text.strip_suffix(UNFINISHED).and_then(number) {
            self.unfinished.push(number);
        } else {
            self.envelopes.extend(ItemId::from_name(name));
        }
    }
}

fn content_of(dir: &Dir, name: Name<'_>) -> io::Result<Option<Vec<u8>>> {
    let Some(mut file) = if_there(dir.open_file(name))? else { return Ok(None) };
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    Ok(Some(content))
}

/// A new file that its owner can read again, whatever the umask: that of COMMAND is its own affair.
fn create(dir: &Dir, name: Name<'_>) -> io::Result<File> {
    let file = dir.create_file(name)?;
    sys::set_mode_of_file(&file, 0o600)?;
    Ok(file)
}
