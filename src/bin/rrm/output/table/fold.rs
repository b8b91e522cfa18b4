//! Many items of one removal and one directory as one row.

use std::path::Path;

use rrm::item::{ItemKind, TrashItem};
use rrm::text::escaped;
use unicode_width::UnicodeWidthStr;

use crate::output::item::path;
use crate::output::text::{count, mark, middle_of};
use crate::output::view::View;

/// From how many items on.
const MANY: usize = 10;

/// The rows of a table, each one item or many that stand together.
pub(super) fn rows(items: &[TrashItem]) -> Vec<&[TrashItem]> {
    let runs = items.chunk_by(belong_together);
    runs.flat_map(|run| run.chunks(if run.len() >= MANY { run.len() } else { 1 })).collect()
}

fn belong_together(a: &TrashItem, b: &TrashItem) -> bool {
    let removed = a.trashed.instant();
    let is_one_removal = removed.is_some() && removed == b.trashed.instant();
    is_one_removal && parent(a).is_some() && parent(a) == parent(b) && !a.is_open() && !b.is_open()
}

fn parent(item: &TrashItem) -> Option<&Path> {
    item.original_path()?.parent()
}

/// What stands for the path of a row of many: `14 files in ~/logs, app-1.log ...`, without the name where that does not fit.
pub(super) fn summary(items: &[TrashItem], room: usize, view: &View<'_>) -> String {
    let first = &items[0];
    let noun = match first.kind {
        kind if items.iter().any(|item| item.kind != kind) => "item",
        ItemKind::File => "file",
        ItemKind::Symlink => "symlink",
        _ => "item",
    };
    let above = parent(first).map_or_else(String::new, |above| path(above, view.shown_home(), view.charset));
    let above = if above == "~/" { "~" } else { &above };
    let name = first.original_name().map_or_else(String::new, |name| escaped(Path::new(name), view.charset));
    let start = format!("{} in ", count(items.len() as u64, noun));
    let whole = format!("{start}{above}, {name} {}", mark(view.charset));
    if whole.width() <= room {
        return whole;
    }
    let above = middle_of(above, room.saturating_sub(start.width()), view.charset);
    start + &above
}
