//! Measuring directories.

use std::collections::HashMap;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use rrm::item::TrashItem;

use super::act::Watcher;
use super::{Desk, Report};

/// How long sizes are gathered before they are shown.
const GATHERED: Duration = Duration::from_millis(300);

pub(super) fn work(desk: &Desk, to_measure: &Receiver<Vec<TrashItem>>) {
    while let Ok(items) = to_measure.recv() {
        let (mut sizes, mut since) = (HashMap::new(), Instant::now());
        for mut item in items {
            desk.manager.measure_one(&mut item, &Watcher::silent(desk));
            sizes.insert(item.id, item.size);
            if since.elapsed() >= GATHERED {
                desk.report(Report::Measured(std::mem::take(&mut sizes)));
                since = Instant::now();
            }
        }
        desk.report(Report::Measured(sizes));
    }
}
