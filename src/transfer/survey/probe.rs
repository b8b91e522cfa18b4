//! Finding out what the target keeps, by doing it once to an entry that is thrown away.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

use crate::sys::{Dir, FileKind, Inode, Metadata, Name, Timestamp};

use crate::transfer::error::{Failure, Trouble, While, is_refusal};
use crate::transfer::loss::Loss;
use crate::transfer::make;
use crate::transfer::metadata;
use crate::transfer::metadata::Newborn;
use crate::transfer::metadata::attributes::{self, Values};

/// All that decides whether metadata is kept, but times, and attributes that are no labels.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Question {
    kind: FileKind,
    owner: (u32, u32),
    mode: u32,
    device: (u32, u32),
    labels: Values,
}

/// A private directory in the target where entries are tried; removed when it is dropped.
///
/// No table of file systems and no guess about rights: the very functions that copy are run, so what the survey says is
/// what the copy will meet.
#[derive(Debug)]
pub(in crate::transfer) struct Probe<'a> {
    target: &'a Dir,
    inside: Dir,
    answers: HashMap<Question, Vec<Loss>>,
    links: Option<Links>,
}

/// Whether the target can give one file several names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum Links {
    Kept,
    Lost,
}

/// The directory, which is not where the copy is made: a server may keep it for a moment.
const PLACE: Name<'static> = Name::fixed("trials");
const TRIAL: Name<'static> = Name::fixed("trial");
const SECOND: Name<'static> = Name::fixed("second");

/// What an owner may have.
const OWNER_ALL: u32 = 0o700;

/// A time that no coarse clock can hold.
const FINE: Timestamp = Timestamp { seconds: 1_234_567_891, nanoseconds: 123_456_789 };

impl<'a> Probe<'a> {
    /// Makes a directory in `target` to try things in.
    pub(in crate::transfer) fn new(target: &'a Dir) -> Result<Self, Trouble> {
        let inside = target.create_private_dir(PLACE).map_err(make::not_made)?;
        Ok(Self { target, inside, answers: HashMap::new(), links: None })
    }

    /// What a copy of `from`, which is as `was` tells, would lose; attributes that `passed_over` tells are none.
    pub(in crate::transfer) fn losses(
        &mut self,
        from: &Inode,
        was: &Metadata,
        passed_over: fn(&OsStr) -> bool,
    ) -> Result<Vec<Loss>, Trouble> {
        // Each set of attributes is a question of its own; most files of a tree have the same labels.
        let Some(labels) = attributes::only_labels(from, passed_over).during(Failure::Read)? else {
            return self.attempt(from, was, passed_over);
        };
        let question = Question { kind: was.kind, owner: (was.uid, was.gid), mode: was.mode, device: was.rdev, labels };
        if let Some(known) = self.answers.get(&question) {
            return Ok(known.clone());
        }
        let losses = self.attempt(from, was, passed_over)?;
        self.answers.insert(question, losses.clone());
        Ok(losses)
    }

    fn attempt(&self, from: &Inode, was: &Metadata, passed_over: fn(&OsStr) -> bool) -> Result<Vec<Loss>, Trouble> {
        let fine = Metadata { accessed: FINE, modified: FINE, ..*was };
        let losses = match make::make(&self.inside, TRIAL, &fine, Path::new("nowhere")) {
            Ok(made) => {
                Newborn::of(&made).and_then(|new| Ok(metadata::keep(from, &fine, &made, new, passed_over)?.losses))
            }
            Err(error) if is_refusal(&error) => Ok(vec![Loss::Entry]),
            Err(error) => Err(Trouble::of(Failure::Make, error)),
        };
        self.remove(TRIAL);
        losses
    }

    /// Whether two names of one file stay one file.
    pub(in crate::transfer) fn links(&mut self) -> Result<Links, Trouble> {
        if let Some(known) = self.links {
            return Ok(known);
        }
        self.inside.create_file(TRIAL).during(Failure::Make)?;
        let linked = self.inside.link(TRIAL, &self.inside, SECOND);
        self.remove(SECOND);
        self.remove(TRIAL);
        let links = match linked {
            Ok(()) => Links::Kept,
            // No property of the file system, and nothing that a person could agree to lose.
            Err(error) if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                return Err(Trouble::of(Failure::Make, error));
            }
            Err(_) => Links::Lost,
        };
        Ok(*self.links.insert(links))
    }

    /// What cannot be removed here is met again, and named, when the next trial is made.
    fn remove(&self, name: Name<'_>) {
        let remove_dir = || {
            // Before it is tried, and not after it failed: fuse-overlayfs has files of its own in a directory, cannot remove
            // one that its owner may not write to, and then tells of it no more, although it is there.
            self.inside.open_dir(name).and_then(|dir| dir.set_mode(OWNER_ALL)).ok();
            self.inside.remove_dir(name)
        };
        self.inside.remove_file(name).or_else(|_| remove_dir()).ok();
    }
}

impl Drop for Probe<'_> {
    fn drop(&mut self) {
        self.target.remove_emptied_dir(PLACE).ok();
    }
}
