//! The head of a text, and what counts as one.

use super::Extent;

/// The beginning of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The bytes as they are: control characters, escapes for terminals and invalid UTF-8 included.
    pub bytes: Vec<u8>,
    /// Whether that is all of the text.
    pub extent: Extent,
}

impl Head {
    /// At most so many lines of `bytes`, and no character cut in two.
    pub(super) fn new(mut bytes: Vec<u8>, extent: Extent, lines: usize) -> Self {
        let extent = match end_of_lines(&bytes, lines) {
            Some(end) if end < bytes.len() => {
                bytes.truncate(end);
                Extent::Cut
            }
            _ => extent,
        };
        if extent == Extent::Cut {
            bytes.truncate(bytes.len() - cut_character(&bytes));
        }
        Self { bytes, extent }
    }

    /// Its lines without their ends.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.split_inclusive(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\n").unwrap_or(line))
    }
}

/// Where the line with this number ends, counted from one.
fn end_of_lines(bytes: &[u8], lines: usize) -> Option<usize> {
    match lines.checked_sub(1) {
        None => Some(0),
        Some(last) => bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(last).map(|(at, _)| at + 1),
    }
}

/// How many bytes at the end are the beginning of a character in UTF-8.
fn cut_character(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.len() - error.valid_up_to(),
        // Where it is not UTF-8 anyway, no character can be cut.
        _ => 0,
    }
}

/// Whether the beginning of a file looks like text.
///
/// A NUL says no, as it does to grep and git. UTF-8 says yes, whatever control characters are among it. Text in the older
/// charsets has bytes that are not UTF-8 but none of the control characters that only data has (file(1) draws the same
/// line).
pub(super) fn is_text(start: &[u8], extent: Extent) -> bool {
    let whole = match extent {
        Extent::Whole => start,
        Extent::Cut => &start[..start.len() - cut_character(start)],
    };
    !whole.contains(&0) && (std::str::from_utf8(whole).is_ok() || !whole.iter().any(|byte| is_data(*byte)))
}

/// Control characters that no text has: all but the bell, the six that move the cursor, and escape.
fn is_data(byte: u8) -> bool {
    matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_tells_text_from_data() {
        for text in [&b""[..], b"a\n", b"\x1b[31mred\x01", "ünï".as_bytes(), b"caf\xe9 in Latin-1\r\n"] {
            assert!(is_text(text, Extent::Whole), "{text:?}");
        }
        for data in [&b"a\0b"[..], b"\xff\xd8\xff\xe0\x01", b"\x89PNG\r\n\x1a\n\xff"] {
            assert!(!is_text(data, Extent::Whole), "{data:?}");
        }
        assert!(is_text(b"\x01 \xc3", Extent::Cut), "a character that is only cut is UTF-8");
        assert!(!is_text(b"\x01 \xc3", Extent::Whole));
    }

    #[test]
    fn a_head_ends_with_a_line_or_a_character() {
        let head = |text: &str, lines| Head::new(text.as_bytes().to_vec(), Extent::Whole, lines);
        assert_eq!(head("a\nb\nc", 2), Head { bytes: b"a\nb\n".to_vec(), extent: Extent::Cut });
        assert_eq!(head("a\nb\n", 2), Head { bytes: b"a\nb\n".to_vec(), extent: Extent::Whole });
        assert_eq!(head("a", 0), Head { bytes: b"".to_vec(), extent: Extent::Cut });
        assert_eq!(Head::new(b"a\xc3".to_vec(), Extent::Cut, 9).bytes, b"a");
        assert_eq!(Head::new(b"a\xff\xc3".to_vec(), Extent::Cut, 9).bytes, b"a\xff\xc3");
        assert_eq!(head("a\n\nb", 9).lines().collect::<Vec<_>>(), [&b"a"[..], b"", b"b"]);
        assert_eq!(head("", 9).lines().count(), 0);
    }
}
