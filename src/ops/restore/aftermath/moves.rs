//! What a guarded run has moved goes back to where it was.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Aftermath;
use super::lifted::Lifted;
use super::target::{Target, replaced};
use crate::error::{Error, ErrorKind, words_of};
use crate::guard::{Age, Entry, Key, Thing};
use crate::store::TrashDir;

/// What is tried, in every error about it.
const MOVE_BACK: &str = "move back";

/// A move that is to be turned back.
pub(super) struct Move {
    pub(super) entry: Entry,
    /// When its run ended.
    at: DateTime<Utc>,
    /// The trash directory of the volume that it is on.
    pub(super) trash: Arc<TrashDir>,
    /// Why it could not be turned back so far.
    failed: Option<io::Error>,
}

/// What became of a move that was to be turned back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turned {
    /// It is back.
    Back,
    /// It is not there to be moved.
    Nothing,
    /// It may be possible later.
    Later,
}

/// What the run has moved and is not where it was moved to.
pub(super) struct Stray {
    key: Key,
    /// Where it was moved to, and from where.
    now: PathBuf,
    before: PathBuf,
    /// What is at the one.
    instead: Instead,
}

/// What is in the place of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Instead {
    /// Nothing: it was below what was restored.
    Nothing,
    /// Something else.
    Another,
}

impl Move {
    pub(super) fn new(entry: Entry, at: DateTime<Utc>, trash: Arc<TrashDir>) -> Self {
        Self { entry, at, trash, failed: None }
    }

    fn came_to(&mut self, turned: io::Result<()>) -> Turned {
        self.failed = turned.err();
        if self.failed.is_none() { Turned::Back } else { Turned::Later }
    }
}

impl Aftermath {
    pub(super) fn turn_back(&mut self, moved: &mut Move) -> Turned {
        match moved.entry.clone() {
            Entry::Moved { thing, from, to } => self.move_one(moved, thing, &to, &from),
            Entry::Exchanged { one, one_path, other, other_path } => {
                self.exchange(moved, (one.key, &one_path), (other.key, &other_path))
            }
            _ => Turned::Nothing,
        }
    }

    fn move_one(&mut self, moved: &mut Move, thing: Thing, now_at: &Path, before_at: &Path) -> Turned {
        let key = thing.key;
        let there = Target::open(now_at).and_then(|now| Ok((now.key()?, now))).ok();
        let now = match there {
            Some((found, now)) if found == key => now,
            other => {
                let is_restored = || now_at.ancestors().any(|above| self.over.contains(above));
                if other.is_some() {
                    self.is_astray(key, now_at, before_at, Instead::Another);
                } else if thing.age == Age::Old && is_restored() {
                    self.is_astray(key, now_at, before_at, Instead::Nothing);
                }
                return Turned::Nothing;
            }
        };
        let before = Target::open(before_at).and_then(|before| self.check(&before).map(|()| before));
        let (at, trash) = (moved.at, moved.trash.clone());
        let turned = before.and_then(|before| before.keeping_times(at, || shift(&trash, &now, &before, key)));
        moved.came_to(turned)
    }

    /// Turns an exchange back by way of a name beside the one, since nothing is ever replaced. A kill in between leaves the
    /// one there, as `NAME.~1~`, for the next undo of the run to go on from.
    fn exchange(&mut self, moved: &mut Move, one: (Key, &Path), other: (Key, &Path)) -> Turned {
        let ((one_key, one_path), (other_key, other_path)) = (one, other);
        let (Ok(one), Ok(other)) = (Target::open(one_path), Target::open(other_path)) else { return Turned::Later };
        let Ok(aside) = other.beside() else { return Turned::Nothing };
        let (at_one, at_other, at_aside) = (one.key().ok(), other.key().ok(), aside.key().ok());
        let trash = moved.trash.clone();
        let finish = || {
            shift(&trash, &other, &one, one_key)?;
            shift(&trash, &aside, &other, other_key)
        };
        let turned = match (at_one, at_other) {
            (Some(at_one), Some(at_other)) if (at_one, at_other) == (other_key, one_key) => {
                let moved_aside = shift(&trash, &one, &aside, other_key);
                moved_aside.and_then(|()| finish().inspect_err(|_| drop(shift(&trash, &aside, &one, other_key))))
            }
            (None, Some(at_other)) if at_other == one_key && at_aside == Some(other_key) => finish(),
            (Some(at_one), None) if at_one == one_key && at_aside == Some(other_key) => {
                shift(&trash, &aside, &other, other_key)
            }
            _ => {
                self.see_exchanged((at_one, other_key), one_path, other_path);
                self.see_exchanged((at_other, one_key), other_path, one_path);
                return Turned::Nothing;
            }
        };
        moved.came_to(turned)
    }

