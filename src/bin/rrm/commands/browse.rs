//! `rrm browse`: the trash on a screen.

use clap::Args;

use super::help::Help;
use crate::browse::{self, Grouping};
use crate::exit::Exit;
use crate::options::{SelectionArgs, SortKey};
use crate::session::Start;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm browse                        All items, newest first; ? lists the keys
  rrm browse --here --group command Items removed here, by command",
    everyday: "words sort group here since older_than larger_than last",
    page: include_str!("../manual/browse.man"),
};

#[derive(Debug, Args)]
pub(crate) struct BrowseArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Sort by KEY, most relevant first.
    #[arg(long, value_enum, value_name = "KEY", default_value_t = SortKey::Removed)]
    pub(crate) sort: SortKey,

    /// Group the items.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = Grouping::None)]
    pub(crate) group: Grouping,
}

pub(super) fn run(args: &BrowseArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    if !browse::has_terminal() {
        session.messages.say("there is no terminal to browse on, or TERM is dumb");
        session.messages.say("hint: rrm list prints the same items and takes the same selections");
        return Ok(Exit::Usage);
    }
    let among = session.context.selection_to_show(&args.selection)?;
    browse::browse(session, among, args.sort, args.group)
}
