//! Quotes names as GNU does, so that they can be pasted into a shell.
//!
//! [`pieces`] decides what is escaped. Unlike GNU, characters that change the direction of writing or are invisible are
//! escaped too.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;

use rrm::text::{Charset, Piece, pieces};

/// Quotes a name for the shell in any case: `'x'`, `"it's"`, `'a'$'\n''b'`.
///
/// The result is printable in `charset`.
pub(crate) fn quote(name: &OsStr, charset: Charset) -> String {
    let pieces = pieces(name.as_bytes(), charset);
    if pieces.contains(&Piece::Shown('\'')) && same_in_double_quotes(&pieces) {
        return format!("\"{}\"", shown(&pieces));
    }
    single_quoted(&pieces)
}

/// Quotes a name for the shell if needed.
pub(crate) fn quote_where_needed(name: &OsStr, charset: Charset) -> String {
    let pieces = pieces(name.as_bytes(), charset);
    if pieces.is_empty() || needs_quotes(&pieces) { quote(name, charset) } else { shown(&pieces) }
}

/// Quotes a word that is not a name, as in messages about option arguments: `‘x’`, or `'x'` in the C locale.
pub(crate) fn quote_word(word: &OsStr, charset: Charset) -> String {
    let (open, close) = match charset {
        Charset::Ascii => ('\'', '\''),
        Charset::Utf8 => ('‘', '’'),
    };
    let mut text = String::from(open);
    for piece in pieces(word.as_bytes(), charset) {
        match piece {
            Piece::Shown(c) => {
                if c == close || c == '\\' {
                    text.push('\\');
                }
                text.push(c);
            }
            Piece::Escaped(byte) => push_escape(&mut text, byte),
        }
    }
    text.push(close);
    text
}

/// Escapes form a `$'...'` between quoted parts; an apostrophe is escaped outside of both.
fn single_quoted(pieces: &[Piece]) -> String {
    let mut text = String::from("'");
    let mut in_escapes = starts_as_if_in_escapes(pieces);
    for &piece in pieces {
        match piece {
            Piece::Escaped(byte) => {
                if !in_escapes {
                    text.push_str("'$'");
                }
                push_escape(&mut text, byte);
                in_escapes = true;
            }
            Piece::Shown('\'') => {
                text.push_str("'\\''");
                in_escapes = false;
            }
            Piece::Shown(c) => {
                if in_escapes {
                    text.push_str("''");
                }
                text.push(c);
                in_escapes = false;
            }
        }
    }
    text.push('\'');
    text
}

/// A quirk of GNU: after an apostrophe it reads the name again, in the state in which it ended.
fn starts_as_if_in_escapes(pieces: &[Piece]) -> bool {
    pieces.contains(&Piece::Shown('\'')) && matches!(pieces.last(), Some(Piece::Escaped(_)))
}

fn push_escape(text: &mut String, byte: u8) {
    let letter = match byte {
        0x07 => 'a',
        0x08 => 'b',
        b'\t' => 't',
        b'\n' => 'n',
        0x0b => 'v',
        0x0c => 'f',
        b'\r' => 'r',
        _ => {
            // Writing to a String cannot fail.
            let _ = write!(text, "\\{byte:03o}");
            return;
        }
    };
    text.extend(['\\', letter]);
}

fn shown(pieces: &[Piece]) -> String {
    let character = |piece: &Piece| match piece {
        Piece::Shown(c) => Some(*c),
        Piece::Escaped(_) => None,
    };
    pieces.iter().filter_map(character).collect()
}

/// Whether the pieces mean the same in double quotes, in every shell and in C.
fn same_in_double_quotes(pieces: &[Piece]) -> bool {
    pieces.iter().enumerate().all(|(at, piece)| match piece {
        Piece::Shown('#' | '~') => at == 0,
        Piece::Shown(c) => !"!\"$&()*;<=>?[\\^`{|}".contains(*c),
        Piece::Escaped(_) => false,
    })
}

fn needs_quotes(pieces: &[Piece]) -> bool {
    pieces.iter().enumerate().any(|(at, piece)| match piece {
        Piece::Shown('#' | '~') => at == 0,
        Piece::Shown('{' | '}') => pieces.len() == 1,
        Piece::Shown(c) => " !\"$&'()*;<=>?[\\^`|".contains(*c),
        Piece::Escaped(_) => true,
    })
}

#[cfg(test)]
#[path = "quote_tests.rs"]
mod tests;
