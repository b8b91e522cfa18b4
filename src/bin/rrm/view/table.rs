//! Items for people: a table that fits the terminal.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use rrm::item::TrashItem;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::dates::{expires, removed};
use super::item::{origin, style_of};
use super::text::size;
use super::{Detail, Scene};

const HEADER: [&str; 6] = ["ID", "DELETED", "EXPIRES", "SIZE", "KIND", "PATH"];

/// As little of a path as is still worth a column.
const NARROWEST_PATH: usize = 20;

/// Writes the table.
pub(crate) fn write(items: &[TrashItem], scene: &Scene<'_>, out: &mut impl Write) -> io::Result<()> {
    let rows: Vec<[String; 6]> = items.iter().map(|item| row(item, scene)).collect();
    let widths =
        |column: usize| rows.iter().map(|row| row[column].width()).chain([HEADER[column].len()]).max().unwrap_or(0);
    let before_path: usize = (0..5).map(|column| widths(column) + 2).sum();
    let room = match (scene.width, scene.detail) {
        (Some(width), Detail::Short) => width.saturating_sub(before_path).max(NARROWEST_PATH),
        _ => usize::MAX,
    };
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(HEADER.map(Cell::new));
    for (item, [id, deleted, expires, size, kind, path]) in items.iter().zip(rows) {
        let size = Cell::new(size).set_alignment(CellAlignment::Right);
        let path = coloured(item, &end_of(&path, room), scene);
        table.add_row([Cell::new(id), Cell::new(deleted), Cell::new(expires), size, Cell::new(kind), Cell::new(path)]);
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if index == 5 { 0 } else { 2 }));
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn row(item: &TrashItem, scene: &Scene<'_>) -> [String; 6] {
    let id = match scene.detail {
        Detail::Short => item.id.short(),
        Detail::Full => item.id.to_string(),
    };
    [
        id,
        removed(&item.trashed, scene.now, scene.detail),
        expires(scene.fates.get(&item.id), scene.now, scene.detail),
        item.size.map_or_else(|| "-".to_owned(), size),
        item.kind.name().to_owned(),
        origin(item, scene.shown_home()),
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
