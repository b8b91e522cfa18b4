//! One directory on the way down.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::share::Share;
use super::tally::Tally;
use crate::sys::{self, Batch, Dir, EntryBuffer, FileId, FileKind, Metadata, Name};

/// How often one directory is read before we give up on a process that keeps filling it.
const PASSES: u32 = 100;

/// Search, read and write for the owner: what it takes to empty a directory.
const OWNER_ALL: u32 = 0o700;

/// Where a level is.
pub(super) enum Place {
    /// Held open.
    Open(Rc<Dir>),
    /// Closed on the way down; to be recognised on the way up.
    Left(FileId),
}

/// What the current reading of a directory has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// Nothing was removed.
    Idle,
    /// Something was, by us or by another, so that another reading may find more.
    Removed,
}

/// Whether a pass left something to the other worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skipped {
    Nothing,
    Some,
}

/// Whether a directory's mode may still be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// As it was found; if it is in the way, it is changed.
    Found,
    /// Changed already, or not ours to change.
    Settled,
}

/// Whether a directory is read once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Another {
    /// It is: the next batch is its first.
    Begun,
    /// It would not help.
    Hopeless,
}

pub(super) struct Level {
    /// Its name in the level above.
    pub(super) name: OsString,
    pub(super) place: Place,
    /// Directories of the last batch that were not entered yet.
    pub(super) found: Vec<OsString>,
    /// What stays, so that another pass does not try and report it again.
    pub(super) kept: BTreeSet<OsString>,
    pub(super) pass: Pass,
    /// What this pass takes.
    pub(super) share: Share,
    /// Whether it passed over something that the other worker is to take.
    pub(super) skipped: Skipped,
    passes: u32,
    mode: Mode,
}

impl Level {
    pub(super) fn new(name: OsString, dir: Dir, share: Share) -> Self {
        Self {
            name,
            place: Place::Open(Rc::new(dir)),
            found: Vec::new(),
            kept: BTreeSet::new(),
            pass: Pass::Idle,
            share,
            skipped: Skipped::Nothing,
            passes: 1,
            mode: Mode::Found,
        }
    }

