//! The third walk: removing the source, and of it only what the copy holds.
//!
//! Other programs go on working while a tree is copied and removed. What they add or change after it was compared is in
//! no copy; a plain deletion would be the end of it. So source and copy are walked side by side once more, and an entry
//! is removed only if the copy has it and it is still what was copied, to its change time. It is moved [aside](super::aside)
//! for that, so that nothing can take its place between the look and the removal. All else stays where it is, with the
//! directories that lead to it, and is named.
//!
//! Nothing interrupts this walk: it is the short end of a removal that has happened.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use crate::progress::{Activity, Amount, Progress, Silent, begin};
use crate::sys::{self, Dir, FileKind, Metadata, Name, if_there};

use super::aside::{Asides, Moved, is_what_was_seen};
use super::error::Trouble;
use super::loss::Loss;
use super::make::open_source_dir;
use super::{Copied, Route, is_same};
use crate::walk::{Ascent, Step, Trail, Walk};

/// How often one directory is read before we give up on a process that keeps filling it.
const PASSES: u32 = 100;

/// Search, read and write for the owner: what it takes to empty a directory.
const OWNER_ALL: u32 = 0o700;

/// What is left of a source.
#[derive(Debug, Default)]
#[must_use = "what stays is to be told"]
pub struct Retired {
    /// What was removed; bytes are not counted.
    pub removed: Amount,
    /// What stays, each with its cause; a directory that stays only for what it holds is not listed.
    pub left: Vec<Left>,
    /// How many private directories stay, for [`super::bring_back`] to find; hardly ever any.
    pub asides: usize,
}

/// How it is known that the copy has an entry.
#[derive(Debug, Clone)]
pub enum Proof {
    /// The copy was made a moment ago, by [`super::copy`], and this is what it saw.
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

/// Removes the source of `route` as far as `proof` tells that it is in the copy, which is at the route's target. `aside`
/// is a name that nobody else uses, for the private directories that entries are moved to first.
///
/// Directories of ours that forbid it get `u+rwx`, and their mode back if they stay.
///
/// # After a crash
/// The copy is whole; what is left of the source is a smaller tree, some of its directories perhaps with `u+rwx` added,
/// and one entry perhaps moved aside, which [`super::bring_back`] mends.
pub fn retire(route: Route<'_>, proof: Proof, aside: Name<'_>, progress: &dyn Progress) -> Retired {
    let total = if let Proof::Seen(copied) = &proof { Some(copied.total) } else { None };
    let _ending = begin(progress, Activity::Deleting, total);
    let asides = Asides::new(route.source, aside);
    let mut retiring = Retiring { proof, asides, progress, levels: Vec::new(), retired: Retired::default() };
    if let Err(error) = retiring.all(route) {
        retiring.leave_behind(route.name.as_os_str().into(), error);
    }
    retiring.retired.asides = retiring.asides.left();
    retiring.retired
}

/// A name in a directory.
type Place<'a> = (&'a Dir, Name<'a>);

struct Retiring<'a> {
    proof: Proof,
    asides: Asides<'a>,
    progress: &'a dyn Progress,
    /// The directories that the walk is in, the top first.
    levels: Vec<Level>,
    retired: Retired,
}

/// A directory that is being emptied.
struct Level {
    /// The mode to give back if it stays; `None` where it was not changed.
    mode: Option<u32>,
    rest: Rest,
    passes: u32,
}

/// Whether anything of a directory stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    Something,
}

