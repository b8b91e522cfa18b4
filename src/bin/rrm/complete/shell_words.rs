//! The words of a command line as bash gives it: with its quotes, and up to the cursor.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// The words of `line`, of which the last is the one to complete, and how many bytes at its beginning bash keeps: it
/// replaces only `replaced`, because to bash a word begins anew at a colon or an equals sign.
pub(super) fn of_bash(replaced: &OsStr, line: &OsStr) -> (Vec<OsString>, usize) {
    let words = split(line.as_bytes());
    let replaced = split(replaced.as_bytes()).pop().unwrap_or_default();
    let last = words.last().map_or(&[][..], |word| word.as_bytes());
    let kept = if last.ends_with(replaced.as_bytes()) { last.len() - replaced.len() } else { 0 };
    (words, kept)
}

/// Which quotes the next byte is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
}

/// Splits at blanks, and takes quotes and backslashes away as a shell does. A last word that is not begun is empty, and a
/// quote may be open.
fn split(line: &[u8]) -> Vec<OsString> {
    let (mut words, mut word, mut quotes) = (Vec::new(), Vec::new(), Quotes::None);
    let mut is_word = false;
    let mut bytes = line.iter().copied();
    while let Some(byte) = bytes.next() {
        let was_word = std::mem::replace(&mut is_word, true);
        match (byte, quotes) {
            (b' ' | b'\t' | b'\n', Quotes::None) => {
                if was_word {
                    words.push(OsString::from_vec(std::mem::take(&mut word)));
                }
                is_word = false;
            }
            (b'\\', Quotes::None | Quotes::Double) => word.extend(bytes.next()),
            (b'\'', Quotes::None) => quotes = Quotes::Single,
            (b'"', Quotes::None) => quotes = Quotes::Double,
            (b'\'', Quotes::Single) | (b'"', Quotes::Double) => quotes = Quotes::None,
            (byte, _) => word.push(byte),
        }
    }
    words.push(OsString::from_vec(word));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bash(replaced: &str, line: &str) -> (Vec<String>, usize) {
        let (words, kept) = of_bash(OsStr::new(replaced), OsStr::new(line));
        (words.into_iter().map(|word| word.into_string().expect("text")).collect(), kept)
    }

    #[test]
    fn words_are_split_as_bash_does_it() {
        let words = |line| bash("", line).0;
        assert_eq!(words("rrm restore "), ["rrm", "restore", ""]);
        assert_eq!(words("rrm  restore a\\ b 'c d' \"e\\\"f\" 'g h"), ["rrm", "restore", "a b", "c d", "e\"f", "g h"]);
        assert_eq!(words("rrm ''"), ["rrm", ""]);
        assert_eq!(words(""), [""]);
    }

    #[test]
    fn what_is_before_a_colon_or_an_equals_sign_stays() {
        assert_eq!(bash("3f", "rrm restore id:3f"), (vec!["rrm".into(), "restore".into(), "id:3f".into()], 3));
        assert_eq!(bash("", "rrm list --sort=").1, 7);
        assert_eq!(bash("a\\ b", "rrm list a\\ b").1, 0);
    }
}
