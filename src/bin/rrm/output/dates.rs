//! When an item was removed and when it goes, in words.

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

/// How long ago an item was removed, as short as can be.
pub(super) fn age(stamp: &Stamp, now: DateTime<Utc>) -> String {
    match stamp {
        Stamp::At(at) if *at > now => format!("-{}", span(*at - now)),
        Stamp::At(at) => span(now - *at),
        Stamp::Missing | Stamp::Unreadable => "?".to_owned(),
    }
}

/// How much time an item has left, as short as can be.
pub(super) fn left(fate: Option<&Fate>, now: DateTime<Utc>) -> String {
    match fate {
        Some(Fate::Due(_)) => "due".to_owned(),
        Some(Fate::DueAt(at, _)) => span(*at - now),
        Some(Fate::Kept(_)) => "kept".to_owned(),
        Some(Fate::Open) => "open".to_owned(),
        Some(Fate::Doubtful) | None => "?".to_owned(),
    }
}

/// When the item goes, and by which rule if that is not the end of its grace period.
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

/// An instant where the reader is.
pub(crate) fn local(at: &DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string()
}
