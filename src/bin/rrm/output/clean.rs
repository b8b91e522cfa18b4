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

/// The question before deleting.
pub(crate) fn question(all: &[TrashItem]) -> String {
    format!("delete {} for good?", summary(all))
}

pub(crate) fn summary(all: &[TrashItem]) -> String {
    let bytes = all.iter().filter_map(|item| item.size).fold(0, u64::saturating_add);
    let unknown = all.iter().filter(|item| item.size.is_none()).count();
    let items = count(all.len() as u64, "item");
    match unknown {
        0 => format!("{items} ({})", size(bytes)),
        _ => format!("{items} ({} and {} of unknown size)", size(bytes), unknown),
    }
}
