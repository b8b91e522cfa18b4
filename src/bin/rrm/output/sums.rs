//! Sums of items, as the tables of sessions and of users have them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::json::text_of;
use super::text;

#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) items: u64,
    pub(super) bytes: u64,
    /// Items of unknown size.
    unmeasured: u64,
    /// When the oldest item was removed.
    pub(super) oldest: Option<DateTime<Utc>>,
}

impl Sum {
    pub(super) fn add(&mut self, size: Option<u64>, removed: Option<DateTime<Utc>>) {
        self.items = self.items.saturating_add(1);
        match size {
            Some(size) => self.bytes = self.bytes.saturating_add(size),
            None => self.unmeasured = self.unmeasured.saturating_add(1),
        }
        self.oldest = earlier(self.oldest, removed);
    }

    /// The size; `+` stands for what is not known of it.
    pub(super) fn size(&self) -> String {
        format!("{}{}", text::size(self.bytes), if self.unmeasured > 0 { "+" } else { "" })
    }

    pub(super) fn insert_into(&self, object: &mut Map<String, Value>) {
        for (key, number) in [("items", self.items), ("bytes", self.bytes), ("unmeasured", self.unmeasured)] {
            object.insert(key.to_owned(), number.into());
        }
        insert_date(object, "oldest", self.oldest);
    }
}

/// The earlier of two dates, of which either may not be known.
pub(super) fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.into_iter().chain(other).min()
}

pub(super) fn insert_date(object: &mut Map<String, Value>, key: &str, date: Option<DateTime<Utc>>) {
    object.insert(key.to_owned(), date.map(text_of).into());
}
