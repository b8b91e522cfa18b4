//! What a person sees beside the output: errors with their next step, questions, progress.

mod message;
mod progress;

use std::io::{self, BufRead, IsTerminal, Write};

use rrm::error::Error;
use rrm::manager::is_only_a_warning;

use crate::exit::Exit;
use crate::gnu::prompt::{Answer, read_answer};
use crate::gnu::quote::{Charset, quote};

pub(crate) use progress::TerminalProgress;

/// Where messages go, and in whose name.
#[derive(Debug, Clone)]
pub(crate) struct Messages {
    /// What every message begins with.
    pub(crate) program: String,
    /// What names may show as they are.
    pub(crate) charset: Charset,
}

impl Messages {
    /// Tells what went wrong and what to do about it, on standard error.
    pub(crate) fn error(&self, error: &Error) {
        self.say(&message::words(error, self.charset));
        if let Some(hint) = message::hint(error) {
            self.say(&format!("hint: {hint}"));
        }
    }

    /// Tells several, and what they make of the exit status.
    pub(crate) fn problems(&self, problems: &[Error]) -> Exit {
        for problem in problems {
            self.error(problem);
        }
        let failed = problems.iter().any(|problem| !is_only_a_warning(problem.kind));
        if failed { Exit::Failure } else { Exit::Success }
    }

    /// One line on standard error. Where that is closed there is nobody to tell.
    pub(crate) fn say(&self, line: &str) {
        let _ = writeln!(io::stderr(), "{}: {line}", self.program);
    }

    /// Asks a question, as rm does: on standard error, answered on standard input.
    pub(crate) fn ask(&self, question: &str) -> Answer {
        let _ = write!(io::stderr(), "{}: {question}", self.program);
        let _ = io::stderr().flush();
        answer(&mut io::stdin().lock())
    }

    /// Asks whether a copy that is large or not faithful shall be made after all.
    pub(crate) fn consent_to(&self, copy: &Error) -> Consent {
        let name = quote(copy.path.as_os_str(), self.charset);
        let consent = self.confirm(&format!("{} {name} all the same? {}: ", copy.action, copy.reason));
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
