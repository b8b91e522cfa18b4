//! The command line as `getopt_long` reads it for `rm` (getopt_long(3)), and its complaints.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use super::long_options::{Argument, Found, LongOption};
use super::options::{
    CommandLine, Directories, Input, Missing, Mounts, Options, PreserveRoot, Prompt, SeparateDevices, Verbose,
};
use super::quote::{quote, quote_where_needed, quote_word};
use rrm::text::Charset;

/// Where options may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Anywhere before a `--`.
    Anywhere,
    /// Before the first operand: with `POSIXLY_CORRECT` in the environment, whatever its value.
    First,
}

/// What the meaning and the messages of a command line depend on besides its words.
pub(crate) struct Surroundings<'a> {
    /// The program's name as it was typed: the first word of the command line.
    pub(crate) program: &'a OsStr,
    /// What messages may show.
    pub(crate) charset: Charset,
    /// Where options may stand.
    pub(crate) order: Order,
    /// Whether there is a file of this name, a dangling link included. It is asked only for a hint.
    pub(crate) exists: &'a dyn Fn(&OsStr) -> bool,
}

/// Reads the words that follow the program's name.
///
/// They take effect from left to right: the first error, `--help` or `--version` ends the reading, whatever follows.
pub(crate) fn parse(words: &[OsString], surroundings: &Surroundings<'_>) -> CommandLine {
    let mut reading = Reading { surroundings, words, options: Options::default(), operands: Vec::new() };
    match reading.read_all() {
        Ok(()) => reading.finish(),
        Err(end) => end,
    }
}

/// A command line that is being read. What ends it early is an [`Err`].
struct Reading<'a> {
    surroundings: &'a Surroundings<'a>,
    words: &'a [OsString],
    options: Options,
    operands: Vec<OsString>,
}

