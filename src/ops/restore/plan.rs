//! What a restore would do: from a selection to what goes where, touching nothing.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::item::{Origin, TrashItem, Untrusted};
use crate::manager::TrashManager;
use crate::ops::restore::aftermath::Aftermath;
use crate::ops::restore::exchanged::Exchanged;
use crate::ops::restore::options::{Conflict, Destination, Open, Restorable, RestoreOptions};
use crate::ops::restore::target::{Links, MadeAnew, RESTORE};
use crate::rules::selection::{Choice, Chosen, Versions};
use crate::sys::{self, Name};
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
}

/// What else came of a restore.
#[derive(Debug, Default)]
pub struct RestoreEnd {
    /// The directories that had to be made for it of which nothing told what they were like.
    pub made_anew: Vec<MadeAnew>,
    /// What a guarded run has moved or changed and an undo could not turn back.
    pub problems: Vec<Error>,
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
                let exchanged = Exchanged::by_last_undo(self);
                let is_left = |item: &TrashItem| {
                    let target = || target_of(item, None, &request.destination).ok();
                    let is_skipped = request.conflict == Conflict::Skip
                        && target().is_some_and(|target| sys::metadata_at(&target).is_ok());
                    is_skipped || exchanged.holds(item)
                };
                let history = self.last_batches(*most, session.as_deref(), request.now, is_left);
                let mut listing = history.into_listing();
                listing.items.retain(|item| !exchanged.holds(item));
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
        let aftermath = Aftermath::of(self, plan.steps.iter().map(|step| &step.item), request);
        plan.steps.sort_by_key(|step| aftermath.is_taken(&step.target));
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
            let reason = "it has no record of its original path; use --to DIR";
            return Err(Error::new(ErrorKind::UnknownOrigin, RESTORE, item.id.to_string(), reason));
        }
        Origin::Untrusted(record) => {
            let Untrusted { recorded, reason } = &**record;
            let reason = format!("its record cannot be trusted ({reason}: {}); use --to DIR", quoted(recorded));
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
