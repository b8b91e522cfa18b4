//! In what order and under what headings items stand.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, Local, NaiveDate, Utc};
use clap::ValueEnum;
use rrm::item::TrashItem;

use crate::options::{SortKey, compare};

/// What items that stand together have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Grouping {
    /// No groups.
    None,
    /// By the command that removed them.
    Command,
    /// By original directory.
    Directory,
    /// By day of removal.
    Day,
}

/// Which end of an order comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The end that a person looks for first: the newest, the largest, what goes soonest, the first of the alphabet.
    Natural,
    Reversed,
}

/// The order of all items, kept up as they come in.
#[derive(Debug)]
pub(super) struct Arrangement {
    pub(super) key: SortKey,
    pub(super) direction: Direction,
    pub(super) grouping: Grouping,
    order: Vec<usize>,
    /// For each item its place in the order.
    ranks: Vec<usize>,
    /// For each item its group; the groups are numbered as they stand.
    groups: Vec<usize>,
}

impl Arrangement {
    pub(super) fn new(key: SortKey, grouping: Grouping) -> Self {
        let (order, ranks, groups) = (Vec::new(), Vec::new(), Vec::new());
        Self { key, direction: Direction::Natural, grouping, order, ranks, groups }
    }

    /// Takes in the items that were added since, or all of them after `forget`. A sort of what is mostly sorted is quick.
    pub(super) fn update(&mut self, items: &[TrashItem]) {
        self.order.extend(self.order.len()..items.len());
        let (key, direction) = (self.key, self.direction);
        self.order.sort_by(|a, b| ordered(key, direction, &items[*a], &items[*b]));
        self.ranks.resize(items.len(), 0);
        for (rank, place) in self.order.iter().enumerate() {
            self.ranks[*place] = rank;
        }
        self.groups = match self.grouping {
            Grouping::None => vec![0; items.len()],
            Grouping::Command => numbered(items, |item| Newest(item.trashed.instant())),
            Grouping::Directory => numbered(items, |item| directory(item)),
            Grouping::Day => numbered(items, |item| Newest(item.trashed.instant().map(day))),
        };
    }

    /// Begins anew with other items.
    pub(super) fn forget(&mut self) {
        self.order.clear();
        self.ranks.clear();
    }

    /// What items are sorted by: the group, then the order.
    pub(super) fn place(&self, index: usize) -> (usize, usize) {
        (self.groups[index], self.ranks[index])
    }
}

/// Of two moments, the later comes first, and none at all last.
#[derive(Debug, PartialEq, Eq, Hash, Clone, Copy)]
struct Newest<T>(Option<T>);

impl<T: Ord> Ord for Newest<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.cmp(&self.0)
    }
}

impl<T: Ord> PartialOrd for Newest<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn ordered(key: SortKey, direction: Direction, a: &TrashItem, b: &TrashItem) -> Ordering {
    let backwards = matches!(key, SortKey::Deleted | SortKey::Size);
    match backwards == (direction == Direction::Natural) {
        true => compare(key, b, a),
        false => compare(key, a, b),
    }
}

/// Numbers the groups that items fall into, in the order of what they have in common.
fn numbered<'a, K: Ord + std::hash::Hash + Copy>(
    items: &'a [TrashItem],
    key: impl Fn(&'a TrashItem) -> K,
) -> Vec<usize> {
    let mut numbers: HashMap<K, usize> = HashMap::new();
    for item in items {
        numbers.insert(key(item), 0);
    }
    let mut keys: Vec<K> = numbers.keys().copied().collect();
    keys.sort_unstable();
    for (number, key) in keys.into_iter().enumerate() {
        numbers.insert(key, number);
    }
    items.iter().map(|item| numbers[&key(item)]).collect()
}

fn directory(item: &TrashItem) -> Option<&Path> {
    item.original_path().and_then(Path::parent)
}

/// The day of a moment, where we are.
pub(super) fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Local).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browse::testing::{at, item};

    fn paths(key: SortKey, direction: Direction, grouping: Grouping) -> Vec<String> {
        let items = [("/b/x", 3, 10), ("/a/y", 1, 30), ("/b/a", 2, 20), ("/a/z", 1, 5)]
            .map(|(path, hour, size)| item(path, at(hour), size));
        let mut arrangement = Arrangement::new(key, grouping);
        arrangement.direction = direction;
        // As items come in: some, then the rest.
        arrangement.update(&items[..2]);
        arrangement.update(&items);
        let mut positions: Vec<usize> = (0..items.len()).collect();
        positions.sort_by_key(|place| arrangement.place(*place));
        positions.into_iter().map(|place| items[place].original_path().expect("known").display().to_string()).collect()
    }

    #[test]
    fn each_order_begins_with_what_is_looked_for() {
        use Direction::{Natural, Reversed};
        let none = Grouping::None;
        assert_eq!(paths(SortKey::Deleted, Natural, none), ["/b/x", "/b/a", "/a/z", "/a/y"]);
        assert_eq!(paths(SortKey::Deleted, Reversed, none), ["/a/y", "/a/z", "/b/a", "/b/x"]);
        assert_eq!(paths(SortKey::Size, Natural, none), ["/a/y", "/b/a", "/b/x", "/a/z"]);
        assert_eq!(paths(SortKey::Path, Natural, none), ["/a/y", "/a/z", "/b/a", "/b/x"]);
    }

    #[test]
    fn groups_come_before_the_order() {
        let (path, natural) = (SortKey::Path, Direction::Natural);
        assert_eq!(paths(path, natural, Grouping::Command), ["/b/x", "/b/a", "/a/y", "/a/z"]);
        assert_eq!(paths(SortKey::Size, natural, Grouping::Directory), ["/a/y", "/a/z", "/b/a", "/b/x"]);
    }
}
