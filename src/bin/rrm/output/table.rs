//! The table of items, which fits the terminal.

mod fold;
mod footer;

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment};
use rrm::item::{ItemKind, TrashItem};

use super::columns::{self, width_of, with_gaps};
use super::dates::{age, expires, left, removed};
use super::item::origin;
use super::pieces;
use super::text::{middle_of, short_size, size};
use super::view::{Detail, View};

pub(crate) use footer::footer;

/// A column before the path. A row is one item, or many.
struct Column {
    heading: &'static str,
    alignment: CellAlignment,
    cell: fn(&[TrashItem], &View<'_>) -> String,
}

use CellAlignment::{Left, Right};

/// The columns of the short table.
const SHORT: &[Column] = &[
    Column { heading: "ID", alignment: Left, cell: |row, _| common(row, |item| item.id.short()) },
    Column { heading: "AGE", alignment: Right, cell: |row, view| common(row, |item| age(&item.trashed, view.now)) },
    Column {
        heading: "LEFT",
        alignment: Right,
        cell: |row, view| common(row, |item| left(view.fate(item).as_ref(), view.now)),
    },
    Column { heading: "SIZE", alignment: Right, cell: |row, _| sum(row).map_or_else(unknown, short_size) },
    Column { heading: "K", alignment: Left, cell: |row, _| common(row, |item| letter_of(item.kind).to_owned()) },
];

/// With `--full`.
const FULL: &[Column] = &[
    Column { heading: "ID", alignment: Left, cell: |row, _| common(row, |item| item.id.to_string()) },
    Column {
        heading: "REMOVED",
        alignment: Left,
        cell: |row, view| common(row, |item| removed(&item.trashed, view.now, Detail::Full)),
    },
    Column {
        heading: "EXPIRES",
        alignment: Left,
        cell: |row, view| common(row, |item| expires(view.fate(item).as_ref(), view.now, Detail::Full)),
    },
    Column { heading: "SIZE", alignment: Right, cell: |row, _| sum(row).map_or_else(unknown, size) },
    Column { heading: "KIND", alignment: Left, cell: |row, _| common(row, |item| item.kind.name().to_owned()) },
];

/// What a cell says of all items of a row, if it is the same.
fn common(row: &[TrashItem], cell: impl Fn(&TrashItem) -> String) -> String {
    let first = cell(&row[0]);
    if row[1..].iter().all(|item| cell(item) == first) { first } else { unknown() }
}

fn sum(row: &[TrashItem]) -> Option<u64> {
    row.iter().map(|item| item.size).try_fold(0, |sum: u64, size| Some(sum.saturating_add(size?)))
}

/// The narrowest path worth more than another column.
const NARROWEST_PATH: usize = 20;

/// The minimum number of columns.
const FEWEST: usize = 2;

/// The columns that fit, with their widths.
struct Layout {
    columns: Vec<(&'static Column, u16)>,
    /// The width for paths.
    room: usize,
}

impl Layout {
    fn of<'i>(rows: impl Iterator<Item = &'i [TrashItem]>, view: &View<'_>) -> Self {
        let columns = match view.detail {
            Detail::Short => SHORT,
            Detail::Full => FULL,
        };
        let mut columns: Vec<_> = columns.iter().map(|column| (column, width_of(column.heading))).collect();
        for row in rows {
            for (column, width) in &mut columns {
                *width = (*width).max(width_of(&(column.cell)(row, view)));
            }
        }
        let room = match (view.width, view.detail) {
            (Some(width), Detail::Short) => fitting(&mut columns, width),
            _ => usize::MAX,
        };
        Self { columns, room }
    }

    /// Formats rows.
    fn lines(&self, rows: impl IntoIterator<Item = Vec<Cell>>) -> io::Result<Vec<u8>> {
        let widths: Vec<_> = self.columns.iter().map(|(_, width)| *width).collect();
        columns::lines(&widths, rows)
    }

    fn row(&self, row: &[TrashItem], view: &View<'_>) -> Vec<Cell> {
        let before = self.columns.iter().map(|(column, _)| {
            let cell = Cell::new((column.cell)(row, view));
            cell.set_alignment(column.alignment)
        });
        let path = match row {
            [item] => self.path(item, view),
            _ => fold::summary(row, self.room, view),
        };
        before.chain([Cell::new(path)]).collect()
    }

    fn path(&self, item: &TrashItem, view: &View<'_>) -> String {
        let path = middle_of(&origin(item, view.shown_home(), view.charset), self.room, view.charset);
        match &view.colours {
            Some(colours) => colours.paint(item, &path),
            None => path,
        }
    }

    fn header(&self) -> Vec<Cell> {
        let before = self.columns.iter().map(|(column, _)| Cell::new(column.heading).set_alignment(column.alignment));
        before.chain([Cell::new("PATH")]).collect()
    }
}

/// Writes the table. Each row is made twice, for its width and for output, and not kept: a cell takes ten times the
/// memory of its text.
pub(crate) fn write(items: &[TrashItem], view: &View<'_>, out: &mut impl Write) -> io::Result<()> {
    let layout = Layout::of(items.chunks(1), view);
    out.write_all(&layout.lines([layout.header()])?)?;
    pieces::write(items, out, |some| layout.lines(some.chunks(1).map(|row| layout.row(row, view))))
}

/// Writes the table with many items of one removal and one directory in one row; returns the number of rows.
pub(crate) fn write_folded(items: &[TrashItem], view: &View<'_>, out: &mut impl Write) -> io::Result<usize> {
    let rows = fold::rows(items);
    let layout = Layout::of(rows.iter().copied(), view);
    out.write_all(&layout.lines([layout.header()])?)?;
    pieces::write(&rows, out, |some| layout.lines(some.iter().map(|row| layout.row(row, view))))?;
    Ok(rows.len())
}

/// Drops last columns while paths have too little room; returns the room for paths.
fn fitting(columns: &mut Vec<(&Column, u16)>, width: usize) -> usize {
    loop {
        let room = width.saturating_sub(with_gaps(columns.iter().map(|(_, width)| *width)));
        if room >= NARROWEST_PATH || columns.len() <= FEWEST {
            return room.max(NARROWEST_PATH);
        }
        columns.pop();
    }
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
