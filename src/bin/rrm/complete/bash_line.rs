//! A command line as bash passes it, with quotes, up to the cursor.
//!
//! Typed text stays as it is. What is added is quoted for its place, so that bash reads it as text. If the meaning of a
//! word is unclear, nothing is added.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// The quotes around a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quotes {
    None,
    Single,
    Double,
    /// `$'...'`, with backslash escapes.
    Dollar,
}

/// Whether the meaning of a word is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Itself,
    /// The shell expands it, or it is not a word.
    Unknown,
}

/// A line up to the cursor.
#[derive(Debug)]
pub(super) struct BashLine<'a> {
    /// The words without quotes. The last one is completed, and may be empty.
    pub(super) words: Vec<OsString>,
    pub(super) meaning: Meaning,
    /// The text that bash replaces: a part of the last word if that contains a colon or an equals sign.
    replaced: &'a str,
    /// The quotes at its start and at its end.
    begins_in: Quotes,
    ends_in: Quotes,
}

impl<'a> BashLine<'a> {
    /// `None` if only a shell can parse the line.
    pub(super) fn read(replaced: &'a OsStr, line: &'a OsStr, home: Option<&'a Path>) -> Option<Self> {
        let line = line.as_bytes();
        let begin = line.strip_suffix(replaced.as_bytes())?.len();
        let mut reader = Reader { rest: line, home, words: Vec::new(), word: Word::default(), quotes: Quotes::None };
        let mut begins_in = None;
        while !reader.rest.is_empty() {
            let at = line.len() - reader.rest.len();
            if at >= begin {
                begins_in = begins_in.or((at == begin).then_some(reader.quotes));
            }
            reader.step()?;
        }
        let Reader { mut words, word, quotes, .. } = reader;
        words.push(OsString::from_vec(word.value));
        let replaced = replaced.to_str().filter(|text| !text.contains(['\n', '\t']))?;
        let begins_in = if replaced.is_empty() { quotes } else { begins_in? };
        Some(Self { words, meaning: word.meaning, replaced, begins_in, ends_in: quotes })
    }

    /// The insertions for these values of the last word.
    pub(super) fn insertions(&self, values: &[&str]) -> Vec<String> {
        let typed = self.words.last().map_or(0, |word| word.len());
        let rests: Vec<Vec<char>> = values.iter().map(|value| value[typed..].chars().collect()).collect();
        let units = |rest: &[char]| rest.iter().map(|c| self.ends_in.unit(*c)).collect::<Vec<_>>();
        let mut units: Vec<Vec<String>> = rests.iter().map(|rest| units(rest)).collect();
        // Bash inserts the common prefix, which must not end inside an escape.
        let common = common(&rests);
        let next: Vec<u8> = units.iter().map(|units| units.get(common).map_or(0, |unit| unit.as_bytes()[0])).collect();
        if next.len() > 1 && next.iter().all(|byte| *byte == b'\\') {
            units[0][common] = self.ends_in.other_unit(rests[0][common]);
        }
        let mut insertions: Vec<String> =
            units.iter().map(|units| format!("{}{}", self.replaced, units.concat())).collect();
        if let [only] = insertions.as_mut_slice() {
            self.close(only);
        }
        insertions
    }

    /// Bash closes quotes after a single insertion, unless they began in the replaced text or a quote is the last
    /// character.
    fn close(&self, insertion: &mut String) {
        let closing = self.ends_in.closing();
        if self.begins_in == Quotes::None || insertion.ends_with(closing) {
            insertion.push_str(closing);
        }
    }
}

/// The length of the common prefix, ignoring case.
fn common(texts: &[Vec<char>]) -> usize {
    let Some((first, others)) = texts.split_first() else { return 0 };
    let is_common = |at: usize, c: char| {
        others.iter().all(|other| other.get(at).is_some_and(|other| other.eq_ignore_ascii_case(&c)))
    };
    first.iter().enumerate().take_while(|(at, c)| is_common(*at, **c)).count()
}

