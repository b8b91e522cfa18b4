//! Small texts: sizes, ages, counts, names made visible.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use bytesize::ByteSize;
use chrono::TimeDelta;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::gnu::printable::is_printable;
use crate::gnu::quote::Charset;

/// A name with nothing in it that a terminal would obey: control characters, marks that turn the direction of writing,
/// and bytes that are not UTF-8 are escaped.
pub(crate) fn visible(name: &OsStr) -> String {
    let mut text = String::with_capacity(name.len());
    for chunk in name.as_bytes().utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_printable(c) && !turns_direction(c) { text.push(c) } else { text.extend(c.escape_default()) }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// The marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9), with which a name can
/// be made to read as another.
fn turns_direction(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number of bytes, in units of 1024.
pub(crate) fn size(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string()
}

/// As much of the start of `text` as fits.
pub(crate) fn start_of(text: &str, room: usize, charset: Charset) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mark = match charset {
        Charset::Utf8 => "…",
        Charset::Ascii => "...",
    };
    let mut used = mark.width();
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= room
    };
    let start: String = text.chars().take_while(fits).collect();
    start + mark
}

/// `1 item`, `2 items`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A span of time in its largest unit, rounded: `3d`, `5h`, `12min`. What is kept for 30 days is gone in `30d` a moment
/// later, too.
pub(crate) fn span(delta: TimeDelta) -> String {
    let seconds = delta.num_seconds().unsigned_abs();
    let (unit, length) = [("y", 31_557_600), ("mo", 2_629_800), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        .into_iter()
        .find(|(_, length)| seconds >= *length)
        .unwrap_or(("s", 1));
    format!("{}{unit}", (seconds + length / 2) / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_is_never_given_an_order_by_a_name() {
        assert_eq!(visible(OsStr::from_bytes(b"a\x1b[2J\n\xff\xc3\xa9")), "a\\u{1b}[2J\\n\\xffé");
        assert_eq!(visible(OsStr::new("gpj\u{202e}exe")), "gpj\\u{202e}exe");
    }

    #[test]
    fn the_start_of_a_line_is_kept() {
        assert_eq!(start_of("abcdef", 6, Charset::Ascii), "abcdef");
        assert_eq!(start_of("abcdefg", 6, Charset::Ascii), "abc...");
        assert_eq!(start_of("日本語", 5, Charset::Utf8), "日本…");
    }

    #[test]
    fn spans_and_counts() {
        for (seconds, text) in [
            (0, "0s"),
            (59, "59s"),
            (60, "1min"),
            (7200, "2h"),
            (86_400 * 40, "1mo"),
            (-3600, "1h"),
            (2_591_999, "30d"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), text);
        }
        assert_eq!((count(1, "item"), count(0, "item")), ("1 item".into(), "0 items".into()));
    }
}
