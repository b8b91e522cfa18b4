//! Empties a trash, and shows how far it is: `progress TRASH`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "an example shows what it does")]

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use rrm::manager::TrashManager;
use rrm::ops::clean::{CleanOptions, Cleaned};
use rrm::progress::{Activity, Amount, Progress};
use rrm::rules::selection::Selection;

/// Counts the bytes that are gone. It is asked from the thread that works.
#[derive(Default)]
pub(crate) struct Bar(AtomicU64);

impl Progress for Bar {
    fn begin(&self, activity: Activity, total: Option<Amount>) {
        println!("{activity:?} {} bytes", total.map_or(0, |total| total.bytes));
    }

    fn advance(&self, done: Amount) {
        let sum = self.0.fetch_add(done.bytes, Ordering::Relaxed) + done.bytes;
        println!("{sum} bytes are gone");
    }

    fn end(&self) {
        println!("done");
    }

    fn interrupted(&self) -> bool {
        false
    }
}

pub(crate) fn empty(manager: &TrashManager, now: DateTime<Utc>, bar: &Bar) -> Cleaned {
    let plan = manager.plan_clean(&CleanOptions::chosen(Selection::default(), now), bar);
    manager.clean(&plan, bar)
}

fn main() {
    let trash = std::env::args_os().nth(1).unwrap_or_default();
    empty(&TrashManager::at(&trash).look_below(&trash).build(), Utc::now(), &Bar::default());
}
