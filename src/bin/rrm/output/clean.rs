//! The words of clean: questions, reasons and results.

use rrm::item::TrashItem;
use rrm::ops::clean::Cleaned;
use rrm::rules::retention::{Cause, Free, Rule, Shield};

use super::text::{count, size, span};

/// The result.
pub(crate) fn report(cleaned: &Cleaned) -> String {
    format!("deleted {}, {} freed", count(cleaned.deleted.len() as u64, "item"), size(cleaned.removed.bytes))
}

pub(crate) fn reason(cause: Cause) -> String {
    match cause {
        Cause::Chosen => "it was selected".to_owned(),
        Cause::Rule(Rule::PastGrace) => "its grace period is over".to_owned(),
        Cause::Rule(Rule::OlderThan(age)) => format!("it was removed more than {} ago", span(age)),
        Cause::Rule(Rule::KeepNewest(number)) => format!("it is not among the newest {number} of its path"),
        Cause::Rule(Rule::MaxSize(bytes)) => format!("the trash of its volume is larger than {}", size(bytes)),
        Cause::Rule(Rule::MinFree(Free::Percent(percent))) => format!("less than {percent}% of its volume is free"),
        Cause::Rule(Rule::MinFree(Free::Bytes(bytes))) => {
            format!("less than {} of its volume is free", size(bytes))
        }
    }
}

pub(crate) fn held_reason(shield: Shield) -> &'static str {
    match shield {
        Shield::Kept => "it is kept",
        Shield::Floor => "it was removed too recently",
        Shield::Doubt => "its dates cannot be right",
        Shield::Open => "others could have written its record",
    }
}

/// How many paths a question names.
const NAMED: usize = 3;

/// The question before deleting.
pub(crate) fn question(all: &[TrashItem], name: impl Fn(&TrashItem) -> String) -> String {
    let mut names: Vec<String> = all.iter().map(name).collect();
    names.sort_unstable();
    names.dedup();
    match (&names[..], all.len() as u64) {
        ([name], 1) => format!("delete {name} ({}) for good?", bytes(all)),
        ([name], versions) => format!("delete {name} ({versions} versions, {}) for good?", bytes(all)),
        _ => format!("delete {} for good: {}?", summary(all), first(&names)),
    }
}

/// The first of several names, and how many there are more.
fn first(names: &[String]) -> String {
    match names.split_at_checked(NAMED) {
        Some((some, more @ [_, ..])) => format!("{} and {} more", some.join(", "), more.len()),
        _ => names.join(", "),
    }
}

pub(crate) fn summary(all: &[TrashItem]) -> String {
    format!("{} ({})", count(all.len() as u64, "item"), bytes(all))
}

fn bytes(all: &[TrashItem]) -> String {
    let bytes = all.iter().filter_map(|item| item.size).fold(0, u64::saturating_add);
    match all.iter().filter(|item| item.size.is_none()).count() {
        0 => size(bytes),
        unknown => format!("{} and {unknown} of unknown size", size(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_names_are_enough() {
        let names = |count: usize| (0..count).map(|name| format!("'{name}'")).collect::<Vec<_>>();
        assert_eq!(first(&names(2)), "'0', '1'");
        assert_eq!(first(&names(3)), "'0', '1', '2'");
        assert_eq!(first(&names(5)), "'0', '1', '2' and 2 more");
    }
}
