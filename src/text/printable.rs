//! Which characters are shown as they are.

/// Whether the C library's `iswprint` says yes in a UTF-8 locale: what GNU's programs show as it is.
///
/// The standard library keeps a table of what is safe to show, for its own debug output; it differs from the C library's
/// in three small groups, which the C library does show: blanks wider than a space, invisible format characters, and
/// the areas for private use.
#[must_use]
pub fn is_printable(c: char) -> bool {
    // Most names are of these alone.
    (' '..='~').contains(&c) || is_shown_by_debug(c) || is_blank(c) || is_format(c) || is_private(c)
}

/// What `escape_debug` leaves alone. It also escapes a combining mark at the start of a text, hence the letter before.
fn is_shown_by_debug(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || {
        let mut text = [0; 5];
        text[0] = b'a';
        let length = 1 + c.encode_utf8(&mut text[1..]).len();
        std::str::from_utf8(&text[..length]).is_ok_and(|text| text.escape_debug().nth(1) == Some(c))
    }
}

/// Space separators (Zs), all but the line and paragraph separators.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// Format characters (Cf).
fn is_format(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0001}'
        | '\u{e0020}'..='\u{e007f}')
}

/// Private use (Co).
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}')
}

/// Whether a printable character is none to be seen: it turns the direction of writing, or it has no shape and no width
/// of its own (`Default_Ignorable_Code_Point`, and the marks of an interlinear annotation). Two names that differ in
/// nothing else look alike, or one looks like something that it is not.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
