//! The line below a table.

use chrono::TimeDelta;
use rrm::item::TrashItem;
use rrm::rules::retention::Fate;

use crate::output::text::{count, size};
use crate::output::view::View;

/// What is due so soon is told.
const SOON: TimeDelta = TimeDelta::days(1);

/// How many items there are, how large they are, and how many go soon: `3 items, 1.2 MiB; 1 due`.
pub(crate) fn footer(items: &[TrashItem], view: &View<'_>) -> String {
    let bytes = items.iter().filter_map(|item| item.size).fold(0, u64::saturating_add);
    let is_whole = items.iter().all(|item| item.size.is_some());
    let least = if is_whole { "" } else { "at least " };
    let mut footer = format!("{}, {least}{}", count(items.len() as u64, "item"), size(bytes));
    let fates = || items.iter().filter_map(|item| view.fate(item));
    let due = fates().filter(|fate| matches!(fate, Fate::Due(_))).count();
    let soon = fates().filter(|fate| matches!(fate, Fate::DueAt(at, _) if *at - view.now <= SOON)).count();
    let due = (due > 0).then(|| format!("{due} due"));
    let soon = (soon > 0).then(|| format!("{soon} due within a day"));
    let told: Vec<String> = due.into_iter().chain(soon).collect();
    if !told.is_empty() {
        footer.push_str(&format!("; {}", told.join(", ")));
    }
    footer
}
