//! `rrm keep`: exempts items from clean, or releases them.

use std::path::Path;

use clap::Args;
use rrm::error::Result;
use rrm::item::Keep;
use rrm::ops::keep::KeepOptions;
use rrm::rules::selection::{Searching, Selection};

use super::help::Help;
use crate::context::Context;
use crate::exit::Exit;
use crate::options::SelectionArgs;
use crate::session::{Report, Start, default_report, println};
use crate::values;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm keep notes.txt                All versions of notes.txt, until released
  rrm keep 3f1c --until 2027-01-31  One item, until a date",
    everyday: "words until release here since larger_than last",
    page: include_str!("../manual/keep.man"),
};

#[derive(Debug, Args)]
pub(crate) struct KeepArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Keep until WHEN: a date, monday, "next month", or a duration such as 30d.
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<String>,

    /// Stop keeping the items.
    #[arg(long, conflicts_with = "until")]
    pub(crate) release: bool,
}

impl KeepArgs {
    fn request(&self, context: &Context) -> Result<KeepOptions> {
        let keep = match (&self.until, self.release) {
            (_, true) => Keep::No,
            (None, false) => Keep::Forever,
            (Some(text), false) => Keep::Until(values::end(text, context.now)?),
        };
        let selection = context.selection(&self.selection)?;
        // What is released may be deleted by the next clean, so it is chosen as strictly.
        let searching = if self.release { Searching::Tell } else { selection.searching };
        Ok(KeepOptions::new(Selection { searching, ..selection }, keep))
    }
}

pub(super) fn run(args: &KeepArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let request = args.request(&session.context)?;
    if request.selection.is_everything() {
        session.messages.say(if args.release { "nothing selected to release" } else { "nothing selected to keep" });
        session.messages.hint("name an ID or a path from rrm list");
        return Ok(Exit::Usage);
    }
    let done = if args.release { "released" } else { "kept" };
    let mut kept = Vec::new();
    let problems = session.manager().keep(&request, |item| kept.push(item.clone()));
    if kept.is_empty() && problems.is_empty() {
        session.messages.say("nothing in the trash matches");
        return Ok(Exit::Failure);
    }
    match session.report(default_report(&request.selection, kept.iter())) {
        Report::Each => {
            kept.iter().try_for_each(|item| println(&format!("{done} {}", session.name_of(item))))?;
        }
        Report::Summary if !kept.is_empty() => {
            let paths: Vec<_> = kept.iter().filter_map(|item| item.original_path().map(Path::to_owned)).collect();
            println(&session.summary(done, kept.len(), &paths, ""))?;
        }
        Report::Summary | Report::Nothing | Report::Json => {}
    }
    let command = if args.release { "keep --release" } else { "keep" };
    session.report_problems(&problems, &request.selection, command)
}
