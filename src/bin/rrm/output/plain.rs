//! One record an item, for scripts: ID, removed, expires, size, kind, path.

use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use chrono::SecondsFormat;
use rrm::item::{Stamp, TrashItem};
use rrm::text::{Charset, escaped};

use super::pieces;

/// Writes a line for each item, with its path [`escaped`].
pub(crate) fn write_plain(items: &[TrashItem], out: &mut impl Write) -> io::Result<()> {
    pieces::write_each(items, out, |item, text| {
        write_fields(item, text)?;
        // Whatever the locale is: scripts run in several.
        writeln!(text, "{}", escaped(path_of(item), Charset::Utf8))
    })
}

/// Writes a record for each item that ends with a NUL, which no path holds; the path is as it is.
pub(crate) fn write_null(items: &[TrashItem], out: &mut impl Write) -> io::Result<()> {
    pieces::write_each(items, out, |item, text| {
        write_fields(item, text)?;
        text.extend_from_slice(path_of(item).as_os_str().as_bytes());
        text.push(0);
        Ok(())
    })
}

/// All fields before the path.
fn write_fields(item: &TrashItem, out: &mut impl Write) -> io::Result<()> {
    let size = item.size.map_or_else(|| "-".to_owned(), |size| size.to_string());
    write!(out, "{}\t{}\t{}\t{size}\t{}\t", item.id, date(&item.trashed), date(&item.deletion), item.kind.name())
}

fn path_of(item: &TrashItem) -> &Path {
    item.original_path().unwrap_or(Path::new(""))
}

fn date(stamp: &Stamp) -> String {
    stamp.instant().map_or_else(|| "-".to_owned(), |at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}
