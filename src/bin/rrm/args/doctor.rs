//! `rrm doctor`, as it is typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Files and directories to look at for attributes that rrm left there.
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Mend what can be mended without any data going.
    #[arg(long)]
    pub(crate) repair: bool,

    /// Print in this form.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = FindingForm::Plain)]
    pub(crate) format: FindingForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingForm {
    /// One line for each finding.
    Plain,
    /// One JSON object on a line for each finding.
    Json,
}
