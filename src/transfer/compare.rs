//! Whether two trees are one and the same in all that a copy keeps.
//!
//! Read from beginning to end and compared byte by byte, for it decides whether one of them may go. Neither is changed,
//! down to the time of last access where the kernel allows it.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use crate::progress::{Progress, Silent};
use crate::sys::entries::walk::{Ascent, Step, Trail, Walk};
use crate::sys::{Dir, FileId, FileKind, Inode, Metadata, Name, Timestamp, if_there};
use crate::transfer::Route;
use crate::transfer::copied::Copied;
use crate::transfer::copy::buffer::Buffer;
use crate::transfer::error::Trouble;
use crate::transfer::make::{open_source, open_source_dir};
use crate::transfer::metadata::attributes;
use crate::transfer::source_snapshot::SourceSnapshot;

/// What is read of each file at once.
const BUFFER: usize = 64 * 1024;

/// How two entries compare.
enum Compared {
    Differ,
    /// They are the same, and have nothing below them.
    Same,
    /// Two directories that are the same but for what is in them, which is not known yet.
    Directories(Dir, Dir),
}

/// Whether what is at both ends of `route` is the same: the same names, kinds, contents, owners, modes, times of change
/// and attributes; those of the two tops that the route ignores may differ.
///
/// Which names are one file is not compared: of two trees that are the same otherwise, each has all that the other has.
/// An error says that at least one of them could not be read.
///
/// To compare bytes may take minutes, in which people work on. So both trees are walked once more when all is compared,
/// and by then nothing may have another change time, or be elsewhere, than when it was looked at.
pub fn is_same(route: Route<'_>, progress: &dyn Progress) -> io::Result<bool> {
    let mut comparison = Comparison { progress, look: Look::Close, seen: HashMap::new() };
    if !comparison.all(route)? {
        return Ok(false);
    }
    comparison.look = Look::Again;
    comparison.all(route)
}

/// Whether the source of `route` holds just what `copied` tells that was copied to its target: no name more and no name
/// less, and nothing that has changed since.
pub fn is_still_copied(route: Route<'_>, copied: &Copied) -> io::Result<bool> {
    let mut comparison = Comparison { progress: &Silent, look: Look::For(&copied.snapshot), seen: HashMap::new() };
    comparison.all(route)
}

/// Whether two entries that are no directories hold the same: the same bytes, or where they lead.
pub(super) fn holds_the_same(one: (&Dir, Name<'_>), other: (&Dir, Name<'_>)) -> io::Result<bool> {
    let (was, is) = (one.0.metadata_of(one.1)?, other.0.metadata_of(other.1)?);
    let opened = |(dir, name), metadata| open_source(dir, name, metadata).map_err(Trouble::into_source);
    match (opened(one, &was)?, opened(other, &is)?) {
        ((Inode::Open(one), _), (Inode::Open(other), _)) => is_same_content((&one, &other), was.size, &Silent),
        _ if was.kind == FileKind::Symlink => Ok(one.0.read_link(one.1)? == other.0.read_link(other.1)?),
        _ => Ok(true),
    }
}

fn is_same_content((one, other): (&File, &File), size: u64, progress: &dyn Progress) -> io::Result<bool> {
    let (mut ours, mut theirs) = (Buffer::new(BUFFER), Buffer::new(BUFFER));
    let mut at = 0;
    while at < size {
        if progress.interrupted() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let (ours, theirs) = (ours.first(size - at), theirs.first(size - at));
        one.read_exact_at(ours, at)?;
        other.read_exact_at(theirs, at)?;
        if ours != theirs {
            return Ok(false);
        }
        at += u64::try_from(ours.len()).map_err(io::Error::other)?;
    }
    Ok(true)
}

/// What is looked at.
#[derive(Clone, Copy)]
enum Look<'a> {
    /// Everything; it is remembered as it was.
    Close,
    /// Whether it is still as it was.
    Again,
    /// Whether the source is still what this has seen of it.
    For(&'a SourceSnapshot),
}

/// What is different about the tops of two trees.
#[derive(Clone, Copy)]
struct Top {
    passed_over: fn(&OsStr) -> bool,
    source_mode: Option<u32>,
}

impl Top {
    const NONE: Self = Self { passed_over: |_| false, source_mode: None };
}

