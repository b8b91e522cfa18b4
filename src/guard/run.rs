//! A run that goes on: what is about to be lost gets a number, and a line in the journal of its volume.

mod content;
mod keep;
mod not_kept;
mod reach;
mod segment;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};

use super::journal::Entry;
use super::volume::Volume;
use super::{Batch, Summary, Verdict, carry_out};
use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemId, RANDOM, Told};
use crate::manager::TrashManager;
use crate::rules::retention::Free;
use crate::store::TrashDir;
use crate::sys::{Dir, Metadata, Timestamp, random_bytes};
use keep::Lost;
use not_kept::NotKept;
use reach::Reach;
use segment::Segment;

/// What is tried, in every error about what is not kept.
const KEEP: &str = "keep";

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct GuardOptions {
    /// When it began. The program starts once the clock that file systems take their times from, which may be some
    /// milliseconds behind, is past it.
    pub began: Timestamp,
    /// Tells the time by the same clock, which is never behind that of a file system.
    pub clock: fn() -> Timestamp,
    /// Directories whose volumes get their store before the program starts.
    pub here: Vec<PathBuf>,
    /// The label of its items.
    pub session: Option<OsString>,
    /// How long they are kept.
    pub grace: TimeDelta,
    /// How large a copy may be, in bytes.
    pub limit: u64,
    /// Below how much free space on a volume nothing more is kept there.
    pub floor: Free,
    /// Which files are kept as they are opened for writing.
    pub writes: Writes,
    /// What becomes of what cannot be kept.
    pub otherwise: Otherwise,
}

/// Which files are kept as they are opened for writing: what is written then may be at any place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// Small ones, and those that can share their blocks with a copy. Of any other nothing is told.
    Small,
    /// All, but for those that are too large for a copy; these are told if they were changed.
    All,
}

/// What becomes of what cannot be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// It goes, and is named at the end.
    Named,
    /// The call fails.
    Refused,
}

/// A run: it keeps what the program destroys, from several threads at once, and makes items of that in the end.
pub struct GuardedRun {
    manager: Arc<TrashManager>,
    options: GuardOptions,
    segment: RwLock<Arc<Segment>>,
    /// The trash directories that nothing may be taken out of.
    reach: Reach,
    not_kept: Mutex<NotKept>,
    /// Is told of each thing that is kept, where it was.
    each: OnceLock<Each>,
}

/// Is told a path.
type Each = Box<dyn Fn(&Path) + Send + Sync>;

impl GuardedRun {
    /// Prepares everything, and starts no thread.
    ///
    /// # Errors
    /// Where there is no trash directory for what is in the directories of the options: nothing could be kept.
    pub fn begin(manager: Arc<TrashManager>, options: GuardOptions) -> Result<Self> {
        let trashes = manager.trashes_for_guard();
        let segment = Arc::new(Segment::new(new_id(&options)?));
        let run = Self {
            manager,
            options,
            segment: RwLock::new(segment),
            reach: Reach::of(trashes),
            not_kept: Mutex::default(),
            each: OnceLock::new(),
        };
        for here in &run.options.here {
            run.prepare(here)?;
        }
        Ok(run)
    }

    /// Has `each` told of each thing as it is kept, by any of the threads.
    pub fn tell_each(&self, each: impl Fn(&Path) + Send + Sync + 'static) {
        // There is one who asks for it.
        let _ = self.each.set(Box::new(each));
    }

    fn is_kept(&self, path: Option<&Path>) {
        if let (Some(each), Some(path)) = (self.each.get(), path) {
            each(path);
        }
    }

    fn prepare(&self, here: &Path) -> Result<()> {
        let failed = |error| Error::system("guard", here, error);
        let dir = Dir::open_following(here).map_err(failed)?;
        let is = dir.metadata().map_err(failed)?;
        self.volume_of(&self.segment(), &dir, &is).map(drop)
    }

