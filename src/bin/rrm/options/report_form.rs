//! How a report is printed.

use clap::{Args, ValueEnum};

/// How a report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct ReportFormArgs {
    /// Output format.
    #[arg(long, value_enum, value_name = "FORM", default_value_t = ReportForm::Text)]
    format: ReportForm,

    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl ReportFormArgs {
    pub(crate) fn form(self) -> ReportForm {
        if self.json { ReportForm::Json } else { self.format }
    }
}
