//! Messages on standard error: errors with hints, and questions.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, IsTerminal, Write};
use std::os::unix::ffi::OsStrExt;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use rrm::error::{Error, ErrorKind};
use rrm::ops::is_only_a_warning;

use crate::exit::Exit;
use crate::gnu::prompt::{Answer, read_answer};
use crate::gnu::quote::quote;
use rrm::text::{Charset, escaped_content};

use super::progress::{TerminalProgress, clear_progress};
use super::verbosity::Verbosity;
use super::{signals, words};

/// The sender of messages.
#[derive(Debug, Clone)]
pub(crate) struct Messages {
    /// The prefix of every message.
    pub(crate) program: OsString,
    /// The character set of names.
    pub(crate) charset: Charset,
    /// How much to print.
    pub(crate) verbosity: Verbosity,
    /// Hints already printed; each is printed once.
    told: Arc<Mutex<Vec<String>>>,
}

impl Messages {
    pub(crate) fn new(program: impl AsRef<OsStr>, charset: Charset, verbosity: Verbosity) -> Self {
        Self { program: program.as_ref().to_owned(), charset, verbosity, told: Arc::default() }
    }

    /// Prints an error and its hint.
    pub(crate) fn error(&self, error: &Error) {
        self.error_without_hint(error);
        let hint = match self.verbosity {
            Verbosity::AsRm => words::hint_of_rm(error),
            verbosity if verbosity.hints() => words::hint(error),
            _ => None,
        };
        hint.into_iter().for_each(|hint| self.tell_once(hint));
        error.others.iter().for_each(|other| self.error(other));
    }

    /// Prints an error without its hint.
    pub(crate) fn error_without_hint(&self, error: &Error) {
        self.say(&words::words(error, self.charset));
    }

    /// Prints a hint.
    pub(crate) fn hint(&self, hint: &str) {
        if self.verbosity.hints() {
            self.tell_once(hint);
        }
    }

    fn tell_once(&self, hint: &str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !told.iter().any(|told| told == hint) {
            told.push(hint.to_owned());
            self.say(&format!("hint: {hint}"));
        }
    }

    /// Prints a closing line that is neither an error nor the output.
    pub(crate) fn close(&self, line: &str) {
        if self.verbosity.hints() {
            self.say(line);
        }
    }

    /// Prints what was done, with `--verbose`.
    pub(crate) fn done(&self, line: &str) -> anyhow::Result<()> {
        if self.verbosity != Verbosity::Verbose {
            return Ok(());
        }
        writeln!(io::stdout(), "{line}").context("write error")
    }

    /// The progress display.
    pub(crate) fn progress(&self) -> TerminalProgress {
        TerminalProgress::new(self.verbosity)
    }

    /// An error with its hint as one text, for the screen.
    #[cfg(feature = "browse")]
    pub(crate) fn words(&self, error: &Error) -> String {
        let words = self.shown(&words::words(error, self.charset));
        match words::hint_on_screen(error) {
            Some(hint) if self.verbosity.hints() => format!("{words} ({hint})"),
            _ => words,
        }
    }

    /// Prints errors; returns the exit status.
    pub(crate) fn problems(&self, problems: &[Error]) -> Exit {
        for problem in problems {
            self.error(problem);
        }
        problems.iter().map(|problem| exit_of(problem.kind)).max().unwrap_or(Exit::Success)
    }

    /// Prints a message. If standard error is closed, it is lost.
    pub(crate) fn say(&self, message: &str) {
        Self::say_bytes(&[self.program.as_bytes(), b": ", self.shown(message).as_bytes(), b"\n"].concat());
    }

    /// Prints a usage error, coloured if given. If a quoted word must be escaped, it is printed without colours.
    pub(crate) fn complain(&self, complaint: &str, in_colours: Option<String>) {
        let shown = self.shown(complaint);
        Self::say_bytes(in_colours.filter(|_| shown == complaint).unwrap_or(shown).as_bytes());
    }

    /// Escapes a message. Names in it are escaped already, but texts of other programs may not be.
    fn shown(&self, message: &str) -> String {
        let lines: Vec<String> =
            message.split('\n').map(|line| escaped_content(line.as_bytes(), self.charset)).collect();
        lines.join("\n")
    }

    /// Writes to standard error at once, so that lines of two commands do not mix.
    pub(crate) fn say_bytes(bytes: &[u8]) {
        clear_progress();
        let _ = io::stderr().write_all(bytes);
    }

    /// Reports a failed write to standard output. A closed pipe is not reported.
    pub(crate) fn write_error(&self, error: &io::Error) -> Exit {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Exit::BrokenPipe;
        }
        self.say(&format!("write error: {}", rrm::error::words_of(error)));
        Exit::Failure
    }

    /// Prints a text on standard output.
    pub(crate) fn print(&self, text: &[u8]) -> Exit {
        let mut out = io::stdout();
        match out.write_all(text).and_then(|()| out.flush()) {
            Ok(()) => Exit::Success,
            Err(error) => self.write_error(&error),
        }
    }

    /// Reports the error that ended the command; returns the exit status.
    pub(crate) fn failure(&self, error: &anyhow::Error) -> Exit {
        if let Some(known) = error.downcast_ref::<Error>() {
            self.error(known);
            return if known.kind == ErrorKind::BadValue { Exit::Usage } else { Exit::Failure };
        }
        match error.downcast_ref::<io::Error>() {
            Some(pipe) if pipe.kind() == io::ErrorKind::BrokenPipe => Exit::BrokenPipe,
            Some(cause) => {
                self.say(&format!("{error}: {}", rrm::error::words_of(cause)));
                self.hint(words::output_hint(cause));
                Exit::Failure
            }
            None => {
                self.say(&format!("{error:#}"));
                Exit::Failure
            }
        }
    }

    /// Asks on standard error and reads the answer from standard input, as rm does.
    pub(crate) fn ask(&self, question: &str) -> Answer {
        signals::while_asking(|| {
            Self::say_bytes(&[self.program.as_bytes(), b": ", self.shown(question).as_bytes()].concat());
            answer(&mut io::stdin().lock())
        })
    }

    /// Asks before a large or lossy copy.
    pub(crate) fn consent_to(&self, copy: &Error) -> Consent {
        let name = quote(copy.path.as_os_str(), self.charset);
        let consent = self.confirm(&format!("{} {name} anyway? {}: ", copy.action, copy.reason));
        if consent == Consent::NobodyToAsk {
            self.error(copy);
        }
        consent
    }

    /// Asks before a deletion. Only a terminal counts; input from a pipe is not an answer.
    pub(crate) fn confirm(&self, question: &str) -> Consent {
        if !io::stdin().is_terminal() {
            return Consent::NobodyToAsk;
        }
        if signals::is_interrupted() {
            return Consent::Interrupted;
        }
        match self.ask(question) {
            Answer::Yes => Consent::Given,
            Answer::No => Consent::Refused,
        }
    }
}

/// The exit status of a problem.
pub(crate) fn exit_of(problem: ErrorKind) -> Exit {
    match problem {
        ErrorKind::Interrupted => Exit::Interrupted,
        kind if is_only_a_warning(kind) => Exit::Success,
        _ => Exit::Failure,
    }
}

/// The answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    Given,
    Refused,
    NobodyToAsk,
    /// Who asked to stop is not asked anything.
    Interrupted,
}

fn answer(input: &mut impl BufRead) -> Answer {
    read_answer(input).unwrap_or(Answer::No)
}
