//! An envelope that a plan fills. Each step is done if it is not done yet, so that an interrupted one goes on.

use std::io;
use std::path::{Path, PathBuf};

use super::super::plan::PlannedUnit;
use super::super::promote::{Part, Uses, What};
use crate::store::{Guard, layout};
use crate::sys::{Dir, Inode, Name, if_there, rename_to_own_name};
use crate::transfer::{Given, Traits};

/// What an owner may do with a directory that is being filled.
const OWNER_ALL: u32 = 0o700;

/// Fills the envelope of an item, and tells which directories in it could not be given all of their attributes; `None` where
/// the envelope is not there (any more).
pub(super) fn fill<'a>(guard: &Guard, unit: &'a PlannedUnit) -> io::Result<Option<Vec<&'a Path>>> {
    let text = unit.id.to_string();
    let Some(envelope) = if_there(guard.dir().open_dir(Name::new(&text)?))? else { return Ok(None) };
    let mut lacking = Vec::new();
    let mut filling = Filling { guard, envelope: &envelope, last: None };
    for part in &unit.parts {
        filling.put(part)?;
    }
    // What is in a directory comes after it, so that from the last to the first each is given its own when nothing in it
    // is changed any more.
    for part in unit.parts.iter().rev() {
        if let What::Directory(Some(had)) = &part.what {
            match filling.finish(&part.below, had)? {
                Given::All => {}
                Given::NotAll => lacking.push(&*part.below),
            }
        }
    }
    Ok(Some(lacking))
}

struct Filling<'a> {
    guard: &'a Guard,
    envelope: &'a Dir,
    /// The directory of the item that was used last: parts come in runs.
    last: Option<(PathBuf, Dir)>,
}

impl Filling<'_> {
    fn put(&mut self, part: &Part) -> io::Result<()> {
        match &part.what {
            What::Directory(_) => self.make(&part.below),
            What::Number { number, uses, had } => self.put_number(&part.below, *number, *uses, had.as_ref()),
        }
    }

    fn make(&mut self, below: &Path) -> io::Result<()> {
        let (holder, name) = self.place(below)?;
        match holder.create_private_dir(name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open_up(holder, name),
            made => made.map(drop),
        }
    }

    fn put_number(&mut self, below: &Path, number: u64, uses: Uses, had: Option<&Traits>) -> io::Result<()> {
        let guard = self.guard;
        let number = Guard::name_of(number);
        let number = Name::new(&number)?;
        if let Some(had) = had {
            self.give_back(number, had)?;
        }
        let (holder, last) = self.place(below)?;
        let put = match uses {
            Uses::One => rename_to_own_name(guard.dir(), number, holder, last),
            Uses::Several => guard.dir().link(number, holder, last),
        };
        match put {
            // Done before: a number is moved once, and linked once to a place.
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists) => {
                holder.metadata_of(last).map(drop)
            }
            put => put,
        }
    }

    /// Gives what had other permissions and times before what it had, if no other name of it is somebody's.
    fn give_back(&self, number: Name<'_>, had: &Traits) -> io::Result<()> {
        let Some(is) = if_there(self.guard.dir().metadata_of(number))? else { return Ok(()) };
        if is.links > 1 {
            return Ok(());
        }
        let inode = self.guard.dir().mark(number)?;
        // What may not be given back is no reason to leave it out.
        had.give_back(&inode).and_then(|()| had.give_back_times(&inode)).ok();
        Ok(())
    }

    fn finish(&mut self, below: &Path, had: &Traits) -> io::Result<Given> {
        self.last = None;
        let (holder, name) = self.place(below)?;
        let dir = holder.open_dir(name)?.readable()?;
        had.give(&Inode::Open(dir))
    }

    /// The directory that holds what is at `below` of the item, made if it is missing, and the name there.
    fn place<'p>(&mut self, below: &'p Path) -> io::Result<(&Dir, Name<'p>)> {
        let (Some(parent), Some(name)) = (below.parent(), below.file_name()) else {
            return Ok((self.envelope, layout::ITEM));
        };
        let last = match self.last.take() {
            Some((known, dir)) if known == parent => (known, dir),
            _ => (parent.to_owned(), self.descend(parent)?),
        };
        let (_, dir) = self.last.insert(last);
        Ok((dir, Name::new(name)?))
    }

    fn descend(&self, below: &Path) -> io::Result<Dir> {
        let mut dir = self.envelope.open_dir(layout::ITEM)?;
        for name in below {
            let name = Name::new(name)?;
            dir = match if_there(dir.open_dir(name))? {
                Some(next) => next,
                None => dir.create_private_dir(name)?,
            };
        }
        Ok(dir)
    }
}

/// Lets us into a directory that was finished before and is to be finished again.
fn open_up(holder: &Dir, name: Name<'_>) -> io::Result<()> {
    let is = holder.metadata_of(name)?;
    match is.mode & OWNER_ALL {
        OWNER_ALL => Ok(()),
        _ => holder.open_dir(name)?.set_mode(is.mode | OWNER_ALL),
    }
}
