//! The line that a clean adds to a log.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat, Utc};
use rrm::text::quoted;

/// What stands for standard output in the place of a log's path.
pub(crate) const OUTPUT: &str = "-";

/// Where the line goes.
pub(crate) enum Log {
    Output,
    File(File),
}

impl Log {
    /// Opens the log, for its owner alone where it has to be made.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        if path == Path::new(OUTPUT) {
            return Ok(Self::Output);
        }
        let opened = File::options().append(true).create(true).mode(0o600).open(path);
        Ok(Self::File(opened.with_context(|| format!("cannot open the log {}", quoted(path)))?))
    }

    /// Adds a line about a run that began at `date`: in one write, so that the lines of two runs never mix.
    pub(crate) fn add(&mut self, date: DateTime<Utc>, line: &str) -> anyhow::Result<()> {
        let line = format!("{} {line}\n", date.to_rfc3339_opts(SecondsFormat::Secs, true));
        let written = match self {
            Self::Output => io::stdout().write_all(line.as_bytes()),
            Self::File(file) => file.write_all(line.as_bytes()),
        };
        written.context("cannot write the log")
    }
}
