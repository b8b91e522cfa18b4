//! Names and other bytes as a person is shown them.
//!
//! [`pieces`] alone decides what is shown as it is. What a terminal would obey, what turns the direction of writing, what
//! cannot be seen and what is no text is escaped, so that a name looks like no other and does nothing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use unicode_width::UnicodeWidthChar;

use super::printable::{is_hidden, is_printable};

/// What the locale lets a message show as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    /// The C locale: every other byte is escaped.
    Ascii,
    /// A locale with UTF-8: whatever is printable is shown.
    Utf8,
}

impl Charset {
    /// The charset that the values of `LC_ALL`, `LC_CTYPE` and `LANG` ask for; the first that is not empty counts
    /// (locale(7)).
    ///
    /// A locale that is not installed leaves the C library in the C locale, where ours takes it at its word; a name in
    /// another charset than these two is treated as C.
    #[must_use]
    pub fn of_locale(lc_all: Option<&OsStr>, lc_ctype: Option<&OsStr>, lang: Option<&OsStr>) -> Self {
        let locale = [lc_all, lc_ctype, lang].into_iter().flatten().find(|value| !value.is_empty());
        let name = locale.map(|value| value.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let codeset = name.split_once('.').map_or("", |(_, rest)| rest.split('@').next().unwrap_or(rest));
        if matches!(codeset, "utf-8" | "utf8") { Self::Utf8 } else { Self::Ascii }
    }
}

/// A part of a name as it is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A character that shows as itself.
    Shown(char),
    /// A byte that only an escape can show.
    Escaped(u8),
}

/// The parts of a name.
pub fn pieces(name: &[u8], charset: Charset) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        for (c, is_shown) in characters(chunk.valid(), charset) {
            if is_shown {
                pieces.push(Piece::Shown(c));
            } else {
                pieces.extend(c.encode_utf8(&mut [0; 4]).bytes().map(Piece::Escaped));
            }
        }
        pieces.extend(chunk.invalid().iter().copied().map(Piece::Escaped));
    }
    pieces
}

/// Each character of a text, and whether it shows as itself.
pub fn characters(text: &str, charset: Charset) -> impl Iterator<Item = (char, bool)> {
    text.chars().scan(None, move |letter, c| {
        let is_shown = is_shown(c, *letter, charset);
        *letter = Some(c).filter(|c| is_shown && *c != '/' && !c.is_whitespace());
        Some((c, is_shown))
    })
}

/// Whether a character shows as itself behind this letter. A mark that combines needs one: without it, it would change
/// what is around the name.
fn is_shown(c: char, letter: Option<char>, charset: Charset) -> bool {
    if c.is_ascii() {
        return is_plain_ascii(c);
    }
    charset == Charset::Utf8 && is_printable(c) && !is_hidden(c) && (letter.is_some() || c.width() != Some(0))
}

fn is_plain_ascii(c: char) -> bool {
    (' '..='~').contains(&c)
}

/// A name on one line, without loss: `\\`, `\n`, `\t`, and `\xNN` for every other byte that is not shown. What
/// `printf %b` and `$'...'` of a shell make of it is the name.
#[must_use]
pub fn escaped(name: impl AsRef<OsStr>, charset: Charset) -> String {
    written(name.as_ref().as_bytes(), charset, |c| if c == '\\' { "\\\\" } else { "" })
}

/// The same in quotes, for the middle of a sentence: single ones if nothing in it needs an escape, otherwise double ones.
#[must_use]
pub fn quoted(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    let plain = escaped(path, Charset::Utf8);
    if path.to_str() == Some(&plain) && !plain.contains('\'') {
        return format!("'{plain}'");
    }
    let name = path.as_os_str().as_bytes();
    let text = written(name, Charset::Utf8, |c| match c {
        '\\' => "\\\\",
        '"' => "\\\"",
        _ => "",
    });
    format!("\"{text}\"")
}

/// A piece of the content of a file, which is to be read and not to be told from another: a backslash stays as it is.
#[must_use]
pub fn escaped_content(content: &[u8], charset: Charset) -> String {
    written(content, charset, |_| "")
}

/// Whether a name is shown just as it is.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    characters(name, Charset::Utf8).all(|(_, is_shown)| is_shown)
}