impl Quotes {
    fn closing(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Double => "\"",
            Self::Single | Self::Dollar => "'",
        }
    }

    /// A character quoted for these quotes. `!` expands history, in double quotes too.
    fn unit(self, c: char) -> String {
        match (self, c) {
            (Self::None, c) if !c.is_ascii() || c.is_ascii_alphanumeric() || "/._-+,%@:=".contains(c) => c.to_string(),
            (Self::Double, '!') => "\"\\!\"".to_owned(),
            (Self::Single, '\'') => "'\\''".to_owned(),
            (Self::Dollar, '!') => "'\\!$'".to_owned(),
            (Self::None, _) | (Self::Double, '"' | '\\' | '$' | '`') | (Self::Dollar, '\'' | '\\') => format!("\\{c}"),
            _ => c.to_string(),
        }
    }

    /// Without a backslash at the start.
    fn other_unit(self, c: char) -> String {
        match (self, c) {
            (Self::None, '\'') => "\"'\"".to_owned(),
            (Self::None, _) => format!("'{c}'"),
            (Self::Double, _) => format!("\"'{c}'\""),
            (Self::Single, _) => self.unit(c),
            (Self::Dollar, _) => format!("'\\{c}$'"),
        }
    }
}

#[derive(Debug)]
struct Word {
    value: Vec<u8>,
    meaning: Meaning,
    /// Whether a word has begun, even an empty one.
    is_begun: bool,
}

impl Default for Word {
    fn default() -> Self {
        Self { value: Vec::new(), meaning: Meaning::Itself, is_begun: false }
    }
}

/// Removes quotes as bash does.
struct Reader<'a> {
    rest: &'a [u8],
    home: Option<&'a Path>,
    words: Vec<OsString>,
    word: Word,
    quotes: Quotes,
}

