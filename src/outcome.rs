//! What a caller gets: plans, which only tell what would be done, and what was done.

pub mod diagnosis;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::error::{Error, Result};
use crate::freedesktop::{Entry, ForeignTrash};
use crate::item::{RecordPlace, TrashItem};
use crate::preview::Content;
use crate::progress::Amount;
use crate::retention::{Cause, Fate, Fates, Shield};
use crate::statistics::Statistics;
use crate::sys::Metadata;

/// What a removal would do, in the order of the operands.
#[derive(Debug)]
pub struct TrashPlan {
    /// One step an operand.
    pub steps: Vec<TrashStep>,
}

/// What would be done about one operand.
#[derive(Debug)]
pub enum TrashStep {
    /// It would be removed.
    Remove(Removal),
    /// It is a directory with other file systems mounted in it: only what is beside them may go, each for itself.
    RemoveAround(Removal),
    /// It would not, and this is why; the others go on.
    Refuse(Error),
}

/// An operand that can be removed as far as looking at it tells.
#[derive(Debug, Clone)]
pub struct Removal {
    /// As it was written.
    pub operand: OsString,
    /// What it was when the plan was made.
    pub metadata: Metadata,
    /// The empty trash directories in it, which go along and are to be known no more.
    pub trashes: Vec<PathBuf>,
}

/// What became of an operand.
#[derive(Debug, Clone)]
pub enum Removed {
    /// It is in the trash, as this item.
    Trashed(TrashItem),
    /// It is gone for good, as asked.
    Deleted(Amount),
}

/// Items, and what could not be read.
#[derive(Debug, Default)]
pub struct Listing {
    /// The items, in no order.
    pub items: Vec<TrashItem>,
    /// What will become of them, where that was asked for.
    pub fates: Option<Fates>,
    /// Volumes that did not answer, items that could not be read, names that are not ours.
    pub problems: Vec<Error>,
}

/// What the last commands removed, and what could not be read.
#[derive(Debug, Default)]
pub struct History {
    /// The items of each command, those of the last one first; none, where not one of a command's could be read.
    pub batches: Vec<Vec<TrashItem>>,
    /// Volumes that did not answer, items that could not be read.
    pub problems: Vec<Error>,
}

impl History {
    /// All of the items, whichever command removed them.
    #[must_use]
    pub fn into_listing(self) -> Listing {
        Listing { items: self.batches.into_iter().flatten().collect(), fates: None, problems: self.problems }
    }
}

/// What each volume's trash holds, and what could not be counted.
#[derive(Debug, Default)]
pub struct Summary {
    /// One for each volume with a trash on it.
    pub volumes: Vec<Statistics>,
    /// What will become of the items that were summed up.
    pub fates: Option<Fates>,
    /// Volumes that did not answer, items that could not be read.
    pub problems: Vec<Error>,
}

/// A glance at an item or at a part of one.
#[derive(Debug)]
pub struct Preview {
    /// What it is: kind, size, mode, owner, times.
    pub metadata: Metadata,
    /// What is in it, or why that cannot be read.
    pub content: Result<Content>,
}

/// All about some items, and what could not be told.
#[derive(Debug, Default)]
pub struct Showing {
    /// One for each item, or part of one, that was chosen.
    pub shown: Vec<Shown>,
    /// What was not found, and volumes that did not answer.
    pub problems: Vec<Error>,
}

/// All about an item, or about a part of one.
#[derive(Debug)]
pub struct Shown {
    /// The item.
    pub item: TrashItem,
    /// The part below a trashed directory that the rest is about; empty for the item itself.
    pub part: PathBuf,
    /// The path that it had; for an item of unknown origin, the one it has in the trash.
    pub path: PathBuf,
    /// Where it is now.
    pub place: PathBuf,
    /// Where the item's record is.
    pub record: RecordPlace,
    /// What will become of the item.
    pub fate: Fate,
    /// The other items that were at the item's path, the one removed last first.
    pub others: Vec<TrashItem>,
    /// What it is and what is in it.
    pub preview: Preview,
}

/// What a restore would do.
#[derive(Debug, Default)]
pub struct RestorePlan {
    /// One step an item.
    pub steps: Vec<RestoreStep>,
    /// What could not be planned; the others go on.
    pub problems: Vec<Error>,
}

/// An item, or a part of one, and where it would go.
#[derive(Debug, Clone)]
pub struct RestoreStep {
    /// The item.
    pub item: TrashItem,
    /// The part below a trashed directory, where only that goes back.
    pub part: Option<PathBuf>,
    /// Where to: an absolute path.
    pub target: PathBuf,
}

/// What became of an item that was to be restored.
#[derive(Debug)]
pub enum Restored {
    /// It is back, here.
    At(PathBuf),
    /// It is back, here, but something of ours could not be taken off it.
    Marked(PathBuf, Error),
    /// Something is in the way, and it was left in the trash as asked.
    Skipped(PathBuf),
}

/// A directory that had to be made for what was restored, and is more closed than a new one usually is: as closed as what
/// came back, because nothing tells what the one before it was like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeAnew {
    /// Where it is.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
}

/// What else came of a restore.
#[derive(Debug, Default)]
pub struct RestoreEnd {
    /// The directories that had to be made for it of which nothing told what they were like.
    pub made_anew: Vec<MadeAnew>,
    /// What a guarded run has moved or changed and an undo could not turn back.
    pub problems: Vec<Error>,
}

/// What a clean would do.
#[derive(Debug, Default)]
pub struct CleanPlan {
    /// The items that would go for good.
    pub items: Vec<TrashItem>,
    /// Why each of them goes, in the same order.
    pub causes: Vec<Cause>,
    /// The items that a rule would take but for what holds them.
    pub held: Vec<(TrashItem, Shield)>,
    /// What is left alone though it was chosen or may look due: doubtful dates, trashes that cannot be read.
    pub problems: Vec<Error>,
}

/// What a clean did.
#[derive(Debug, Default)]
pub struct Cleaned {
    /// How many items went for good.
    pub items: u64,
    /// What that came to, what earlier cleans had left half-done included.
    pub removed: Amount,
    /// What could not be deleted; the next clean tries again.
    pub problems: Vec<Error>,
}

/// What an import would do.
#[derive(Default)]
pub struct ImportPlan {
    /// One step a thing.
    pub steps: Vec<ImportStep>,
    /// What is left alone, and why.
    pub problems: Vec<Error>,
}

/// One thing in the trash of another program, to be taken over.
#[derive(Clone)]
pub struct ImportStep {
    /// The trash that it is in.
    pub from: Arc<ForeignTrash>,
    /// What is told of it there.
    pub entry: Entry,
    /// Where it was: an absolute path.
    pub original: PathBuf,
    /// When it was removed.
    pub trashed: DateTime<Utc>,
    /// The item that an import which was interrupted made of it: then only what that left is to be tidied up.
    pub begun: Option<TrashItem>,
}

/// What became of a thing that was to be imported.
#[derive(Debug)]
pub enum Imported {
    /// It is in our trash, and not in the other any more.
    Done(TrashItem),
    /// It was not there any more: another program restored or deleted it.
    Gone,
}
