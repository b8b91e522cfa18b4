//! Columns of cells beside each other.

use std::io::{self, Write};

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use unicode_width::UnicodeWidthStr as _;

/// The gap between two columns.
const GAP: u16 = 2;

/// Writes a line for each row, every column as wide as its widest cell: the first to the left, the others to the right.
pub(super) fn write<const N: usize>(rows: &[[String; N]], out: &mut impl Write) -> io::Result<()> {
    let widths: [u16; N] = std::array::from_fn(|column| widest(rows.iter().map(|row| row[column].as_str())));
    let cell = |(at, cell): (usize, &String)| {
        Cell::new(cell).set_alignment(if at == 0 { CellAlignment::Left } else { CellAlignment::Right })
    };
    let rows = rows.iter().map(|row| row.iter().enumerate().map(cell).collect());
    out.write_all(&lines(&widths, rows)?)
}

/// Formats rows of cells in columns of these widths, and one more that takes what it needs.
pub(super) fn lines(widths: &[u16], rows: impl IntoIterator<Item = Vec<Cell>>) -> io::Result<Vec<u8>> {
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

/// What columns take, with the gaps after them.
pub(super) fn with_gaps(widths: impl IntoIterator<Item = u16>) -> usize {
    widths.into_iter().map(|width| usize::from(width + GAP)).sum()
}

pub(super) fn widest<'c>(cells: impl IntoIterator<Item = &'c str>) -> u16 {
    cells.into_iter().map(width_of).max().unwrap_or_default()
}

/// Wider columns do not occur.
pub(super) fn width_of(cell: &str) -> u16 {
    u16::try_from(cell.width()).unwrap_or(u16::MAX - GAP)
}
