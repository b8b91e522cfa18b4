//! How an item leaves a trash directory for where a person wants it.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | the `g+w` and `o+w` that were taken off are given back | it is in the trash and listed, and open |
//! | **rename, never replacing** | it is at its target, whole, perhaps with attributes of ours, and writable for its owner |
//! | each attribute erased, the path last | the same; the next removal of it overwrites them |
//! | the `u+w` that it was given is taken off, the envelope removed | it is as it was |
//!
//! We rename `item`, never the envelope around it. The kernel looks the name up under the lock of its directory, so if a
//! restore and a `clean` race, exactly one gets the whole item.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;

use crate::item::{Holder, ItemKind, Lent, Origin, Record, Spot, TrashItem};
use crate::store::OTHERS_WRITE;
use crate::store::envelope::discard_envelope;
use crate::store::lock::{is_at, is_ours};
use crate::store::moving::make_writable::{MadeWritable, make_writable};
use crate::store::spot::Holding;
use crate::store::{TrashDir, layout, record};
use crate::sys::{Dir, Lock, Metadata, Name, metadata_of_file, rename_no_replace, set_mode_of_file, try_lock};

/// An item that has left.
#[derive(Debug)]
#[must_use = "what could not be tidied up is to be told"]
pub enum Taken {
    /// It is as it was before it was removed.
    Whole,
    /// It is where it was wanted, but something of ours could not be taken off it, or its mode not be given back.
    Marked(io::Error),
}

/// An item that is where it was wanted, with its record on it; [`TrashDir::tidy_up`] takes that off.
#[must_use = "its record is to be erased"]
pub struct MovedOut {
    item: TrashItem,
    labelled: Option<File>,
    leaving: Leaving,
    envelope: Option<Dir>,
    /// Where it is now, if another had its lock when it was moved.
    contended: Option<(Dir, OsString)>,
}

/// How long a restore waits for a removal that has the lock of what is moved, each time a millisecond.
const ATTEMPTS: u32 = 200;

