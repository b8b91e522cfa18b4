//! `rrm doctor`, as it is typed.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::ReportForm;

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Files and directories to look at for attributes that rrm left there.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Mend what can be mended without any data going.
    #[arg(long)]
    pub(crate) repair: bool,

    /// Print in this form.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = ReportForm::Text)]
    pub(crate) format: ReportForm,
}
