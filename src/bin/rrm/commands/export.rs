//! `rrm export`: hands items over to the trash of the desktop.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use rrm::manager::TrashManager;
use rrm::ops::export::{ExportOptions, ExportPlan, ExportStep, Exported};

use super::help::Help;
use crate::exit::Exit;
use crate::options::SelectionArgs;
use crate::output::{self, Lines};
use crate::session::{Report, Session, Start, default_report, println};
use crate::values;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm export notes.txt       All versions of notes.txt
  rrm export --here -n       Only print what would be exported",
    everyday: "words dry_run here since larger_than last",
    page: include_str!("../manual/export.man"),
};

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    /// Only print what would be exported.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Print a JSON object for each item, and where it is now, on its own line.
    #[arg(long)]
    pub(crate) json: bool,
}

pub(super) fn run(args: &ExportArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let context = &session.context;
    let selection = context.selection(&args.selection)?;
    if selection.is_everything() {
        session.messages.say("nothing selected to export");
        session.messages.hint("name an ID or a path from rrm list");
        return Ok(Exit::Usage);
    }
    let data_home = context.environment.data_dir.clone();
    let manager = session.manager();
    let mut options = ExportOptions::new(selection, data_home, values::wall_clock, context.now);
    options.floor = context.limits.floor()?;
    let plan = manager.plan_export(&options);
    if plan.steps.is_empty() && plan.problems.is_empty() {
        session.messages.say("nothing in the trash matches");
        return Ok(Exit::Failure);
    }
    let exit = session.report_problems(&plan.problems, &plan.options.selection, "export")?;
    if args.dry_run {
        return print_plan(session, &plan, args.json).map(|()| exit);
    }
    let default = default_report(&plan.options.selection, plan.steps.iter().map(|step| &step.item));
    let report = if args.json { Report::Json } else { session.report(default) };
    Ok(exit.max(export(session, &manager, &plan, report)?))
}

fn print_plan(session: &Session<'_>, plan: &ExportPlan, is_json: bool) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for ExportStep { item, to, .. } in &plan.steps {
        let line = match is_json {
            true => output::line_of(&output::moved_object(item, to.path(), "exported", session.context.now)),
            false => format!("would export {} to {}", session.name_of(item), session.quoted(to.path())),
        };
        writeln!(out, "{line}").context("write error")?;
    }
    out.flush().context("write error")
}

fn export(session: &Session<'_>, manager: &TrashManager, plan: &ExportPlan, report: Report) -> anyhow::Result<Exit> {
    let mut exit = Exit::Success;
    let mut done: Vec<PathBuf> = Vec::new();
    let mut lines = Lines::new();
    manager.export(plan, &session.messages.progress().watching(), |step, result| match result {
        Ok(Exported { path, problem }) => {
            let line = match report {
                Report::Json => {
                    Some(output::line_of(&output::moved_object(&step.item, &path, "exported", session.context.now)))
                }
                Report::Each => Some(format!("exported {}", session.name_of(&step.item))),
                Report::Summary | Report::Nothing => None,
            };
            line.into_iter().for_each(|line| lines.write(line));
            done.push(step.item.shown_path());
            exit = exit.max(session.messages.problems(problem.as_slice()));
        }
        Err(error) => exit = exit.max(session.messages.problems(&[error])),
    });
    lines.finish().context("write error")?;
    if report == Report::Summary && !done.is_empty() {
        println(&session.summary("exported", plan.steps.len(), &done, ""))?;
    }
    Ok(exit)
}
