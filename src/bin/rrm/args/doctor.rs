//! `rrm doctor`, as it is typed.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::options::ReportFormArgs;

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Files and directories to check for attributes that rrm left behind.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Fix problems without losing data.
    #[arg(long)]
    pub(crate) repair: bool,

    #[command(flatten)]
    pub(crate) form: ReportFormArgs,
}
