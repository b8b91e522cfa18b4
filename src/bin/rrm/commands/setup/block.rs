//! The lines between two marks in a start file, without I/O.
//!
//! All that `rrm setup` does is written there, so that `--remove` takes back that and nothing else.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use crate::commands::init::StartedShell;

/// The first line. What the file was before may follow.
const FIRST: &str = "# >>> rrm setup >>>";

/// The last line.
const LAST: &str = "# <<< rrm setup <<<";

const NEW_FILE: &str = " (new file)";
const OPEN_LINE: &str = " (after a line without end)";

const MADE: &str = "# made: ";

const NOT_OURS: &str = "is between the marks of rrm setup and is not what it wrote there";

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

/// Marks that are not a pair, or lines of others between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Damaged {
    line: usize,
    what: String,
}

impl fmt::Display for Damaged {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {} {}", self.line, self.what)
    }
}

impl Parts {
    /// Takes the text of a shell's start file apart; `None` is no file.
    ///
    /// The lines of a block are those that are written for what they say, or nothing is known of it: a person's own among
    /// them would go with them.
    pub(super) fn read(text: Option<Vec<u8>>, shell: StartedShell) -> Result<Self, Damaged> {
        let is_new = text.is_none();
        let text = text.unwrap_or_default();
        let (mut open, mut block, mut chosen, mut at) = (None, None, Chosen::default(), 0);
        let lines: Vec<_> = text.split_inclusive(|byte| *byte == b'\n').collect();
        for (index, line) in lines.iter().enumerate() {
            match (mark(line), open) {
                (Some(Mark::First(before)), None) if block.is_none() => open = Some((index, at, before)),
                (Some(Mark::First(_)), _) => return damaged(index, format!("is a second '{FIRST}'")),
                (Some(Mark::Last), None) => {
                    return damaged(index, format!("is '{LAST}' without a '{FIRST}' before it"));
                }
                (Some(Mark::Last), Some((first, start, before))) => {
                    chosen = match Chosen::read(&lines[first + 1..index], shell) {
                        Ok(chosen) => chosen,
                        Err(other) => return damaged(first + 1 + other, NOT_OURS.to_owned()),
                    };
                    block = Some((start..at + line.len(), before));
                    open = None;
                }
                (None, _) => {}
            }
            at += line.len();
        }
        match open {
            Some((first, ..)) => damaged(first, format!("is '{FIRST}' without a '{LAST}' after it")),
            None => Ok(Self { text, block, chosen, is_new }),
        }
    }

    pub(super) fn has_block(&self) -> bool {
        self.block.is_some()
    }

    /// The block with its marks; nothing where there is none.
    pub(super) fn block(&self) -> &[u8] {
        self.block.as_ref().map_or(&[], |(place, _)| &self.text[place.clone()])
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
        format!("{FIRST}{}\n{lines}{LAST}\n", self.before().note())
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

/// What is wrong with the line of this index.
fn damaged(index: usize, what: String) -> Result<Parts, Damaged> {
    Err(Damaged { line: index + 1, what })
}

enum Mark {
    First(Before),
    Last,
}

fn mark(line: &[u8]) -> Option<Mark> {
    let line = without_end(line);
    if line == LAST.as_bytes() {
        return Some(Mark::Last);
    }
    let note = line.strip_prefix(FIRST.as_bytes())?;
    let notes = [Before::Line, Before::OpenLine, Before::Nothing];
    notes.into_iter().find(|before| before.note().as_bytes() == note).map(Mark::First)
}

/// A line without its end, which an editor may have written in the other way.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

impl Before {
    /// What the first mark says of it.
    fn note(self) -> &'static str {
        match self {
            Self::Line => "",
            Self::OpenLine => OPEN_LINE,
            Self::Nothing => NEW_FILE,
        }
    }
}

impl Chosen {
    /// Reads the lines of a block; an error is the index of the first that [`Self::lines`] does not write.
    fn read(lines: &[&[u8]], shell: StartedShell) -> Result<Self, usize> {
        let mut chosen = Self::default();
        lines.iter().for_each(|line| chosen.learn(&String::from_utf8_lossy(without_end(line))));
        let written = chosen.lines(shell);
        let mut written = written.lines().map(str::as_bytes);
        match lines.iter().position(|line| written.next() != Some(without_end(line))) {
            Some(other) => Err(other),
            None if written.next().is_some() => Err(lines.len()),
            None => Ok(chosen),
        }
    }

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

