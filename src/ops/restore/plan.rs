//! What a restore would do: from a selection to what goes where, touching nothing.

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::item::{Origin, TrashItem, Untrusted};
use crate::manager::TrashManager;
use crate::ops::restore::aftermath::Aftermath;
use crate::ops::restore::exchanged::Exchanged;
use crate::ops::restore::foresee::ToCome;
use crate::ops::restore::options::{Conflict, Destination, Restorable, RestoreOptions};
use crate::ops::restore::step::{RestorePlan, RestoreStep, open};
use crate::ops::restore::target::RESTORE;
use crate::rules::selection::{Choice, Chosen, Versions};
use crate::sys::{self, Name};
use crate::text::quoted;

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
                    exchanged.holds(item)
                        || target().is_some_and(|target| self.would_stay(item, target, request.conflict))
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
        let aftermath = Aftermath::of(self, &plan.steps, request);
        plan.steps.sort_by_key(|step| aftermath.is_taken(&step.target));
        if let Some(name) = request.destination.name.as_ref().filter(|_| plan.steps.len() > 1) {
            let reason = format!("{} items cannot have one name", plan.steps.len());
            plan.steps.clear();
            plan.problems.push(Error::new(ErrorKind::BadValue, "rename to", name, reason));
        }
        plan
    }

    /// Whether all of an item would stay in the trash because of what is at its target.
    fn would_stay(&self, item: &TrashItem, target: PathBuf, conflict: Conflict) -> bool {
        match conflict {
            Conflict::Skip => sys::metadata_at(&target).is_ok(),
            Conflict::Merge if sys::metadata_at(&target).is_ok() => {
                let step = RestoreStep { item: item.clone(), part: None, target };
                let to_come = ToCome::now(self);
                !to_come.can_merge(&step, &step.target)
                    || to_come.merge(&step, &step.target, None).is_ok_and(|merged| merged.is_idle())
            }
            _ => false,
        }
    }
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
