//! `rrm keep`: exempts items from clean, or releases them.

use std::path::Path;

use chrono::{DateTime, Utc};
use clap::Args;
use rrm::error::Result;
use rrm::item::{Keep, TrashItem};
use rrm::ops::keep::KeepOptions;
use rrm::rules::selection::{Searching, Selection};

use super::help::Help;
use crate::context::Context;
use crate::exit::Exit;
use crate::options::SelectionArgs;
use crate::output;
use crate::session::{Report, Session, Start, default_report, println};
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

    /// Only print what would be kept or released.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Print a JSON object for each item on its own line.
    #[arg(long)]
    pub(crate) json: bool,
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

    fn verb(&self) -> &'static str {
        match (self.release, self.dry_run) {
            (false, false) => "kept",
            (false, true) => "would keep",
            (true, false) => "released",
            (true, true) => "would release",
        }
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
    let manager = session.manager();
    let mut plan = manager.plan_keep(&request);
    if plan.items.is_empty() && plan.problems.is_empty() {
        session.messages.say("nothing in the trash matches");
        return Ok(Exit::Failure);
    }
    let is_free = |item: &mut TrashItem| args.release && item.keep == Keep::No;
    let free: Vec<TrashItem> = plan.items.extract_if(.., is_free).collect();
    let (mut kept, mut problems) = (Vec::new(), std::mem::take(&mut plan.problems));
    if args.dry_run {
        kept.extend(plan.items.into_iter().map(|item| TrashItem { keep: request.keep, ..item }));
    } else {
        problems.extend(manager.keep(&plan, |item| kept.push(item.clone())));
    }
    let report = match (args.json, args.dry_run) {
        (true, _) => Report::Json,
        (_, true) => Report::Each,
        _ => session.report(default_report(&request.selection, kept.iter().chain(&free))),
    };
    print_kept(session, &kept, &free, (args.verb(), report))?;
    let command = if args.release { "keep --release" } else { "keep" };
    let exit = session.report_problems(&problems, &request.selection, command)?;
    if let Keep::Until(end) = request.keep {
        hint_at_grace(session, &kept, end);
    }
    Ok(exit)
}

/// A keep that ends before the grace period protects an item only from what would delete it earlier.
fn hint_at_grace(session: &Session<'_>, kept: &[TrashItem], end: DateTime<Utc>) {
    let later = kept.iter().filter_map(|item| item.deletion.instant()).filter(|date| *date > end).min();
    if let Some(date) = later {
        let date = output::local(&date);
        session.messages.hint(&format!(
            "the grace period ends later ({date}); the keep only protects from rules, a SELECTION and --all"
        ));
    }
}

/// Prints what is kept or released, and what was to be released and nobody kept.
fn print_kept(
    session: &Session<'_>,
    kept: &[TrashItem],
    free: &[TrashItem],
    (verb, report): (&str, Report),
) -> anyhow::Result<()> {
    let lines: Vec<String> = match report {
        Report::Json => kept.iter().map(|item| output::object_line(item, session.context.now)).collect(),
        Report::Each => {
            let done = kept.iter().map(|item| format!("{verb} {}", session.name_of(item)));
            done.chain(free.iter().map(|item| format!("{} is not kept", session.name_of(item)))).collect()
        }
        Report::Summary => {
            let mut paths: Vec<_> = kept.iter().filter_map(|item| item.original_path().map(Path::to_owned)).collect();
            paths.sort_unstable();
            let done = (!kept.is_empty()).then(|| session.summary(verb, kept.len(), &paths, ""));
            let free = match free.len() {
                0 => None,
                1 => Some("1 item is not kept".to_owned()),
                many => Some(format!("{many} items are not kept")),
            };
            done.into_iter().chain(free).collect()
        }
        Report::Nothing => {
            free.iter().for_each(|item| session.messages.close(&format!("{} is not kept", session.name_of(item))));
            vec![]
        }
    };
    lines.iter().try_for_each(|line| println(line))
}
