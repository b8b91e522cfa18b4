//! What a restore would do: from a selection to what goes where, touching nothing.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::item::{Origin, TrashItem, Untrusted};
use crate::manager::TrashManager;
use crate::ops::restore::options::{Destination, Open, Restorable, RestoreOptions};
use crate::ops::restore::target::{Links, RESTORE};
use crate::rules::selection::{Choice, Chosen, Versions};
use crate::sys::{FileId, Name};
use crate::text::quoted;

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

impl TrashManager {
    /// Finds what is asked for and where it would go. Nothing is touched.
    #[must_use]
    pub fn plan_restore(&self, request: &RestoreOptions) -> RestorePlan {
        let (listing, choice) = match &request.what {
            Restorable::Selected(selection) => {
                let listing = self.candidates(selection, Versions::Newest);
                let choice = self.choose_existing(selection, &listing.items);
                (listing, choice)
            }
            Restorable::LastBatches { most, session } => {
                // What an undo has skipped it would skip for ever, and never get to what was removed before.
                let is_skipped = |item: &TrashItem| {
                    let target = target_of(item, None, &request.destination).ok();
                    target.is_some_and(|target| self.would_stay(item, target, request.conflict))
                };
                let history = self.last_batches(*most, session.as_deref(), request.now, is_skipped);
                let listing = history.into_listing();
                let choice = whole_batches(&listing.items);
                (listing, choice)
            }
        };
        let mut plan = RestorePlan { options: request.clone(), steps: Vec::new(), problems: listing.problems };
        plan.problems.extend(choice.problems);
        for chosen in choice.chosen {
            let item = &listing.items[chosen.index];
            match target_of(item, chosen.part.as_deref(), &request.destination) {
                Ok(target) => plan.steps.push(RestoreStep { item: item.clone(), part: chosen.part, target }),
                Err(error) => plan.problems.push(error),
            }
        }
        // A directory comes back before what was removed from inside it.
        plan.steps.sort_by(|a, b| a.target.cmp(&b.target));
        if let Some(name) = request.destination.name.as_ref().filter(|_| plan.steps.len() > 1) {
            let reason = format!("{} items cannot have one name", plan.steps.len());
            plan.steps.clear();
            plan.problems.push(Error::new(ErrorKind::BadValue, "rename to", name, reason));
        }
        plan
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

fn open(item: &TrashItem, target: &Path) -> Error {
    let reason = format!("others could have written the record of item {}", item.id.short());
    Error::new(ErrorKind::OpenRecord, RESTORE, target, reason)
}

pub(crate) fn in_the_way(target: &Path) -> Error {
    Error::new(ErrorKind::TargetExists, RESTORE, target, "it already exists")
}

/// All items of some removals, but for those that are open: each of them is told.
fn whole_batches(items: &[TrashItem]) -> Choice {
    let (closed, opened): (Vec<usize>, Vec<usize>) = (0..items.len()).partition(|at| !items[*at].is_open());
    let told = |at: usize| open(&items[at], items[at].original_path().unwrap_or(&name_of(&items[at])));
    Choice {
        chosen: closed.into_iter().map(|index| Chosen { index, part: None }).collect(),
        problems: opened.into_iter().map(told).collect(),
    }
}

/// What an item is called where its path is not known.
fn name_of(item: &TrashItem) -> PathBuf {
    item.id.to_string().into()
}

/// Where an item, or a part of it, goes.
fn target_of(item: &TrashItem, part: Option<&Path>, destination: &Destination) -> Result<PathBuf> {
    let original = match &item.origin {
        Origin::Known(path) => part.map_or_else(|| path.clone(), |part| path.join(part)),
        _ if destination.directory.is_some() => {
            Path::new("/").join(item.id.to_string()).join(part.unwrap_or(Path::new("")))
        }
        Origin::Unknown => {
            let reason = "it has no record of its original path";
            return Err(Error::new(ErrorKind::UnknownOrigin, RESTORE, item.id.to_string(), reason));
        }
        Origin::Untrusted(record) => {
            let Untrusted { recorded, reason } = &**record;
            let reason = format!("its record cannot be trusted ({reason}: {})", quoted(recorded));
            return Err(Error::new(ErrorKind::UntrustedRecord, RESTORE, item.id.to_string(), reason));
        }
    };
    let name = destination.name.as_deref().or(original.file_name()).unwrap_or_default();
    let directory = destination.directory.as_deref().or(original.parent()).unwrap_or(Path::new("/"));
    if Name::new(name).is_err() {
        return Err(Error::new(ErrorKind::BadValue, "rename to", name, "not a single file name"));
    }
    Ok(directory.join(name))
}
