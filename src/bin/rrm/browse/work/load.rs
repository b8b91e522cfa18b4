//! Finding all items.

use std::time::{Duration, Instant};

use rrm::item::TrashItem;

use super::{Desk, Report};
use crate::browse::entries::Entries;

/// How long items are gathered before the first part is shown, and at most before any other. Each takes twice as long as the
/// one before: the more there is, the more it costs to put something in its place.
const FIRST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_secs(1);

/// How the items are handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::browse) enum Manner {
    /// As they are found.
    Piecemeal,
    /// When there are all, in place of those that are shown.
    AtOnce,
}

/// Starts to read all trashes.
pub(super) fn start(desk: &Desk, manner: Manner) -> std::io::Result<()> {
    desk.spawn(move |desk| load(&desk, manner)).map(drop)
}

fn load(desk: &Desk, manner: Manner) {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    let (mut handed_over, mut since, mut patience) = (0, Instant::now(), FIRST);
    desk.manager.each_item(|found| match found {
        Ok(item) => {
            all.push(item);
            if manner == Manner::Piecemeal && since.elapsed() >= patience {
                hand_over(desk, &all[handed_over..]);
                (handed_over, since, patience) = (all.len(), Instant::now(), (patience * 2).min(LONGEST));
            }
        }
        Err(error) => problems.push(error),
    });
    if manner == Manner::Piecemeal {
        hand_over(desk, &all[handed_over..]);
    }
    let fates = desk.manager.fates(&all, &desk.standing, desk.now, &mut problems).of_each(&all);
    desk.trouble(&problems);
    if manner == Manner::AtOnce {
        desk.report(Report::Reloaded(Entries::new(all, desk.home.as_deref(), desk.messages.charset)));
    }
    desk.report(Report::FoundAll(fates));
}

fn hand_over(desk: &Desk, items: &[TrashItem]) {
    desk.report(Report::Found(Entries::new(items.to_vec(), desk.home.as_deref(), desk.messages.charset)));
}
