//! The command line of `rrm browse`.

use clap::{Args, ValueEnum};

use super::{SelectionArgs, SortKey};

#[derive(Debug, Args)]
pub(crate) struct BrowseArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Begin sorted by KEY; what is looked for most stands on top.
    #[arg(long, value_enum, value_name = "KEY", default_value_t = SortKey::Deleted)]
    pub(crate) sort: SortKey,

    /// Begin with the items in groups.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Grouping::None)]
    pub(crate) group: Grouping,
}

/// What items that stand together have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Grouping {
    /// Nothing.
    None,
    /// One command removed them.
    Command,
    /// They were in one directory.
    Directory,
    /// They were removed on one day.
    Day,
}
