//! What `rrm show` takes.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// IDs (four digits or more), original paths or globs, each perhaps of a part inside a trashed directory.
    #[arg(value_name = "ITEM[/PATH]", required = true)]
    pub(crate) words: Vec<OsString>,

    /// Print the content of one file, byte for byte (on a terminal escaped), and nothing else.
    #[arg(long, conflicts_with = "format")]
    pub(crate) content: bool,

    /// Print in this form.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = ReportForm::Text)]
    pub(crate) format: ReportForm,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// For people.
    Text,
    /// JSON objects, one on a line.
    Json,
}
