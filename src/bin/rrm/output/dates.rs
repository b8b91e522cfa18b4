//! Dates of items in words.

use chrono::{DateTime, Local, Utc};
use rrm::item::Stamp;
use rrm::rules::retention::{Fate, Rule};

use super::text::span;
use super::view::Detail;

/// When an item was removed.
pub(crate) fn removed(stamp: &Stamp, now: DateTime<Utc>, detail: Detail) -> String {
    match (stamp, detail) {
        (Stamp::At(at), Detail::Full) => local(at),
        (Stamp::At(at), Detail::Short) if *at > now => format!("in {}", span(*at - now)),
        (Stamp::At(at), Detail::Short) => format!("{} ago", span(now - *at)),
        (Stamp::Missing | Stamp::Unreadable, _) => "unknown".to_owned(),
    }
}

/// The age of an item, in few columns.
pub(super) fn age(stamp: &Stamp, now: DateTime<Utc>) -> String {
    age_of(stamp.instant(), now)
}

/// The same of a date that may not be known. What is still to come has a negative age.
pub(super) fn age_of(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    match at {
        Some(at) if at > now => format!("-{}", span(at - now)),
        Some(at) => span(now - at),
        None => "?".to_owned(),
    }
}

/// The time left, in few columns.
pub(super) fn left(fate: Option<&Fate>, now: DateTime<Utc>) -> String {
    match fate {
        Some(Fate::Due(_)) => "due".to_owned(),
        Some(Fate::DueAt(at, _)) => span(*at - now),
        Some(Fate::Kept(_)) => "kept".to_owned(),
        Some(Fate::Open) => "open".to_owned(),
        Some(Fate::Doubtful) | None => "?".to_owned(),
    }
}

/// When the item expires, and the rule if it is not the grace period.
pub(crate) fn expires(fate: Option<&Fate>, now: DateTime<Utc>, detail: Detail) -> String {
    let by = |rule: &Rule| match rule {
        Rule::PastGrace => String::new(),
        rule => format!(": {}", rule.name()),
    };
    let until = |at: &DateTime<Utc>| match detail {
        Detail::Full => local(at),
        Detail::Short => format!("in {}", span(*at - now)),
    };
    match fate {
        Some(Fate::Due(rule)) => format!("due{}", by(rule)),
        Some(Fate::DueAt(at, rule)) => format!("{}{}", until(at), by(rule)),
        Some(Fate::Kept(None)) => "kept".to_owned(),
        Some(Fate::Kept(Some(end))) if detail == Detail::Full => format!("kept until {}", local(end)),
        Some(Fate::Kept(Some(end))) => format!("kept {}", span(*end - now)),
        Some(Fate::Open) => "open".to_owned(),
        Some(Fate::Doubtful) | None => "doubtful".to_owned(),
    }
}

/// A time in the local time zone.
pub(crate) fn local(at: &DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_come_has_a_negative_age() {
        let now: DateTime<Utc> = "2026-01-03T00:00:00Z".parse().expect("a date");
        let age = |days| age_of(Some(now - chrono::TimeDelta::days(days)), now);
        assert_eq!([age(2), age(0), age(-2), age_of(None, now)], ["2d", "0s", "-2d", "?"]);
    }
}
