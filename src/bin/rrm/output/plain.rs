//! One record an item, for scripts: ID, removed, expires, size, kind, path.

use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use chrono::SecondsFormat;
use rrm::item::{Stamp, TrashItem};
use rrm::text::{Charset, escaped};

/// How a record ends, and so what a path may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// With a newline; the path is [`escaped`].
    Lines,
    /// With a NUL, which no path holds; the path is as it is.
    Null,
}

/// Writes one record.
pub(crate) fn write(item: &TrashItem, style: Style, out: &mut impl Write) -> io::Result<()> {
    let size = item.size.map_or_else(|| "-".to_owned(), |size| size.to_string());
    write!(out, "{}\t{}\t{}\t{size}\t{}\t", item.id, date(&item.trashed), date(&item.deletion), item.kind.name())?;
    let path = item.original_path().unwrap_or(Path::new(""));
    match style {
        Style::Lines => {
            // Whatever the locale is: scripts run in several.
            out.write_all(escaped(path, Charset::Utf8).as_bytes())?;
            out.write_all(b"\n")
        }
        Style::Null => {
            out.write_all(path.as_os_str().as_bytes())?;
            out.write_all(b"\0")
        }
    }
}

fn date(stamp: &Stamp) -> String {
    stamp.instant().map_or_else(|| "-".to_owned(), |at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}
