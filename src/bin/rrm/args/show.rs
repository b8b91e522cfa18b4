//! What `rrm show` takes.

use std::ffi::OsString;

use clap::Args;

use crate::options::ReportFormArgs;

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// IDs (four or more digits), original paths, globs or words to search for; add /PATH for a part of a trashed directory.
    #[arg(value_name = "ITEM[/PATH]", required = true)]
    pub(crate) words: Vec<OsString>,

    /// Print only the content of one file, byte for byte (escaped on a terminal).
    #[arg(long, conflicts_with = "ReportFormArgs")]
    pub(crate) content: bool,

    #[command(flatten)]
    pub(crate) form: ReportFormArgs,
}
