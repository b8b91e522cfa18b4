//! Items for people: a table that fits the terminal.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use rrm::item::TrashItem;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::dates::{expires, removed};
use super::item::{origin, style_of};
use super::text::size;
use super::{Detail, Scene, pieces};

const HEADER: [&str; 6] = ["ID", "DELETED", "EXPIRES", "SIZE", "KIND", "PATH"];

/// As little of a path as is still worth a column.
const NARROWEST_PATH: usize = 20;

/// The width of each column but the last, and of the gap between two.
type Widths = [u16; 5];
const GAP: u16 = 2;

/// Writes the table. Each row is made twice, to see how wide the columns are and to write it, and is not kept: a cell takes
/// ten times as much memory as what is in it.
pub(crate) fn write(items: &[TrashItem], scene: &Scene<'_>, out: &mut impl Write) -> io::Result<()> {
    let [id, deleted, expires, size, kind, _] = HEADER.map(width_of);
    let mut widths: Widths = [id, deleted, expires, size, kind];
    for item in items {
        for (width, cell) in widths.iter_mut().zip(before_path(item, scene)) {
            *width = (*width).max(width_of(&cell));
        }
    }
    let room = match (scene.width, scene.detail) {
        (Some(width), Detail::Short) => {
            let before_path: usize = widths.iter().map(|width| usize::from(width + GAP)).sum();
            width.saturating_sub(before_path).max(NARROWEST_PATH)
        }
        _ => usize::MAX,
    };
    out.write_all(&lines([HEADER.map(Cell::new)], &widths)?)?;
    let row = |item: &TrashItem| {
        let path = coloured(item, &end_of(&origin(item, scene.shown_home(), scene.charset), room), scene);
        let [id, deleted, expires, size, kind] = before_path(item, scene).map(Cell::new);
        [id, deleted, expires, size.set_alignment(CellAlignment::Right), kind, Cell::new(path)]
    };
    pieces::write(items, out, |some| lines(some.iter().map(&row), &widths))
}

/// Rows of a table whose columns are so wide.
fn lines(rows: impl IntoIterator<Item = [Cell; 6]>, widths: &Widths) -> io::Result<Vec<u8>> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).add_rows(rows);
    for (index, column) in table.column_iter_mut().enumerate() {
        let Some(width) = widths.get(index) else {
            column.set_padding((0, 0));
            break;
        };
        column.set_padding((0, GAP)).set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + GAP)));
    }
    let mut text = Vec::new();
    table.lines().try_for_each(|line| writeln!(text, "{}", line.trim_end())).map(|()| text)
}

/// A column wider than that holds nothing that we write.
fn width_of(cell: &str) -> u16 {
    u16::try_from(cell.width()).unwrap_or(u16::MAX - GAP)
}

fn before_path(item: &TrashItem, scene: &Scene<'_>) -> [String; 5] {
    let id = match scene.detail {
        Detail::Short => item.id.short(),
        Detail::Full => item.id.to_string(),
    };
    [
        id,
        removed(&item.trashed, scene.now, scene.detail),
        expires(scene.fate(item).as_ref(), scene.now, scene.detail),
        item.size.map_or_else(|| "-".to_owned(), size),
        item.kind.name().to_owned(),
    ]
}

/// As much of the end of `text` as fits: what a path ends with says most.
fn end_of(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= room
    };
    let end: Vec<char> = text.chars().rev().take_while(fits).collect();
    std::iter::once('…').chain(end.into_iter().rev()).collect()
}

/// The path in the colours that `ls` would give it.
fn coloured(item: &TrashItem, path: &str, scene: &Scene<'_>) -> String {
    let style = scene.colours.as_ref().and_then(|colours| style_of(item, colours));
    style.map_or_else(|| path.to_owned(), |style| style.to_nu_ansi_term_style().paint(path).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_path_is_kept() {
        assert_eq!(end_of("~/a/b", 10), "~/a/b");
        assert_eq!(end_of("~/project/src/main.rs", 10), "…c/main.rs");
        assert_eq!(end_of("日本語のファイル", 7), "…ァイル");
    }
}
