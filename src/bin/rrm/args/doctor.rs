//! `rrm doctor`, as it is typed.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::ReportForm;

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Files and directories to check for attributes that rrm left behind.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Fix problems without losing data.
    #[arg(long)]
    pub(crate) repair: bool,

    /// Output format.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = ReportForm::Text)]
    pub(crate) format: ReportForm,
}
