//! All that is in a trash directory: what is kept, and what is not.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::thread;

use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemId, Shelf, Spot};
use crate::store::TrashDir;
use crate::store::layout::{self, Meaning};
use crate::store::read::Reading;
use crate::store::spot::At;
use crate::sys::door::spawn_beside;
use crate::sys::{Dir, Entry, FileKind};

/// How many entries are read before the first of them is told: the more, the more memory.
const AT_ONCE: usize = 512;

/// From how many items for each on a second thread is worth its start.
const WORTHWHILE: usize = 64;

impl TrashDir {
    /// Calls `each` with everything in the trash directory, or with why it could not be read. One that cannot be read
    /// does not keep the others from being told.
    pub fn for_each(&self, mut each: impl FnMut(Result<Reading>)) -> Result<()> {
        self.for_each_batch(&|_| true, |batch| {
            batch.into_iter().for_each(&mut each);
            ControlFlow::Continue(())
        })
    }

    /// As [`Self::for_each`], with what was read together: one entry at first, so that it is told at once, then twice as
    /// many each time, of the items whose ID is wanted. `each` may break off.
    pub fn for_each_batch(
        &self,
        is_wanted: &(dyn Fn(ItemId) -> bool + Sync),
        mut each: impl FnMut(Vec<Result<Reading>>) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut flow = ControlFlow::Continue(());
        self.on_each_shelf(|shelf, dir| {
            if flow.is_continue() {
                flow = self.each_batch_on(shelf, dir, is_wanted, &mut each)?;
            }
            Ok(())
        })
    }

    fn each_batch_on(
        &self,
        shelf: Shelf,
        dir: &Dir,
        is_wanted: &(dyn Fn(ItemId) -> bool + Sync),
        each: &mut impl FnMut(Vec<Result<Reading>>) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>> {
        let mut entries = Vec::with_capacity(AT_ONCE);
        let (mut enough, mut flow) = (1, ControlFlow::Continue(()));
        let walk = dir.for_each_entry(|entry| {
            if matches!(layout::meaning_of(shelf, &entry.name), Meaning::Item(spot) if !is_wanted(spot.id)) {
                return Ok(());
            }
            entries.push(entry);
            if entries.len() < enough {
                return Ok(());
            }
            enough = AT_ONCE.min(2 * enough);
            let batch = self.read_all(shelf, dir, &entries);
            entries.clear();
            flow = each(batch);
            if flow.is_break() { Err(std::io::ErrorKind::Interrupted.into()) } else { Ok(()) }
        });
        if flow.is_break() || each(self.read_all(shelf, dir, &entries)).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        walk.map(|()| flow).map_err(|error| self.unread(shelf, error))
    }

    fn read_all(&self, shelf: Shelf, dir: &Dir, entries: &[Entry]) -> Vec<Result<Reading>> {
        in_two_threads(entries, |entry| self.read_entry(shelf, dir, entry)).into_iter().flatten().collect()
    }

    fn read_entry(&self, shelf: Shelf, dir: &Dir, entry: &Entry) -> Option<Result<Reading>> {
        match layout::meaning_of(shelf, &entry.name) {
            Meaning::Item(spot) => Some(self.read_at(&At::new(dir, spot), entry.kind)),
            Meaning::Ours => None,
            Meaning::Foreign => {
                let path = self.shelf_path(shelf).join(&entry.name);
                Some(Err(Error::new(ErrorKind::Foreign, "use", path, "rrm did not create it")))
            }
        }
    }

    /// Calls `each` with every item's place, and with its kind where the file system tells. No record is read.
    pub fn names(&self, mut each: impl FnMut(Spot, Option<FileKind>)) -> Result<()> {
        self.on_each_shelf(|shelf, dir| {
            let walk = dir.for_each_entry(|entry| {
                if let Meaning::Item(spot) = layout::meaning_of(shelf, &entry.name) {
                    each(spot, entry.kind);
                }
                Ok(())
            });
            walk.map_err(|error| self.unread(shelf, error))
        })
    }

    /// How many things there are that somebody may want back or that a command has not finished: with none it holds nothing
    /// but what rrm makes in each trash directory.
    pub fn count(&self) -> Result<usize> {
        let mut found = 0;
        self.names(|_, _| found += 1)?;
        if found == 0 {
            self.for_each(|reading| found += usize::from(!matches!(reading, Ok(Reading::Gone))))?;
            let unread = |error| Error::system("read", &**self.path(), error);
            let unfinished = self.staging().map_err(unread)?.map_or(0, |left| left.copies.len() + left.notes.len());
            found += unfinished + self.doomed().map_err(unread)?.map_or(0, |(_, names)| names.len());
        }
        Ok(found)
    }

    /// Calls `each` with the directory of what nobody keeps, and then with that of what somebody does.
    fn on_each_shelf(&self, mut each: impl FnMut(Shelf, &Dir) -> Result<()>) -> Result<()> {
        each(Shelf::Trash, self.dir())?;
        match self.shelf(Shelf::Kept) {
            Ok(kept) => each(Shelf::Kept, &kept),
            // Nothing ever was.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(self.unread(Shelf::Kept, error)),
        }
    }

    fn unread(&self, shelf: Shelf, error: std::io::Error) -> Error {
        Error::system("read the trash directory", self.shelf_path(shelf), error)
    }

    fn shelf_path(&self, shelf: Shelf) -> PathBuf {
        match shelf {
            Shelf::Trash => self.path.to_path_buf(),
            Shelf::Kept => self.path.join(layout::KEPT.as_os_str()),
        }
    }
}

/// Reads items in their order. Each takes several calls that wait for nobody, so that two threads need half the time; a
/// thread costs as much as a few items.
pub fn in_two_threads<T: Sync, R: Send>(items: &[T], read: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let (some, others) = items.split_at(items.len() / 2);
    let read = |items: &[T]| -> Vec<R> { items.iter().map(&read).collect() };
    if some.len() < WORTHWHILE {
        return read(items);
    }
    thread::scope(|scope| {
        let second = spawn_beside(scope, || read(others));
        let mut done = read(some);
        let rest = second.and_then(|second| second.join().ok());
        done.extend(rest.unwrap_or_else(|| read(others)));
        done
    })
}
