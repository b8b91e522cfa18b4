//! Content of any kind for a terminal, as it streams by.

use std::io::{self, Write};

use rrm::text::{Charset, escaped_content};

/// Passes text on with everything escaped that a terminal would obey, but for line ends and tabs.
pub(crate) struct Escaped<W> {
    out: W,
    charset: Charset,
    /// The beginning of a character whose end has not come yet.
    begun: Vec<u8>,
}

impl<W: Write> Escaped<W> {
    pub(crate) fn new(out: W, charset: Charset) -> Self {
        Self { out, charset, begun: Vec::new() }
    }

    fn pass_on(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\t')) {
            let (text, end) = match piece.split_last() {
                Some((end @ (b'\n' | b'\t'), text)) => (text, std::slice::from_ref(end)),
                _ => (piece, &[][..]),
            };
            self.out.write_all(escaped_content(text, self.charset).as_bytes())?;
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
        let expected = "é\\x1b[2J\n\t日本\\xe2\\x80\\xae\\xff\\xc3x\\xe6\\x97";
        for length in 1..=content.len() {
            let mut escaped = Escaped::new(Vec::new(), Charset::Utf8);
            content.chunks(length).for_each(|piece| escaped.write_all(piece).expect("memory takes it"));
            escaped.flush().expect("memory takes it");
            assert_eq!(String::from_utf8(escaped.out).expect("text"), expected, "in pieces of {length}");
        }
    }
}
