//! Reads all items.

use std::time::{Duration, Instant};

use rrm::item::TrashItem;

use super::{Report, Shared};
use crate::browse::entries::Entries;
use crate::env::now;

/// How long to collect items before the first part is shown, and at most before later ones. The time doubles: the more
/// items there are, the more each update costs.
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How items are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Delivery {
    /// As they are found.
    InParts,
    /// Once all are read, replacing the others.
    AtOnce,
}

/// Starts to read the trash.
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
    let fates = shared.manager.fates(&all, &shared.standing, now(), &mut problems).of_each(&all);
    shared.trouble(&problems);
    if delivery == Delivery::AtOnce {
        shared.report(Report::Reloaded(Entries::new(all, shared.home.as_deref(), shared.messages.charset)));
    }
    shared.report(Report::FoundAll(fates));
}

fn hand_over(shared: &Shared, items: &[TrashItem]) {
    shared.report(Report::Found(Entries::new(items.to_vec(), shared.home.as_deref(), shared.messages.charset)));
}
