//! The third walk: removing the source, and of it only what the copy holds.
//!
//! Other programs go on working while a tree is copied and removed. What they add or change after it was compared is in
//! no copy; a plain deletion would be the end of it. So source and copy are walked side by side once more, and an entry
//! is removed only if the copy has it and it is still what was copied, to its change time. It is moved [aside](crate::transfer::remove_source::aside)
//! for that, so that nothing can take its place between the look and the removal. All else stays where it is, with the
//! directories that lead to it, and is named.
//!
//! Nothing interrupts this walk: it is the short end of a removal that has happened.

pub(super) mod aside;
mod leaf;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use crate::private::Ledger;
use crate::progress::{Activity, Amount, Progress, begin};
use crate::sys::{self, Dir, Metadata, Name, if_there};

use crate::sys::entries::walk::{Ascent, Step, Trail, Walk};
use crate::transfer::compare::holds_the_same;
use crate::transfer::copy::leaf::{Leaf, Pair};
use crate::transfer::error::Trouble;
use crate::transfer::helper::{self, Helper, with_helper};
use crate::transfer::loss::Loss;
use crate::transfer::make::open_source_dir;
use crate::transfer::{Copied, Route, is_same};
use aside::Asides;
use leaf::{Removed, lock, looks_as_seen, not_copied, remove_aside, remove_leaf};

/// How often one directory is read before we give up on a process that keeps filling it.
const PASSES: u32 = 100;

/// What is counted of an entry.
const ONE: Amount = Amount { entries: 1, bytes: 0 };

/// Search, read and write for the owner: what it takes to empty a directory.
const OWNER_ALL: u32 = 0o700;

/// What is left of a source.
#[derive(Debug, Default)]
#[must_use = "what stays is to be told"]
pub struct RemovedSource {
    /// What was removed; bytes are not counted.
    pub removed: Amount,
    /// What stays, each with its cause; a directory that stays only for what it holds is not listed.
    pub left: Vec<Left>,
    /// How many private directories stay, for [`crate::transfer::bring_back`] to find; hardly ever any.
    pub asides: usize,
}

/// How it is known that the copy has an entry.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The copy was made a moment ago, by `copy`, and this is what it saw.
    Seen(Copied),
    /// An earlier command made it, and what that saw is gone with it: both are read, and compared as [`is_same`] does.
    Bytes,
}

/// Something that stays.
#[derive(Debug)]
pub struct Left {
    /// Where it is, beginning with the source's name.
    pub path: PathBuf,
    /// Why it stays.
    pub error: io::Error,
}

/// Removes the source of `route` as far as `proof` tells that it is in the copy, which is at the route's target. The private
/// directories that entries are moved to first are written down in `ledger`.
///
/// Directories of ours that forbid it get `u+rwx`, and their mode back if they stay.
///
/// # After a crash
/// The copy is whole; what is left of the source is a smaller tree, some of its directories perhaps with `u+rwx` added,
/// and one or two entries perhaps moved aside, which [`crate::transfer::bring_back`] mends.
pub fn remove_source(
    route: Route<'_>,
    proof: Proof,
    ledger: Option<&Ledger>,
    progress: &dyn Progress,
) -> RemovedSource {
    let total = if let Proof::Seen(copied) = &proof { Some(copied.total) } else { None };
    let _ending = begin(progress, Activity::Deleting, total);
    let asides = Mutex::new(Asides::new(route.source, ledger));
    let gains = total.is_some_and(|total| helper::gains(total.entries, route.source, helper::REMOVING));
    let work = gains.then_some(|leaf: Leaf| remove_leaf(&leaf, &asides));
    let mut removed = with_helper(work, |helper| {
        let removed = RemovedSource::default();
        Removing {
            proof,
            asides: &asides,
            helper,
            progress,
            levels: Vec::new(),
            here: None,
            links: Links::AllThere,
            removed,
        }
        .all(route)
    });
    removed.asides = lock(&asides).left();
    removed
}

/// A name in a directory.
type Place<'a> = (&'a Dir, Name<'a>);

struct Removing<'a> {
    proof: Proof,
    /// That of the directory that the walk is in. Whoever goes to another waits for the helper first.
    asides: &'a Mutex<Asides<'a>>,
    helper: Helper<Leaf, Result<Amount, Left>>,
    progress: &'a dyn Progress,
    /// The directories that the walk is in, the top first.
    levels: Vec<Level>,
    /// The directory that the walk is in and its copy, once it has a leaf.
    here: Option<Arc<Pair>>,
    links: Links,
    removed: RemovedSource,
}

