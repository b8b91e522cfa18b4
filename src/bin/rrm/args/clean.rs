//! What `rrm clean` and `keep` take.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::options::SelectionArgs;

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// Never delete items removed more recently than this; 0 overrides the configured limit.
    #[arg(long, value_name = "DURATION")]
    pub(crate) keep_newer_than: Option<String>,

    /// Delete all items that are not kept, however new.
    #[arg(long, conflicts_with_all = ["SelectionArgs", "RuleArgs"])]
    pub(crate) all: bool,

    /// Clean only this trash directory, or the one in DIR; may be repeated.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) trash: Vec<PathBuf>,

    /// As root, clean each user's trash with that user's rules and permissions.
    #[arg(long, conflicts_with_all = ["SelectionArgs", "RuleArgs", "keep_newer_than", "all", "trash", "trash_dir", "yes"])]
    pub(crate) all_users: bool,

    /// Only print what would be deleted, why, and how much space it frees.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Delete without asking.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Append a line about the run to FILE; - is standard output.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) log: Option<PathBuf>,
}

// What takes items, beside --older-than.
#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    /// Delete items past their grace period as well.
    #[arg(long)]
    pub(crate) expired: bool,

    /// Delete the oldest items until the trash on each volume is at most SIZE: 20G.
    #[arg(long, value_name = "SIZE")]
    pub(crate) max_size: Option<String>,

    /// Delete the oldest items until each volume has SIZE free: 10% or 50G.
    #[arg(long, value_name = "SIZE")]
    pub(crate) min_free: Option<String>,

    /// Delete all but the newest N versions of each path.
    #[arg(long, value_name = "N")]
    pub(crate) keep_newest: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct KeepArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Keep until WHEN: a date, monday, "next month", or a duration such as 30d.
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<String>,

    /// Stop keeping the items.
    #[arg(long, conflicts_with = "until")]
    pub(crate) release: bool,
}
