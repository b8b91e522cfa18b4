//! `rrm man`: writes the manual pages.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::help::Help;
use crate::exit::Exit;
use crate::gnu::quote::quote;
use crate::manual;
use crate::session::Start;

pub(super) const HELP: Help = Help {
    examples: "\
Example:
  rrm man ~/.local/share/man/man1",
    everyday: "",
    page: include_str!("../manual/man.man"),
};

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The directory; created if missing.
    #[arg(value_hint = ValueHint::DirPath)]
    dir: PathBuf,
}

pub(super) fn run(args: &ManArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    manual::write(&args.dir, (start.program.grammar)(), start.program.page)?;
    let dir = quote(args.dir.as_os_str(), start.messages.charset);
    start.messages.done(&format!("wrote the manual pages to {dir}"))?;
    Ok(Exit::Success)
}