impl Reader<'_> {
    /// Reads a character, an escape, a variable or a quote. `None` if a backslash is last, or a command substitution
    /// begins.
    fn step(&mut self) -> Option<()> {
        let (&byte, rest) = self.rest.split_first()?;
        if self.quotes == Quotes::None && matches!(byte, b' ' | b'\t' | b'\n') {
            self.rest = rest;
            if self.word.is_begun {
                let word = std::mem::take(&mut self.word);
                self.words.push(OsString::from_vec(word.value));
            }
            return Some(());
        }
        let is_first = !std::mem::replace(&mut self.word.is_begun, true);
        match (self.quotes, byte) {
            (Quotes::None, b'$') if rest.first() == Some(&b'\'') => self.turn(Quotes::Dollar, 2),
            (Quotes::None, b'$') if rest.first() == Some(&b'"') => self.turn(Quotes::Double, 2),
            (Quotes::None | Quotes::Double, b'$') => self.variable()?,
            (Quotes::None | Quotes::Double, b'`') => return None,
            (Quotes::None, b'\'') => self.turn(Quotes::Single, 1),
            (Quotes::None, b'"') => self.turn(Quotes::Double, 1),
            (Quotes::Single | Quotes::Dollar, b'\'') | (Quotes::Double, b'"') => self.turn(Quotes::None, 1),
            (Quotes::None | Quotes::Double | Quotes::Dollar, b'\\') => self.escape()?,
            (Quotes::None, b'~') if is_first && rest.starts_with(b"/") => self.home(1),
            (Quotes::None, b'~') if is_first || self.word.value.ends_with(b"=") || self.word.value.ends_with(b":") => {
                self.take_unknown();
            }
            (Quotes::None, b'#') if is_first => self.take_unknown(),
            (Quotes::None, byte) if b"*?[]{}()<>|&;!".contains(&byte) => self.take_unknown(),
            (Quotes::Double, b'!') => self.take_unknown(),
            _ => self.take(1),
        }
        Some(())
    }

    fn turn(&mut self, quotes: Quotes, length: usize) {
        self.quotes = quotes;
        self.rest = &self.rest[length..];
    }

    fn take(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.word.value.extend(taken);
        self.rest = rest;
    }

    fn take_unknown(&mut self) {
        self.word.meaning = Meaning::Unknown;
        self.take(1);
    }

    /// Reads `~`.
    fn home(&mut self, length: usize) {
        match self.home {
            Some(home) => self.word.value.extend(home.as_os_str().as_bytes()),
            None => self.word.meaning = Meaning::Unknown,
        }
        self.rest = &self.rest[length..];
    }

    /// Reads `$HOME`. Unquoted, bash splits its value and expands patterns in it.
    fn home_variable(&mut self, length: usize) {
        let is_split = |byte: &u8| byte.is_ascii_whitespace() || b"*?[\\".contains(byte);
        if self.quotes == Quotes::None && self.home.is_some_and(|home| home.as_os_str().as_bytes().iter().any(is_split))
        {
            self.word.meaning = Meaning::Unknown;
        }
        self.home(length);
    }

    fn variable(&mut self) -> Option<()> {
        let after = &self.rest[1..];
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let length = |text: &[u8]| text.iter().take_while(|byte| is_name(byte)).count();
        match after.first() {
            Some(b'(' | b'[') => return None,
            Some(b'{') => {
                let name = length(&after[1..]);
                if after.get(name + 1) != Some(&b'}') {
                    return None;
                }
                match &after[1..=name] {
                    b"HOME" => self.home_variable(name + 3),
                    _ => self.take_unknown(),
                }
            }
            Some(byte) if is_name(byte) => {
                let name = length(after);
                // A name at the cursor may continue.
                match &after[..name] {
                    b"HOME" if after.len() > name => self.home_variable(name + 1),
                    _ => self.take_unknown(),
                }
            }
            Some(b'?' | b'$' | b'!' | b'#' | b'@' | b'*' | b'-') | None => self.take_unknown(),
            Some(_) => self.take(1),
        }
        Some(())
    }

    fn escape(&mut self) -> Option<()> {
        let &escaped = self.rest.get(1)?;
        match (self.quotes, escaped) {
            (Quotes::None, _)
            | (Quotes::Double, b'"' | b'\\' | b'$' | b'`')
            | (Quotes::Dollar, b'\'' | b'"' | b'\\') => {
                self.word.value.push(escaped);
                self.rest = &self.rest[2..];
            }
            // The next character may belong to it.
            (Quotes::Dollar, _) => self.take_unknown(),
            _ => self.take(1),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const HOME: &str = "/home/me";

    fn read<'a>(replaced: &'a str, line: &'a str) -> Option<BashLine<'a>> {
        BashLine::read(OsStr::new(replaced), OsStr::new(line), Some(Path::new(HOME)))
    }

    fn words(line: &str) -> Vec<String> {
        let read = read("", line).expect("a line");
        read.words.into_iter().map(|word| word.into_string().expect("text")).collect()
    }

    #[test]
    fn words_are_split_as_bash_does_it() {
        assert_eq!(words("rrm restore "), ["rrm", "restore", ""]);
        assert_eq!(words("rrm  restore a\\ b 'c d' \"e\\\"f\" 'g h"), ["rrm", "restore", "a b", "c d", "e\"f", "g h"]);
        assert_eq!(words("rrm ''"), ["rrm", ""]);
        assert_eq!(words(""), [""]);
        assert_eq!(words("$'a\\'b' \"a\\b\" 'a'\\''b'"), ["a'b", "a\\b", "a'b"]);
        assert_eq!(words("~/a $HOME/a ${HOME}/a \"$HOME/a"), ["/home/me/a"; 4]);
        assert_eq!(words("'~/a' \"~/a\" '$HOME/a' a~ a$"), ["~/a", "~/a", "$HOME/a", "a~", "a$"]);
    }

    #[test]
    fn what_only_a_shell_knows_is_not_guessed() {
        for line in ["rrm list $(x", "rrm list `x", "rrm list \"`x", "rrm list ${x:-", "rrm list a\\", "rrm \"a\\"] {
            assert!(read("", line).is_none(), "{line}");
        }
        let unknown =
            ["$x/a", "${x}/a", "$HOME", "~you/", "~", "a*", "a!b", "\"a!b", "{a,b", "a>b", "#a", "$'\\x4", "x=~/a"];
        for word in unknown {
            assert_eq!(read(word, word).map(|line| line.meaning), Some(Meaning::Unknown), "{word}");
        }
    }

    /// `$HOME/x` without quotes is two words where there is a blank in it.
    #[test]
    fn a_home_that_bash_splits_is_not_completed_behind() {
        for (home, word, expected) in [
            ("/home/m e", "$HOME/a", Meaning::Unknown),
            ("/home/m*", "${HOME}/a", Meaning::Unknown),
            ("/home/m e", "\"$HOME/a", Meaning::Itself),
            ("/home/m e", "~/a", Meaning::Itself),
            ("/home/m-é", "$HOME/a", Meaning::Itself),
        ] {
            let line = BashLine::read(OsStr::new(word), OsStr::new(word), Some(Path::new(home))).expect("a line");
            assert_eq!(line.meaning, expected, "{word} with {home}");
        }
    }

    #[test]
    fn what_was_typed_stays_and_what_is_added_is_quoted() {
        for (replaced, line, value, expected) in [
            ("e", "rrm restore e", "ev$(x)il", "ev\\$\\(x\\)il"),
            ("e", "rrm restore \"e", "ev$(x)`y`\"\\!", "ev\\$(x)\\`y\\`\\\"\\\\\"\\!\"\""),
            ("e", "rrm restore 'e", "ev$(x)'il", "ev$(x)'\\''il"),
            ("e", "rrm restore $'e", "ev\\'!", "ev\\\\\\''\\!$''"),
            ("~/d", "rrm restore ~/d", "/home/me/d e", "~/d\\ e"),
            ("$HOME/d", "rrm restore \"$HOME/d", "/home/me/d $e", "$HOME/d \\$e"),
            ("3f", "rrm restore id:3f", "id:3f77", "3f77"),
            ("", "rrm list --sort=", "--sort=size", "size"),
            // Bash takes these quotes for closed.
            ("$'a\\'b", "rrm restore $'a\\'b", "a'bc", "$'a\\'bc'"),
        ] {
            assert_eq!(read(replaced, line).expect("a line").insertions(&[value]), [expected], "{line}");
        }
    }

    /// What bash inserts of several is what they have in common, byte for byte.
    #[test]
    fn what_several_have_in_common_is_whole() {
        for (line, values, common) in [
            ("rrm restore a", ["a$b", "a b"], "a"),
            ("rrm restore a", ["a$b", "a$c"], "a\\$"),
            ("rrm restore \"a", ["a$b", "a\"b"], "a"),
            ("rrm restore $'a", ["a'b", "a\\b"], "a"),
            ("rrm restore $'a", ["a'b", "a!b"], "a"),
            ("rrm restore 'a", ["a'b", "a'c"], "a'\\''"),
            ("rrm restore a", ["ab c", "aB$"], "a"),
        ] {
            let inserted = read("a", line).expect("a line").insertions(&values);
            let same = inserted[0].bytes().zip(inserted[1].bytes()).take_while(|(one, other)| one == other).count();
            assert_eq!(&inserted[0][..same], common, "{line}: {inserted:?}");
        }
    }

    /// Every character that is special to some shell, in each of the quotes, as bash itself reads the line.
    #[test]
    fn bash_reads_each_insertion_as_the_value() {
        let special: String = (' '..='~').filter(|c| !c.is_ascii_alphanumeric()).chain("é日\u{a0}".chars()).collect();
        let names = special.chars().map(|c| format!("x{c}y")).chain([format!("x{special}"), "x$(y)".into()]);
        let mut script = String::new();
        let mut expected = Vec::new();
        for name in names {
            for quote in ["", "\"", "'", "$'"] {
                let line = format!("{quote}x");
                let replaced = if quote.is_empty() { "x" } else { &line[quote.len()..] };
                let other = format!("{}\u{7e}z", &name[..1]);
                let read = read(replaced, &line).expect("a line");
                let closing = read.ends_in.closing();
                let alone = read.insertions(&[&name]).remove(0);
                // Bash adds a quote where none is there.
                let added = if alone.ends_with(closing) { "" } else { closing };
                let one_of_two = read.insertions(&[&name, &other]).remove(0);
                for inserted in [alone + added, one_of_two + closing] {
                    script.push_str(&format!("printf '%s\\0' {quote}{inserted}\n"));
                    expected.push(name.clone());
                }
            }
        }
        let bash = Command::new("bash").args(["-c", &script]).output().expect("bash runs");
        let read: Vec<String> =
            bash.stdout.split(|byte| *byte == 0).map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        assert_eq!(read[..expected.len()], expected);
    }
}
