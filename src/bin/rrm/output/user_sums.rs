//! What each user has in the trash, in sums.

use std::ffi::OsString;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use rrm::text::Charset;
use serde_json::{Map, Value};

use super::columns;
use super::dates::age_of;
use super::json::insert_bytes;
use super::sums::{Sum, earlier, insert_date};
use super::text::span;
use crate::gnu::quote::quote_where_needed;

/// The trash of a user, as that user's own process lists it.
#[derive(Debug, Default)]
pub(crate) struct UserSum {
    user: OsString,
    sum: Sum,
    /// Items that the next clean deletes.
    due: u64,
    /// When the next item becomes due.
    next_due: Option<DateTime<Utc>>,
}

impl UserSum {
    pub(crate) fn of(user: OsString) -> Self {
        Self { user, ..Self::default() }
    }

    pub(crate) fn items(&self) -> u64 {
        self.sum.items
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.sum.bytes
    }

    /// Adds an item, which is an object as `rrm list --json` prints it; whether it is one.
    pub(crate) fn add(&mut self, line: &[u8]) -> bool {
        let Ok(item) = serde_json::from_slice::<Map<String, Value>>(line) else { return false };
        let date = |key: &str| {
            let text = item.get(key).and_then(Value::as_str);
            text.and_then(|text| DateTime::parse_from_rfc3339(text).ok()).map(|date| date.to_utc())
        };
        self.sum.add(item.get("size").and_then(Value::as_u64), date("trashed_date"));
        match item.get("goes").and_then(Value::as_str) {
            Some("now") => self.due = self.due.saturating_add(1),
            Some("later") => self.next_due = earlier(self.next_due, date("goes_date")),
            _ => {}
        }
        true
    }

    /// The sums as an object; the schema is in rrm-stats(1).
    pub(crate) fn object(&self) -> Value {
        let mut object = Map::new();
        insert_bytes(&mut object, "user", Some(&self.user));
        self.sum.insert_into(&mut object);
        object.insert("due".to_owned(), self.due.into());
        insert_date(&mut object, "next_due", self.next_due);
        object.into()
    }

    fn cells(&self, now: DateTime<Utc>, charset: Charset) -> [String; 5] {
        let next = match (self.due, self.next_due) {
            (1.., _) => format!("{} now", self.due),
            (0, Some(date)) => format!("in {}", span(date - now)),
            (0, None) => "-".to_owned(),
        };
        let user = quote_where_needed(&self.user, charset);
        [user, self.sum.items.to_string(), self.sum.size(), age_of(self.sum.oldest, now), next]
    }
}

/// Writes a table, a line for each user.
pub(crate) fn write(sums: &[UserSum], now: DateTime<Utc>, charset: Charset, out: &mut impl Write) -> io::Result<()> {
    let heading = ["USER", "ITEMS", "SIZE", "OLDEST", "DUE"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(heading).chain(sums.iter().map(|sum| sum.cells(now, charset))).collect();
    columns::write(&rows, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_item_counts_for_nothing_and_what_cannot_be_is_borne() {
        let mut sum = UserSum::of("ada".into());
        for line in [&b""[..], b"null", b"[1]", b"{", b"\xff"] {
            assert!(!sum.add(line));
        }
        let max = u64::MAX;
        for line in [
            format!(r#"{{"size":{max},"trashed_date":"2026-01-02T00:00:00Z","goes":"now"}}"#),
            r#"{"size":1,"trashed_date":"2026-01-01T00:00:00Z","goes":"later","goes_date":"2026-03-01T00:00:00Z"}"#
                .to_owned(),
            r#"{"size":null,"trashed_date":"no","goes":"later","goes_date":"2026-02-01T00:00:00Z"}"#.to_owned(),
            r#"{"size":-1,"goes":7}"#.to_owned(),
        ] {
            assert!(sum.add(line.as_bytes()), "{line}");
        }
        assert_eq!(
            sum.object().to_string(),
            format!(
                r#"{{"bytes":{max},"due":1,"items":4,"next_due":"2026-02-01T00:00:00Z","oldest":"2026-01-01T00:00:00Z","unmeasured":2,"user":"ada"}}"#
            )
        );
        let mut out = Vec::new();
        let now = "2026-01-03T00:00:00Z".parse().expect("a date");
        write(&[sum], now, Charset::Utf8, &mut out).expect("memory takes it");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "USER  ITEMS       SIZE  OLDEST    DUE\nada       4  16.0 EiB+      2d  1 now\n"
        );
    }
}