impl Reading<'_> {
    fn read_all(&mut self) -> Result<(), CommandLine> {
        let words = self.words;
        for (at, word) in words.iter().enumerate() {
            match word.as_bytes() {
                b"--" => {
                    self.operands.extend_from_slice(&words[at + 1..]);
                    return Ok(());
                }
                [b'-', b'-', long @ ..] => self.read_long(long)?,
                [b'-', cluster @ ..] if !cluster.is_empty() => self.read_cluster(cluster)?,
                _ if self.surroundings.order == Order::First => {
                    self.operands.extend_from_slice(&words[at..]);
                    return Ok(());
                }
                _ => self.operands.push(word.clone()),
            }
        }
        Ok(())
    }

    fn finish(self) -> CommandLine {
        if self.operands.is_empty() && self.options.missing == Missing::Fail {
            let sentence = [self.program(), b": missing operand\n"].concat();
            return self.usage_error(sentence);
        }
        CommandLine::Remove(self.options, self.operands)
    }

    fn read_cluster(&mut self, cluster: &[u8]) -> Result<(), CommandLine> {
        for &letter in cluster {
            match letter {
                b'f' => self.force(),
                b'i' => self.ask(Prompt::Always),
                b'I' => self.ask(Prompt::Once),
                b'r' | b'R' => self.options.directories = Directories::Recurse,
                b'd' => self.allow_empty_directories(),
                b'v' => self.options.verbose = Verbose::Yes,
                _ => return Err(self.option_error(&[b"invalid option -- '", &[letter], b"'"])),
            }
        }
        Ok(())
    }

    /// Reads a long option, given without its two dashes.
    fn read_long(&mut self, typed: &[u8]) -> Result<(), CommandLine> {
        let (name, argument) = match typed.iter().position(|&byte| byte == b'=') {
            Some(at) => (&typed[..at], Some(OsStr::from_bytes(&typed[at + 1..]))),
            None => (typed, None),
        };
        match LongOption::find(name) {
            Found::Nothing => Err(self.option_error(&[b"unrecognized option '--", typed, b"'"])),
            Found::Several(candidates) => Err(self.ambiguous_option(typed, &candidates)),
            Found::One(option) if argument.is_some() && option.argument() == Argument::Refused => {
                Err(self.option_error(&[b"option '--", option.name().as_bytes(), b"' doesn't allow an argument"]))
            }
            Found::One(LongOption::NoPreserveRoot) if name != LongOption::NoPreserveRoot.name().as_bytes() => {
                Err(self.error(b"you may not abbreviate the --no-preserve-root option"))
            }
            Found::One(option) => self.apply(option, argument),
        }
    }

    fn apply(&mut self, option: LongOption, argument: Option<&OsStr>) -> Result<(), CommandLine> {
        match option {
            LongOption::Force => self.force(),
            LongOption::Interactive => return self.interactive(argument),
            LongOption::OneFileSystem => self.options.mounts = Mounts::Stay,
            LongOption::NoPreserveRoot => self.options.preserve_root = PreserveRoot::No,
            LongOption::PreserveRoot => return self.preserve_root(argument),
            LongOption::PresumeInputTty => self.options.input = Input::PresumedTerminal,
            LongOption::Recursive => self.options.directories = Directories::Recurse,
            LongOption::Dir => self.allow_empty_directories(),
            LongOption::Verbose => self.options.verbose = Verbose::Yes,
            LongOption::Help => return Err(CommandLine::Help),
            LongOption::Version => return Err(CommandLine::Version),
        }
        Ok(())
    }

    fn force(&mut self) {
        self.options.prompt = Prompt::Never;
        self.options.missing = Missing::Ignore;
    }

    /// Whoever wants to be asked wants to be told of what is missing, too.
    fn ask(&mut self, prompt: Prompt) {
        self.options.prompt = prompt;
        self.options.missing = Missing::Fail;
    }

    /// `-d` adds nothing to `-r`, in either order.
    fn allow_empty_directories(&mut self) {
        if self.options.directories == Directories::Refuse {
            self.options.directories = Directories::Empty;
        }
    }

    fn interactive(&mut self, when: Option<&OsStr>) -> Result<(), CommandLine> {
        match when.map_or(Ok(Prompt::Always), when_of) {
            // Unlike `-f`, this leaves open what a missing operand means.
            Ok(Prompt::Never) => self.options.prompt = Prompt::Never,
            Ok(prompt) => self.ask(prompt),
            Err(fault) => return Err(self.bad_when(fault, when.unwrap_or_default())),
        }
        Ok(())
    }

    fn preserve_root(&mut self, which: Option<&OsStr>) -> Result<(), CommandLine> {
        match which {
            None => {}
            Some(all) if all == "all" => self.options.separate_devices = SeparateDevices::Reject,
            Some(other) => {
                let word = quote(other, self.surroundings.charset);
                return Err(self.error(format!("unrecognized --preserve-root argument: {word}").as_bytes()));
            }
        }
        self.options.preserve_root = PreserveRoot::Yes;
        Ok(())
    }

    fn program(&self) -> &[u8] {
        self.surroundings.program.as_bytes()
    }

    /// A complaint of one line.
    fn error(&self, sentence: &[u8]) -> CommandLine {
        CommandLine::UsageError([self.program(), b": ", sentence, b"\n"].concat())
    }

    /// A complaint, and where to read more.
    fn usage_error(&self, mut lines: Vec<u8>) -> CommandLine {
        lines.extend([b"Try '", self.program(), b" --help' for more information.\n"].concat());
        CommandLine::UsageError(lines)
    }

    /// A complaint about an option, which may be the name of a file in disguise.
    fn option_error(&self, sentence: &[&[u8]]) -> CommandLine {
        let mut lines = [self.program(), b": ", &sentence.concat(), b"\n"].concat();
        lines.extend(self.disguised_file_hint());
        self.usage_error(lines)
    }

    fn ambiguous_option(&self, typed: &[u8], candidates: &[LongOption]) -> CommandLine {
        let names: Vec<_> = candidates.iter().map(|option| option.name()).collect();
        let possibilities = names.join("' '--");
        self.option_error(&[
            b"option '--",
            typed,
            b"' is ambiguous; possibilities: '--",
            possibilities.as_bytes(),
            b"'",
        ])
    }

    /// Names the first word that looks like an option and is a file, wherever it stands: a `*` of the shell may have
    /// put it there.
    fn disguised_file_hint(&self) -> Vec<u8> {
        let disguised =
            |word: &&OsString| word.len() > 1 && word.as_bytes()[0] == b'-' && (self.surroundings.exists)(word);
        let Some(file) = self.words.iter().find(disguised) else { return Vec::new() };
        let charset = self.surroundings.charset;
        let (plain, always) = (quote_where_needed(file, charset), quote(file, charset));
        [b"Try '", self.program(), b" ./", plain.as_bytes(), b"' to remove the file ", always.as_bytes(), b".\n"]
            .concat()
    }

    fn bad_when(&self, fault: &str, word: &OsStr) -> CommandLine {
        let quoted = |word: &str| quote_word(OsStr::new(word), self.surroundings.charset);
        let word = quote_word(word, self.surroundings.charset);
        let mut lines = format!("{fault} argument {word} for {}\nValid arguments are:\n", quoted("--interactive"));
        for synonyms in WHEN.chunk_by(|one, next| one.1 == next.1) {
            let words: Vec<_> = synonyms.iter().map(|(word, _)| quoted(word)).collect();
            lines.extend(["  - ", &words.join(", "), "\n"]);
        }
        self.usage_error([self.program(), b": ", lines.as_bytes()].concat())
    }
}

/// The arguments of `--interactive`, those of one meaning together.
pub(crate) const WHEN: [(&str, Prompt); 6] = [
    ("never", Prompt::Never),
    ("no", Prompt::Never),
    ("none", Prompt::Never),
    ("once", Prompt::Once),
    ("always", Prompt::Always),
    ("yes", Prompt::Always),
];

/// What an argument of `--interactive` or its beginning means, or what is wrong with it. A beginning of several words will
/// do if they mean the same.
fn when_of(typed: &OsStr) -> Result<Prompt, &'static str> {
    let fits = |(word, prompt): (&str, Prompt)| word.as_bytes().starts_with(typed.as_bytes()).then_some(prompt);
    let mut prompts = WHEN.into_iter().filter_map(fits);
    let first = prompts.next().ok_or("invalid")?;
    if prompts.all(|other| other == first) { Ok(first) } else { Err("ambiguous") }
}

#[cfg(test)]
#[path = "grammar_tests.rs"]
mod tests;
