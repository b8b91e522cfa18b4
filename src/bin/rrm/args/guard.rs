//! What `rrm guard` takes.

use std::ffi::OsString;

use clap::{Args, ValueHint};

#[derive(Debug, Args)]
pub(crate) struct GuardArgs {
    /// Label what is kept with session LABEL, instead of $RRM_SESSION.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    /// The command to run, and its arguments.
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true, allow_hyphen_values = true,
          value_hint = ValueHint::CommandWithArguments)]
    pub(crate) words: Vec<OsString>,
}
