//! `rrm import`: imports items from the trash of other programs.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use chrono::Local;
use clap::{Args, ValueHint};
use rrm::error::{Error, ErrorKind, Result};
use rrm::item::ItemId;
use rrm::manager::TrashManager;
use rrm::ops::Copying;
use rrm::ops::import::{ImportOptions, Sources};
use rrm::ops::import::{ImportPlan, ImportStep, Imported};
use rrm::rules::retention::{Fate, Rule};
use rrm::rules::selection::absolute;

use super::help::Help;
use crate::context::Context;
use crate::exit::Exit;
use crate::options::copying;
use crate::output::{self, Lines};
use crate::session::{Report, Session, Start};
use crate::values;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm import -n              Only print what would be imported
  rrm import ~/Trash         Import from this trash directory only",
    everyday: "",
    page: include_str!("../manual/import.man"),
};

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Trash directories to import from [default: all of yours].
    #[arg(value_name = "TRASH_DIR", value_hint = ValueHint::DirPath)]
    pub(crate) trashes: Vec<PathBuf>,

    /// Keep the items at least this long from now: 7d, 12h, 2w, 1month; a bare number is days.
    #[arg(short, long, value_name = "DURATION")]
    pub(crate) grace_period: Option<String>,

    /// Only print what would be imported.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Do not ask before a large or lossy copy.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Print a JSON object for each item on its own line.
    #[arg(long)]
    pub(crate) json: bool,
}

impl ImportArgs {
    fn request(&self, context: &Context) -> Result<ImportOptions> {
        let here = context.environment.working_directory();
        // Who names a trash may name it by a link.
        let named = self.trashes.iter().map(|path| path.canonicalize().unwrap_or_else(|_| absolute(path, &here)));
        let sources = match self.trashes.is_empty() {
            true => Sources::All(context.environment.data_dir.clone()),
            false => Sources::At(named.collect()),
        };
        let mut options = ImportOptions::new(sources, values::local, context.now);
        options.place = context.place();
        options.copying = copying(self.yes);
        options.deletion = context.deletion(self.grace_period.as_deref())?;
        Ok(options)
    }
}

pub(super) fn run(args: &ImportArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let request = args.request(&session.context)?;
    let manager = session.manager();
    let plan = manager.plan_import(&request);
    let exit = session.messages.problems(&plan.problems);
    if plan.steps.is_empty() && plan.problems.is_empty() {
        session.messages.say("nothing to import");
        return Ok(exit);
    }
    let report = if args.json { Report::Json } else { session.report(Report::Nothing) };
    if args.dry_run {
        return print_plan(session, &plan, report).map(|()| exit);
    }
    Ok(exit.max(import_all(session, &manager, plan, report)?))
}

fn print_plan(session: &Session<'_>, plan: &ImportPlan, report: Report) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    if report == Report::Json {
        let deletion = Some(plan.options.deletion);
        for ImportStep { original, trashed, .. } in &plan.steps {
            let object = output::future_object(Some(original), None, Some(*trashed), deletion);
            writeln!(out, "{}", output::line_of(&object))?;
        }
        return Ok(out.flush()?);
    }
    for step in &plan.steps {
        let date = step.trashed.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S");
        writeln!(out, "would import {}, removed {date}", session.quoted(&step.original))?;
    }
    writeln!(out, "would import {}", output::count(plan.steps.len() as u64, "item"))?;
    Ok(out.flush()?)
}

/// Imports the plan. Steps that need consent are asked about after the others.
fn import_all(
    session: &Session<'_>,
    manager: &TrashManager,
    mut plan: ImportPlan,
    report: Report,
) -> anyhow::Result<Exit> {
    let Pass { mut exit, mut imported, unagreed } = import_steps(session, manager, &plan, report)?;
    plan.steps = session.agreed(unagreed, &mut exit);
    if !plan.steps.is_empty() {
        plan.options.copying = Copying::Whatever;
        let again = import_steps(session, manager, &plan, report)?;
        exit = exit.max(again.exit);
        imported.extend(again.imported);
    }
    warn_of_rules(session, manager, &imported)?;
    Ok(exit)
}

fn import_steps(
    session: &Session<'_>,
    manager: &TrashManager,
    plan: &ImportPlan,
    report: Report,
) -> anyhow::Result<Pass> {
    let mut pass = Pass { exit: Exit::Success, imported: HashSet::new(), unagreed: Vec::new() };
    let mut lines = Lines::new();
    manager.import(plan, &session.messages.progress().watching(), |step, result| match result {
        Ok(Imported::Done(item)) => {
            pass.imported.insert(item.id);
            let line = match report {
                Report::Json => Some(output::object_line(&item, session.context.now)),
                Report::Each => Some(format!("imported {}", session.quoted(&step.original))),
                Report::Summary | Report::Nothing => None,
            };
            line.into_iter().for_each(|line| lines.write(line));
        }
        Ok(Imported::Gone) => {}
        Err(error) if error.kind == ErrorKind::NeedsConsent => pass.unagreed.push((step.clone(), error)),
        Err(error) => pass.exit = pass.exit.max(session.messages.problems(&[error])),
    });
    lines.finish().context("write error")?;
    Ok(pass)
}

/// Imported items start a new grace period, but a configured rule may go by the day of removal. Warn before the next clean
/// deletes them.
fn warn_of_rules(session: &Session<'_>, manager: &TrashManager, imported: &HashSet<ItemId>) -> anyhow::Result<()> {
    let standing = session.context.standing()?;
    if imported.is_empty() || standing.rules.iter().all(|rule| *rule == Rule::PastGrace) {
        return Ok(());
    }
    let fates = manager.fates_now(&standing, session.context.now);
    let due = fates.iter().filter(|(id, fate)| imported.contains(id) && matches!(fate, Fate::Due(_))).count();
    if due > 0 {
        let items = output::count(due as u64, "imported item");
        session.messages.say(&format!("by your configured rules, the next rrm clean deletes {items}"));
        session.messages.hint("rrm list shows them, rrm keep exempts them, rrm config shows the rules");
    }
    Ok(())
}

/// The result of one pass over a plan.
struct Pass {
    exit: Exit,
    imported: HashSet<ItemId>,
    /// Steps that need consent to a copy.
    unagreed: Vec<(ImportStep, Error)>,
}
