//! Listing: everything in all trash directories.

pub(super) mod choose;
pub(super) mod listing;
pub(super) mod measure;
pub(super) mod names;
pub(super) mod options;
mod twins;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemId, TrashItem};
use crate::manager::TrashManager;
use crate::ops::list::names::may_pass;
use crate::ops::list::twins::Twins;
use crate::progress::Progress;
use crate::rules::retention::{Fate, Fates, Standing};
use crate::rules::selection::{Selection, Versions};
use crate::store::{Reading, TrashDir};

pub use self::listing::{History, Listing};
pub use self::options::{ListOptions, Sizes};

impl TrashManager {
    /// Lists what is selected, in no order. What cannot be read is told beside it and hides nothing else. Whoever
    /// interrupts the measuring gets no list.
    #[must_use]
    pub fn list(&self, request: &ListOptions, progress: &dyn Progress) -> Listing {
        let interrupted = |error| Listing { problems: vec![error], ..Listing::default() };
        self.try_list(request, progress).unwrap_or_else(interrupted)
    }

    fn try_list(&self, request: &ListOptions, progress: &dyn Progress) -> Result<Listing> {
        let looks_at_all = request.standing.as_ref().is_some_and(Standing::looks_at_all);
        let mut listing = match request.newest {
            _ if looks_at_all => self.everything(),
            Some(newest) if request.selection.terms.is_empty() && request.selection.last.is_none() => {
                self.newest(&request.selection, newest, Versions::All)
            }
            _ => self.candidates(&request.selection, Versions::All),
        };
        let to_tell = request.standing.as_ref().is_some_and(Standing::asks_for_size);
        let to_choose = request.selection.asks_for_size() || to_tell;
        if request.sizes == Sizes::Measured && to_choose {
            self.measure(&mut listing.items, progress)?;
        }
        // Of all items, because how many versions there are and how full a volume is does not depend on the selection.
        if let Some(standing) = &request.standing {
            listing.fates = Some(self.fates(&listing.items, standing, request.now, &mut listing.problems));
        }
        if !request.selection.is_everything() {
            let choice = request.selection.choose(&listing.items, Versions::All);
            listing.items = choice.chosen.iter().map(|chosen| listing.items[chosen.index].clone()).collect();
            listing.problems.extend(choice.problems);
        }
        if request.sizes == Sizes::Measured {
            self.measure(&mut listing.items, progress)?;
        }
        Ok(listing)
    }

    /// Tells what is selected as it is found, some items at a time, in no order; `each` may end it. Gives what could not be
    /// read.
    ///
    /// Memory does not grow with the number of items, and the first of them comes at once, unless the request
    /// [looks at all](ListOptions::looks_at_all) of them.
    pub fn list_as_found(
        &self,
        request: &ListOptions,
        progress: &dyn Progress,
        mut each: impl FnMut(&[TrashItem], Option<&Fates>) -> ControlFlow<()>,
    ) -> Vec<Error> {
        if request.looks_at_all() {
            let listing = self.list(request, progress);
            // There is no more to come, whatever the answer is.
            let _ = each(&listing.items, listing.fates.as_ref());
            return listing.problems;
        }
        let fates = request.standing.as_ref().map(|standing| standing.fates(&[], &[], request.now));
        let mut problems = Vec::new();
        let is_wanted = |id| may_pass(&request.selection, id);
        self.each_batch(&is_wanted, |batch| {
            let known = batch.into_iter().filter_map(|found| found.map_err(|error| problems.push(error)).ok());
            let items: Vec<_> = known.filter(|item| request.selection.passes(item)).collect();
            each(&items, fates.as_ref())
        });
        problems
    }

    /// What becomes of everything that there is now if nobody does anything.
    #[must_use]
    pub fn fates_now(&self, standing: &Standing, now: DateTime<Utc>) -> HashMap<ItemId, Fate> {
        let mut everything = self.everything();
        self.fates(&everything.items, standing, now, &mut everything.problems).of_each(&everything.items)
    }

    /// Tells what will become of `items`, if these are all there are. A volume that does not tell its space is a problem.
    pub fn fates(
        &self,
        items: &[TrashItem],
        standing: &Standing,
        now: DateTime<Utc>,
        problems: &mut Vec<Error>,
    ) -> Fates {
        let volumes = if standing.asks_for_size() { self.volumes_with_space(problems) } else { vec![] };
        standing.fates(items, &volumes, now)
    }

