//! `rrm completions`: prints the script that makes a shell ask `rrm complete`.

use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::Args;
use clap_complete::Shell;

use super::help::Help;
use crate::complete;
use crate::exit::Exit;
use crate::session::Start;

pub(super) const HELP: Help = Help {
    examples: "\
Example:
  rrm completions fish >~/.config/fish/completions/rrm.fish",
    everyday: "",
    page: include_str!("../manual/completions.man"),
};

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell to print the script for.
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let script = complete::script(args.shell, start.program.grammar);
    io::stdout().write_all(&script).context("write error")?;
    Ok(Exit::Success)
}
