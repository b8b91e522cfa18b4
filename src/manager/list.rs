//! Listing: everything in all trash directories.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::TrashManager;
use super::measure::measure;
use crate::error::{Error, ErrorKind};
use crate::item::{ItemId, TrashItem};
use crate::outcome::Listing;
use crate::progress::Progress;
use crate::request::{ListRequest, Sizes};
use crate::retention::{Fate, Standing};
use crate::selection::Versions;
use crate::store::Reading;
use crate::sys::Name;

impl TrashManager {
    /// Lists what is selected, in no order. What cannot be read is told beside it and hides nothing else.
    #[must_use]
    pub fn list(&self, request: &ListRequest, progress: &dyn Progress) -> Listing {
        let mut listing = self.everything();
        if request.sizes == Sizes::Measured {
            self.measure(&mut listing.items, progress);
        }
        // Of all items, because how many versions there are and how full a volume is does not depend on the selection.
        listing.fates = self.fates(&request.standing, request.now, &mut listing);
        if request.selection.is_everything() {
            return listing;
        }
        let choice = request.selection.choose(&listing.items, Versions::All);
        listing.items = choice.chosen.iter().map(|chosen| listing.items[chosen.index].clone()).collect();
        listing.problems.extend(choice.problems);
        listing
    }

    /// What will become of everything that is listed.
    pub(super) fn fates(
        &self,
        standing: &Standing,
        now: DateTime<Utc>,
        listing: &mut Listing,
    ) -> HashMap<ItemId, Fate> {
        let asks = standing.rules.iter().any(|rule| rule.is_about_space());
        let volumes = if asks { self.volumes_with_space(&mut listing.problems) } else { vec![] };
        let fates = standing.fates(&listing.items, &volumes, now);
        listing.items.iter().map(|item| item.id).zip(fates).collect()
    }

    /// Finds out how large the directories among `items` are; one that cannot be read stays of unknown size.
    pub(super) fn measure(&self, items: &mut [TrashItem], progress: &dyn Progress) {
        for item in items.iter_mut().filter(|item| item.size.is_none()) {
            let Ok((holding, name)) = self
                .trash_of(item)
                .and_then(|trash| trash.holding(item).map_err(|error| Error::system("measure", &*item.trash, error)))
            else {
                continue;
            };
            item.size = Name::new(&name).ok().and_then(|name| measure(&holding, name, progress).ok());
            if let (Ok(trash), Some(size)) = (self.trash_of(item), item.size) {
                // A directory that takes no note of it, because it may not be written, is measured again.
                trash.note_size(item, size).ok();
            }
        }
    }

    /// Every item of every trash directory that answers.
    pub(super) fn everything(&self) -> Listing {
        let found = self.discover();
        let mut listing = Listing { problems: found.problems, ..Listing::default() };
        for trash in &found.trashes {
            let walked = trash.for_each(|reading| match reading {
                Ok(Reading::Item(item)) => listing.items.push(item),
                Ok(Reading::Abandoned { .. } | Reading::Gone) => {}
                Err(error) => listing.problems.push(error),
            });
            listing.problems.extend(walked.err());
        }
        listing
    }
}

/// Whether a problem is about one volume or item only and worth a word, but no failure of the command.
#[must_use]
pub fn is_only_a_warning(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Foreign | ErrorKind::Unreachable)
}
