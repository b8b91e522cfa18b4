//! Measuring directories.

use std::collections::HashMap;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rrm::item::TrashItem;

use super::act::WorkProgress;
use super::{Report, Shared};

/// How long sizes are gathered before they are shown.
const SIZES_INTERVAL: Duration = Duration::from_millis(300);

pub(super) fn work(shared: &Shared, to_measure: &Receiver<Vec<TrashItem>>) {
    while let Ok(items) = to_measure.recv() {
        let (mut sizes, mut since) = (HashMap::new(), Instant::now());
        for mut item in items {
            shared.manager.measure_one(&mut item, &WorkProgress::silent(shared));
            sizes.insert(item.id, item.size);
            if since.elapsed() >= SIZES_INTERVAL {
                shared.report(Report::Measured(std::mem::take(&mut sizes)));
                since = Instant::now();
            }
        }
        shared.report(Report::Measured(sizes));
    }
}
