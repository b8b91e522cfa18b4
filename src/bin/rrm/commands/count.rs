//! `rrm count`: how many items there are.

use clap::Args;
use rrm::ops::list::ListOptions;

use super::help::Help;
use crate::exit::Exit;
use crate::options::SelectionArgs;
use crate::session::{Session, Start, println};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm count                  How many items are in the trash
  rrm count --here '*.log'   How many logs were removed here",
    everyday: "words here since older_than last",
    page: include_str!("../manual/count.man"),
};

#[derive(Debug, Args)]
pub(crate) struct CountArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,
}

pub(super) fn run(args: &CountArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session: &Session<'_> = &start.session()?;
    let selection = session.context.selection_to_show(&args.selection)?;
    let options = ListOptions::new(selection, session.context.now);
    let listing = session.manager().list(&options, &session.messages.progress());
    println(&listing.items.len().to_string())?;
    Ok(session.messages.problems(&listing.problems))
}
