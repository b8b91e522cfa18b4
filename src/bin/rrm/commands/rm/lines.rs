//! The lines of `-v`, `--json` and `--dry-run`.

use std::cell::LazyCell;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use crate::exit::Exit;
use crate::output::{Messages, clear_progress};

/// Standard output, as a removal writes to it: whoever does not read it stops no removal, and is told of at the end.
pub(super) struct Output {
    out: BufWriter<Stdout>,
    is_watched: LazyCell<bool>,
    /// Why something that came before could not be written.
    failure: Option<io::Error>,
}

impl Output {
    pub(super) fn new() -> Self {
        let is_watched = LazyCell::new((|| io::stdout().is_terminal()) as fn() -> bool);
        Self { out: BufWriter::new(io::stdout()), is_watched, failure: None }
    }

    /// One line. A person sees it at once, a pipe gets many together.
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

    /// Writes what waits, so that a message on standard error comes after it.
    pub(super) fn flush(&mut self) {
        if let Err(error) = self.out.flush() {
            self.give_up(error);
        }
    }

    /// Writes what waits, and tells of what could not be written. Like rm, it gives the reason only of the last failure.
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

    /// What was not taken is not offered again.
    fn give_up(&mut self, error: io::Error) {
        self.failure = Some(error);
        let _ = std::mem::replace(&mut self.out, BufWriter::new(io::stdout())).into_parts();
    }
}
