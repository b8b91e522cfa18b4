//! The order and the groups of items.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;

use chrono::{DateTime, Local, NaiveDate, Utc};
use clap::ValueEnum;
use rrm::item::TrashItem;

use crate::options::{SortKey, compare};

/// What the items of a group have in common.
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

/// Direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// The newest, the largest, the next to expire, or the start of the alphabet first.
    Natural,
    Reversed,
}

/// The order of all items, updated as they arrive.
#[derive(Debug)]
pub(super) struct Arrangement {
    pub(super) key: SortKey,
    pub(super) direction: Direction,
    pub(super) grouping: Grouping,
    order: Vec<usize>,
    /// The position of each item in the order.
    ranks: Vec<usize>,
    /// The group of each item; groups are numbered in order.
    groups: Vec<usize>,
}

impl Arrangement {
    pub(super) fn new(key: SortKey, grouping: Grouping) -> Self {
        let (order, ranks, groups) = (Vec::new(), Vec::new(), Vec::new());
        Self { key, direction: Direction::Natural, grouping, order, ranks, groups }
    }

    /// Sorts in new items, or all of them after `forget`. Sorting a mostly sorted list is fast.
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
            Grouping::Command => self.numbered(items, |item| item.trashed.instant()),
            Grouping::Directory => self.numbered(items, directory),
            Grouping::Day => self.numbered(items, |item| item.trashed.instant().map(day)),
        };
    }

    /// Numbers the groups: by their sizes as a whole if sizes are the order, else as their first items come.
    fn numbered<'a, K: Eq + Hash>(&self, items: &'a [TrashItem], group_of: impl Fn(&'a TrashItem) -> K) -> Vec<usize> {
        let mut numbers: HashMap<K, usize> = HashMap::new();
        let mut sizes: Vec<u64> = Vec::new();
        let mut groups = vec![0; items.len()];
        for place in &self.order {
            let group = *numbers.entry(group_of(&items[*place])).or_insert(sizes.len());
            sizes.resize(sizes.len().max(group + 1), 0);
            sizes[group] = sizes[group].saturating_add(items[*place].size.unwrap_or(0));
            groups[*place] = group;
        }
        if self.key != SortKey::Size {
            return groups;
        }
        let mut by_size: Vec<usize> = (0..sizes.len()).collect();
        by_size.sort_by(|a, b| match self.direction {
            Direction::Natural => sizes[*b].cmp(&sizes[*a]),
            Direction::Reversed => sizes[*a].cmp(&sizes[*b]),
        });
        let mut positions = vec![0; sizes.len()];
        by_size.iter().enumerate().for_each(|(position, group)| positions[*group] = position);
        groups.iter().map(|group| positions[*group]).collect()
    }

    /// Forgets the order, for other items.
    pub(super) fn forget(&mut self) {
        self.order.clear();
        self.ranks.clear();
    }

    /// The sort key of an item: its group, then its position.
    pub(super) fn place(&self, index: usize) -> (usize, usize) {
        (self.groups[index], self.ranks[index])
    }
}

fn ordered(key: SortKey, direction: Direction, a: &TrashItem, b: &TrashItem) -> Ordering {
    let backwards = matches!(key, SortKey::Removed | SortKey::Size);
    match backwards == (direction == Direction::Natural) {
        true => compare(key, b, a),
        false => compare(key, a, b),
    }
}

fn directory(item: &TrashItem) -> Option<&Path> {
    item.original_path().and_then(Path::parent)
}

/// The local day of a time.
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
        // As items arrive: some, then the rest.
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
        assert_eq!(paths(SortKey::Removed, Natural, none), ["/b/x", "/b/a", "/a/z", "/a/y"]);
        assert_eq!(paths(SortKey::Removed, Reversed, none), ["/a/y", "/a/z", "/b/a", "/b/x"]);
        assert_eq!(paths(SortKey::Size, Natural, none), ["/a/y", "/b/a", "/b/x", "/a/z"]);
        assert_eq!(paths(SortKey::Path, Natural, none), ["/a/y", "/a/z", "/b/a", "/b/x"]);
    }

    #[test]
    fn groups_are_sorted_and_so_are_the_items_in_each() {
        use Direction::{Natural, Reversed};
        let (a_first, b_first) = (["/a/y", "/a/z", "/b/a", "/b/x"], ["/b/x", "/b/a", "/a/z", "/a/y"]);
        assert_eq!(paths(SortKey::Path, Natural, Grouping::Command), a_first);
        assert_eq!(paths(SortKey::Removed, Natural, Grouping::Command), b_first);
        assert_eq!(paths(SortKey::Removed, Natural, Grouping::Directory), b_first);
        assert_eq!(paths(SortKey::Removed, Reversed, Grouping::Directory), a_first);
        // 35 and 30 bytes, though the smallest of all is in the larger one.
        assert_eq!(paths(SortKey::Size, Natural, Grouping::Directory), a_first);
        assert_eq!(paths(SortKey::Size, Reversed, Grouping::Directory), b_first);
    }
}
