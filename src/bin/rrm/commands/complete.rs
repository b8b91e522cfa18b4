//! `rrm complete`: completes a command line for a shell.

use std::ffi::OsString;

use clap::Args;
use clap_complete::Shell;

use super::help::Help;
use crate::complete;
use crate::exit::Exit;
use crate::session::Start;

// Only the scripts that `rrm completions` prints run it, so it is described nowhere.
pub(super) const HELP: Help = Help { examples: "", everyday: "", page: "" };

#[derive(Debug, Args)]
pub(crate) struct CompleteArgs {
    /// The shell.
    shell: Shell,
    /// The words up to the cursor.
    #[arg(last = true)]
    words: Vec<OsString>,
}

pub(super) fn run(args: &CompleteArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    Ok(complete::answer(args.shell, &args.words, start.environment, start.program.grammar))
}
