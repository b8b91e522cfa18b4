//! What a file manager shows of a trash, the newest first: `list_for_file_manager TRASH`.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "an example shows what it does")]

use chrono::{DateTime, Utc};
use rrm::item::TrashItem;
use rrm::manager::TrashManager;
use rrm::ops::list::{ListOptions, Sizes};
use rrm::progress::Silent;
use rrm::rules::selection::Selection;

pub(crate) fn items(manager: &TrashManager, now: DateTime<Utc>) -> Vec<TrashItem> {
    let mut options = ListOptions::new(Selection::default(), now);
    options.sizes = Sizes::Measured;
    let mut items = manager.list(&options, &Silent).items;
    items.sort_by_key(|item| std::cmp::Reverse(item.trashed.instant()));
    items
}

fn main() {
    let manager = TrashManager::at(std::env::args_os().nth(1).unwrap_or_default()).build();
    for item in items(&manager, Utc::now()) {
        println!("{} {:?} {:>9} {}", item.id.short(), item.kind, item.size.unwrap_or(0), item.shown_path().display());
    }
}
