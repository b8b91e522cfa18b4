//! Small texts: sizes, ages, counts.

use bytesize::ByteSize;
use chrono::TimeDelta;
use rrm::text::Charset;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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

/// A span of time in its largest unit, rounded: `3d`, `5h`, `12min`. What is kept for 30 days or an hour is gone in `30d` or
/// `1h` a moment later, too.
pub(crate) fn span(delta: TimeDelta) -> String {
    const UNITS: [(&str, u64); 6] =
        [("y", 31_557_600), ("mo", 2_629_800), ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
    let seconds = delta.num_seconds().unsigned_abs();
    let rounded = |length: u64| (seconds + length / 2) / length;
    // So many of the next smaller unit as make one of this are one of this.
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
