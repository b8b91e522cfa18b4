//! What a clean would delete: the items, the space that there is, and the decision of [`retention`](crate::rules::retention).

use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemId, TrashItem};
use crate::manager::TrashManager;
use crate::ops::clean::options::{CleanOptions, Trashes};
use crate::ops::list::choose::choose_whole;
use crate::ops::list::listing::Listing;
use crate::ops::list::names::may_pass;
use crate::ops::list::options::Sizes;
use crate::progress::Progress;
use crate::rules::retention::Cause;
use crate::rules::retention::{Policy, Rule, Shield, Verdict, Volume, decide};
use crate::store::TrashDir;
use crate::sys::Space;

/// What is tried, in every error about a clean.
pub(crate) const DELETE: &str = "delete";

/// What a clean would do.
#[derive(Debug)]
#[non_exhaustive]
pub struct CleanPlan {
    /// What was asked for.
    pub options: CleanOptions,
    /// The items that would go for good.
    pub items: Vec<TrashItem>,
    /// Why each of them goes, in the same order.
    pub causes: Vec<Cause>,
    /// The items that a rule would take but for what holds them.
    pub held: Vec<(TrashItem, Shield)>,
    /// What is left alone though it was chosen or may look due: doubtful dates, trashes that cannot be read.
    pub problems: Vec<Error>,
}

impl TrashManager {
    /// Finds what would be deleted for good. Nothing is touched, except that sizes found out on the way are noted.
    ///
    /// Whatever cannot be told for certain is left out and named: a trash that cannot be read, an item whose dates are
    /// missing or cannot be right.
    #[must_use]
    pub fn plan_clean(&self, options: &CleanOptions, progress: &dyn Progress) -> CleanPlan {
        // What was not measured would look smaller than it is, so an interrupted plan is none.
        let interrupted = |error| CleanPlan { problems: vec![error], ..CleanPlan::of(options) };
        self.try_plan_clean(options, progress).unwrap_or_else(interrupted)
    }

    fn try_plan_clean(&self, request: &CleanOptions, progress: &dyn Progress) -> Result<CleanPlan> {
        let Listing { mut items, problems, .. } = self.everything_in(&request.trashes, |id| may_be_meant(request, id));
        let mut plan = CleanPlan { problems, ..CleanPlan::of(request) };
        if request.selection.asks_for_size() {
            self.measure_anew(&mut items, progress)?;
        }
        let mut chosen = choose_whole(&request.selection, items, &mut plan.problems);
        if request.policy == Policy::Chosen {
            chosen.retain(|item| !item.is_open() || request.selection.names(item));
        }
        // Told, and deleted, in the order in which a list shows them.
        chosen.sort_by_key(|item| item.trashed.instant());
        if request.policy.is_about_space() {
            self.measure_on_disk(&mut chosen, progress)?;
        }
        let volumes =
            if request.policy.is_about_space() { self.volumes_with_space(&mut plan.problems) } else { vec![] };
        let verdicts = decide(&chosen, &request.policy, request.floor, &volumes, request.now);
        for (item, verdict) in chosen.into_iter().zip(verdicts) {
            plan.add(item, verdict, request);
        }
        if request.sizes == Sizes::Measured {
            self.measure(&mut plan.items, progress)?;
        }
        Ok(plan)
    }

    /// The volumes that the known trash directories are on. One that does not tell its space is named, and left out, so
    /// that no rule about space concerns it.
    pub fn volumes_with_space(&self, problems: &mut Vec<Error>) -> Vec<Volume> {
        let mut found: Vec<((u32, u32), Volume)> = Vec::new();
        for trash in self.known_trashes() {
            let device = trash.id().device;
            match (trash.dir().space(), found.iter_mut().find(|(known, _)| *known == device)) {
                (_, Some((_, volume))) => volume.trashes.push(trash.path().clone()),
                (Ok(space), None) => {
                    let trashes = vec![trash.path().clone()];
                    // What does not count its space is never short of it.
                    let space = space.unwrap_or(Space { size: 0, free: u64::MAX, available: u64::MAX });
                    found.push((device, Volume { trashes, size: space.size, available: space.available }));
                }
                (Err(error), None) => {
                    problems.push(Error::system("read the free space around", &**trash.path(), error));
                }
            }
        }
        found.into_iter().map(|(_, volume)| volume).collect()
    }

    /// The trash directories that are meant, of those found so far.
    pub(crate) fn meant(&self, trashes: &Trashes) -> Vec<Arc<TrashDir>> {
        let mut known = self.known_trashes();
        known.retain(|trash| trashes.include(trash.path()));
        known
    }

    /// Every item of the trash directories that are meant, if its ID is wanted.
    fn everything_in(&self, trashes: &Trashes, is_wanted: impl Fn(ItemId) -> bool + Sync) -> Listing {
        let mut listing = self.everything_of(is_wanted);
        listing.items.retain(|item| trashes.include(&item.trash));
        if let Trashes::At(_) = trashes
            && self.meant(trashes).is_empty()
        {
            listing.problems.push(trashes.not_found());
        }
        listing
    }
}

/// Whether a clean can have anything to do with an item, as far as its name tells.
fn may_be_meant(request: &CleanOptions, id: ItemId) -> bool {
    let is_old_enough = match (&request.policy, id.told()) {
        (Policy::Rules(rules), Some(told)) => match rules[..] {
            [Rule::OlderThan(age)] => request.now - told.removed > age,
            _ => true,
        },
        _ => true,
    };
    is_old_enough && may_pass(&request.selection, id)
}

impl CleanPlan {
    /// A plan that deletes nothing.
    #[must_use]
    pub fn of(options: &CleanOptions) -> Self {
        let options = options.clone();
        Self { options, items: Vec::new(), causes: Vec::new(), held: Vec::new(), problems: Vec::new() }
    }

    fn add(&mut self, item: TrashItem, verdict: Verdict, request: &CleanOptions) {
        let is_named = request.policy == Policy::Chosen && !request.selection.is_everything();
        match (verdict, is_named) {
            (Verdict::Goes(cause), _) => {
                self.items.push(item);
                self.causes.push(cause);
            }
            (Verdict::Held(Shield::Doubt), _) => self.problems.push(doubtful(&item)),
            // Chosen by name and not deleted: whoever chose it has to know.
            (Verdict::Held(shield), true) => self.problems.push(held(&item, shield)),
            (Verdict::Held(shield), false) => self.held.push((item, shield)),
            (Verdict::Stays, _) => {}
        }
    }
}

fn doubtful(item: &TrashItem) -> Error {
    let reason = format!("the dates of item {} are missing or cannot be right; it was not deleted", item.id.short());
    Error::new(ErrorKind::DoubtfulDate, DELETE, item.original_path().unwrap_or(Path::new(&item.id.to_string())), reason)
}

fn held(item: &TrashItem, shield: Shield) -> Error {
    let (kind, reason) = match shield {
        Shield::Kept => (ErrorKind::Kept, "it is kept"),
        Shield::Floor => (ErrorKind::TooRecent, "it was removed too recently"),
        Shield::Doubt => (ErrorKind::DoubtfulDate, "its dates cannot be right"),
        Shield::Open => (ErrorKind::OpenRecord, "others could have written its record"),
    };
    Error::new(kind, DELETE, item.shown_path(), reason)
}
