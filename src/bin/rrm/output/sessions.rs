//! What the sessions have removed, in sums.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Write};

use chrono::{DateTime, Utc};
use rrm::item::TrashItem;
use rrm::text::escaped;
use serde_json::{Map, Value};

use super::columns;
use super::dates::age_of;
use super::json::{insert_bytes, line_of};
use super::sums::{Sum, insert_date};
use super::view::View;

/// The items of one session.
#[derive(Default)]
struct SessionSum {
    sum: Sum,
    newest: Option<DateTime<Utc>>,
}

impl SessionSum {
    fn add(&mut self, item: &TrashItem) {
        let removed = item.trashed.instant();
        self.sum.add(item.size, removed);
        self.newest = self.newest.max(removed);
    }
}

type Session<'a> = (Option<&'a OsStr>, SessionSum);

/// Sums up by session, the one that removed last at the end. Others could have written the label of an open item, so it
/// counts as none.
fn sums(items: &[TrashItem]) -> Vec<Session<'_>> {
    let mut sums: HashMap<Option<&OsStr>, SessionSum> = HashMap::new();
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
    let row = |(label, SessionSum { sum, newest }): &Session<'_>| {
        let label = label.map_or_else(|| "-".to_owned(), |label| escaped(label, view.charset));
        [label, sum.items.to_string(), sum.size(), age_of(sum.oldest, view.now), age_of(*newest, view.now)]
    };
    let rows: Vec<_> = std::iter::once(heading).chain(sums(items).iter().map(row)).collect();
    columns::write(&rows, out)
}

/// Writes an object for each session; the schema is in rrm-list(1).
pub(crate) fn write_as_json(items: &[TrashItem], out: &mut impl Write) -> io::Result<()> {
    for (label, SessionSum { sum, newest }) in sums(items) {
        let mut object = Map::new();
        insert_bytes(&mut object, "session", label);
        sum.insert_into(&mut object);
        insert_date(&mut object, "newest", newest);
        writeln!(out, "{}", line_of(&Value::Object(object)))?;
    }
    Ok(())
}