struct Comparison<'a> {
    progress: &'a dyn Progress,
    look: Look<'a>,
    /// The change times of what was compared, on both sides.
    seen: HashMap<FileId, Timestamp>,
}

impl Comparison<'_> {
    fn all(&mut self, route: Route<'_>) -> io::Result<bool> {
        let top = Top { passed_over: route.passed_over, source_mode: route.source_mode };
        match self.entry((route.source, route.name), (route.target, route.to_name), top)? {
            Compared::Differ => Ok(false),
            Compared::Same => Ok(true),
            Compared::Directories(one, other) => self.below(Walk::new(one, route.name), Trail::new(other)),
        }
    }

    fn below(&mut self, mut walk: Walk, mut other: Trail) -> io::Result<bool> {
        let mut entries = vec![0_u64];
        loop {
            let Step::Found(entry) = walk.step()? else {
                if entries.pop() != Some(other.current().count_entries()?) {
                    return Ok(false);
                }
                other.leave()?;
                match walk.leave()? {
                    Ascent::Above => continue,
                    Ascent::Over => return Ok(true),
                }
            };
            let name = Name::new(&entry.name)?;
            let compared = self.entry((walk.here(), name), (other.current(), name), Top::NONE)?;
            entries.last_mut().into_iter().for_each(|entries| *entries += 1);
            match compared {
                Compared::Differ => return Ok(false),
                Compared::Same => {}
                Compared::Directories(one, two) => {
                    walk.enter(one, entry.name)?;
                    other.enter(two)?;
                    entries.push(0);
                }
            }
        }
    }

    fn entry(
        &mut self,
        one: (&Dir, Name<'_>),
        other: (&Dir, Name<'_>),
        Top { passed_over, source_mode }: Top,
    ) -> io::Result<Compared> {
        let was = one.0.metadata_of(one.1)?;
        let Some(is) = if_there(other.0.metadata_of(other.1))? else { return Ok(Compared::Differ) };
        let passes = match self.look {
            Look::Close => {
                self.seen.extend([(was.id, was.changed), (is.id, is.changed)]);
                let counts = Metadata { mode: source_mode.unwrap_or(was.mode), ..was };
                is_alike(&counts, &is) && self.is_same_inside((one, &was), (other, &is), passed_over)?
            }
            Look::Again => [&was, &is].iter().all(|entry| self.seen.get(&entry.id) == Some(&entry.changed)),
            Look::For(snapshot) => was.kind == is.kind && (was.is_dir() || snapshot.confirms(&was)),
        };
        match passes {
            false => Ok(Compared::Differ),
            true if was.is_dir() => {
                let opened = |(dir, name)| open_source_dir(dir, name).map_err(Trouble::into_source);
                Ok(Compared::Directories(opened(one)?, opened(other)?))
            }
            true => Ok(Compared::Same),
        }
    }

    /// Whether two entries that look alike have the same attributes, and are the same file or lead to the same place.
    fn is_same_inside(
        &self,
        (one, was): ((&Dir, Name<'_>), &Metadata),
        (other, is): ((&Dir, Name<'_>), &Metadata),
        passed_over: fn(&OsStr) -> bool,
    ) -> io::Result<bool> {
        if was.kind == FileKind::Symlink && one.0.read_link(one.1)? != other.0.read_link(other.1)? {
            return Ok(false);
        }
        let opened = |(dir, name), metadata| {
            open_source(dir, name, metadata).map(|(inode, _)| inode).map_err(Trouble::into_source)
        };
        let inodes = (opened(one, was)?, opened(other, is)?);
        if attributes::values(&inodes.0, passed_over)? != attributes::values(&inodes.1, passed_over)? {
            return Ok(false);
        }
        match inodes {
            (Inode::Open(one), Inode::Open(other)) if !was.is_dir() => {
                is_same_content((&one, &other), was.size, self.progress)
            }
            _ => Ok(true),
        }
    }
}

/// Whether there are two, and alike. One that is met on two ways, through a bind mount or as a second name, is not there
/// twice.
fn is_alike(one: &Metadata, other: &Metadata) -> bool {
    let has_length = matches!(one.kind, FileKind::File | FileKind::Symlink);
    one.id != other.id
        && (one.kind, one.mode, one.uid, one.gid, one.rdev, one.modified)
            == (other.kind, other.mode, other.uid, other.gid, other.rdev, other.modified)
        && (!has_length || one.size == other.size)
}