    fn read(text: &[u8], shell: StartedShell) -> Parts {
        Parts::read(Some(text.to_vec()), shell).expect("its marks are sound")
    }

    #[test]
    fn what_is_added_is_known_again_and_taken_out_to_the_byte() {
        for shell in [StartedShell::Bash, StartedShell::Zsh, StartedShell::Fish] {
            for file in FILES {
                let added = read(file, shell).with(&chosen().lines(shell));
                assert!(added.starts_with(file) && added.ends_with(b"\n"));
                let again = read(&added, shell);
                assert_eq!(again.chosen, chosen());
                assert_eq!(again.with(&chosen().lines(shell)), added);
                assert_eq!(again.without().as_deref(), Some(file));
                let less = again.with(&Chosen { rm: false, ..chosen() }.lines(shell));
                assert_eq!(read(&less, shell).without().as_deref(), Some(file));
            }
            let new = Parts::read(None, shell).expect("nothing is sound").with(&chosen().lines(shell));
            assert_eq!(read(&new, shell).without(), None);
            assert_eq!(read(&[&new[..], b"more\n"].concat(), shell).without().as_deref(), Some(&b"more\n"[..]));
        }
    }

    /// An editor may write other line ends, and a person may write below.
    #[test]
    fn a_block_is_known_by_its_marks_wherever_it_is() {
        for file in FILES {
            let added = [read(file, StartedShell::Bash).with(&chosen().lines(StartedShell::Bash)), b"below\n".to_vec()]
                .concat();
            let end = if file.last().is_some_and(|byte| *byte != b'\n') { &b"\n"[..] } else { b"" };
            assert_eq!(read(&added, StartedShell::Bash).without(), Some([file, end, b"below\n"].concat()));
        }
        let added =
            String::from_utf8(read(b"a\n", StartedShell::Zsh).with(&chosen().lines(StartedShell::Zsh))).expect("text");
        let other = read(added.replace('\n', "\r\n").as_bytes(), StartedShell::Zsh);
        assert_eq!((other.without().as_deref(), other.chosen), (Some(&b"a\r\n"[..]), chosen()));
    }

    /// The line that a text is refused by. BLOCK is the lines of a block.
    fn refused(text: &str) -> Option<usize> {
        let block = chosen().lines(StartedShell::Bash);
        let text = text.replace("FIRST", FIRST).replace("LAST", LAST).replace("BLOCK\n", &block);
        Parts::read(Some(text.into_bytes()), StartedShell::Bash).err().map(|damaged| damaged.line)
    }

    #[test]
    fn marks_that_are_no_pair_are_refused_by_their_line() {
        assert_eq!(refused("a\nFIRST\nb\n"), Some(2));
        assert_eq!(refused("a\nb\nLAST\n"), Some(3));
        assert_eq!(refused("FIRST\nFIRST\nLAST\n"), Some(2));
        assert_eq!(refused("FIRST\nBLOCK\nLAST\nb\nFIRST\nBLOCK\nLAST\n"), Some(7));
        assert_eq!(refused("LAST\nFIRST\n"), Some(1));
        assert_eq!(refused("FIRST\nBLOCK\nLAST"), None);
    }

    #[test]
    fn lines_of_others_between_the_marks_are_refused_and_marks_with_more_are_none() {
        assert_eq!(refused("FIRST\nBLOCK\nexport MINE=1\nLAST\n"), Some(5));
        assert_eq!(refused("FIRST\nexport MINE=1\nBLOCK\nLAST\n"), Some(2));
        assert_eq!(refused("FIRST\nBLOCK\nBLOCK\nLAST\n"), Some(5));
        assert_eq!(refused("cat <<EOF\nFIRST\na\nLAST\nEOF\n"), Some(3));
        assert_eq!(refused("FIRST\nLAST\n"), Some(2));
        assert_eq!(refused("FIRST my own note\na\nLAST of it\n"), None);
        assert!(!read(b"# >>> rrm setup >>> my own note\n", StartedShell::Bash).has_block());
        let zsh = read(b"", StartedShell::Bash).with(&chosen().lines(StartedShell::Zsh));
        Parts::read(Some(zsh), StartedShell::Bash).expect_err("it is for another shell");
    }
}
