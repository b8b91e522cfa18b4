//! The line below a table.

use chrono::TimeDelta;
use rrm::item::TrashItem;
use rrm::rules::retention::Fate;

use crate::output::text::{count, size};
use crate::output::view::View;

/// Items due within this time are counted.
const SOON: TimeDelta = TimeDelta::days(1);

/// Number, size and items due soon: `3 items, 1.2 MiB; 1 due`.
pub(crate) fn footer(items: &[TrashItem], view: &View<'_>) -> String {
    let mut footer = count(items.len() as u64, "item");
    let bytes = items.iter().filter_map(|item| item.size).reduce(u64::saturating_add);
    let is_whole = items.iter().all(|item| item.size.is_some());
    let least = if is_whole { "" } else { "at least " };
    footer.extend(bytes.map(|bytes| format!(", {least}{}", size(bytes))));
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
