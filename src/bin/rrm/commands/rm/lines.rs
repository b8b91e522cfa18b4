//! The lines of `-v`, `--json` and `--dry-run`.

use std::cell::LazyCell;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use crate::exit::Exit;
use crate::output::{Messages, clear_progress};

/// Buffered standard output. A failed write does not stop the removal; it is reported at the end.
pub(super) struct Output {
    out: BufWriter<Stdout>,
    is_watched: LazyCell<bool>,
    /// The error of an earlier write.
    failure: Option<io::Error>,
}

impl Output {
    pub(super) fn new() -> Self {
        let is_watched = LazyCell::new((|| io::stdout().is_terminal()) as fn() -> bool);
        Self { out: BufWriter::new(io::stdout()), is_watched, failure: None }
    }

    /// Writes a line: at once to a terminal, buffered to a pipe.
    pub(super) fn line(&mut self, line: &str) {
        if *self.is_watched {
            clear_progress();
        }
        if let Err(error) = writeln!(self.out, "{line}") {
            self.give_up(error);
        }
        if *self.is_watched {
            self.flush();
        }
    }

    /// Flushes, so that a message on standard error comes after it.
    pub(super) fn flush(&mut self) {
        if let Err(error) = self.out.flush() {
            self.give_up(error);
        }
    }

    /// Flushes and reports failed writes. Like rm, it gives the reason only if the last write failed.
    pub(super) fn finish(mut self, messages: &Messages) -> Exit {
        match (self.out.flush(), self.failure) {
            (Err(error), _) => messages.write_error(&error),
            (Ok(()), Some(error)) if error.kind() == io::ErrorKind::BrokenPipe => messages.write_error(&error),
            (Ok(()), Some(_)) => {
                messages.say("write error");
                Exit::Failure
            }
            (Ok(()), None) => Exit::Success,
        }
    }

    /// Drops the output that could not be written.
    fn give_up(&mut self, error: io::Error) {
        self.failure = Some(error);
        let _ = std::mem::replace(&mut self.out, BufWriter::new(io::stdout())).into_parts();
    }
}
