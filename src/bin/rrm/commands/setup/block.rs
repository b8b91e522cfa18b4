//! The lines between two marks in a start file, without I/O.
//!
//! All that `rrm setup` does is written there, so that `--remove` takes back that and nothing else.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::commands::init::StartedShell;

/// The first line. What the file was before may follow.
const FIRST: &str = "# >>> rrm setup >>>";

/// The last line.
const LAST: &str = "# <<< rrm setup <<<";

const NEW_FILE: &str = " (new file)";
const OPEN_LINE: &str = " (after a line without end)";

const MADE: &str = "# made: ";

/// What a person chose, and what was made for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// `rm` runs rrm.
    pub(super) rm: bool,
    pub(super) completions: bool,
    /// What `--remove` takes away: paths below the home directory, and [`SCHEDULE`].
    pub(super) made: BTreeSet<String>,
}

/// How the schedule is called among what was made.
pub(super) const SCHEDULE: &str = "the schedule of rrm clean";

/// How the file ended when the block was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// As it should, or it was empty.
    Line,
    /// Without the end of its last line.
    OpenLine,
    /// There was none.
    Nothing,
}

/// A start file, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    text: Vec<u8>,
    /// Where the block is, and how the file ended before it.
    block: Option<(Range<usize>, Before)>,
    pub(super) chosen: Chosen,
    is_new: bool,
}

/// Marks that are not a pair: what is wrong, and in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Damaged {
    pub(super) line: usize,
    pub(super) what: &'static str,
}

impl Parts {
    /// Takes the text of a file apart; `None` is no file.
    pub(super) fn read(text: Option<Vec<u8>>) -> Result<Self, Damaged> {
        let is_new = text.is_none();
        let text = text.unwrap_or_default();
        let (mut open, mut block, mut at) = (None, None, 0);
        let mut chosen = Chosen::default();
        for (number, bytes) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            let line = String::from_utf8_lossy(bytes);
            let line = line.trim_end_matches(['\r', '\n']);
            let damaged = |what| Err(Damaged { line: number, what });
            match (mark(line), open) {
                (Some(Mark::First(_)), Some(_)) => return damaged("is a second first mark of rrm setup"),
                (Some(Mark::First(_)), None) if block.is_some() => {
                    return damaged("begins a second block of rrm setup");
                }
                (Some(Mark::First(before)), None) => open = Some((number, at, before)),
                (Some(Mark::Last), None) => return damaged("is the last mark of rrm setup, and the first is missing"),
                (Some(Mark::Last), Some((_, start, before))) => {
                    block = Some((start..at + bytes.len(), before));
                    open = None;
                }
                (None, Some(_)) => chosen.learn(line),
                (None, None) => {}
            }
            at += bytes.len();
        }
        match open {
            Some((line, ..)) => Err(Damaged { line, what: "is the first mark of rrm setup, and the last is missing" }),
            None => Ok(Self { text, block, chosen, is_new }),
        }
    }

    pub(super) fn has_block(&self) -> bool {
        self.block.is_some()
    }

    /// The file with these lines, in the place of those that are there.
    pub(super) fn with(&self, lines: &str) -> Vec<u8> {
        let end = self.text.len();
        let place = self.block.as_ref().map_or(end..end, |(place, _)| place.clone());
        let begin: &[u8] = if self.block.is_none() && self.before() == Before::OpenLine { b"\n" } else { b"" };
        [&self.text[..place.start], begin, self.marked(lines).as_bytes(), &self.text[place.end..]].concat()
    }

    /// These lines between their marks.
    pub(super) fn marked(&self, lines: &str) -> String {
        let note = match self.before() {
            Before::Line => "",
            Before::OpenLine => OPEN_LINE,
            Before::Nothing => NEW_FILE,
        };
        format!("{FIRST}{note}\n{lines}{LAST}\n")
    }

    /// The file as it was; `None` where there was none and nothing else has come into it.
    pub(super) fn without(&self) -> Option<Vec<u8>> {
        let Some((place, before)) = self.block.clone() else { return Some(self.text.clone()) };
        let (above, below) = (&self.text[..place.start], &self.text[place.end..]);
        let above = match above.strip_suffix(b"\n") {
            Some(open) if before == Before::OpenLine && below.is_empty() => open,
            _ => above,
        };
        let text = [above, below].concat();
        (before != Before::Nothing || !text.is_empty()).then_some(text)
    }

    /// How the file ended, or ends, where the block was or will be added.
    fn before(&self) -> Before {
        match &self.block {
            Some((_, before)) => *before,
            None if self.is_new => Before::Nothing,
            None if self.text.last().is_none_or(|byte| *byte == b'\n') => Before::Line,
            None => Before::OpenLine,
        }
    }
}

enum Mark {
    First(Before),
    Last,
}

