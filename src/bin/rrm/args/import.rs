//! The words of `rrm import`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Trash directories to import from [default: all of yours].
    #[arg(value_name = "TRASH_DIR", value_hint = ValueHint::DirPath)]
    pub(crate) trashes: Vec<PathBuf>,

    /// Keep the items at least this long from now: 7d, 12h, 2w, 1month; a bare number is days.
    #[arg(short, long, value_name = "DURATION")]
    pub(crate) grace_period: Option<String>,

    /// Only print what would be imported.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before a large or lossy copy.
    #[arg(short, long)]
    pub(crate) yes: bool,
}
