//! What `rrm show` takes.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// IDs (four or more digits), original paths or globs; add /PATH for a part of a trashed directory.
    #[arg(value_name = "ITEM[/PATH]", required = true)]
    pub(crate) words: Vec<OsString>,

    /// Print only the content of one file, byte for byte (escaped on a terminal).
    #[arg(long, conflicts_with = "format")]
    pub(crate) content: bool,

    /// Output format.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = ReportForm::Text)]
    pub(crate) format: ReportForm,
}

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}
