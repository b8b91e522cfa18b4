//! Finding all items.

use std::time::{Duration, Instant};

use rrm::item::TrashItem;

use super::{Report, Shared};
use crate::browse::entries::Entries;

/// How long items are gathered before the first part is shown, and at most before any other. Each takes twice as long as the
/// one before: the more there is, the more it costs to put something in its place.
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How the items are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Delivery {
    /// As they are found.
    InParts,
    /// When there are all, in place of those that are shown.
    AtOnce,
}

/// Starts to read all trashes.
pub(super) fn start(shared: &Shared, delivery: Delivery) -> std::io::Result<()> {
    shared.spawn(move |shared| load(&shared, delivery)).map(drop)
}

fn load(shared: &Shared, delivery: Delivery) {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    let (mut handed_over, mut since, mut wait) = (0, Instant::now(), FIRST_WAIT);
    shared.manager.each_item(|found| match found {
        Ok(item) => {
            all.push(item);
            if delivery == Delivery::InParts && since.elapsed() >= wait {
                hand_over(shared, &all[handed_over..]);
                (handed_over, since, wait) = (all.len(), Instant::now(), (wait * 2).min(LONGEST_WAIT));
            }
        }
        Err(error) => problems.push(error),
    });
    if delivery == Delivery::InParts {
        hand_over(shared, &all[handed_over..]);
    }
    let fates = shared.manager.fates(&all, &shared.standing, shared.now, &mut problems).of_each(&all);
    shared.trouble(&problems);
    if delivery == Delivery::AtOnce {
        shared.report(Report::Reloaded(Entries::new(all, shared.home.as_deref(), shared.messages.charset)));
    }
    shared.report(Report::FoundAll(fates));
}

fn hand_over(shared: &Shared, items: &[TrashItem]) {
    shared.report(Report::Found(Entries::new(items.to_vec(), shared.home.as_deref(), shared.messages.charset)));
}
