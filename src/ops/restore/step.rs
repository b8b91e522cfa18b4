//! The steps of a restore, what becomes of each, and what has to hold before one is taken.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::item::TrashItem;
use crate::ops::restore::options::{Open, RestoreOptions};
use crate::ops::restore::target::{Links, MadeAnew, RESTORE};
use crate::sys::FileId;

/// How many numbered names are tried before a restore gives up.
pub(crate) const MOST_NUMBERS: u32 = 10_000;

/// What a restore would do.
#[derive(Debug)]
#[non_exhaustive]
pub struct RestorePlan {
    /// What was asked for. Whoever agrees to something later changes it here.
    pub options: RestoreOptions,
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
    /// Something is in the way, and what is missing there came back.
    Merged(Merged),
}

/// What else came of a restore.
#[derive(Debug, Default)]
pub struct RestoreEnd {
    /// The directories that had to be made for it of which nothing told what they were like.
    pub made_anew: Vec<MadeAnew>,
    /// Where things are again that a guarded run had moved, one path for each.
    pub moved_back: Vec<PathBuf>,
    /// What a guarded run has moved or changed and an undo could not turn back.
    pub problems: Vec<Error>,
}

/// What came of a merge.
#[derive(Debug, Default)]
pub struct Merged {
    /// Where the whole of it was to go.
    pub target: PathBuf,
    /// What came back.
    pub back: Vec<Piece>,
    /// What stays in the trash because something is in its way.
    pub left: Vec<PathBuf>,
    /// What stays there because it could not be moved.
    pub problems: Vec<Error>,
}

/// A part of an item that came back on its own.
#[derive(Debug)]
pub struct Piece {
    /// Which part of the item.
    pub part: PathBuf,
    /// Where it is.
    pub path: PathBuf,
    /// Which file it is; `None` if it was only foreseen.
    pub(crate) id: Option<FileId>,
}

impl Merged {
    /// Nothing came back: what is at `target` is in the way of all of it.
    pub(crate) fn nothing(target: PathBuf) -> Self {
        Self { left: vec![target.clone()], target, ..Self::default() }
    }

    /// Whether all of it is back.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.left.is_empty() && self.problems.is_empty()
    }

    /// Whether there is nothing that it changes.
    pub(crate) fn is_idle(&self) -> bool {
        self.back.is_empty() && self.problems.is_empty() && !self.left.is_empty()
    }
}

/// A person may name a directory by way of links; a record was written without any.
pub(crate) fn links_of(request: &RestoreOptions) -> Links {
    if request.destination.directory.is_some() { Links::Follow } else { Links::Refuse }
}

/// Nothing goes where a record says that others could have written, unless somebody has seen where that is.
pub(crate) fn check_open(step: &RestoreStep, request: &RestoreOptions) -> Result<()> {
    let is_said = request.destination.directory.is_some() || request.open == Open::Agreed;
    if is_said || !step.item.is_open() { Ok(()) } else { Err(open(&step.item, &step.target)) }
}

pub(crate) fn open(item: &TrashItem, target: &Path) -> Error {
    let reason = format!("others could have written the record of item {}", item.id.short());
    Error::new(ErrorKind::OpenRecord, RESTORE, target, reason)
}

pub(crate) fn in_the_way(target: &Path) -> Error {
    Error::new(ErrorKind::TargetExists, RESTORE, target, "it already exists")
}

/// Without the slash at the end that an empty path would bring.
pub(super) fn joined(top: &Path, inner: &Path) -> PathBuf {
    if inner.as_os_str().is_empty() { top.to_owned() } else { top.join(inner) }
}