    /// Takes down that something else than one of two that were exchanged is in its place.
    fn see_exchanged(&mut self, (found, key): (Option<Key>, Key), now: &Path, before: &Path) {
        if found.is_some_and(|found| found != key) {
            self.is_astray(key, now, before, Instead::Another);
        }
    }

    fn is_astray(&mut self, key: Key, now: &Path, before: &Path, instead: Instead) {
        self.strays.push(Stray { key, now: now.to_owned(), before: before.to_owned(), instead });
    }

    /// Refuses what is in a trash directory.
    fn check(&self, target: &Target) -> io::Result<()> {
        match self.trashes.holds(&target.parent) {
            Ok(false) => Ok(()),
            _ => Err(io::ErrorKind::PermissionDenied.into()),
        }
    }

    /// What is neither where the run has moved it nor where it was: most often it is in what this undo has exchanged, or
    /// somebody has moved it since.
    pub(super) fn strays_now(&self) -> Vec<Error> {
        // The last to be turned back tells where a thing was in the beginning.
        let first: HashMap<Key, &Stray> = self.strays.iter().map(|stray| (stray.key, stray)).collect();
        let is_at = |key: Key, place: &Path| Target::open(place).is_ok_and(|at| at.key().ok() == Some(key));
        let astray = first.values().filter(|stray| !is_at(stray.key, &stray.before));
        let astray = astray.filter(|stray| stray.instead == Instead::Another || !is_at(stray.key, &stray.now));
        let error = |stray: &&Stray| {
            let reason = match stray.instead {
                Instead::Nothing => "it is no longer there; it may be in the trash with what was replaced".to_owned(),
                Instead::Another => words_of(&replaced()),
            };
            Error::new(ErrorKind::NotFound, MOVE_BACK, &*stray.now, reason)
        };
        astray.map(error).collect()
    }
}

/// Moves what is at `from` to `to`, if it is that: where others may exchange it for something else, by a way on which they
/// cannot.
fn shift(trash: &TrashDir, from: &Target, to: &Target, key: Key) -> io::Result<()> {
    match from.others_may_exchange_for(to)? {
        true => Lifted::take(trash, from, key)?.put(to),
        false => from.rename_to(to, key),
    }
}

/// Where things are that were moved.
pub(super) fn places_of(entry: &Entry) -> Vec<&Path> {
    match entry {
        Entry::Moved { to, .. } => vec![to],
        Entry::Exchanged { one_path, other_path, .. } => vec![one_path, other_path],
        _ => Vec::new(),
    }
}

/// What is said of a move that stays.
pub(super) fn left_of(moved: &Move) -> Option<Error> {
    let (now, before) = match &moved.entry {
        Entry::Moved { from, to, .. } => (to, from),
        Entry::Exchanged { one_path, other_path, .. } => (one_path, other_path),
        _ => return None,
    };
    let is_taken = || Target::open(before).and_then(|target| target.metadata()).is_ok();
    let reason = match &moved.failed {
        // What was found out about it has no number.
        Some(error) if error.raw_os_error().is_none() && error.kind() == io::ErrorKind::Other => words_of(error),
        _ if is_taken() => "something else exists at its old path".to_owned(),
        _ => "its old directory cannot be used".to_owned(),
    };
    Some(Error::new(ErrorKind::TargetExists, MOVE_BACK, &**now, reason))
}