    /// The caller's directory: only `name` of it is looked at, and its mode is not ours to change.
    pub(super) fn given(dir: Dir, name: Name<'_>, share: Share) -> Self {
        let found = vec![name.as_os_str().to_owned()];
        Self { found, mode: Mode::Settled, ..Self::new(OsString::new(), dir, share) }
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.place, Place::Open(_))
    }

    fn dir(&self) -> io::Result<Rc<Dir>> {
        match &self.place {
            Place::Open(dir) => Ok(Rc::clone(dir)),
            Place::Left(_) => Err(io::Error::other("the directory is not open")),
        }
    }

    /// Gives the descriptor back. What was read and not entered will be read again.
    pub(super) fn close(&mut self) -> io::Result<()> {
        if let Place::Open(dir) = &self.place {
            self.place = Place::Left(dir.metadata()?.id);
            self.found = Vec::new();
        }
        Ok(())
    }

    /// Begins to read from the start, if the pass that ended gives hope that this removes more.
    pub(super) fn begin_pass(&mut self) -> Another {
        let worthwhile = self.pass == Pass::Removed || self.skipped == Skipped::Some;
        let hopeful = worthwhile && self.passes < PASSES;
        self.pass = Pass::Idle;
        self.skipped = Skipped::Nothing;
        self.share = self.share.then();
        self.passes += 1;
        if hopeful && self.dir().and_then(|dir| dir.rewind()).is_ok() { Another::Begun } else { Another::Hopeless }
    }

    /// Has `name` entered once more, after another process took it away under our hands.
    pub(super) fn look_again(&mut self, name: OsString) {
        self.passes += 1;
        if self.passes < PASSES {
            self.found.push(name);
        }
    }

    /// Reads one batch of entries that are not known to stay.
    pub(super) fn read(
        &mut self,
        buffer: &mut EntryBuffer,
        mut each: impl FnMut(&mut Self, Name<'_>, Option<FileKind>) -> ControlFlow<()>,
    ) -> io::Result<Batch> {
        self.dir()?.read_batch(buffer, |name, kind| {
            if self.kept.contains(name.as_os_str()) {
                return ControlFlow::Continue(());
            }
            each(self, name, kind)
        })
    }

    /// Whether `name` is ours to remove in this pass; notes that something is left where it is not.
    pub(super) fn is_taken(&mut self, name: Name<'_>, tally: &Tally<'_>) -> bool {
        let taken = tally.worker.takes(self.share, name);
        if !taken {
            self.skipped = Skipped::Some;
        }
        taken
    }

    /// Opens the directory `name`, one of ours also if its mode forbids it.
    pub(super) fn open(&mut self, name: Name<'_>) -> io::Result<Dir> {
        let opened = self.with_rights(|dir| dir.open_dir_on_this_mount(name));
        match opened {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let dir = self.dir()?;
                match dir.open_place_on_this_mount(name).map(|child| grant(&child)) {
                    Ok(Granted::Yes) => dir.open_dir_on_this_mount(name),
                    // The other worker has removed it since: then it is gone, and not forbidden.
                    Err(gone) if gone.kind() == io::ErrorKind::NotFound => Err(gone),
                    _ => Err(error),
                }
            }
            opened => opened,
        }
    }

    /// Opens the directory above for reading. Which one that is, a concurrent rename decides.
    pub(super) fn open_parent(&mut self) -> io::Result<Dir> {
        self.with_rights(Dir::open_parent_on_this_mount)
    }

    /// Removes `name`, or notes it if it is a directory; leaves it if it is the other worker's.
    pub(super) fn remove_or_note(
        &mut self,
        name: Name<'_>,
        kind: Option<FileKind>,
        tally: &mut Tally<'_>,
    ) -> io::Result<()> {
        if !self.is_taken(name, tally) {
            return Ok(());
        }
        if kind != Some(FileKind::Directory) {
            match self.remove_file(name, tally) {
                // Linux says EISDIR of a directory, POSIX EPERM, which has other meanings too.
                Err(error) if error.kind() == io::ErrorKind::IsADirectory => {}
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied && self.is_dir(name) => {}
                done => return done,
            }
        }
        self.found.push(name.as_os_str().to_owned());
        Ok(())
    }

    /// Removes `name`, which is no directory.
    pub(super) fn remove_file(&mut self, name: Name<'_>, tally: &mut Tally<'_>) -> io::Result<()> {
        let freed = tally.freed_by(|| self.with_rights(|dir| dir.metadata_of(name)));
        self.with_rights(|dir| dir.remove_file(name))?;
        self.pass = Pass::Removed;
        tally.removed(freed.bytes);
        Ok(())
    }

    /// Removes `child`, which was seen empty. If its name is gone already, there is nothing to do.
    pub(super) fn remove_dir(&mut self, child: &Self, tally: &mut Tally<'_>) -> io::Result<()> {
        let name = Name::new(&child.name)?;
        let freed = tally.freed_by(|| child.dir()?.metadata());
        self.pass = Pass::Removed;
        let removed = self.with_rights(|dir| dir.remove_dir(name));
        let removed = removed.or_else(|error| self.remove_forbidding(child, name, error));
        if sys::if_there(removed)?.is_some() {
            tally.removed(freed.bytes);
        }
        Ok(())
    }

    /// Removes a directory that could not be, if its own mode is why: fuse-overlayfs keeps files of its own in one, which it
    /// removes with the rights of its owner.
    fn remove_forbidding(&mut self, child: &Self, name: Name<'_>, error: io::Error) -> io::Result<()> {
        if error.kind() == io::ErrorKind::PermissionDenied && grant(&*child.dir()?) == Granted::Yes {
            return self.dir()?.remove_dir(name);
        }
        Err(error)
    }

    pub(super) fn metadata_of(&mut self, name: Name<'_>) -> io::Result<Metadata> {
        self.with_rights(|dir| dir.metadata_of(name))
    }

    fn is_dir(&mut self, name: Name<'_>) -> bool {
        self.metadata_of(name).is_ok_and(|found| found.is_dir())
    }

    /// Does `act`, and once more if the directory's mode was what forbade it.
    ///
    /// The mode is changed only then and only once: most directories need no change, and none needs two.
    fn with_rights<T>(&mut self, act: impl Fn(&Dir) -> io::Result<T>) -> io::Result<T> {
        let dir = self.dir()?;
        match act(&dir) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && self.mode == Mode::Found => {
                self.mode = Mode::Settled;
                if grant(&dir) == Granted::Yes { act(&dir) } else { Err(error) }
            }
            done => done,
        }
    }
}

/// Whether a directory has its owner's rights now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Granted {
    /// It was given them, or another worker did it a moment ago: what failed for want of them may be tried again, once.
    Yes,
    /// It is not ours, or refuses.
    No,
}

/// Adds `u+rwx` to a directory of ours; through its handle, so that no link can take its place.
fn grant(dir: &Dir) -> Granted {
    let Ok(found) = dir.metadata() else { return Granted::No };
    if !found.is_dir() || found.uid != sys::effective_uid() {
        return Granted::No;
    }
    let has_them = found.mode & OWNER_ALL == OWNER_ALL;
    if has_them || dir.set_mode(found.mode | OWNER_ALL).is_ok() { Granted::Yes } else { Granted::No }
}
