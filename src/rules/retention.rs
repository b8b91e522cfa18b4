//! Which items leave the trash, and when: one pure function of the items, the volumes and the time.
//!
//! What a person chooses goes. Otherwise rules take items, in the order in which [`Rule`] lists them: first those that
//! look at one item or at the versions of one path, then those about space, which count what the others take and go on
//! with the item removed longest ago. An item goes if any rule takes it; a rule never brings back what another takes.
//!
//! Three things win over every rule, and the first two over a person's choice as well: a [`Keep`](crate::item::Keep),
//! the floor (what was removed more recently stays), and a doubt about the item's dates. Nothing that is not known leads
//! to a deletion: an item without a date is never old, one without a size frees nothing, a volume that does not tell
//! its space is never full.
//!
//! # Security
//! What others may still make larger goes before the rest where a rule is about space, and [`Rule::MaxSize`] then leaves
//! out what is left of it: so that by its growth alone nothing goes that is ours.

mod fates;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::item::{Grower, Stamp, State, TrashItem};

pub use fates::{Fate, Fates, Standing};

/// Something that takes items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// What is past its grace period.
    PastGrace,
    /// What was removed longer ago than this, be it inside its grace period.
    OlderThan(TimeDelta),
    /// Of the items that were at one path, all but the newest so many. Those are not protected from other rules.
    KeepNewest(usize),
    /// The oldest items of a volume, until those that are left come to no more than so many bytes.
    MaxSize(u64),
    /// The oldest items of a volume, until it has so much free.
    MinFree(Free),
}

/// How much of a volume is to be free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Free {
    /// So many hundredths of its size.
    Percent(u8),
    /// So many bytes.
    Bytes(u64),
}

impl Free {
    /// How many bytes that is of a volume of this size.
    pub(crate) fn bytes_of(self, size: u64) -> u64 {
        match self {
            Self::Percent(percent) => size / 100 * u64::from(percent),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl Rule {
    /// The rule's name, which is that of its option and of its key in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PastGrace => "grace-period",
            Self::OlderThan(_) => "older-than",
            Self::KeepNewest(_) => "keep-newest",
            Self::MaxSize(_) => "max-size",
            Self::MinFree(_) => "min-free",
        }
    }

    /// Whether it takes an item for what others there are, and not for what the item itself is.
    #[must_use]
    pub fn looks_at_all(self) -> bool {
        matches!(self, Self::KeepNewest(_)) || self.is_about_space()
    }

    /// Whether the rule needs to know sizes and volumes.
    #[must_use]
    pub fn is_about_space(self) -> bool {
        matches!(self, Self::MaxSize(_) | Self::MinFree(_))
    }
}

/// Why an item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A person chose it.
    Chosen,
    /// A rule takes it.
    Rule(Rule),
}

/// Which of some items go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Policy {
    /// All of them: a person chose them.
    Chosen,
    /// Those that any of these rules takes.
    Rules(Vec<Rule>),
}

impl Policy {
    /// Whether sizes and volumes are needed to decide.
    #[must_use]
    pub fn is_about_space(&self) -> bool {
        matches!(self, Self::Rules(rules) if rules.iter().any(|rule| rule.is_about_space()))
    }
}

/// What a rule or a choice would take, and must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shield {
    /// A person keeps it.
    Kept,
    /// It was removed more recently than the floor allows.
    Floor,
    /// Its dates are missing, unreadable or cannot be right.
    Doubt,
    /// Others could have written its record.
    Open,
}

/// What is decided about an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes.
    Goes(Cause),
    /// It would go, or nobody can tell, and this holds it.
    Held(Shield),
    /// Nothing asks for it.
    Stays,
}

/// A volume and the trash directories on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    /// The trash directories, as items name them.
    pub trashes: Vec<Arc<Path>>,
    /// Its size in bytes.
    pub size: u64,
    /// How many bytes of it we may still write.
    pub available: u64,
}

/// Decides about each of `items`, in their order. `floor` is the age that an item has to reach before anything takes
/// it.
#[must_use]
pub fn decide(
    items: &[TrashItem],
    policy: &Policy,
    floor: Option<TimeDelta>,
    volumes: &[Volume],
    now: DateTime<Utc>,
) -> Vec<Verdict> {
    let mut decision = Decision { items, floor, now, verdicts: vec![Verdict::Stays; items.len()] };
    match policy {
        Policy::Chosen => (0..items.len()).for_each(|index| decision.take(index, Cause::Chosen)),
        Policy::Rules(rules) => {
            let mut rules = rules.clone();
            rules.sort_unstable();
            decision.hold_doubtful();
            for rule in rules {
                decision.apply(rule, volumes);
            }
        }
    }
    decision.verdicts
}

struct Decision<'a> {
    items: &'a [TrashItem],
    floor: Option<TimeDelta>,
    now: DateTime<Utc>,
    verdicts: Vec<Verdict>,
}

