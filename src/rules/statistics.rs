//! What the trash of each volume holds, summed up: a pure function of items, their fates, volumes and the time.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::item::{ItemId, ItemKind, TrashItem};
use crate::rules::retention::{Fate, Fates};
use crate::sys::{Mount, Space};

/// How many items there are of a sort, and how large they are together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub items: u64,
    /// Their sizes in bytes, as far as those are known.
    pub bytes: u64,
    /// What their deletion frees on the disk, in bytes, as far as that is known.
    pub on_disk: u64,
    /// How many of them are of unknown size.
    pub unmeasured: u64,
}

impl Tally {
    fn add(&mut self, item: &TrashItem, on_disk: u64) {
        self.items += 1;
        self.on_disk = self.on_disk.saturating_add(on_disk);
        match item.size {
            Some(bytes) => self.bytes = self.bytes.saturating_add(bytes),
            None => self.unmeasured += 1,
        }
    }
}

/// How long ago an item was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// In the last 24 hours.
    Day,
    /// In the last seven days, and before that.
    Week,
    /// In the last 31 days, and before that.
    Month,
    /// In the last 366 days, and before that.
    Year,
    /// Longer ago.
    Older,
    /// Nobody knows, or its date is one to come.
    Unknown,
}

impl Age {
    /// All of them, the shortest first.
    pub const ALL: [Self; 6] = [Self::Day, Self::Week, Self::Month, Self::Year, Self::Older, Self::Unknown];

    /// The age's name in every output for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
            Self::Older => "older",
            Self::Unknown => "unknown",
        }
    }

    /// The age of an item.
    #[must_use]
    pub fn of(item: &TrashItem, now: DateTime<Utc>) -> Self {
        match item.trashed.instant().map(|at| now - at) {
            None => Self::Unknown,
            Some(age) if age < TimeDelta::zero() => Self::Unknown,
            Some(age) if age <= TimeDelta::days(1) => Self::Day,
            Some(age) if age <= TimeDelta::days(7) => Self::Week,
            Some(age) if age <= TimeDelta::days(31) => Self::Month,
            Some(age) if age <= TimeDelta::days(366) => Self::Year,
            Some(_) => Self::Older,
        }
    }
}

/// When an item goes, if nobody does anything about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The next clean deletes it.
    Now,
    /// In the next 24 hours.
    Day,
    /// In the next seven days, and after that.
    Week,
    /// In the next 31 days, and after that.
    Month,
    /// Later still.
    Later,
    /// A person keeps it.
    Kept,
    /// Its dates are in doubt, so nothing takes it.
    Never,
}

impl Due {
    /// All of them, the soonest first.
    pub const ALL: [Self; 7] = [Self::Now, Self::Day, Self::Week, Self::Month, Self::Later, Self::Kept, Self::Never];

    /// Its name in every output for programs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Later => "later",
            Self::Kept => "kept",
            Self::Never => "never",
        }
    }

    /// When something of this fate goes.
    #[must_use]
    pub fn of(fate: &Fate, now: DateTime<Utc>) -> Self {
        match fate {
            Fate::Due(_) => Self::Now,
            Fate::Kept(_) => Self::Kept,
            Fate::Doubtful | Fate::Open => Self::Never,
            Fate::DueAt(at, _) if *at - now <= TimeDelta::days(1) => Self::Day,
            Fate::DueAt(at, _) if *at - now <= TimeDelta::days(7) => Self::Week,
            Fate::DueAt(at, _) if *at - now <= TimeDelta::days(31) => Self::Month,
            Fate::DueAt(..) => Self::Later,
        }
    }
}

/// A volume with a trash on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The trash directories on it.
    pub trashes: Vec<Arc<Path>>,
    /// Where it is mounted, and the type of its file system, if that is known.
    pub mount: Option<Mount>,
    /// Its size and what is free of it, if it counts that.
    pub space: Option<Space>,
}

/// What is summed up.
pub struct Items<'a> {
    /// The items, of all volumes.
    pub all: &'a [TrashItem],
    /// What the deletion of each frees on the disk, in bytes, as far as that is known.
    pub on_disk: &'a HashMap<ItemId, u64>,
    /// What will become of each, if that is known.
    pub fates: Option<&'a Fates>,
}

/// What the trash of a volume holds.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// Which volume.
    pub place: Place,
    /// All of it.
    pub total: Tally,
    /// By the time since it was removed: each [`Age`] once, in order.
    pub by_age: Vec<(Age, Tally)>,
    /// By kind: each [`ItemKind`] once, in order.
    pub by_kind: Vec<(ItemKind, Tally)>,
    /// By the time when it goes: each [`Due`] once, in order.
    pub by_due: Vec<(Due, Tally)>,
    /// The largest items, the largest first; what is of unknown size is not among them.
    pub largest: Vec<TrashItem>,
}

impl Statistics {
    /// Sums up those of `items` that are in a trash of `place`, and finds the `largest` so many of them.
    #[must_use]
    pub fn of(place: Place, items: &Items<'_>, largest: usize, now: DateTime<Utc>) -> Self {
        let here: Vec<&TrashItem> = items.all.iter().filter(|item| place.trashes.contains(&item.trash)).collect();
        let due = |item: &TrashItem| Due::of(&items.fates.map_or(Fate::Doubtful, |fates| fates.of(item)), now);
        let tally = |here: &[&TrashItem], counts: &dyn Fn(&TrashItem) -> bool| tally(here, items.on_disk, counts);
        Self {
            place,
            total: tally(&here, &|_| true),
            by_age: Age::ALL.map(|age| (age, tally(&here, &|item| Age::of(item, now) == age))).to_vec(),
            by_kind: ItemKind::ALL.map(|kind| (kind, tally(&here, &|item| item.kind == kind))).to_vec(),
            by_due: Due::ALL.map(|wanted| (wanted, tally(&here, &|item| due(item) == wanted))).to_vec(),
            largest: largest_of(here, largest),
        }
    }
}

fn tally(items: &[&TrashItem], on_disk: &HashMap<ItemId, u64>, counts: impl Fn(&TrashItem) -> bool) -> Tally {
    let mut tally = Tally::default();
    let items = items.iter().filter(|item| counts(item));
    items.for_each(|item| tally.add(item, on_disk.get(&item.id).copied().unwrap_or_default()));
    tally
}

fn largest_of(mut items: Vec<&TrashItem>, number: usize) -> Vec<TrashItem> {
    items.retain(|item| item.size.is_some());
    // Of equally large ones the order is that of their paths, so that it is the same each time.
    items.sort_by_key(|item| (Reverse(item.size), item.original_path(), item.id));
    items.into_iter().take(number).cloned().collect()
}

#[cfg(test)]
mod tests;
