//! What the sessions have removed, in sums.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use rrm::item::TrashItem;
use rrm::text::escaped;
use serde_json::{Map, Value};

use super::columns;
use super::json::{insert_bytes, line_of, text_of};
use super::text::{size, span};
use super::view::View;

/// The items of one session.
#[derive(Default)]
struct Sum {
    items: u64,
    bytes: u64,
    /// Items of unknown size.
    unmeasured: u64,
    oldest: Option<DateTime<Utc>>,
    newest: Option<DateTime<Utc>>,
}

impl Sum {
    fn add(&mut self, item: &TrashItem) {
        self.items += 1;
        match item.size {
            Some(size) => self.bytes = self.bytes.saturating_add(size),
            None => self.unmeasured += 1,
        }
        let removed = item.trashed.instant();
        self.oldest = self.oldest.into_iter().chain(removed).min();
        self.newest = self.newest.max(removed);
    }
}

type Session<'a> = (Option<&'a OsStr>, Sum);

/// Sums up by session, the one that removed last at the end. Others could have written the label of an open item, so it
/// counts as none.
fn sums(items: &[TrashItem]) -> Vec<Session<'_>> {
    let mut sums: HashMap<Option<&OsStr>, Sum> = HashMap::new();
    for item in items {
        let label = item.session.as_deref().filter(|_| !item.is_open());
        sums.entry(label).or_default().add(item);
    }
    let mut sums: Vec<Session<'_>> = sums.into_iter().collect();
    sums.sort_by(|(a, one), (b, other)| (one.newest, a).cmp(&(other.newest, b)));
    sums
}

/// Writes a table, a line for each session.
pub(crate) fn write(items: &[TrashItem], view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    let heading = ["SESSION", "ITEMS", "SIZE", "OLDEST", "NEWEST"].map(str::to_owned);
    let row = |(label, sum): &Session<'_>| {
        let label = label.map_or_else(|| "-".to_owned(), |label| escaped(label, view.charset));
        let more = if sum.unmeasured > 0 { "+" } else { "" };
        let age = |date: Option<DateTime<Utc>>| date.map_or_else(|| "?".to_owned(), |date| span(view.now - date));
        [label, sum.items.to_string(), format!("{}{more}", size(sum.bytes)), age(sum.oldest), age(sum.newest)]
    };
    let rows: Vec<_> = std::iter::once(heading).chain(sums(items).iter().map(row)).collect();
    columns::write(&rows, out)
}

/// Writes an object for each session; the schema is in rrm-list(1).
pub(crate) fn write_as_json(items: &[TrashItem], out: &mut impl Write) -> io::Result<()> {
    for (label, sum) in sums(items) {
        let mut object = Map::new();
        insert_bytes(&mut object, "session", label);
        for (key, number) in [("items", sum.items), ("bytes", sum.bytes), ("unmeasured", sum.unmeasured)] {
            object.insert(key.to_owned(), number.into());
        }
        for (key, date) in [("oldest", sum.oldest), ("newest", sum.newest)] {
            object.insert(key.to_owned(), date.map(text_of).into());
        }
        writeln!(out, "{}", line_of(&Value::Object(object)))?;
    }
    Ok(())
}
