//! Sizes, spans, counts, and texts cut to a width.

use bytesize::ByteSize;
use chrono::TimeDelta;
use rrm::text::Charset;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A number of bytes, in units of 1024.
pub(crate) fn size(bytes: u64) -> String {
    ByteSize::b(bytes).display().iec().to_string()
}

/// A number of bytes as in `ls -h`, in at most five columns.
pub(crate) fn short_size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["K", "M", "G", "T", "P", "E"];
    if bytes < 1024 {
        return bytes.to_string();
    }
    // In tenths, rounded up as ls does; a full next unit is printed in that unit.
    let mut tenths = u128::from(bytes) * 10;
    let mut unit = 0;
    tenths = tenths.div_ceil(1024);
    while tenths.div_ceil(10) >= 1024 && unit + 1 < UNITS.len() {
        tenths = tenths.div_ceil(1024);
        unit += 1;
    }
    match tenths {
        0..100 => format!("{}.{}{}", tenths / 10, tenths % 10, UNITS[unit]),
        _ => format!("{}{}", tenths.div_ceil(10), UNITS[unit]),
    }
}

/// Cuts the middle of `text` to fit. The end says most, so the last name of a path stays whole if possible.
pub(crate) fn middle_of(text: &str, room: usize, charset: Charset) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mark = mark(charset);
    let spare = room.saturating_sub(mark.width());
    let name = text.rsplit_once('/').map_or(text, |(before, _)| &text[before.len()..]);
    let end = match name.width() {
        name if name <= spare => name.max(spare - spare / 3),
        _ => spare - spare / 3,
    };
    let last: Vec<char> = fitting(text.chars().rev(), end).collect();
    let last: String = last.into_iter().rev().collect();
    let first: String = fitting(text.chars(), spare - last.width()).collect();
    first + mark + &last
}

/// The first characters that fit.
fn fitting(characters: impl Iterator<Item = char>, room: usize) -> impl Iterator<Item = char> {
    let mut used = 0;
    characters.take_while(move |c| {
        used += c.width().unwrap_or(0);
        used <= room
    })
}

/// The mark of omitted text.
pub(crate) fn mark(charset: Charset) -> &'static str {
    match charset {
        Charset::Utf8 => "…",
        Charset::Ascii => "...",
    }
}

/// Cuts the end of `text` to fit.
pub(crate) fn start_of(text: &str, room: usize, charset: Charset) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mark = mark(charset);
    fitting(text.chars(), room.saturating_sub(mark.width())).collect::<String>() + mark
}

/// `1 item`, `2 items`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// A time span in its largest unit, rounded: `3d`, `5h`, `12min`. Rounding keeps `30d` and `1h` a moment after they
/// were set.
pub(crate) fn span(delta: TimeDelta) -> String {
    const UNITS: [(&str, u64); 6] =
        [("y", 31_557_600), ("mo", 2_629_800), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
    let seconds = delta.num_seconds().unsigned_abs();
    let rounded = |length: u64| (seconds + length / 2) / length;
    // Number of the next smaller unit in one of this.
    let is_reached = |at: usize| {
        let smaller = UNITS.get(at + 1).map_or(1, |(_, length)| *length);
        seconds >= UNITS[at].1 || rounded(smaller).saturating_mul(smaller) >= UNITS[at].1
    };
    let at = (0..UNITS.len()).find(|at| is_reached(*at)).unwrap_or(UNITS.len() - 1);
    let (unit, length) = UNITS[at];
    format!("{}{unit}", if seconds == 0 { 0 } else { rounded(length).max(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_line_is_kept() {
        assert_eq!(start_of("abcdef", 6, Charset::Ascii), "abcdef");
        assert_eq!(start_of("abcdefg", 6, Charset::Ascii), "abc...");
        assert_eq!(start_of("日本語", 5, Charset::Utf8), "日本…");
    }

    #[test]
    fn a_path_loses_its_middle_and_never_its_end() {
        for (text, room, shown) in [
            ("~/a/b", 10, "~/a/b"),
            ("~/project/src/main.rs", 20, "~/proj…t/src/main.rs"),
            ("~/project/src/main.rs", 12, "~/p…/main.rs"),
            ("~/project/src/main.rs", 9, "…/main.rs"),
            ("~/project/src/main.rs", 6, "~…n.rs"),
            ("/a/日本語のファイル", 9, "/a…ァイル"),
            ("~/x", 1, "…"),
            ("~/x", 0, "…"),
        ] {
            let cut = middle_of(text, room, Charset::Utf8);
            assert!(cut.width() <= room.max(1), "{cut}");
            assert_eq!(cut.replace('…', "."), shown.replace('…', "."), "{text} {room}");
        }
        assert_eq!(middle_of("~/project/src/main.rs", 12, Charset::Ascii), "~.../main.rs");
    }

    #[test]
    fn sizes_take_five_columns_at_most() {
        for (bytes, shown) in [
            (0, "0"),
            (1023, "1023"),
            (1024, "1.0K"),
            (1025, "1.1K"),
            (10_000, "9.8K"),
            (10 << 10, "10K"),
            ((10 << 10) + 1, "11K"),
            (1_048_575, "1.0M"),
            (1 << 30, "1.0G"),
            (u64::MAX, "16E"),
        ] {
            assert_eq!(short_size(bytes), shown, "{bytes}");
        }
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
            (3599, "1h"),
            (3569, "59min"),
            (86_399, "1d"),
            (90 * 60, "2h"),
            (31_557_599, "1y"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), text);
        }
        assert_eq!((count(1, "item"), count(0, "item")), ("1 item".into(), "0 items".into()));
    }
}
