//! Errors with their next step, and questions, on standard error.

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

/// Where messages go, and in whose name.
#[derive(Debug, Clone)]
pub(crate) struct Messages {
    /// What every message begins with.
    pub(crate) program: OsString,
    /// What names may show as they are.
    pub(crate) charset: Charset,
    /// How much is said beside what went wrong.
    pub(crate) verbosity: Verbosity,
    /// The next steps that were told: one that a hundred errors share is told once.
    told: Arc<Mutex<Vec<String>>>,
}

impl Messages {
    pub(crate) fn new(program: impl AsRef<OsStr>, charset: Charset, verbosity: Verbosity) -> Self {
        Self { program: program.as_ref().to_owned(), charset, verbosity, told: Arc::default() }
    }

    /// Tells what went wrong and what to do about it, on standard error.
    pub(crate) fn error(&self, error: &Error) {
        self.error_without_hint(error);
        // Nobody expects of rm that it needs room, or knows what else there is.
        if self.verbosity.hints() || (self.verbosity == Verbosity::AsRm && error.is_about_room()) {
            words::hint(error).into_iter().for_each(|hint| self.tell_once(hint));
        }
    }

    /// Tells what went wrong, where what to do about it is told in another way.
    pub(crate) fn error_without_hint(&self, error: &Error) {
        self.say(&words::words(error, self.charset));
    }

    /// Tells what a person can do next.
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

    /// Tells how it ended, where that is neither a failure nor what the command is for.
    pub(crate) fn close(&self, line: &str) {
        if self.verbosity.hints() {
            self.say(line);
        }
    }

    /// Tells on standard output what was done, where somebody wants to know.
    pub(crate) fn done(&self, line: &str) -> anyhow::Result<()> {
        if self.verbosity != Verbosity::Verbose {
            return Ok(());
        }
        writeln!(io::stdout(), "{line}").context("write error")
    }

    /// Where work tells how far it is.
    pub(crate) fn progress(&self) -> TerminalProgress {
        TerminalProgress::new(self.verbosity)
    }

    /// An error as one text with its next step, for a screen that has no lines to scroll by.
    #[cfg(feature = "browse")]
    pub(crate) fn words(&self, error: &Error) -> String {
        let words = self.shown(&words::words(error, self.charset));
        match words::hint(error) {
            Some(hint) if self.verbosity.hints() => format!("{words} ({hint})"),
            _ => words,
        }
    }

    /// Tells several, and what they make of the exit status.
    pub(crate) fn problems(&self, problems: &[Error]) -> Exit {
        for problem in problems {
            self.error(problem);
        }
        problems.iter().map(|problem| exit_of(problem.kind)).max().unwrap_or(Exit::Success)
    }

    /// One message on standard error. Where that is closed there is nobody to tell.
    pub(crate) fn say(&self, message: &str) {
        Self::say_bytes(&[self.program.as_bytes(), b": ", self.shown(message).as_bytes(), b"\n"].concat());
    }

    /// Says what is wrong with a command line, in colours if they are given. A complaint quotes words as they were typed, or
    /// as a glob made them of names: those that have to be escaped go without colours.
    pub(crate) fn complain(&self, complaint: &str, in_colours: Option<String>) {
        let shown = self.shown(complaint);
        Self::say_bytes(in_colours.filter(|_| shown == complaint).unwrap_or(shown).as_bytes());
    }

    /// A message as this terminal may have it. Its names are escaped already; what other programs and the library say in
    /// it need not be.
    fn shown(&self, message: &str) -> String {
        let lines: Vec<String> =
            message.split('\n').map(|line| escaped_content(line.as_bytes(), self.charset)).collect();
        lines.join("\n")
    }

    /// Bytes on standard error, at once, so that the lines of two commands do not mix.
    pub(crate) fn say_bytes(bytes: &[u8]) {
        clear_progress();
        let _ = io::stderr().write_all(bytes);
    }

    /// Tells that standard output did not take what was written, unless its reader just went away.
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

    /// Tells of an error that ended the command, and what it makes of the exit status.
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

    /// Asks a question, as rm does: on standard error, answered on standard input.
    pub(crate) fn ask(&self, question: &str) -> Answer {
        signals::while_asking(|| {
            Self::say_bytes(&[self.program.as_bytes(), b": ", self.shown(question).as_bytes()].concat());
            answer(&mut io::stdin().lock())
        })
    }

    /// Asks whether a copy that is large or not faithful shall be made after all.
    pub(crate) fn consent_to(&self, copy: &Error) -> Consent {
        let name = quote(copy.path.as_os_str(), self.charset);
        let consent = self.confirm(&format!("{} {name} anyway? {}: ", copy.action, copy.reason));
        if consent == Consent::NobodyToAsk {
            self.error(copy);
        }
        consent
    }

    /// Asks before something that cannot be undone. Only a terminal can answer; what arrives on a pipe is no answer.
    pub(crate) fn confirm(&self, question: &str) -> Consent {
        if !io::stdin().is_terminal() {
            return Consent::NobodyToAsk;
        }
        match self.ask(question) {
            Answer::Yes => Consent::Given,
            Answer::No => Consent::Refused,
        }
    }
}

/// What one problem makes of the exit status.
pub(crate) fn exit_of(problem: ErrorKind) -> Exit {
    match problem {
        ErrorKind::Interrupted => Exit::Interrupted,
        kind if is_only_a_warning(kind) => Exit::Success,
        _ => Exit::Failure,
    }
}

/// Whether a person agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    Given,
    Refused,
    NobodyToAsk,
}

fn answer(input: &mut impl BufRead) -> Answer {
    read_answer(input).unwrap_or(Answer::No)
}
