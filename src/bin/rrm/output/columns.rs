//! Columns of a few short cells: the first to the left, the others to the right.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

/// The gap between two columns.
const GAP: usize = 2;

/// Writes a line for each row, every column as wide as its widest cell.
pub(super) fn write<const N: usize>(rows: &[[String; N]], out: &mut impl Write) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or_default();
    let widths: [usize; N] = std::array::from_fn(width);
    for row in rows {
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let padding = " ".repeat(width - cell.width());
            match column {
                0 => write!(out, "{cell}{padding}")?,
                _ => write!(out, "{:GAP$}{padding}{cell}", "")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}
