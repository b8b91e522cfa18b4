//! Content of any kind for a terminal, as it streams by.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;

use super::text::visible;

/// Passes text on with everything escaped that a terminal would obey, but for line ends and tabs.
pub(crate) struct Escaped<W> {
    out: W,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl<W: Write> Escaped<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, begun: Vec::new() }
    }

    fn pass_on(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\t')) {
            let (text, end) = match piece.split_last() {
                Some((end @ (b'\n' | b'\t'), text)) => (text, std::slice::from_ref(end)),
                _ => (piece, &[][..]),
            };
            self.out.write_all(visible(OsStr::from_bytes(text)).as_bytes())?;
            self.out.write_all(end)?;
        }
        Ok(())
    }
}

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut whole = std::mem::take(&mut self.begun);
        whole.extend(bytes);
        // Cut where the last character begins, if its end is yet to come; whatever else is no UTF-8 is escaped.
        let invalid = whole.utf8_chunks().last().map_or(&[][..], |last| last.invalid());
        let is_begun = std::str::from_utf8(invalid).is_err_and(|error| error.error_len().is_none());
        self.begun = if is_begun { whole.split_off(whole.len() - invalid.len()) } else { Vec::new() };
        self.pass_on(&whole)?;
        Ok(bytes.len())
    }

    /// Tells also the character that was never finished.
    fn flush(&mut self) -> io::Result<()> {
        let begun = std::mem::take(&mut self.begun);
        self.pass_on(&begun)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_whole_wherever_the_pieces_end() {
        let content = "é\u{1b}[2J\n\t日本\u{202e}".as_bytes();
        let content = [content, b"\xff\xc3x\xe6\x97"].concat();
        let expected = "é\\u{1b}[2J\n\t日本\\u{202e}\\xff\\xc3x\\xe6\\x97";
        for length in 1..=content.len() {
            let mut escaped = Escaped::new(Vec::new());
            content.chunks(length).for_each(|piece| escaped.write_all(piece).expect("memory takes it"));
            escaped.flush().expect("memory takes it");
            assert_eq!(String::from_utf8(escaped.out).expect("text"), expected, "in pieces of {length}");
        }
    }
}