/// The pieces as text. `instead` tells what stands for a character that is shown; nothing if it stands for itself.
fn written(name: &[u8], charset: Charset, instead: impl Fn(char) -> &'static str) -> String {
    let is_itself = |byte: &u8| is_plain_ascii(char::from(*byte)) && instead(char::from(*byte)).is_empty();
    if let Some(plain) = std::str::from_utf8(name).ok().filter(|name| name.as_bytes().iter().all(is_itself)) {
        return plain.to_owned();
    }
    let mut text = String::with_capacity(name.len() + 16);
    for piece in pieces(name, charset) {
        match piece {
            Piece::Shown(c) if instead(c).is_empty() => text.push(c),
            Piece::Shown(c) => text.push_str(instead(c)),
            Piece::Escaped(b'\n') => text.push_str("\\n"),
            Piece::Escaped(b'\t') => text.push_str("\\t"),
            Piece::Escaped(byte) => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    fn utf8(name: &[u8]) -> String {
        escaped(OsStr::from_bytes(name), Charset::Utf8)
    }

    #[test]
    fn a_terminal_is_never_given_an_order_by_a_name() {
        assert_eq!(utf8(b"a\x1b[2J\n\xff\xc3\xa9"), "a\\x1b[2J\\n\\xff\u{e9}");
        assert_eq!(utf8("\u{9b}2J".as_bytes()), "\\xc2\\x9b2J");
        assert_eq!(escaped("\u{e9}", Charset::Ascii), "\\xc3\\xa9");
    }

    #[test]
    fn what_turns_hides_or_has_no_width_is_escaped() {
        let turning = ['\u{61c}', '\u{200e}', '\u{200f}'].into_iter().chain('\u{202a}'..='\u{202e}');
        let hidden = ['\u{ad}', '\u{180e}', '\u{2060}', '\u{feff}', '\u{3164}', '\u{fe0f}', '\u{2028}', '\u{fffb}'];
        let all = turning.chain('\u{2066}'..='\u{2069}').chain('\u{200b}'..='\u{200d}').chain(hidden);
        for c in all {
            let name = format!("a{c}b");
            assert!(!utf8(name.as_bytes()).contains(c) && !is_plain(&name), "U+{:04x} is shown", u32::from(c));
        }
    }

    #[test]
    fn a_mark_stays_with_its_letter_and_nowhere_else() {
        assert_eq!(utf8("e\u{301}".as_bytes()), "e\u{301}");
        for alone in ["\u{301}e", "a/\u{301}", "a \u{301}", "\u{7}\u{301}"] {
            assert!(!utf8(alone.as_bytes()).contains('\u{301}'), "{alone:?}");
        }
    }

    /// Whatever is of no width is escaped or stands on a letter: no two of them make a line shorter than it looks.
    #[test]
    fn nothing_that_is_shown_alone_is_without_width() {
        let shown = ('\0'..=char::MAX).filter(|c| is_shown(*c, None, Charset::Utf8));
        let without: Vec<char> = shown.filter(|c| c.width().unwrap_or(0) == 0).collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn a_backslash_and_a_newline_are_told_apart() {
        assert_eq!(utf8(b"a\nb"), "a\\nb");
        assert_eq!(utf8(b"a\\nb"), "a\\\\nb");
        assert_eq!((quoted("a b"), quoted("it's")), ("'a b'".into(), "\"it's\"".into()));
        assert_eq!(quoted("a\"\\\n"), "\"a\\\"\\\\\\n\"");
        assert_eq!(escaped_content(b"a\\n\x1b", Charset::Utf8), "a\\n\\x1b");
    }

    #[test]
    fn the_locale_is_the_first_variable_with_a_value() {
        let charset = |all: &str, ctype: &str, lang: &str| {
            Charset::of_locale(Some(OsStr::new(all)), Some(OsStr::new(ctype)), Some(OsStr::new(lang)))
        };
        assert_eq!(charset("", "", "en_US.UTF-8"), Charset::Utf8);
        assert_eq!(charset("C", "", "en_US.UTF-8"), Charset::Ascii);
        assert_eq!(charset("", "de_DE.utf8@euro", "C"), Charset::Utf8);
        assert_eq!(charset("C.UTF-8", "C", "C"), Charset::Utf8);
        assert_eq!(charset("", "", "de_DE.ISO-8859-1"), Charset::Ascii);
        assert_eq!(Charset::of_locale(None, None, None), Charset::Ascii);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

        /// A shell undoes it, in each charset.
        #[test]
        fn every_name_comes_back(names in proptest::collection::vec(proptest::collection::vec(1_u8.., 1..20), 20)) {
            for charset in [Charset::Ascii, Charset::Utf8] {
                let texts = names.iter().map(|name| escaped(OsStr::from_bytes(name), charset));
                let bash = Command::new("bash").args(["-c", "printf '%b\\0' \"$@\"", "bash"]).args(texts).output();
                let expected: Vec<u8> = names.iter().flat_map(|name| [name, &b"\0"[..]].concat()).collect();
                let expected = std::ffi::OsString::from_vec(expected);
                prop_assert_eq!(std::ffi::OsString::from_vec(bash.expect("bash runs").stdout), expected);
            }
        }
    }
}
