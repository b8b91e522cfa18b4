//! Lines on standard output in the midst of work.

use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write as _};

use super::progress::clear_progress;

/// Where a line cannot be written, the work goes on; the first failure is told at the end.
pub(crate) struct Lines {
    out: BufWriter<StdoutLock<'static>>,
    written: io::Result<()>,
}

impl Lines {
    pub(crate) fn new() -> Self {
        Self { out: BufWriter::new(io::stdout().lock()), written: Ok(()) }
    }

    pub(crate) fn write(&mut self, line: impl Display) {
        clear_progress();
        if self.written.is_ok() {
            self.written = writeln!(self.out, "{line}");
        }
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.written.and_then(|()| self.out.flush())
    }
}
