//! The command line of `rrm browse`.

use clap::{Args, ValueEnum};

use crate::options::{SelectionArgs, SortKey};

#[derive(Debug, Args)]
pub(crate) struct BrowseArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Sort by KEY, most relevant first.
    #[arg(long, value_enum, value_name = "KEY", default_value_t = SortKey::Deleted)]
    pub(crate) sort: SortKey,

    /// Group the items.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Grouping::None)]
    pub(crate) group: Grouping,
}

/// What items that stand together have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Grouping {
    /// No groups.
    None,
    /// By the command that removed them.
    Command,
    /// By original directory.
    Directory,
    /// By day of removal.
    Day,
}
