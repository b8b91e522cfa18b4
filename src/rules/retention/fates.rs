//! What will become of items by the rules that hold, as long as nobody says otherwise.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Cause, Policy, Rule, Shield, Verdict, Volume, decide, removed_before};
use crate::item::{ItemId, Keep, TrashItem};

/// The rules that hold while nobody says otherwise, and the floor under them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The rules; [`Rule::PastGrace`] is always one of them.
    pub rules: Vec<Rule>,
    /// The age that an item has to reach before anything takes it.
    pub floor: Option<TimeDelta>,
}

impl Default for Standing {
    fn default() -> Self {
        Self { rules: vec![Rule::PastGrace], floor: None }
    }
}

/// What will become of an item if nobody does anything about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The next clean deletes it.
    Due(Rule),
    /// It becomes due then, or before if a rule about versions or space takes it.
    DueAt(DateTime<Utc>, Rule),
    /// A person keeps it, until then or for ever.
    Kept(Option<DateTime<Utc>>),
    /// It stays until somebody looks at it: its dates cannot be right.
    Doubtful,
    /// It stays until somebody names it: others could have written its record.
    Open,
}

impl Standing {
    /// Whether a rule is about space, so that the sizes of all items and their volumes are needed to tell a fate.
    #[must_use]
    pub fn asks_for_size(&self) -> bool {
        self.rules.iter().any(|rule| rule.is_about_space())
    }

    /// Whether a rule takes an item for what others there are, so that all items are needed to tell a fate.
    #[must_use]
    pub fn looks_at_all(&self) -> bool {
        self.rules.iter().any(|rule| rule.looks_at_all())
    }

    /// Tells fates, if `items` are all the items there are. Where no rule [looks at all](Self::looks_at_all) it does not
    /// matter which they are.
    #[must_use]
    pub fn fates(&self, items: &[TrashItem], volumes: &[Volume], now: DateTime<Utc>) -> Fates {
        let alone = self.rules.iter().copied().filter(|rule| !rule.looks_at_all()).collect();
        let taken = if self.looks_at_all() { self.taken(items, volumes, now) } else { HashMap::new() };
        Fates { standing: self.clone(), alone: Policy::Rules(alone), taken, now }
    }

    /// What rules take for what others there are. The first cause is the one that is told, so the others take part.
    fn taken(&self, items: &[TrashItem], volumes: &[Volume], now: DateTime<Utc>) -> HashMap<ItemId, Rule> {
        let verdicts = decide(items, &Policy::Rules(self.rules.clone()), self.floor, volumes, now);
        let taken = items.iter().zip(verdicts).filter_map(|(item, verdict)| match verdict {
            Verdict::Goes(Cause::Rule(rule)) if rule.looks_at_all() => Some((item.id, rule)),
            _ => None,
        });
        taken.collect()
    }

    fn fate(&self, item: &TrashItem, verdict: Verdict, now: DateTime<Utc>) -> Fate {
        match (verdict, item.keep) {
            (Verdict::Goes(Cause::Rule(rule)), _) => Fate::Due(rule),
            (_, Keep::Forever) => Fate::Kept(None),
            (_, Keep::Until(date)) if date > now => Fate::Kept(Some(date)),
            // A date that cannot be right is no date to wait for.
            (Verdict::Held(Shield::Doubt), _) => Fate::Doubtful,
            (Verdict::Held(Shield::Open), _) => Fate::Open,
            _ => self.next(item).map_or(Fate::Doubtful, |(date, rule)| Fate::DueAt(date, rule)),
        }
    }

    /// When time alone makes the item due, and by which rule.
    fn next(&self, item: &TrashItem) -> Option<(DateTime<Utc>, Rule)> {
        let removed = item.trashed.instant();
        let date = |rule: &Rule| match rule {
            Rule::PastGrace => item.deletion.instant(),
            Rule::OlderThan(age) => removed?.checked_add_signed(*age),
            Rule::KeepNewest(_) | Rule::MaxSize(_) | Rule::MinFree(_) => None,
        };
        let (first, rule) = self.rules.iter().filter_map(|rule| Some((date(rule)?, *rule))).min()?;
        let Some(floor) = self.floor else { return Some((first, rule)) };
        let old_enough = removed_before(item)?.checked_add_signed(floor)?;
        Some((first.max(old_enough), rule))
    }
}

/// What will become of each item if nobody does anything about any. Only those that a rule takes for what others there are
/// need memory.
#[derive(Debug, Clone)]
pub struct Fates {
    standing: Standing,
    /// Those of the rules that look at one item alone.
    alone: Policy,
    /// What the others take.
    taken: HashMap<ItemId, Rule>,
    now: DateTime<Utc>,
}

impl Fates {
    /// The fate of an item.
    #[must_use]
    pub fn of(&self, item: &TrashItem) -> Fate {
        if let Some(rule) = self.taken.get(&item.id) {
            return Fate::Due(*rule);
        }
        let verdicts = decide(std::slice::from_ref(item), &self.alone, self.standing.floor, &[], self.now);
        let verdict = verdicts.first().copied().unwrap_or(Verdict::Stays);
        self.standing.fate(item, verdict, self.now)
    }

    /// The fate of each item.
    #[must_use]
    pub fn of_each(&self, items: &[TrashItem]) -> HashMap<ItemId, Fate> {
        items.iter().map(|item| (item.id, self.of(item))).collect()
    }
}
