//! What `rrm stats` takes.

use clap::Args;

use crate::options::{ReportFormArgs, SelectionArgs, whole_number};

#[derive(Debug, Args)]
pub(crate) struct StatsArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// List the N largest items on each volume.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = whole_number)]
    pub(crate) largest: usize,

    #[command(flatten)]
    pub(crate) form: ReportFormArgs,
}
