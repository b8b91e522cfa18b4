//! Texts made to fit.

use rrm::text::{Charset, escaped_content};
use tui_input::Input;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What a person has typed, or pasted, as it may be shown.
pub(super) fn visible(text: &str) -> String {
    escaped_content(text.as_bytes(), Charset::Utf8)
}

/// The text before the caret of a line that is being typed.
pub(super) fn before_caret(line: &Input) -> String {
    line.value().chars().take(line.cursor()).collect()
}

/// Words on one line, whatever they quote.
pub(super) fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).collect::<Vec<_>>().join("; ")
}

/// A text in lines that fit, broken at blanks where there are some.
pub(super) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while rest.width() > room {
        let fitting = fitting(rest, room);
        let end = rest[..fitting].rfind(' ').filter(|blank| !rest[..*blank].trim().is_empty()).unwrap_or(fitting);
        lines.push(rest[..end].to_owned());
        rest = rest[end..].strip_prefix(' ').unwrap_or(&rest[end..]);
    }
    lines.push(rest.to_owned());
    lines
}

/// How many bytes of a text fit: those of one character at least.
fn fitting(text: &str, room: usize) -> usize {
    let mut used = 0;
    let first = text.chars().next().map_or(0, char::len_utf8);
    let over = text.char_indices().find(|(_, c)| {
        used += c.width().unwrap_or(0);
        used > room
    });
    over.map_or(text.len(), |(at, _)| at.max(first))
}

/// How many characters at the front have to make way for a mark so wide, so that the end of a text fits: none, if all of
/// it does.
pub(super) fn cut_of(text: &str, room: usize, mark: usize) -> usize {
    if text.width() <= room {
        return 0;
    }
    let mut used = mark;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= room
    };
    let all = text.chars().count();
    let kept: Vec<char> = text.chars().rev().take_while(fits).collect();
    // A mark that belongs to a character before it goes with that one.
    let marks = kept.iter().rev().take_while(|c| c.width() == Some(0)).count();
    all - kept.len() + marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(wrapped("日本語x", 3), ["日", "本", "語x"]);
        assert_eq!(wrapped("", 3), [""]);
        assert_eq!(wrapped("  ab cd ef", 5), ["  ab", "cd ef"]);
        assert_eq!(cut_of("~/a/b", 5, 1), 0);
        assert_eq!(cut_of("日本語のファイル", 7, 1), 5);
        assert_eq!(cut_of("aae\u{301}x", 2, 1), 4, "the accent does not stay without its letter");
    }
}
