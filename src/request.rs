//! What a caller may ask of a [`TrashManager`](crate::manager::TrashManager), in words of the trash and without a
//! trace of a command line.

use std::ffi::OsString;
use std::path::PathBuf;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::item::Keep;
use crate::preview::Limits;
use crate::retention::{Policy, Rule, Standing};
use crate::selection::Selection;

/// Remove operands.
#[derive(Debug, Clone)]
pub struct TrashRequest {
    /// What to remove, each as it was written: a slash at the end means something.
    pub operands: Vec<OsString>,
    /// What to do with directories.
    pub directories: Directories,
    /// What to do with directories that have file systems mounted in them.
    pub mounts: Mounts,
    /// Where to.
    pub place: Place,
    /// What may be copied where nothing can be moved.
    pub copying: Copying,
    /// The time of the command; it makes what it removes one batch.
    pub now: DateTime<Utc>,
    /// When the grace period ends.
    pub deletion: DateTime<Utc>,
    /// The label to file it under.
    pub session: Option<OsString>,
}

/// What to do with an operand that is a directory (GNU rm: neither option, `-d`, `-r`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Directories {
    /// Refuse it.
    Refuse,
    /// Remove it if it is empty.
    OnlyEmpty,
    /// Remove it with all below it.
    Whole,
}

/// What to do with a directory that has other file systems mounted in it. Not one of them ever goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mounts {
    /// Refuse it.
    Refuse,
    /// Plan it as [`RemoveAround`](crate::outcome::TrashStep): the caller finds out what is beside them.
    LeaveOut,
}

/// Where what is removed goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The trash of its own volume, so that it is moved and not copied.
    OwnVolume,
    /// The home trash, for whoever wants no trash directory on a volume.
    Home,
    /// Nowhere: it is deleted for good.
    Nowhere,
}

/// What may be copied to another file system without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copying {
    /// What is not large, fits, and loses nothing. Anything else fails as [`NeedsConsent`](crate::error::ErrorKind).
    WithinReason,
    /// Whatever it costs: somebody agreed.
    Whatever,
}

/// List items.
#[derive(Debug, Clone)]
pub struct ListRequest {
    /// Which ones.
    pub selection: Selection,
    /// Whether to find out how large directories are.
    pub sizes: Sizes,
    /// The rules by which items will go, if anybody wants to know what becomes of each.
    pub standing: Option<Standing>,
    /// How many of the newest are enough, if not all are to be told; more may be.
    pub newest: Option<usize>,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

impl ListRequest {
    /// Whether all items have to be known before the first can be told.
    #[must_use]
    pub fn looks_at_all(&self) -> bool {
        let standing = self.standing.as_ref().is_some_and(Standing::looks_at_all);
        standing || self.sizes == Sizes::Measured || self.selection.looks_at_all()
    }
}

/// What to find out about the size of directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sizes {
    /// What was noted when they were measured before.
    AsKnown,
    /// The sum of all that is in them.
    Measured,
}

/// Sum up what each volume's trash holds.
#[derive(Debug, Clone)]
pub struct StatsRequest {
    /// Of which items, and by which rules they will go.
    pub list: ListRequest,
    /// How many of the largest items of each volume to name.
    pub largest: usize,
}

/// Tell all about items, or parts of them.
#[derive(Debug, Clone)]
pub struct ShowRequest {
    /// Which ones; of several that were at one path, the newest.
    pub selection: Selection,
    /// Whether to find out how large directories are.
    pub sizes: Sizes,
    /// How much of them to look at.
    pub limits: Limits,
    /// The rules by which items will go.
    pub standing: Standing,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

/// Put items back.
#[derive(Debug, Clone)]
pub struct RestoreRequest {
    /// Which ones.
    pub what: Restorable,
    /// Where to.
    pub destination: Destination,
    /// What to do where something is in the way.
    pub conflict: Conflict,
    /// What may be copied where nothing can be moved.
    pub copying: Copying,
    /// Whether what is open may go where its record says.
    pub open: Open,
    /// The time of the command.
    pub now: DateTime<Utc>,
    /// When the grace period of what is swapped out ends.
    pub deletion: DateTime<Utc>,
}

/// What to do with an item whose record others could have written, where no directory is named for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Leave it. It fails as [`OpenRecord`](crate::error::ErrorKind), with the target to ask about.
    Refuse,
    /// Restore it: somebody saw the target and agreed.
    Agreed,
}

