//! What `rrm restore`, `undo` and `redo` take.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use crate::options::{SelectionArgs, number};

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    #[command(flatten)]
    pub(crate) to: RestoreToArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreToArgs {
    /// Restore into DIR; created if missing.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) to: Option<PathBuf>,

    /// Restore under NAME.
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<OsString>,

    /// What to do if the target exists; it is never overwritten.
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ConflictMode::Fail)]
    pub(crate) conflict: ConflictMode,

    /// Do not ask before a large or lossy copy.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Only print what would be restored.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Print a JSON object for each item, and where it is now, on its own line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConflictMode {
    /// Leave both in place and fail.
    Fail,
    /// Leave both in place.
    Skip,
    /// Restore beside the target, as name.~1~.
    Rename,
    /// Move the target to the trash first.
    Swap,
    /// Restore what is missing in the target directory; leave the rest in the trash.
    Merge,
    /// The same, but move what exists there to the trash first.
    MergeSwap,
}

#[derive(Debug, Args)]
pub(crate) struct RedoArgs {
    /// Do not ask before a large or lossy copy.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Only print what would be removed.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// How many commands to undo [default: 1], or to list [default: 10].
    #[arg(value_name = "N", value_parser = number)]
    pub(crate) count: Option<usize>,

    /// List the last commands and what each removed, instead of undoing.
    #[arg(short, long)]
    pub(crate) list: bool,

    /// Only items of session LABEL.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    #[command(flatten)]
    pub(crate) to: RestoreToArgs,
}
