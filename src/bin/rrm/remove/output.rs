//! The lines of `-v`, `--json` and `--dry-run`.

use std::cell::LazyCell;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

/// Standard output, as a removal writes to it: whoever does not read it stops no removal, and is told of at the end.
pub(super) struct Output {
    out: BufWriter<Stdout>,
    is_watched: LazyCell<bool>,
    failure: Option<io::Error>,
}

impl Output {
    pub(super) fn new() -> Self {
        let is_watched = LazyCell::new((|| io::stdout().is_terminal()) as fn() -> bool);
        Self { out: BufWriter::new(io::stdout()), is_watched, failure: None }
    }

    /// One line. A person sees it at once, a pipe gets many together.
    pub(super) fn line(&mut self, line: &str) {
        if self.failure.is_some() {
            return;
        }
        self.failure = writeln!(self.out, "{line}").err();
        if *self.is_watched {
            self.flush();
        }
    }

    /// Writes what waits, so that a message on standard error comes after it.
    pub(super) fn flush(&mut self) {
        if self.failure.is_none() {
            self.failure = self.out.flush().err();
        }
    }

    /// Writes what waits, and tells of the first line that could not be written.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.flush();
        self.failure.map_or(Ok(()), Err)
    }
}
