//! Where in its trash directory an item is, and under what name.
//!
//! What a person keeps is in the directory `kept`, under its ID; if the keep has an end, that follows: `ID@20270101T000000Z`.

use std::ffi::OsStr;
use std::path::PathBuf;

use chrono::{DateTime, Datelike, NaiveDateTime, TimeDelta, Timelike, Utc};

use super::{ItemId, Keep};

/// The directory of what a person keeps.
pub const KEPT: &str = "kept";

/// The form of an end in a name.
const END: &str = "%Y%m%dT%H%M%SZ";

/// The last year that a name can tell.
const LAST_YEAR: i32 = 9999;

/// Which directory an item is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// The trash directory itself.
    Trash,
    /// The one of what a person keeps.
    Kept,
}

/// An entry of a trash directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// What it is called, first of all.
    pub id: ItemId,
    /// Until when it is kept there; nothing for what is in the trash directory itself.
    pub kept: Option<Keep>,
}

impl Spot {
    /// The spot of an item that nobody keeps.
    #[must_use]
    pub fn in_trash(id: ItemId) -> Self {
        Self { id, kept: None }
    }

    /// Where an item is to be that is kept so long. A name tells whole seconds: it ends no earlier than asked for.
    #[must_use]
    pub fn for_keep(id: ItemId, keep: Keep) -> Self {
        let whole = |end: DateTime<Utc>| match end.nanosecond() {
            0 => end,
            _ => end.with_nanosecond(0).and_then(|end| end.checked_add_signed(TimeDelta::seconds(1))).unwrap_or(end),
        };
        let kept = match keep {
            Keep::No => None,
            Keep::Until(end) if (0..=LAST_YEAR).contains(&whole(end).year()) => Some(Keep::Until(whole(end))),
            Keep::Until(_) | Keep::Forever => Some(Keep::Forever),
        };
        Self { id, kept }
    }

    /// What a name in the directory of kept items means; nothing, for one that rrm does not make.
    #[must_use]
    pub fn from_kept_name(name: &OsStr) -> Option<Self> {
        let text = name.to_str()?;
        let (id, end) = text.split_once('@').map_or((text, None), |(id, end)| (id, Some(end)));
        let keep = match end {
            None => Keep::Forever,
            Some(end) => Keep::Until(NaiveDateTime::parse_from_str(end, END).ok()?.and_utc()),
        };
        let spot = Self { id: ItemId::from_name(OsStr::new(id))?, kept: Some(keep) };
        (spot.name() == text).then_some(spot)
    }

    /// The name there.
    #[must_use]
    pub fn name(&self) -> String {
        match self.kept {
            Some(Keep::Until(end)) => format!("{}@{}", self.id, end.format(END)),
            _ => self.id.to_string(),
        }
    }

    /// Which directory it is in.
    #[must_use]
    pub fn shelf(&self) -> Shelf {
        if self.kept.is_some() { Shelf::Kept } else { Shelf::Trash }
    }

    /// Where it is, seen from the trash directory.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        match self.shelf() {
            Shelf::Trash => self.name().into(),
            Shelf::Kept => [KEPT, &self.name()].iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::testing::id;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn an_end_is_told_in_whole_seconds_and_is_no_earlier() {
        let table = [
            (Keep::No, "07070707-0707-4707-8707-070707070707", None),
            (Keep::Forever, "07070707-0707-4707-8707-070707070707", Some(Keep::Forever)),
            (
                Keep::Until(at("2027-01-01T00:00:00Z")),
                "07070707-0707-4707-8707-070707070707@20270101T000000Z",
                Some(Keep::Until(at("2027-01-01T00:00:00Z"))),
            ),
            (
                Keep::Until(at("2026-12-31T23:59:59.000000001Z")),
                "07070707-0707-4707-8707-070707070707@20270101T000000Z",
                Some(Keep::Until(at("2027-01-01T00:00:00Z"))),
            ),
            (Keep::Until(DateTime::<Utc>::MAX_UTC), "07070707-0707-4707-8707-070707070707", Some(Keep::Forever)),
        ];
        for (keep, name, kept) in table {
            let spot = Spot::for_keep(id(7), keep);
            assert_eq!((spot.name().as_str(), spot.kept), (name, kept), "{keep:?}");
            if kept.is_some() {
                assert_eq!(Spot::from_kept_name(OsStr::new(name)), Some(spot));
            }
        }
    }

    #[test]
    fn other_names_are_none_of_ours() {
        let id = id(7).to_string();
        for name in
            ["", "x", &format!("{id}@"), &format!("{id}@2027"), &format!("{id}@20270101T000000z"), &format!("@{id}")]
        {
            assert_eq!(Spot::from_kept_name(OsStr::new(name)), None, "{name}");
        }
    }
}
