//! What `rrm show` takes.

use std::ffi::OsString;

use clap::Args;

use super::ReportFormArgs;

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// IDs (four or more digits), original paths or globs; add /PATH for a part of a trashed directory.
    #[arg(value_name = "ITEM[/PATH]", required = true)]
    pub(crate) words: Vec<OsString>,

    /// Print only the content of one file, byte for byte (escaped on a terminal).
    #[arg(long, conflicts_with = "ReportFormArgs")]
    pub(crate) content: bool,

    #[command(flatten)]
    pub(crate) form: ReportFormArgs,
}
