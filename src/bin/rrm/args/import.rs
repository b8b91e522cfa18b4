//! The words of `rrm import`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The trashes to import from; without any, that of your home and those of all mounts.
    #[arg(value_name = "TRASH_DIR", value_hint = ValueHint::DirPath)]
    pub(crate) trashes: Vec<PathBuf>,

    /// Keep it at least this long from now: 7d, 12h, 2w, 1month; a bare number is days.
    #[arg(short, long, value_name = "DURATION")]
    pub(crate) grace_period: Option<String>,

    /// Only print what would be imported.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before a copy that is large or cannot keep everything.
    #[arg(short, long)]
    pub(crate) yes: bool,
}
