//! `rrm undo`: restores what the last commands removed.

use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::Args;
use rrm::ops::list::History;
use rrm::ops::restore::Restorable;

use super::help::Help;
use super::restore::{self, RestoreToArgs};
use crate::exit::Exit;
use crate::options::{SortKey, compare};
use crate::output::{self, Detail};
use crate::session::{Session, Start};
use crate::values::number;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm undo                   Restore what the last rrm rm removed
  rrm undo --list            List what the last commands removed
  rrm undo 3                 Undo the last three commands",
    everyday: "count list json session to conflict dry_run",
    page: include_str!("../manual/undo.man"),
};

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// How many commands to undo [default: 1], or to list [default: 10].
    #[arg(value_name = "N", value_parser = number)]
    pub(crate) count: Option<usize>,

    /// List the last commands and what each removed, instead of undoing.
    #[arg(short, long)]
    pub(crate) list: bool,

    /// Only items of session LABEL.
    #[arg(long, value_name = "LABEL")]
    pub(crate) session: Option<OsString>,

    #[command(flatten)]
    pub(crate) to: RestoreToArgs,
}

/// How many commands are listed by default.
const LISTED: usize = 10;

pub(super) fn run(args: &UndoArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    if args.list {
        return list_commands(session, args);
    }
    let last = Restorable::LastBatches { most: args.count.unwrap_or(1), session: args.session.clone() };
    restore::carry_out(session, last, &args.to)
}

/// Lists what `rrm undo` would restore, the last command first.
fn list_commands(session: &Session<'_>, args: &UndoArgs) -> anyhow::Result<Exit> {
    let (most, label) = (args.count.unwrap_or(LISTED), args.session.as_deref());
    let History { mut batches, problems } = session.manager().last_batches(most, label, session.context.now, |_| false);
    for items in &mut batches {
        items.sort_unstable_by(|a, b| compare(SortKey::Path, a, b));
    }
    if batches.is_empty() && problems.is_empty() && !args.to.json {
        session.messages.close("nothing to undo");
    } else {
        let form = if args.to.json { output::write_batches_as_json } else { output::write_batches };
        let mut out = io::BufWriter::new(io::stdout().lock());
        form(&batches, &session.view(None, Detail::Short), &mut out).and_then(|()| out.flush())?;
    }
    Ok(session.messages.problems(&problems))
}