/// Waits for whoever else has the lock of a file that is back, and says whether it is in its place then. A removal that had
/// opened it before has taken it again otherwise, and its record is that removal's. A program that keeps the lock is no
/// removal, and keeps others from being one.
fn is_back_for_good(file: &File, (target, name): &(Dir, OsString)) -> bool {
    for _ in 0..ATTEMPTS {
        if !matches!(try_lock(file), Ok(Lock::Taken)) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    Name::new(name).is_ok_and(|name| is_at(file, target, name).is_ok_and(|is_there| is_there))
}

impl TrashDir {
    /// Moves `item` to `target_name` of `target`, which must not exist (`EEXIST`). Its record is still to be erased.
    ///
    /// An error means that it is still in the trash, with its record.
    pub fn move_out(&self, item: &TrashItem, target: &Dir, target_name: Name<'_>) -> io::Result<MovedOut> {
        let (holding, name) = self.holding(item)?;
        let name = Name::new(&name)?;
        // Opened before the move, so that nothing but this very inode loses attributes after it; and locked, so that no
        // removal of what is back writes a record that would be erased.
        let labelled = self.labelled(item, name)?;
        let contended = match labelled.as_ref().map(try_lock) {
            Some(Ok(Lock::Taken)) => Some((target.try_clone()?, target_name.as_os_str().to_owned())),
            _ => None,
        };
        let leaving = Leaving::of(item, &holding, name)?;
        let reopened = Reopened::of(item, labelled.as_ref(), (target, target_name))?;
        if let Err(error) = self.making_room(|| rename_no_replace(&holding, name, target, target_name)) {
            self.close_again(item, labelled.as_ref(), reopened)?;
            leaving.stay()?;
            return Err(error);
        }
        let envelope = if let Holding::Envelope(envelope) = holding { Some(envelope) } else { None };
        Ok(MovedOut { item: item.clone(), labelled, leaving, envelope, contended })
    }

    /// Takes off again what an item was given to be moved, which it was not. Others could write the record meanwhile.
    fn close_again(&self, item: &TrashItem, file: Option<&File>, reopened: Reopened) -> io::Result<()> {
        let (Some(file), Reopened::Yes) = (file, reopened) else { return Ok(()) };
        let is = metadata_of_file(file)?;
        match self.record_of(item) {
            Some(record) => self.close(file, &is, &record),
            None => set_mode_of_file(file, is.mode & !OTHERS_WRITE),
        }
    }

    /// The record of an item again, if it has a whole one.
    fn record_of(&self, item: &TrashItem) -> Option<Record> {
        Some(Record {
            original_path: self.recorded_path(item.original_path()?)?,
            trashed: item.trashed.instant()?,
            deletion: item.deletion.instant(),
            session: item.session.clone().map(OsString::from),
            imported_as: None,
        })
    }

    /// Erases the record of what was moved out and is `at` its target, gives it back its mode, and removes its envelope.
    pub fn tidy_up(&self, moved: MovedOut, at: &Path) -> Taken {
        let is_in_place = |file: &File| moved.contended.as_ref().is_none_or(|place| is_back_for_good(file, place));
        let labelled = moved.labelled.filter(is_in_place);
        let erased = labelled.map_or(Ok(()), |file| self.erase_moved(&moved.item, &file, at));
        // Whatever became of the record: nothing else will remember the mode.
        let result = moved.leaving.finish(|mode| moved.item.original_mode(mode)).and(erased);
        if let Some(envelope) = moved.envelope {
            self.discard_holding(moved.item.spot(), &Holding::Envelope(envelope));
        }
        result.map_or_else(Taken::Marked, |()| Taken::Whole)
    }

    /// Erases the record of what was moved.
    fn erase_moved(&self, item: &TrashItem, file: &File, at: &Path) -> io::Result<()> {
        match record::erase(&*self.attributes, file) {
            // Some servers lose what was opened by a name that is there no more; by now it has another.
            Err(error) if error.kind() == io::ErrorKind::StaleNetworkFileHandle => {
                let again =
                    Dir::open(at.parent().unwrap_or(at))?.open_file(Name::new(at.file_name().unwrap_or_default())?)?;
                let recorded = record::read_path(&*self.attributes, &again)?;
                let is_it =
                    recorded.is_some() && recorded == item.original_path().and_then(|path| self.recorded_path(path));
                if is_it && is_ours(&again) { record::erase(&*self.attributes, &again) } else { Err(error) }
            }
            erased => erased,
        }
    }

    /// Both at once: moves `item`, and leaves nothing of ours on it.
    pub fn take(&self, item: &TrashItem, target: &Dir, target_name: Name<'_>) -> io::Result<Taken> {
        let at = target.path().unwrap_or_default().join(target_name.as_os_str());
        self.move_out(item, target, target_name).map(|moved| self.tidy_up(moved, &at))
    }

    /// The item's own file, if it carries its record itself.
    fn labelled(&self, item: &TrashItem, name: Name<'_>) -> io::Result<Option<File>> {
        let can_carry = matches!(item.kind, ItemKind::File | ItemKind::Directory);
        if item.holder == Holder::Envelope || !can_carry {
            return Ok(None);
        }
        match self.shelf(item.shelf)?.open_file(name) {
            Err(_) if item.origin == Origin::Unknown => Ok(None),
            result => result.map(Some),
        }
    }

    /// Moves what is at `inner` below the trashed directory `item` to `target_name` of `target`, which must not exist.
    /// The item stays, without that part.
    pub fn take_part(&self, item: &TrashItem, inner: &Path, target: &Dir, target_name: Name<'_>) -> io::Result<()> {
        let (dir, last) = self.holding_part(item, inner)?;
        self.take_from(&dir, Name::new(&last)?, target, target_name)
    }

    /// Moves `name` of `dir`, a directory below an item of this trash, to `target_name` of `target`, which must not exist.
    pub fn take_from(&self, dir: &Dir, name: Name<'_>, target: &Dir, target_name: Name<'_>) -> io::Result<()> {
        let leaving = Leaving::prepare(dir, name)?;
        match self.making_room(|| rename_no_replace(dir, name, target, target_name)) {
            Ok(()) => leaving.stay(),
            Err(error) => leaving.stay().and(Err(error)),
        }
    }

    /// Removes the empty directory at `inner` below the trashed directory `item`; with no `inner`, the item itself.
    pub fn remove_emptied(&self, item: &TrashItem, inner: &Path) -> io::Result<()> {
        if inner.as_os_str().is_empty() {
            let (holding, name) = self.holding(item)?;
            holding.remove_dir(Name::new(&name)?)?;
            self.discard_holding(item.spot(), &holding);
            return Ok(());
        }
        let (dir, last) = self.holding_part(item, inner)?;
        dir.remove_dir(Name::new(&last)?)
    }

    /// Whether there is something at `inner` below the trashed directory `item`.
    #[must_use]
    pub fn holds_part(&self, item: &TrashItem, inner: &Path) -> bool {
        let found = self.holding_part(item, inner);
        found.is_ok_and(|(dir, name)| Name::new(&name).is_ok_and(|name| dir.metadata_of(name).is_ok()))
    }

    /// Opens the directory that holds a part of an item, following no link, and says under which name.
    pub fn holding_part(&self, item: &TrashItem, inner: &Path) -> io::Result<(Dir, OsString)> {
        let (holding, mut name) = self.holding(item)?;
        let mut dir = holding.into_dir()?;
        for next in inner {
            dir = dir.open_dir(Name::new(&name)?)?;
            next.clone_into(&mut name);
        }
        Ok((dir, name))
    }

    /// The metadata of the item itself.
    pub fn metadata_of(&self, item: &TrashItem) -> io::Result<Metadata> {
        let (holding, name) = self.holding(item)?;
        holding.metadata_of(Name::new(&name)?)
    }

    /// Moves a finished copy of `item`, or of a part of it, from `staging` to its target, which must not exist.
    ///
    /// An error means that it is still in `staging`.
    pub fn release(
        &self,
        item: &TrashItem,
        part: Option<&Path>,
        staging: &Dir,
        (target, target_name): (&Dir, Name<'_>),
    ) -> io::Result<Taken> {
        let leaving = Leaving::prepare(staging, layout::ITEM)?;
        if part.is_none() && lent_to(item).taken != 0 {
            let copy = staging.open_file(layout::ITEM)?;
            set_mode_of_file(&copy, metadata_of_file(&copy)?.mode | lent_to(item).taken)?;
        }
        rename_no_replace(staging, layout::ITEM, target, target_name)?;
        let finished = match part {
            None => leaving.finish(|mode| item.original_mode(mode)),
            Some(_) => leaving.stay(),
        };
        Ok(finished.map_or_else(Taken::Marked, |()| Taken::Whole))
    }

    /// Removes the envelope of an item that has left. One that cannot be removed holds nothing, is never listed, and is
    /// swept by `clean`; so this is no failure.
    pub(in crate::store) fn discard_holding(&self, spot: Spot, holding: &Holding<'_>) {
        let name = spot.name();
        if let (Holding::Envelope(envelope), Ok(name), Ok(shelf)) =
            (holding, Name::new(&name), self.shelf(spot.shelf()))
        {
            discard_envelope(&shelf, envelope, name).ok();
        }
    }
}

/// What an item lost and got in the trash.
fn lent_to(item: &TrashItem) -> Lent {
    item.id.told().map(|told| told.lent).unwrap_or_default()
}

/// Whether others may write to an item again that is still in the trash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reopened {
    Yes,
    No,
}

impl Reopened {
    /// Gives an item the permissions back that were taken off it, once it has been read and is about to leave.
    fn of(item: &TrashItem, file: Option<&File>, (target, name): (&Dir, Name<'_>)) -> io::Result<Self> {
        let (taken @ 1.., Some(file)) = (lent_to(item).taken, file) else { return Ok(Self::No) };
        // The usual reason why it stays after all.
        if target.metadata_of(name).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        set_mode_of_file(file, metadata_of_file(file)?.mode | taken)?;
        Ok(Self::Yes)
    }
}

/// A thing about to be moved away: a directory is held open, and writable while it is moved.
pub(in crate::store) struct Leaving {
    dir: Option<(Dir, u32)>,
    made_writable: Option<MadeWritable>,
}

impl Leaving {
    /// An item about to leave. Only a directory takes any preparation.
    pub(in crate::store) fn of(item: &TrashItem, holding: &Dir, name: Name<'_>) -> io::Result<Self> {
        match item.kind {
            ItemKind::Directory => Self::prepare(holding, name),
            _ => Ok(Self::nothing()),
        }
    }

    /// What takes no preparation.
    pub(in crate::store) fn nothing() -> Self {
        Self { dir: None, made_writable: None }
    }

    pub(in crate::store) fn prepare(holding: &Dir, name: Name<'_>) -> io::Result<Self> {
        let metadata = holding.metadata_of(name)?;
        let dir = if metadata.is_dir() { Some((holding.open_dir(name)?, metadata.mode)) } else { None };
        let made_writable = make_writable(|| holding.open_dir(name), &metadata)?;
        Ok(Self { dir, made_writable })
    }

    /// It was not moved after all, or is to have the mode that it had a moment ago.
    pub(in crate::store) fn stay(self) -> io::Result<()> {
        self.made_writable.map_or(Ok(()), MadeWritable::restore_mode)
    }

    /// It was moved: it gets the mode that this makes of the one it had.
    fn finish(self, original: impl Fn(u32) -> u32) -> io::Result<()> {
        match &self.dir {
            Some((dir, had)) if original(*had) != *had => dir.set_mode(original(*had)),
            _ => self.stay(),
        }
    }
}