impl Retiring<'_> {
    fn all(&mut self, route: Route<'_>) -> io::Result<()> {
        let pair = self.entry((route.source, route.name), (route.target, route.to_name));
        let Some((from, made)) = self.asides.close(route.source).and(pair)? else { return Ok(()) };
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
                if !self.asides.is_one(&entry.name)
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
        if let Some((from, to)) = self.entry((walk.here(), checked), (made.current(), checked))? {
            self.open_level(&from)?;
            walk.enter(from, name.clone())?;
            made.enter(to)?;
        }
        Ok(())
    }

    /// Removes one entry if it is what was copied; a directory is returned with its copy, to be walked.
    fn entry(&mut self, one: Place<'_>, copy: Place<'_>) -> io::Result<Option<(Dir, Dir)>> {
        let Some(is) = if_there(one.0.metadata_of(one.1))? else { return Ok(None) };
        let Some(copied) = if_there(copy.0.metadata_of(copy.1))? else { return Err(not_copied()) };
        if is.is_dir() && copied.is_dir() {
            let opened = open_source_dir(one.0, one.1).map_err(Trouble::into_source)?;
            return Ok(Some((opened, copy.0.open_dir(copy.1)?)));
        }
        let has = match &self.proof {
            Proof::Seen(seen) => is_as_seen(seen, &is, &copied),
            Proof::Bytes => is_same(Route::between(one, copy), self.progress)?,
        };
        if !has {
            return Err(not_copied());
        }
        self.remove(one, &is, copy)?;
        Ok(None)
    }

    /// Removes an entry that was looked at, and is no directory; what turns out to be another stays.
    fn remove(&mut self, (from, name): Place<'_>, was: &Metadata, copy: Place<'_>) -> io::Result<()> {
        let removed = match self.asides.take(from, name)? {
            Moved::Gone => return Ok(()),
            Moved::Refused => if_there(remove_as_seen((from, name), was, copy))?,
            Moved::Aside(aside) => match remove_as_seen((aside, name), was, copy) {
                Ok(removed) => Some(removed),
                Err(error) => {
                    self.asides.put_back(name, from)?;
                    return Err(error);
                }
            },
        };
        let Some(Removed { is_also }) = removed else { return Ok(()) };
        // The other names of a file get a new change time with this removal, which is ours and no one else's.
        if let (Some(is_also), Proof::Seen(seen)) = (is_also, &mut self.proof) {
            seen.witness.note(&is_also);
        }
        self.count();
        Ok(())
    }

    /// Begins with a directory, writable from now on if it is ours.
    fn open_level(&mut self, directory: &Dir) -> io::Result<()> {
        let is = directory.metadata()?;
        let lacks = is.uid == sys::effective_uid() && is.mode & OWNER_ALL != OWNER_ALL;
        let mode = (lacks && directory.set_mode(is.mode | OWNER_ALL).is_ok()).then_some(is.mode);
        self.levels.push(Level { mode, rest: Rest::Nothing, passes: 1 });
        self.asides.enter();
        Ok(())
    }

    /// Whether the current directory holds something that was not met: it came behind the walk, or the file system
    /// passed over it because others were removed.
    fn is_worth_another_pass(&mut self, walk: &Walk) -> io::Result<bool> {
        let Some(level) = self.levels.last_mut() else { return Ok(false) };
        if self.asides.close(walk.here()).is_err() {
            return Ok(false);
        }
        level.passes += 1;
        Ok(level.rest == Rest::Nothing && level.passes <= PASSES && !walk.here().is_empty()?)
    }

    /// Removes the current directory if nothing of it stays, and goes up.
    fn finish(&mut self, walk: &mut Walk, made: &mut Trail, holder: &Dir) -> io::Result<Ascent> {
        // What cannot be removed of ours keeps the directory, and that is told.
        self.asides.close(walk.here()).ok();
        self.asides.leave();
        let Some(level) = self.levels.pop() else { return Ok(Ascent::Over) };
        let (directory, path, name) = (walk.here().try_clone()?, walk.path(None), walk.name_at(walk.depth()).clone());
        made.leave()?;
        let ascent = walk.leave()?;
        let above = if ascent == Ascent::Over { holder } else { walk.here() };
        if level.rest == Rest::Nothing {
            match if_there(above.remove_dir(Name::new(&name)?)) {
                Ok(removed) => {
                    if removed.is_some() {
                        self.count();
                    }
                    return Ok(ascent);
                }
                Err(error) => self.retired.left.push(Left { path, error }),
            }
        }
        if let Some(mode) = level.mode {
            directory.set_mode(mode).ok();
        }
        self.mark_rest();
        Ok(ascent)
    }

    fn leave_behind(&mut self, path: PathBuf, error: io::Error) {
        self.retired.left.push(Left { path, error });
        self.mark_rest();
    }

    fn mark_rest(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.rest = Rest::Something;
        }
    }

    fn count(&mut self) {
        let one = Amount { entries: 1, bytes: 0 };
        self.retired.removed += one;
        self.progress.advance(one);
    }
}

/// Whether `is` is still what was seen while it was copied, and `copy` its copy.
fn is_as_seen(seen: &Copied, is: &Metadata, copy: &Metadata) -> bool {
    let has_length = matches!(is.kind, FileKind::File | FileKind::Symlink);
    let keeps_times = seen.losses.get(Loss::Times).is_none();
    is.kind == copy.kind
        && (!has_length || is.size == copy.size)
        && (!keeps_times || is.modified == copy.modified)
        && seen.witness.confirms(is)
}

/// What was removed.
struct Removed {
    /// The file, if it has other names.
    is_also: Option<Metadata>,
}

/// Removes `one` if it is what `was` looked at a moment ago, or the very same as its copy: some file systems number a file
/// anew when it is moved.
fn remove_as_seen(one: Place<'_>, was: &Metadata, copy: Place<'_>) -> io::Result<Removed> {
    let is = one.0.metadata_of(one.1)?;
    if !is_what_was_seen(was, &is) && !is_same(Route::between(one, copy), &Silent)? {
        return Err(not_copied());
    }
    let inode = if is.links > 1 { Some(one.0.mark(one.1)?) } else { None };
    one.0.remove_file(one.1)?;
    Ok(Removed { is_also: inode.and_then(|inode| inode.metadata().ok()) })
}

fn not_copied() -> io::Error {
    io::Error::other("it was added or changed after it was copied")
}