/// Whether a name of a file with several was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    AllThere,
    SomeRemoved,
}

/// A directory that is being emptied.
struct Level {
    /// The mode to give back if it stays; `None` where it was not changed.
    mode: Option<u32>,
    /// How much was left of the tree before it: if it is more now, that is in here.
    left_before: usize,
    passes: u32,
}

/// What a look at an entry came to.
enum Looked {
    Gone,
    /// It is no directory, and what was copied.
    Leaf(Metadata),
    /// It and its copy.
    Directories(Dir, Dir),
}

impl Removing<'_> {
    fn all(mut self, route: Route<'_>) -> RemovedSource {
        if let Err(error) = self.walk(route) {
            self.leave_behind(route.name.as_os_str().into(), error);
        }
        self.settle();
        self.removed
    }

    fn walk(&mut self, route: Route<'_>) -> io::Result<()> {
        let (one, copy) = ((route.source, route.name), (route.target, route.to_name));
        let (from, made) = match self.look(one, copy)? {
            Looked::Gone => return Ok(()),
            Looked::Leaf(was) => {
                let removed = self.remove(one, &was, copy);
                return lock(self.asides).close().and(removed);
            }
            Looked::Directories(from, made) => (from, made),
        };
        self.open_level(&from)?;
        let mut walk = Walk::new(from, route.name);
        let mut made = Trail::new(made);
        while self.advance(&mut walk, &mut made, route.source)? == Ascent::Above {}
        Ok(())
    }

    /// Deals with the next entry of the walk, or with the end of its current directory.
    fn advance(&mut self, walk: &mut Walk, made: &mut Trail, holder: &Dir) -> io::Result<Ascent> {
        match walk.step() {
            Ok(Step::Found(entry)) => {
                if !lock(self.asides).is_called(&entry.name)
                    && let Err(error) = self.meet(walk, made, &entry.name)
                {
                    self.leave_behind(walk.path(Some(&entry.name)), error);
                }
                return Ok(Ascent::Above);
            }
            Ok(Step::Finished) if self.is_worth_another_pass(walk)? => {
                walk.rewind();
                return Ok(Ascent::Above);
            }
            Ok(Step::Finished) => {}
            Err(error) => self.leave_behind(walk.path(None), error),
        }
        self.finish(walk, made, holder)
    }

    fn meet(&mut self, walk: &mut Walk, made: &mut Trail, name: &OsString) -> io::Result<()> {
        let checked = Name::new(name)?;
        let (one, copy) = ((walk.here(), checked), (made.current(), checked));
        match self.look(one, copy)? {
            Looked::Gone => {}
            // Its other names are told by what becomes of this one, so this is not left to another thread.
            Looked::Leaf(was) if was.links > 1 => self.remove(one, &was, copy)?,
            Looked::Leaf(was) => {
                let holder = self.here.get_or_insert_with(|| Pair::here(walk, made)).clone();
                if let Some(leaf) = self.helper.offer(Leaf { holder, name: name.clone(), was }) {
                    self.remove(one, &leaf.was, copy)?;
                }
                let results = self.helper.results();
                self.take_in(results);
            }
            Looked::Directories(from, to) => {
                self.open_level(&from)?;
                walk.enter(from, name.clone())?;
                made.enter(to)?;
            }
        }
        Ok(())
    }

    /// Looks whether an entry is what was copied; directories are opened, to be walked.
    fn look(&self, one: Place<'_>, copy: Place<'_>) -> io::Result<Looked> {
        let Some(is) = if_there(one.0.metadata_of(one.1))? else { return Ok(Looked::Gone) };
        let Some(copied) = if_there(copy.0.metadata_of(copy.1))? else { return Err(not_copied()) };
        if is.is_dir() && copied.is_dir() {
            let opened = open_source_dir(one.0, one.1).map_err(Trouble::into_source)?;
            return Ok(Looked::Directories(opened, copy.0.open_dir(copy.1)?));
        }
        let has = match &self.proof {
            Proof::Seen(seen) => {
                looks_as_seen(seen, &is, &copied)
                    && (seen.snapshot.confirms(&is)
                        || (self.may_be_linked(seen, &is, &copied) && holds_the_same(one, copy)?))
            }
            Proof::Bytes => is_same(Route::between(one, copy), self.progress)?,
        };
        if has { Ok(Looked::Leaf(is)) } else { Err(not_copied()) }
    }

    /// Whether all that has changed may be that another name of this file was removed: some servers do not tell which are one.
    fn may_be_linked(&self, seen: &Copied, is: &Metadata, copy: &Metadata) -> bool {
        let kept = |loss| seen.losses.get(loss).is_none();
        self.links == Links::SomeRemoved
            && (!kept(Loss::Mode) || !kept(Loss::Owner) || is.mode == copy.mode)
            && (!kept(Loss::Owner) || (is.uid, is.gid) == (copy.uid, copy.gid))
    }

    /// Removes an entry that was looked at, and is no directory; what turns out to be another stays.
    fn remove(&mut self, one: Place<'_>, was: &Metadata, copy: Place<'_>) -> io::Result<()> {
        let Some(Removed { is_also }) = remove_aside(self.asides, one, was, copy)? else { return Ok(()) };
        // The other names of a file get a new change time with this removal, which is ours and no one else's.
        if let (Some(is_also), Proof::Seen(seen)) = (is_also, &mut self.proof) {
            seen.snapshot.note(&is_also);
        }
        if was.links > 1 {
            self.links = Links::SomeRemoved;
        }
        self.count(ONE);
        Ok(())
    }

    /// Waits for the helper: what follows changes the directory that it is at work in.
    fn settle(&mut self) {
        let results = self.helper.wait();
        self.take_in(results);
        self.here = None;
    }

    fn take_in(&mut self, results: Vec<Result<Amount, Left>>) {
        for result in results {
            match result {
                Ok(removed) => self.count(removed),
                Err(left) => self.removed.left.push(left),
            }
        }
    }

    /// Begins with a directory, writable from now on if it is ours.
    fn open_level(&mut self, directory: &Dir) -> io::Result<()> {
        self.settle();
        let is = directory.metadata()?;
        let lacks = is.uid == sys::effective_uid() && is.mode & OWNER_ALL != OWNER_ALL;
        let mode = (lacks && directory.set_mode(is.mode | OWNER_ALL).is_ok()).then_some(is.mode);
        self.levels.push(Level { mode, left_before: self.removed.left.len(), passes: 1 });
        lock(self.asides).enter();
        Ok(())
    }

    /// Whether the current directory holds something that was not met: it came behind the walk, or the file system
    /// passed over it because others were removed.
    fn is_worth_another_pass(&mut self, walk: &Walk) -> io::Result<bool> {
        self.settle();
        let Some(level) = self.levels.last_mut() else { return Ok(false) };
        if let Err(error) = lock(self.asides).close() {
            self.removed.left.push(Left { path: walk.path(None), error });
            return Ok(false);
        }
        level.passes += 1;
        let is_tried = level.left_before == self.removed.left.len() && level.passes <= PASSES;
        Ok(is_tried && !walk.here().is_empty()?)
    }

    /// Removes the current directory if nothing of it stays, and goes up.
    fn finish(&mut self, walk: &mut Walk, made: &mut Trail, holder: &Dir) -> io::Result<Ascent> {
        self.settle();
        // What cannot be removed of ours keeps the directory.
        let closed = lock(self.asides).leave();
        if let Err(error) = closed {
            self.leave_behind(walk.path(None), error);
        }
        let Some(level) = self.levels.pop() else { return Ok(Ascent::Over) };
        let (directory, path, name) = (walk.shared(), walk.path(None), walk.name_at(walk.depth()).clone());
        made.leave()?;
        let ascent = walk.leave()?;
        let above = if ascent == Ascent::Over { holder } else { walk.here() };
        if level.left_before == self.removed.left.len() {
            match if_there(above.remove_dir(Name::new(&name)?)) {
                Ok(removed) => {
                    if removed.is_some() {
                        self.count(ONE);
                    }
                    return Ok(ascent);
                }
                Err(error) => self.leave_behind(path, error),
            }
        }
        if let Some(mode) = level.mode {
            directory.set_mode(mode).ok();
        }
        Ok(ascent)
    }

    fn leave_behind(&mut self, path: PathBuf, error: io::Error) {
        self.removed.left.push(Left { path, error });
    }

    fn count(&mut self, removed: Amount) {
        self.removed.removed += removed;
        self.progress.advance(removed);
    }
}
