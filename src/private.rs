//! A private directory of ours in a directory where others may rename.
//!
//! Between two calls somebody else may put any directory in the place of one that we have made: the name is a question,
//! never an answer. So there is one type for such a directory, and nothing else makes or removes one:
//!
//! - It is made under a name that nobody could know before, and with a [mark](Dir::create_marked_dir) that no directory of
//!   a person's has.
//! - It is looked at once it is open: ours, marked, closed to others, empty, and on the mount of the directory that holds
//!   it. Anything else is left alone.
//! - It is held open from then on. What is in it is reached, and removed, through that handle.
//! - The name goes by rmdir(2) alone, which removes nothing that holds anything.
//!
//! What somebody could still do is what they could do by themselves: remove an empty directory.
//!
//! # After a crash
//! A [`Ledger`], kept where only we can write, tells what was made, and by which inode it is known. What is found under
//! such a name later is [`Found::Ours`] only if it is that very inode; else it stays.

mod ledger;

use std::ffi::{OsStr, OsString};
use std::io;
use std::sync::Arc;

use crate::progress::Silent;
use crate::purge::{Measure, purge};
use crate::sys::{self, Dir, Metadata, Name, Timestamp, if_there};
use crate::text::quoted;

pub use ledger::{Ledger, Recorded};

/// How often another name is tried where somebody keeps exchanging what we make.
const ATTEMPTS: u32 = 8;

/// What a random name begins with.
const PREFIX: &str = ".rrm-";

/// How many hexadecimal digits follow.
const DIGITS: usize = 32;

/// What a private directory is for: that decides what becomes of what a kill leaves in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A copy is made in it, so that it can be deleted.
    Copy,
    /// Things of a person's are moved to it for a moment, so that they have to be moved back.
    Aside,
}

/// A private directory that this process made, or that a killed one made and that is beyond doubt the same.
#[derive(Debug)]
#[must_use = "it is to be removed"]
pub struct PrivateDir {
    holder: Dir,
    name: OsString,
    dir: Arc<Dir>,
    trace: Trace,
}

/// What tells a directory from every other, also later: inode numbers are used again, but not with the same birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    device: (u32, u32),
    inode: u64,
    /// When it was made, where the file system tells.
    born: Option<Timestamp>,
}

impl Trace {
    /// Many file systems get another device number with each mount, so a birth is better evidence.
    fn is_of(&self, found: &Self) -> bool {
        (self.inode, self.born) == (found.inode, found.born) && (self.born.is_some() || self.device == found.device)
    }
}

/// What is under the name of a private directory.
#[derive(Debug)]
pub enum Found {
    /// Nothing.
    Gone,
    /// What was made under that name.
    Ours(PrivateDir),
    /// Something else, or what cannot be told from that. It stays.
    Unknown,
}

impl PrivateDir {
    /// Makes one in `holder` under a random name, and writes down in `ledger` what it is.
    ///
    /// # Errors
    /// Nothing is left of it; but where somebody exchanges what is made, an empty directory may be, wherever they put it.
    pub fn make(holder: &Dir, purpose: Purpose, ledger: Option<&Ledger>) -> io::Result<Self> {
        for _ in 0..ATTEMPTS {
            let name = random_name()?;
            if let Some(ledger) = ledger {
                ledger.about_to_make(purpose, &name)?;
            }
            let Some(made) = Self::try_make(holder, &name)? else { continue };
            if let Some(ledger) = ledger
                && let Err(error) = ledger.made(&made.trace)
            {
                made.remove()?;
                return Err(error);
            }
            return Ok(made);
        }
        Err(exchanged())
    }

    /// Makes one in `holder` under this name, for good: a person is to find it there.
    ///
    /// # Errors
    /// `EEXIST` where there is something of that name.
    pub fn make_named(holder: &Dir, name: Name<'_>) -> io::Result<Self> {
        Self::try_make(holder, name.as_os_str())?.ok_or_else(exchanged)
    }

    /// Makes and opens one; `None` where something else is there by then.
    fn try_make(holder: &Dir, name: &OsStr) -> io::Result<Option<Self>> {
        let checked = Name::new(name)?;
        holder.create_marked_dir(checked)?;
        let found = Self::open(holder, checked).and_then(|opened| match opened {
            Some(made) if made.dir.is_empty()? => Ok(Some(made)),
            _ => Ok(None),
        });
        // What is under that name now may be anybody's, and goes only if it is empty.
        found.inspect_err(|_| drop(holder.remove_dir(checked)))
    }