    /// Every item that `selection` may mean. One that is named by its whole ID is one `openat` away, whatever else the
    /// trash holds; of others, their names tell which are too old or too new.
    pub(crate) fn candidates(&self, selection: &Selection, versions: Versions) -> Listing {
        let named = selection.whole_ids().and_then(|ids| self.named(&ids));
        named.unwrap_or_else(|| match selection.last {
            Some(last) if selection.terms.is_empty() && !selection.asks_for_size() => {
                self.newest(selection, last, versions)
            }
            _ => self.everything_of(|id| may_pass(selection, id)),
        })
    }

    /// The items with these IDs, if all of them are there.
    fn named(&self, ids: &[ItemId]) -> Option<Listing> {
        let found = self.discover();
        let read = |id: &ItemId| {
            found.trashes.iter().find_map(|trash| match trash.read(*id) {
                Ok(Reading::Item(item)) => Some(self.dated(item)),
                _ => None,
            })
        };
        let items = ids.iter().map(read).collect::<Option<Vec<_>>>()?;
        Some(Listing { items, problems: found.problems, ..Listing::default() })
    }

    /// Every item of every trash directory that answers.
    pub(crate) fn everything(&self) -> Listing {
        self.everything_of(|_| true)
    }

    /// Every item whose ID is wanted.
    pub(crate) fn everything_of(&self, is_wanted: impl Fn(ItemId) -> bool + Sync) -> Listing {
        let mut listing = Listing::default();
        self.each_batch(&is_wanted, |batch| {
            for found in batch {
                match found {
                    Ok(item) => listing.items.push(item),
                    Err(error) => listing.problems.push(error),
                }
            }
            ControlFlow::Continue(())
        });
        listing
    }

    /// Hands over every item of every trash directory that answers, as it is found, and what cannot be read.
    pub fn each_item(&self, mut each: impl FnMut(Result<TrashItem>)) {
        self.each_batch(&|_| true, |batch| {
            batch.into_iter().for_each(&mut each);
            ControlFlow::Continue(())
        });
    }

    /// As [`Self::each_item`], with what was read together, until `each` breaks off.
    fn each_batch(
        &self,
        is_wanted: &(dyn Fn(ItemId) -> bool + Sync),
        mut each: impl FnMut(Vec<Result<TrashItem>>) -> ControlFlow<()>,
    ) {
        // Whoever waits for the first item waits for no volume that is slow to answer. Why the home trash cannot be used
        // is told with the others.
        let home = self.volumes().home_if_there().ok().flatten();
        if let Some(home) = &home {
            self.know(home.clone());
            if self.walk(home, is_wanted, &mut each).is_break() {
                return;
            }
        }
        let found = self.discover();
        let is_home = |trash: &Arc<TrashDir>| home.as_ref().is_some_and(|home| Arc::ptr_eq(home, trash));
        let mut flow = each(found.problems.into_iter().map(Err).collect());
        let volumes: Vec<_> = found.trashes.iter().filter(|trash| !is_home(trash)).collect();
        let mut twins = Twins::among(volumes.len());
        let mut each_new = |mut batch: Vec<Result<TrashItem>>| {
            batch.retain(|found| found.as_ref().map_or(true, |item| twins.is_new(item.id)));
            each(batch)
        };
        for trash in volumes {
            if flow.is_break() {
                return;
            }
            flow = self.walk(trash, is_wanted, &mut each_new);
        }
    }

    /// Hands over the items of one trash directory.
    fn walk(
        &self,
        trash: &TrashDir,
        is_wanted: &(dyn Fn(ItemId) -> bool + Sync),
        each: &mut impl FnMut(Vec<Result<TrashItem>>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let item_of = |reading| match reading {
            Ok(Reading::Item(item)) => Some(Ok(self.dated(item))),
            Ok(Reading::Abandoned { .. } | Reading::Gone) => None,
            Err(error) => Some(Err(error)),
        };
        let mut flow = ControlFlow::Continue(());
        let walked = trash.for_each_batch(is_wanted, |batch| {
            flow = each(batch.into_iter().filter_map(item_of).collect());
            flow
        });
        match walked {
            Err(error) if flow.is_continue() => each(vec![Err(error)]),
            _ => flow,
        }
    }
}

/// Whether a problem is about one volume or item only and worth a word, but no failure of the command.
#[must_use]
pub fn is_only_a_warning(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Foreign | ErrorKind::Unplugged | ErrorKind::Unreachable)
}