    /// Goes on for a keeper that is there no more, of which this process has inherited the run.
    ///
    /// What was inherited is as it was at that time; the locks came with it. What the keeper has opened later, or ended, is
    /// left to the next command.
    pub fn take_over(&self) {
        let mut segment = self.segment.write().unwrap_or_else(PoisonError::into_inner);
        let id = new_id(&self.options).unwrap_or(segment.id);
        *segment = Arc::new(segment.renewed(id));
    }

    /// The one that is being filled.
    fn segment(&self) -> Arc<Segment> {
        self.segment.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Brings to the disk what was written down; to be called now and then.
    pub fn flush(&self) {
        for volume in self.segment().trashes.all() {
            // The next one tries again, and what it is for may never happen.
            volume.flush().ok();
        }
    }

    /// Makes items of all that was kept so far, as removed at this instant; what is kept from now on is for the next end.
    pub fn end(&self, at: DateTime<Utc>) -> Summary {
        let mut summary = Summary::default();
        let next = match new_id(&self.options) {
            Ok(id) => Arc::new(Segment::new(id)),
            Err(error) => {
                summary.problems.push(error);
                return summary;
            }
        };
        let old = {
            let mut segment = self.segment.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *segment, next)
        };
        let batch =
            Batch { at, deletion: at.checked_add_signed(self.options.grace), session: self.options.session.clone() };
        let (free, held) = old.end();
        for volume in free {
            let (trash, guard) = volume.into_guard();
            summary += carry_out(&trash, &guard, &batch);
        }
        summary.problems.extend(held.iter().map(|volume| does_not_answer(&volume.trash)));
        summary.items.sort_by(|a, b| a.original_path().cmp(&b.original_path()));
        let mut not_kept = self.not_kept.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *not_kept).tell(&mut summary);
        summary
    }

    /// The store for what is in a directory.
    fn volume_of(&self, segment: &Segment, dir: &Dir, is: &Metadata) -> Result<Arc<Volume>> {
        let place = (is.mount, is.id.device);
        let open = || self.open(segment, &self.manager.trash_for_guard(dir, is)?);
        segment.places.get_or(place, open)?.ok_or_else(|| no_trash(dir))
    }

    fn open(&self, segment: &Segment, trash: &Arc<TrashDir>) -> Result<Arc<Volume>> {
        let failed = |error| Error::system("use the trash directory", &**trash.path(), error);
        let opened = segment.trashes.get_or(trash.id(), || {
            self.reach.protect(trash);
            let GuardOptions { session, grace, .. } = &self.options;
            let first = Entry::Run { session: session.clone(), grace: grace.num_seconds() };
            Volume::begin(trash.clone(), segment.id, &first).map(Arc::new).map_err(failed)
        });
        opened?.ok_or_else(|| failed(std::io::ErrorKind::ResourceBusy.into()))
    }

    /// What cannot be kept goes all the same, unless that is forbidden.
    fn lose(&self, lost: Lost) -> Verdict {
        let mut not_kept = self.not_kept.lock().unwrap_or_else(PoisonError::into_inner);
        match self.options.otherwise {
            Otherwise::Refused => {
                not_kept.refuse(lost);
                Verdict::Refuse(std::io::ErrorKind::PermissionDenied)
            }
            Otherwise::Named => {
                not_kept.lose(lost);
                Verdict::GoOn
            }
        }
    }
}

fn new_id(options: &GuardOptions) -> Result<ItemId> {
    let began = DateTime::from_timestamp(options.began.seconds, options.began.nanoseconds).unwrap_or_default();
    let mut random = [0; RANDOM];
    random_bytes(&mut random).map_err(|error| Error::system("name", "the guarded run", error))?;
    Ok(ItemId::new(random, Told { removed: began, ..Told::nothing() }))
}

fn does_not_answer(trash: &TrashDir) -> Error {
    let reason = "the disk or server does not answer; the next rrm command files it";
    Error::new(ErrorKind::Unreachable, "file what the guarded run kept in", &**trash.path(), reason)
}

fn no_trash(dir: &Dir) -> Error {
    Error::new(ErrorKind::NoTrash, KEEP, dir.path().unwrap_or_default(), "its volume has no trash directory")
}
