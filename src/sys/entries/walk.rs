//! Walking a tree of any depth and width with a bounded number of descriptors, and no recursion.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::sys::{Dir, Entry, FileId, Listing, Name};

/// How many directories of one trail are held open: the deepest. A copy has two trails, so it fits in 64 descriptors.
const HELD: usize = 16;

/// The directories from the top of a tree down to the current one.
///
/// Those far above are closed and opened again through `..` on the way back. A directory that was moved meanwhile has
/// another parent by then, so the identity of each is remembered and checked.
#[derive(Debug)]
pub(crate) struct Trail {
    current: Arc<Dir>,
    /// The nearest ones above, still open.
    held: VecDeque<Arc<Dir>>,
    /// Which directory each one above the current one is, the top first.
    above: Vec<FileId>,
}

impl Trail {
    pub(crate) fn new(top: Dir) -> Self {
        Self { current: Arc::new(top), held: VecDeque::new(), above: Vec::new() }
    }

    pub(crate) fn current(&self) -> &Dir {
        &self.current
    }

    /// The current directory, for whoever may need it when it has been left: it is open that long.
    pub(crate) fn shared(&self) -> Arc<Dir> {
        self.current.clone()
    }

    pub(crate) fn enter(&mut self, child: Dir) -> io::Result<()> {
        self.above.push(self.current.metadata()?.id);
        self.held.push_back(std::mem::replace(&mut self.current, Arc::new(child)));
        if self.held.len() > HELD {
            self.held.pop_front();
        }
        Ok(())
    }

    /// Goes back up; at the top it stays there.
    pub(crate) fn leave(&mut self) -> io::Result<()> {
        let Some(id) = self.above.pop() else { return Ok(()) };
        let parent = match self.held.pop_back() {
            Some(parent) => parent,
            None => Arc::new(self.reopen_parent(id)?),
        };
        self.current = parent;
        Ok(())
    }

    fn reopen_parent(&self, expected: FileId) -> io::Result<Dir> {
        let parent = self.current.open_parent_for_reading()?;
        if parent.metadata()?.id == expected {
            Ok(parent)
        } else {
            Err(io::Error::other("a directory above was moved"))
        }
    }
}

/// What a walk meets.
#[derive(Debug)]
pub(crate) enum Step {
    /// An entry of the current directory.
    Found(Entry),
    /// The current directory has no more entries.
    Finished,
}

/// Where [`Walk::leave`] arrived.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ascent {
    /// In the directory above.
    Above,
    /// There is none: the walk is over.
    Over,
}

/// One directory of a walk: how far it was read.
#[derive(Debug)]
struct Level {
    name: OsString,
    listing: Listing,
}

impl Level {
    fn new(name: OsString) -> Self {
        Self { name, listing: Listing::default() }
    }
}

/// A walk through a tree; the walker decides which directories to enter.
#[derive(Debug)]
pub(crate) struct Walk {
    trail: Trail,
    level: Level,
    above: Vec<Level>,
}

impl Walk {
    /// Starts in `top`, an open readable directory that its parent calls `name`.
    pub(crate) fn new(top: Dir, name: Name<'_>) -> Self {
        top.keep_access_time();
        Self { trail: Trail::new(top), level: Level::new(name.as_os_str().to_owned()), above: Vec::new() }
    }

    /// The directory that the walk is in.
    pub(crate) fn here(&self) -> &Dir {
        self.trail.current()
    }

    /// The same, for whoever may need it when the walk has left it.
    pub(crate) fn shared(&self) -> Arc<Dir> {
        self.trail.shared()
    }

    /// How many directories are above the current one.
    pub(crate) fn depth(&self) -> usize {
        self.above.len()
    }

    /// The name of the directory at this depth, 0 being the top.
    pub(crate) fn name_at(&self, depth: usize) -> &OsString {
        self.above.get(depth).map_or(&self.level.name, |level| &level.name)
    }

    pub(crate) fn step(&mut self) -> io::Result<Step> {
        let next = self.level.listing.next(self.trail.current())?;
        Ok(next.map_or(Step::Finished, Step::Found))
    }

    /// Begins the current directory again.
    pub(crate) fn rewind(&mut self) {
        self.level.listing = Listing::default();
    }

    /// Goes into `child`, which is open for reading and called `name` here.
    pub(crate) fn enter(&mut self, child: Dir, name: OsString) -> io::Result<()> {
        child.keep_access_time();
        self.trail.enter(child)?;
        self.above.push(std::mem::replace(&mut self.level, Level::new(name)));
        if let Some(far) = self.above.len().checked_sub(HELD).and_then(|index| self.above.get_mut(index)) {
            far.listing.set_aside();
        }
        Ok(())
    }

    pub(crate) fn leave(&mut self) -> io::Result<Ascent> {
        let Some(level) = self.above.pop() else { return Ok(Ascent::Over) };
        self.trail.leave()?;
        self.level = level;
        Ok(Ascent::Above)
    }

    /// The path of the current directory, or of an entry in it, from the walk's top on. For messages only.
    pub(crate) fn path(&self, name: Option<&OsString>) -> PathBuf {
        let levels = self.above.iter().chain([&self.level]);
        levels.map(|level| &level.name).chain(name).collect()
    }
}
