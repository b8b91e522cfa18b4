//! Any bytes as text and back, without loss.

mod printable;
mod shown;

use std::fmt::Write;

pub use printable::is_printable;
pub use shown::{Charset, Piece, characters, escaped, escaped_content, is_plain, pieces, quoted};

/// Printable ASCII as it is, every other byte and `%` itself as `%XX`.
#[must_use]
pub fn percent_encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        if (0x20..0x7f).contains(byte) && *byte != b'%' {
            text.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Undoes [`percent_encoded`]; `None` where a `%` is not followed by two hexadecimal digits.
#[must_use]
pub fn percent_decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_comes_back() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(percent_decoded(percent_encoded(&all).as_bytes()), Some(all));
        assert_eq!(percent_encoded("/a b%\n".as_bytes()), "/a b%25%0A");
        assert_eq!(percent_decoded(b"%4"), None);
        assert_eq!(percent_decoded(b"%zz"), None);
    }
}