impl Decision<'_> {
    fn apply(&mut self, rule: Rule, volumes: &[Volume]) {
        match rule {
            Rule::PastGrace => self.take_each(rule, |item, now| item.deletion.instant().is_some_and(|end| end <= now)),
            Rule::OlderThan(age) => {
                self.take_each(rule, |item, now| item.trashed.instant().is_some_and(|at| now - at > age));
            }
            Rule::KeepNewest(number) => self.take_older_versions(rule, number),
            Rule::MaxSize(bytes) => {
                for volume in volumes {
                    let left = self.size_left(volume, |_| true);
                    self.take_oldest(rule, volume, Grower::Others, left.saturating_sub(bytes));
                    let left = self.size_left(volume, |item| item.grower == Grower::Us);
                    self.take_oldest(rule, volume, Grower::Us, left.saturating_sub(bytes));
                }
            }
            Rule::MinFree(free) => {
                for volume in volumes {
                    for grower in [Grower::Others, Grower::Us] {
                        let soon = volume.available.saturating_add(self.size_going(volume));
                        self.take_oldest(rule, volume, grower, free.bytes_of(volume.size).saturating_sub(soon));
                    }
                }
            }
        }
    }

    fn take_each(&mut self, rule: Rule, wants: impl Fn(&TrashItem, DateTime<Utc>) -> bool) {
        for index in 0..self.items.len() {
            if wants(&self.items[index], self.now) {
                self.take(index, Cause::Rule(rule));
            }
        }
    }

    /// Only items whose dates can be believed are versions: one from the future would push out the newest.
    fn take_older_versions(&mut self, rule: Rule, number: usize) {
        let mut passed: HashMap<&Path, usize> = HashMap::new();
        for index in self.by_age().into_iter().rev() {
            let Some(path) = self.items[index].original_path() else { continue };
            let newer = passed.entry(path).or_default();
            *newer += 1;
            if *newer > number {
                self.take(index, Cause::Rule(rule));
            }
        }
    }

    fn take_oldest(&mut self, rule: Rule, volume: &Volume, grower: Grower, mut bytes: u64) {
        for index in self.by_age() {
            let size = self.items[index].size.unwrap_or(0);
            if bytes == 0 {
                return;
            }
            let is_meant = volume.holds(&self.items[index]) && self.items[index].grower == grower;
            if size == 0 || !is_meant || self.goes(index) {
                continue;
            }
            self.take(index, Cause::Rule(rule));
            if self.goes(index) {
                bytes = bytes.saturating_sub(size);
            }
        }
    }

    /// Lets an item go unless something holds it. The first cause is the one that is told.
    fn take(&mut self, index: usize, cause: Cause) {
        if self.verdicts[index] == Verdict::Stays {
            self.verdicts[index] = match self.shield(&self.items[index], cause) {
                Some(shield) => Verdict::Held(shield),
                None => Verdict::Goes(cause),
            };
        }
    }

    fn shield(&self, item: &TrashItem, cause: Cause) -> Option<Shield> {
        let newer_than_floor = || self.floor.is_some_and(|floor| !is_as_old_as(item, floor, self.now));
        match item.state(self.now) {
            _ if item.keep.holds(self.now) => Some(Shield::Kept),
            State::Doubtful if cause != Cause::Chosen => Some(Shield::Doubt),
            State::Open if cause != Cause::Chosen => Some(Shield::Open),
            _ => newer_than_floor().then_some(Shield::Floor),
        }
    }

    fn hold_doubtful(&mut self) {
        for (item, verdict) in self.items.iter().zip(&mut self.verdicts) {
            match item.state(self.now) {
                State::Doubtful => *verdict = Verdict::Held(Shield::Doubt),
                State::Open => *verdict = Verdict::Held(Shield::Open),
                State::Kept | State::Trashed | State::Expired => {}
            }
        }
    }

    /// The items whose removal can be dated, the one removed longest ago first.
    fn by_age(&self) -> Vec<usize> {
        let dated = |index: &usize| {
            let past = self.items[*index].trashed.instant().is_some_and(|at| at <= self.now);
            past && !matches!(self.verdicts[*index], Verdict::Held(Shield::Doubt | Shield::Open))
        };
        let mut order: Vec<usize> = (0..self.items.len()).filter(dated).collect();
        order.sort_by_key(|index| (self.items[*index].trashed.instant(), Reverse(*index)));
        order
    }

    fn goes(&self, index: usize) -> bool {
        matches!(self.verdicts[index], Verdict::Goes(_))
    }

    fn size_left(&self, volume: &Volume, counts: impl Fn(&TrashItem) -> bool) -> u64 {
        self.sum(volume, |item, verdict| counts(item) && !matches!(verdict, Verdict::Goes(_)))
    }

    fn size_going(&self, volume: &Volume) -> u64 {
        self.sum(volume, |_, verdict| matches!(verdict, Verdict::Goes(_)))
    }

    fn sum(&self, volume: &Volume, counts: impl Fn(&TrashItem, &Verdict) -> bool) -> u64 {
        let both = self.items.iter().zip(&self.verdicts);
        let counted = both.filter(|(item, verdict)| volume.holds(item) && counts(item, verdict));
        counted.filter_map(|(item, _)| item.size).fold(0, u64::saturating_add)
    }
}

impl Volume {
    fn holds(&self, item: &TrashItem) -> bool {
        self.trashes.contains(&item.trash)
    }
}

/// Whether the item was surely removed at least so long ago.
fn is_as_old_as(item: &TrashItem, age: TimeDelta, now: DateTime<Utc>) -> bool {
    removed_before(item).is_some_and(|at| now - at >= age)
}

/// When the item was removed, or surely had been. One without a date of removal was removed before its grace period ended.
fn removed_before(item: &TrashItem) -> Option<DateTime<Utc>> {
    match &item.trashed {
        Stamp::Missing => item.deletion.instant(),
        known => known.instant(),
    }
}

#[cfg(test)]
mod tests;
