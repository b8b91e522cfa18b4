//! Items for people: a table that fits the terminal.

mod footer;

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use rrm::item::{ItemKind, TrashItem};
use unicode_width::UnicodeWidthStr;

use super::dates::{age, expires, left, removed};
use super::item::origin;
use super::pieces;
use super::text::{middle_of, short_size, size};
use super::view::{Detail, View};

pub(crate) use footer::footer;

/// A column before that of the paths.
struct Column {
    heading: &'static str,
    alignment: CellAlignment,
    cell: fn(&TrashItem, &View<'_>) -> String,
}

use CellAlignment::{Left, Right};

/// What a line has room for.
const SHORT: [Column; 5] = [
    Column { heading: "ID", alignment: Left, cell: |item, _| item.id.short() },
    Column { heading: "AGE", alignment: Right, cell: |item, view| age(&item.trashed, view.now) },
    Column { heading: "LEFT", alignment: Right, cell: |item, view| left(view.fate(item).as_ref(), view.now) },
    Column { heading: "SIZE", alignment: Right, cell: |item, _| item.size.map_or_else(unknown, short_size) },
    Column { heading: "K", alignment: Left, cell: |item, _| letter_of(item.kind).to_owned() },
];

/// With `--full`.
const FULL: [Column; 5] = [
    Column { heading: "ID", alignment: Left, cell: |item, _| item.id.to_string() },
    Column { heading: "REMOVED", alignment: Left, cell: |item, view| removed(&item.trashed, view.now, Detail::Full) },
    Column {
        heading: "EXPIRES",
        alignment: Left,
        cell: |item, view| expires(view.fate(item).as_ref(), view.now, Detail::Full),
    },
    Column { heading: "SIZE", alignment: Right, cell: |item, _| item.size.map_or_else(unknown, size) },
    Column { heading: "KIND", alignment: Left, cell: |item, _| item.kind.name().to_owned() },
];

/// As little of a path as is still worth more than another column.
const NARROWEST_PATH: usize = 20;

/// How many columns there are at least.
const FEWEST: usize = 2;

/// The gap between two columns.
const GAP: u16 = 2;

/// The columns that there is room for, and how wide they are.
struct Layout {
    columns: Vec<(Column, u16)>,
    /// How wide a path may be.
    room: usize,
}

impl Layout {
    fn of(items: &[TrashItem], view: &View<'_>) -> Self {
        let columns = match view.detail {
            Detail::Short => SHORT,
            Detail::Full => FULL,
        };
        let mut columns: Vec<_> = columns.into_iter().map(|column| (width_of(column.heading), column)).collect();
        for item in items {
            for (width, column) in &mut columns {
                *width = (*width).max(width_of(&(column.cell)(item, view)));
            }
        }
        let mut columns: Vec<_> = columns.into_iter().map(|(width, column)| (column, width)).collect();
        let room = match (view.width, view.detail) {
            (Some(width), Detail::Short) => fitting(&mut columns, width),
            _ => usize::MAX,
        };
        Self { columns, room }
    }

    /// Rows as text.
    fn lines(&self, rows: impl IntoIterator<Item = Vec<Cell>>) -> io::Result<Vec<u8>> {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled).add_rows(rows);
        for (index, column) in table.column_iter_mut().enumerate() {
            let Some((_, width)) = self.columns.get(index) else {
                column.set_padding((0, 0));
                break;
            };
            column.set_padding((0, GAP)).set_constraint(ColumnConstraint::Absolute(Width::Fixed(width + GAP)));
        }
        let mut text = Vec::new();
        table.lines().try_for_each(|line| writeln!(text, "{}", line.trim_end())).map(|()| text)
    }

    fn row(&self, item: &TrashItem, view: &View<'_>) -> Vec<Cell> {
        let before = self.columns.iter().map(|(column, _)| {
            let cell = Cell::new((column.cell)(item, view));
            cell.set_alignment(column.alignment)
        });
        let path = middle_of(&origin(item, view.shown_home(), view.charset), self.room, view.charset);
        let path = match &view.colours {
            Some(colours) => colours.paint(item, &path),
            None => path,
        };
        before.chain([Cell::new(path)]).collect()
    }

    fn header(&self) -> Vec<Cell> {
        let before = self.columns.iter().map(|(column, _)| Cell::new(column.heading).set_alignment(column.alignment));
        before.chain([Cell::new("PATH")]).collect()
    }
}

/// Writes the table. Each row is made twice, to see how wide the columns are and to write it, and is not kept: a cell takes
/// ten times as much memory as what is in it.
pub(crate) fn write(items: &[TrashItem], view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    let layout = Layout::of(items, view);
    out.write_all(&layout.lines([layout.header()])?)?;
    pieces::write(items, out, |some| layout.lines(some.iter().map(|item| layout.row(item, view))))
}

/// Leaves out the last columns where the paths would have no room, and says how much room they have.
fn fitting(columns: &mut Vec<(Column, u16)>, width: usize) -> usize {
    loop {
        let before_path: usize = columns.iter().map(|(_, width)| usize::from(width + GAP)).sum();
        let room = width.saturating_sub(before_path);
        if room >= NARROWEST_PATH || columns.len() <= FEWEST {
            return room.max(NARROWEST_PATH);
        }
        columns.pop();
    }
}

/// A column wider than that holds nothing that we write.
fn width_of(cell: &str) -> u16 {
    u16::try_from(cell.width()).unwrap_or(u16::MAX - GAP)
}

fn unknown() -> String {
    "-".to_owned()
}

/// The letter of find(1).
fn letter_of(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::File => "f",
        ItemKind::Directory => "d",
        ItemKind::Symlink => "l",
        ItemKind::Fifo => "p",
        ItemKind::Socket => "s",
        ItemKind::BlockDevice => "b",
        ItemKind::CharDevice => "c",
    }
}
