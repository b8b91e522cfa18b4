//! Listing: everything in all trash directories.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::TrashManager;
use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemId, TrashItem};
use crate::outcome::Listing;
use crate::progress::Progress;
use crate::request::{ListRequest, Sizes};
use crate::retention::{Fate, Standing};
use crate::selection::{Selection, Versions};
use crate::store::Reading;

impl TrashManager {
    /// Lists what is selected, in no order. What cannot be read is told beside it and hides nothing else. Whoever
    /// interrupts the measuring gets no list.
    #[must_use]
    pub fn list(&self, request: &ListRequest, progress: &dyn Progress) -> Listing {
        let interrupted = |error| Listing { problems: vec![error], ..Listing::default() };
        self.try_list(request, progress).unwrap_or_else(interrupted)
    }

    fn try_list(&self, request: &ListRequest, progress: &dyn Progress) -> Result<Listing> {
        let mut listing = self.everything();
        let to_tell = request.standing.as_ref().is_some_and(Standing::asks_for_size);
        let to_choose = request.selection.asks_for_size() || to_tell;
        if request.sizes == Sizes::Measured && to_choose {
            self.measure(&mut listing.items, progress)?;
        }
        // Of all items, because how many versions there are and how full a volume is does not depend on the selection.
        if let Some(standing) = &request.standing {
            listing.fates = self.fates(&listing.items, standing, request.now, &mut listing.problems);
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

    /// What becomes of everything that there is now if nobody does anything.
    #[must_use]
    pub fn fates_now(&self, standing: &Standing, now: DateTime<Utc>) -> HashMap<ItemId, Fate> {
        let mut everything = self.everything();
        self.fates(&everything.items, standing, now, &mut everything.problems)
    }

    /// Tells what will become of `items`, if these are all there are. A volume that does not tell its space is a problem.
    pub fn fates(
        &self,
        items: &[TrashItem],
        standing: &Standing,
        now: DateTime<Utc>,
        problems: &mut Vec<Error>,
    ) -> HashMap<ItemId, Fate> {
        let volumes = if standing.asks_for_size() { self.volumes_with_space(problems) } else { vec![] };
        let fates = standing.fates(items, &volumes, now);
        items.iter().map(|item| item.id).zip(fates).collect()
    }

    /// Every item that `selection` may mean. One that is named by its whole ID is one `openat` away, whatever else the
    /// trash holds.
    pub(super) fn candidates(&self, selection: &Selection) -> Listing {
        let named = selection.whole_ids().and_then(|ids| self.named(&ids));
        named.unwrap_or_else(|| self.everything())
    }

    /// The items with these IDs, if all of them are there.
    fn named(&self, ids: &[ItemId]) -> Option<Listing> {
        let found = self.discover();
        let read = |id: &ItemId| {
            found.trashes.iter().find_map(|trash| match trash.read(*id) {
                Ok(Reading::Item(item)) => Some(item),
                _ => None,
            })
        };
        let items = ids.iter().map(read).collect::<Option<Vec<_>>>()?;
        Some(Listing { items, problems: found.problems, ..Listing::default() })
    }

    /// At most so many items of each trash directory, of those whose ID is wanted: for whoever wants something soon, and
    /// not to know everything. What cannot be read is passed over.
    #[must_use]
    pub fn some_items(&self, most: usize, is_wanted: impl Fn(&ItemId) -> bool) -> Vec<TrashItem> {
        let mut items = Vec::new();
        for trash in self.discover().trashes {
            items.extend(trash.some_items(most, &is_wanted).unwrap_or_default());
        }
        items
    }

    /// Every item of every trash directory that answers.
    pub(super) fn everything(&self) -> Listing {
        let mut listing = Listing::default();
        self.each_item(|found| match found {
            Ok(item) => listing.items.push(item),
            Err(error) => listing.problems.push(error),
        });
        listing
    }

    /// Hands over every item of every trash directory that answers, as it is found, and what cannot be read.
    pub fn each_item(&self, mut each: impl FnMut(Result<TrashItem>)) {
        let found = self.discover();
        found.problems.into_iter().for_each(|problem| each(Err(problem)));
        for trash in &found.trashes {
            let walked = trash.for_each(|reading| match reading {
                Ok(Reading::Item(item)) => each(Ok(item)),
                Ok(Reading::Abandoned { .. } | Reading::Gone) => {}
                Err(error) => each(Err(error)),
            });
            if let Err(error) = walked {
                each(Err(error));
            }
        }
    }
}

/// Whether a problem is about one volume or item only and worth a word, but no failure of the command.
#[must_use]
pub fn is_only_a_warning(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Foreign | ErrorKind::Unreachable)
}
