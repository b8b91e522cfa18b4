//! Options that several commands share.

mod feedback;
mod report_form;
mod selection;
mod sort;

use std::path::PathBuf;

use clap::{Args, ValueHint};
use rrm::ops::Copying;

pub(crate) use feedback::{FeedbackArgs, colour_of_help};
pub(crate) use report_form::{ReportForm, ReportFormArgs};
pub(crate) use selection::SelectionArgs;
pub(crate) use sort::{SortKey, compare};

// What every command has, in front of its name or behind it.
#[derive(Debug, Default, Args)]
pub(crate) struct CommonArgs {
    /// Use DIR as the home trash, instead of $RRM_TRASH_DIR or the configured one.
    #[arg(long, global = true, value_name = "DIR", value_hint = ValueHint::DirPath, display_order = 900)]
    pub(crate) trash_dir: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) feedback: FeedbackArgs,
}

/// What `--yes` means for copies.
pub(crate) fn copying(yes: bool) -> Copying {
    if yes { Copying::Whatever } else { Copying::WithinReason }
}
