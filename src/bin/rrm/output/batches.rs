//! What the last commands removed, one line per command.

use std::io::{self, Write};
use std::path::Path;

use comfy_table::Cell;
use comfy_table::CellAlignment::{self, Left, Right};
use rrm::item::TrashItem;
use rrm::text::escaped;
use serde_json::{Value, json};

use super::columns::{self, widest, with_gaps};
use super::dates::age;
use super::item::origin;
use super::json::{date, insert_bytes, line_of, odd_bytes};
use super::text::start_of;
use super::view::View;

/// How many paths are listed per command.
const PATHS: usize = 10;

/// The least width with a column for the session.
const WIDE: usize = 60;

/// The columns before the paths, without and with the one for the session.
const BEFORE: [CellAlignment; 4] = [Right, Right, Right, Left];

/// The least room for paths.
const NARROWEST: usize = 10;

/// Writes a table; `undo N` restores the first N lines.
pub(crate) fn write(batches: &[Vec<TrashItem>], view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let header = ["N", "AGE", "ITEMS", "SESSION", "PATHS"].map(str::to_owned);
    let mut rows = vec![header];
    rows.extend(batches.iter().enumerate().map(|(at, items)| row(at + 1, items, view)));
    let is_wide = view.width.is_none_or(|width| width >= WIDE);
    let has_sessions = is_wide && batches.iter().flatten().any(|item| item.session.is_some());
    let before = if has_sessions { &BEFORE[..] } else { &BEFORE[..3] };
    let widths: Vec<_> = (0..before.len()).map(|at| widest(rows.iter().map(|row| row[at].as_str()))).collect();
    let taken = with_gaps(widths.iter().copied());
    let room = view.width.map_or(usize::MAX, |width| width.saturating_sub(taken).max(NARROWEST));
    let cells = rows.iter().map(|row| {
        let [.., paths] = row;
        let cells = before.iter().zip(row).map(|(alignment, cell)| Cell::new(cell).set_alignment(*alignment));
        cells.chain([Cell::new(start_of(paths, room, view.charset))]).collect()
    });
    out.write_all(&columns::lines(&widths, cells)?)
}

fn row(number: usize, items: &[TrashItem], view: &View<'_>) -> [String; 5] {
    let session = items.first().and_then(|item| item.session.as_deref());
    let when = items.first().map_or_else(|| "?".to_owned(), |item| age(&item.trashed, view.now));
    let mut paths: Vec<String> =
        items.iter().take(PATHS).map(|item| origin(item, view.shown_home(), view.charset)).collect();
    if items.is_empty() {
        paths.push("(unreadable)".to_owned());
    }
    if items.len() > PATHS {
        paths.push(format!("and {} more", items.len() - PATHS));
    }
    [
        number.to_string(),
        when,
        items.len().to_string(),
        session.map_or_else(|| "-".to_owned(), |session| escaped(session, view.charset)),
        paths.join(", "),
    ]
}

/// Writes an object per command, with the keys of an item and a list of its first paths.
pub(crate) fn write_as_json(batches: &[Vec<TrashItem>], _: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    batches.iter().try_for_each(|items| writeln!(out, "{}", line_of(&object(items))))
}

fn object(items: &[TrashItem]) -> Value {
    let first = items.first();
    let paths = || items.iter().take(PATHS).map(|item| item.original_path().map(Path::as_os_str));
    let mut object = serde_json::Map::new();
    object.insert("items".into(), items.len().into());
    object.insert("original_paths".into(), paths().map(|path| path.map(|path| path.to_string_lossy())).collect());
    if paths().any(|path| odd_bytes(path).is_some()) {
        object.insert("original_paths_bytes".into(), paths().map(odd_bytes).collect());
    }
    insert_bytes(&mut object, "session", first.and_then(|item| item.session.as_deref()));
    object.insert("trashed_date".into(), json!(first.and_then(|item| date(&item.trashed))));
    Value::Object(object)
}
