//! What each session removed, one line per session.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, Write};

use rrm::item::TrashItem;
use rrm::text::escaped;
use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr as _;

use super::dates::age;
use super::json::{date, insert_bytes, line_of};
use super::text::short_size;
use super::view::View;

/// The items of a session that are in the trash.
struct Session<'a> {
    label: &'a OsStr,
    items: usize,
    /// `None` if the size of an item is unknown.
    size: Option<u64>,
    /// The item that was removed last.
    last: &'a TrashItem,
}

/// All sessions, the one that removed something last at the end.
fn sessions(items: &[TrashItem]) -> Vec<Session<'_>> {
    let mut all: BTreeMap<&OsStr, Session<'_>> = BTreeMap::new();
    for item in items {
        let Some(label) = item.session.as_deref() else { continue };
        let session = all.entry(label).or_insert(Session { label, items: 0, size: Some(0), last: item });
        session.items += 1;
        session.size = session.size.zip(item.size).map(|(sum, size)| sum.saturating_add(size));
        if item.trashed.instant() > session.last.trashed.instant() {
            session.last = item;
        }
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.sort_by_key(|session| session.last.trashed.instant());
    all
}

/// Writes a table, if there is a session.
pub(crate) fn write(items: &[TrashItem], view: &View<'_>, out: &mut dyn Write) -> io::Result<Found> {
    let sessions = sessions(items);
    if sessions.is_empty() {
        return Ok(Found::Nothing);
    }
    let rows = sessions.iter().map(|session| {
        let label = escaped(session.label, view.charset);
        let size = session.size.map_or_else(|| "-".to_owned(), short_size);
        [age(&session.last.trashed, view.now), session.items.to_string(), size, label]
    });
    let rows: Vec<_> = [["LAST", "ITEMS", "SIZE", "SESSION"].map(str::to_owned)].into_iter().chain(rows).collect();
    let [last, items, size] = [0, 1, 2].map(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or(0));
    for row in &rows {
        writeln!(out, "{:>last$}  {:>items$}  {:>size$}  {}", row[0], row[1], row[2], row[3])?;
    }
    Ok(Found::Some)
}

/// Whether a table has a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Some,
    Nothing,
}

/// Writes an object per session.
pub(crate) fn write_as_json(items: &[TrashItem], out: &mut dyn Write) -> io::Result<()> {
    sessions(items).iter().try_for_each(|session| writeln!(out, "{}", line_of(&object(session))))
}

fn object(session: &Session<'_>) -> Value {
    let mut object = Map::new();
    insert_bytes(&mut object, "session", Some(session.label));
    object.insert("items".into(), session.items.into());
    object.insert("size".into(), json!(session.size));
    object.insert("trashed_date".into(), json!(date(&session.last.trashed)));
    Value::Object(object)
}
