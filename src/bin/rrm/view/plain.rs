//! One record an item, for scripts: ID, removed, expires, size, kind, path.

use std::borrow::Cow;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;

use chrono::SecondsFormat;
use rrm::item::{Stamp, TrashItem};

/// How a record ends, and so what a path may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// With a newline; in the path, control characters, backslashes and what is not UTF-8 are escaped.
    Lines,
    /// With a NUL, which no path holds; the path is as it is.
    Null,
}

/// Writes one record.
pub(crate) fn write(item: &TrashItem, style: Style, out: &mut impl Write) -> io::Result<()> {
    let size = item.size.map_or_else(|| "-".to_owned(), |size| size.to_string());
    write!(out, "{}\t{}\t{}\t{size}\t{}\t", item.id, date(&item.trashed), date(&item.deletion), item.kind.name())?;
    let path = item.original_path().map_or(&b""[..], |path| path.as_os_str().as_bytes());
    match style {
        Style::Lines => {
            out.write_all(path.escape_ascii_except_utf8().as_bytes())?;
            out.write_all(b"\n")
        }
        Style::Null => {
            out.write_all(path)?;
            out.write_all(b"\0")
        }
    }
}

fn date(stamp: &Stamp) -> String {
    stamp.instant().map_or_else(|| "-".to_owned(), |at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

trait Escaped {
    fn escape_ascii_except_utf8(&self) -> Cow<'_, str>;
}

impl Escaped for [u8] {
    /// `\\`, `\n`, `\t` and `\xNN`: lossless, and one line.
    fn escape_ascii_except_utf8(&self) -> Cow<'_, str> {
        let is_odd = |c: char| c == '\\' || c.is_control();
        if let Some(plain) = std::str::from_utf8(self).ok().filter(|text| !text.contains(is_odd)) {
            return plain.into();
        }
        let mut text = String::with_capacity(self.len());
        for chunk in self.utf8_chunks() {
            for c in chunk.valid().chars() {
                match c {
                    '\\' => text.push_str("\\\\"),
                    '\n' => text.push_str("\\n"),
                    '\t' => text.push_str("\\t"),
                    c if c.is_control() => {
                        let mut buffer = [0; 4];
                        c.encode_utf8(&mut buffer).bytes().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
                    }
                    c => text.push(c),
                }
            }
            chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
        }
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_one_line_and_loses_nothing() {
        assert_eq!(b"/a\n\t\\b\x1b\xff\xc3\xa9".escape_ascii_except_utf8(), "/a\\n\\t\\\\b\\x1b\\xffé");
    }
}