fn mark(line: &str) -> Option<Mark> {
    if let Some(note) = line.strip_prefix(FIRST) {
        return Some(Mark::First(match note {
            NEW_FILE => Before::Nothing,
            OPEN_LINE => Before::OpenLine,
            _ => Before::Line,
        }));
    }
    line.starts_with(LAST).then_some(Mark::Last)
}

impl Chosen {
    /// Learns what a line of a block says.
    fn learn(&mut self, line: &str) {
        if let Some(made) = line.strip_prefix(MADE) {
            self.made.insert(made.to_owned());
        } else if line.contains("rrm init ") {
            self.rm = line.contains(" --rm");
            self.completions = !line.contains(" --no-completions");
        }
    }

    /// The lines that say so.
    pub(super) fn lines(&self, shell: StartedShell) -> String {
        let name = shell.name();
        let mut lines = format!("# rrm setup {name} --remove takes this out, and what it made.\n");
        lines.extend(self.made.iter().map(|made| format!("{MADE}{made}\n")));
        if self.rm || self.completions {
            lines.push_str(&self.command(shell));
        }
        lines
    }

    fn command(&self, shell: StartedShell) -> String {
        let rm = if self.rm { " --rm" } else { "" };
        let completions = if self.completions { "" } else { " --no-completions" };
        match shell {
            StartedShell::Bash => {
                format!("if command -v rrm >/dev/null; then eval \"$(command rrm init bash{rm}{completions})\"; fi\n")
            }
            StartedShell::Zsh => {
                let compinit = "    (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i; }\n";
                let compinit = if self.completions { compinit } else { "" };
                format!(
                    "if command -v rrm >/dev/null; then\n{compinit}    eval \"$(command rrm init zsh{rm}{completions})\"\nfi\n"
                )
            }
            StartedShell::Fish => format!(
                "if status is-interactive; and command -q rrm\n    command rrm init fish{rm}{completions} | source\nend\n"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [&[u8]; 7] =
        [b"", b"\n", b"alias a=b\n", b"no end", b"a\r\nb\r\n", b"a\r\nno end\r", b"\xff\x00 not text\n\n\n"];

    fn chosen() -> Chosen {
        Chosen { rm: true, completions: true, made: [".local/bin/rm".to_owned()].into() }
    }

    fn read(text: &[u8]) -> Parts {
        Parts::read(Some(text.to_vec())).expect("its marks are sound")
    }

    #[test]
    fn what_is_added_is_known_again_and_taken_out_to_the_byte() {
        for shell in [StartedShell::Bash, StartedShell::Zsh, StartedShell::Fish] {
            for file in FILES {
                let added = read(file).with(&chosen().lines(shell));
                assert!(added.starts_with(file) && added.ends_with(b"\n"));
                let again = read(&added);
                assert_eq!(again.chosen, chosen());
                assert_eq!(again.with(&chosen().lines(shell)), added);
                assert_eq!(again.without().as_deref(), Some(file));
                let less = again.with(&Chosen { rm: false, ..chosen() }.lines(shell));
                assert_eq!(read(&less).without().as_deref(), Some(file));
            }
            let new = Parts::read(None).expect("nothing is sound").with(&chosen().lines(shell));
            assert_eq!(read(&new).without(), None);
            assert_eq!(read(&[&new[..], b"more\n"].concat()).without().as_deref(), Some(&b"more\n"[..]));
        }
    }

    /// An editor may write other line ends, and a person may write below.
    #[test]
    fn a_block_is_known_by_its_marks_wherever_it_is() {
        for file in FILES {
            let added = [read(file).with(&chosen().lines(StartedShell::Bash)), b"below\n".to_vec()].concat();
            let end = if file.last().is_some_and(|byte| *byte != b'\n') { &b"\n"[..] } else { b"" };
            assert_eq!(read(&added).without(), Some([file, end, b"below\n"].concat()));
        }
        let added = String::from_utf8(read(b"a\n").with(&chosen().lines(StartedShell::Zsh))).expect("text");
        let other = read(added.replace('\n', "\r\n").as_bytes());
        assert_eq!((other.without().as_deref(), other.chosen), (Some(&b"a\r\n"[..]), chosen()));
    }

    #[test]
    fn marks_that_are_no_pair_are_refused_by_their_line() {
        let line = |text: &str| {
            let text = text.replace("FIRST", FIRST).replace("LAST", LAST);
            Parts::read(Some(text.into_bytes())).map(|_| ()).map_err(|damaged| damaged.line)
        };
        assert_eq!(line("a\nFIRST\nb\n"), Err(2));
        assert_eq!(line("a\nb\nLAST\n"), Err(3));
        assert_eq!(line("FIRST\nFIRST\nLAST\n"), Err(2));
        assert_eq!(line("FIRST\nLAST\nb\nFIRST\nLAST\n"), Err(4));
        assert_eq!(line("LAST\nFIRST\n"), Err(1));
        assert_eq!(line("FIRST\nLAST"), Ok(()));
    }
}