    /// Opens what is under this name, if it is a directory of ours with the mark.
    fn open(holder: &Dir, name: Name<'_>) -> io::Result<Option<Self>> {
        use io::ErrorKind::{CrossesDevices, NotADirectory, NotFound, PermissionDenied};
        let dir = match holder.open_place_on_this_mount(name) {
            Err(error) if matches!(error.kind(), CrossesDevices | NotADirectory | NotFound | PermissionDenied) => {
                return Ok(None);
            }
            opened => opened?,
        };
        let (is, born) = dir.metadata_and_birth()?;
        if !is_ours(&dir, &is) || is.id.device != holder.metadata()?.id.device {
            return Ok(None);
        }
        dir.give_owner_all(&is)?;
        let trace = Trace { device: is.id.device, inode: is.id.inode, born };
        Ok(Some(Self { holder: holder.try_clone()?, name: name.as_os_str().to_owned(), dir: Arc::new(dir), trace }))
    }

    /// The directory itself.
    #[must_use]
    pub fn dir(&self) -> &Dir {
        &self.dir
    }

    /// The same, for another thread.
    #[must_use]
    pub fn shared(&self) -> Arc<Dir> {
        self.dir.clone()
    }

    /// What it was called when it was made; by now something else may be.
    #[must_use]
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// Deletes what is in it. What cannot be deleted keeps it from being removed.
    pub fn empty(&self) -> io::Result<()> {
        let mut names = Vec::new();
        self.dir.for_each_entry(|entry| {
            names.push(entry.name);
            Ok(())
        })?;
        for name in names {
            let purged = purge(&self.dir, Name::new(&name)?, Measure::Entries, &Silent);
            if let Some(failure) = purged.failures.into_iter().next() {
                return Err(failure.error);
            }
        }
        Ok(())
    }

    /// Brings its name to the disk, and the names in it.
    pub fn flush(&self) -> io::Result<()> {
        sys::flush(&self.dir).and_then(|()| sys::flush(&self.holder))
    }

    /// Removes its name, if it is empty.
    ///
    /// # Errors
    /// Also where somebody has moved it: what is under its name now stays, and so does it.
    pub fn remove(&self) -> io::Result<()> {
        let name = Name::new(&self.name)?;
        let found = if_there(self.holder.metadata_of(name))?;
        let ours = (self.trace.device, self.trace.inode);
        if found.is_none_or(|found| (found.id.device, found.id.inode) != ours) {
            return self.moved_away();
        }
        self.holder.remove_emptied_dir(name)
    }

    /// It is not there any more. That it was removed by somebody, which only an empty one can be, is no failure.
    fn moved_away(&self) -> io::Result<()> {
        if self.dir.metadata()?.links == 0 {
            return Ok(());
        }
        let now = self.dir.path().map_or_else(|_| String::new(), |path| format!(" to {}", quoted(path)));
        Err(io::Error::other(format!("another process moved it{now}; it was left there")))
    }
}

/// Whether a directory is ours alone and has the mark, as far as its file system can tell.
fn is_ours(dir: &Dir, is: &Metadata) -> bool {
    is.is_dir() && dir.has_our_mark(is) && (is.uid == sys::effective_uid() || gives_us(dir, is.uid))
}

/// Whether what we make in a directory belongs to this user, though we are another: so it is on a stick that is mounted for
/// somebody, and where a server has users of its own. Made and looked at in one call, it is ours beyond doubt.
fn gives_us(dir: &Dir, uid: u32) -> bool {
    const TRIAL: Name<'static> = Name::fixed("owner");
    let Ok(file) = dir.create_file(TRIAL) else { return false };
    let is_given = sys::metadata_of_file(&file).is_ok_and(|trial| trial.uid == uid);
    dir.remove_file(TRIAL).is_ok() && is_given
}

/// Whether a private directory of ours may be called so.
#[must_use]
pub fn is_random_name(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    digits.is_some_and(|digits| {
        digits.len() == DIGITS && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn random_name() -> io::Result<OsString> {
    let mut bytes = [0; DIGITS / 2];
    sys::random_bytes(&mut bytes)?;
    Ok(format!("{PREFIX}{:032x}", u128::from_ne_bytes(bytes)).into())
}

fn exchanged() -> io::Error {
    io::Error::other("another process keeps replacing the new directories")
}