/// Which items to put back.
#[derive(Debug, Clone)]
pub enum Restorable {
    /// Those selected; of several that were at one path, the newest.
    Selected(Selection),
    /// All that the last commands removed, each a batch.
    LastBatches {
        /// Of how many commands.
        most: usize,
        /// Only what was removed under this label.
        session: Option<OsString>,
    },
}

/// Where items are put back to.
#[derive(Debug, Clone, Default)]
pub struct Destination {
    /// The directory; otherwise the one they were in.
    pub directory: Option<PathBuf>,
    /// The name; otherwise the one they had.
    pub name: Option<OsString>,
}

/// What to do where something is in the way of a restore. Nothing is ever overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// Leave both where they are; that is a failure.
    Fail,
    /// Leave both where they are; that is what was asked for.
    Skip,
    /// Restore under a free name beside it: `name.~1~`.
    Rename,
    /// Move what is there to the trash first.
    Swap,
}

/// Delete items for good.
#[derive(Debug, Clone)]
pub struct CleanRequest {
    /// Which items are looked at.
    pub selection: Selection,
    /// Which of those go.
    pub policy: Policy,
    /// What was removed more recently than this stays, whatever the policy.
    pub floor: Option<TimeDelta>,
    /// Where.
    pub trashes: Trashes,
    /// Whether to find out how large the directories are that would go.
    pub sizes: Sizes,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

impl CleanRequest {
    /// What is past its grace period, everywhere.
    #[must_use]
    pub fn expired(now: DateTime<Utc>) -> Self {
        let policy = Policy::Rules(vec![Rule::PastGrace]);
        Self { selection: Selection::default(), policy, floor: None, trashes: Trashes::All, sizes: Sizes::AsKnown, now }
    }

    /// What a person chose, everywhere.
    #[must_use]
    pub fn chosen(selection: Selection, now: DateTime<Utc>) -> Self {
        Self { selection, policy: Policy::Chosen, ..Self::expired(now) }
    }
}

/// Which trash directories to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trashes {
    /// All that are found.
    All,
    /// Those at these paths, or in these directories.
    At(Vec<PathBuf>),
}

/// Look for problems.
#[derive(Debug, Clone)]
pub struct ExamineRequest {
    /// Files and directories outside of any trash to look at, beside all trash directories: absolute paths.
    pub files: Vec<PathBuf>,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

/// Exempt items from clean, or no longer.
#[derive(Debug, Clone)]
pub struct KeepRequest {
    /// Which ones.
    pub selection: Selection,
    /// For how long.
    pub keep: Keep,
}

/// Take over what other programs removed.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// From where.
    pub sources: Sources,
    /// Where to.
    pub place: Place,
    /// What may be copied where nothing can be moved.
    pub copying: Copying,
    /// Tells which instant a clock on the wall showed: other programs note only that.
    pub local: LocalTime,
    /// The time of the command.
    pub now: DateTime<Utc>,
    /// When the grace period of what is imported ends.
    pub deletion: DateTime<Utc>,
}

/// The instant that a time by the clock on the wall means, if there was one.
pub type LocalTime = fn(NaiveDateTime) -> Option<DateTime<Utc>>;

/// The trashes of other programs to import from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sources {
    /// The one in this directory for a user's data, and those at the top of every mount.
    All(Option<PathBuf>),
    /// Those at these paths, without links.
    At(Vec<PathBuf>),
}
