//! `rrm redo`: removes again what the last undo restored.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use rrm::error::{Error, ErrorKind};
use rrm::manager::TrashManager;
use rrm::ops::Copying;
use rrm::ops::Returned;

use super::help::Help;
use crate::exit::Exit;
use crate::options::copying;
use crate::output::{self, Lines};
use crate::session::{Report, Session, Start, println};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm redo                   Remove again what the last rrm undo restored
  rrm redo -n                Only print what would be removed",
    everyday: "",
    page: include_str!("../manual/redo.man"),
};

#[derive(Debug, Args)]
pub(crate) struct RedoArgs {
    /// Do not ask before a large or lossy copy.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Only print what would be removed.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Print a JSON object for each item on its own line.
    #[arg(long)]
    pub(crate) json: bool,
}

pub(super) fn run(args: &RedoArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let manager = session.manager();
    let plan = manager.plan_redo()?;
    let mut exit = session.messages.problems(&plan.problems);
    if plan.steps.is_empty() && plan.problems.is_empty() {
        let why = if plan.gone > 0 { "what the last undo restored is no longer there" } else { "nothing to redo" };
        session.messages.say(why);
        session.messages.hint("rrm redo removes again what the last rrm undo restored");
        return Ok(Exit::Failure);
    }
    let report = if args.json { Report::Json } else { session.report(Report::Summary) };
    if args.dry_run {
        let line = |step: &Returned| match report {
            Report::Json => future_line(session, step),
            _ => format!("would remove {}", session.quoted(&step.path)),
        };
        plan.steps.iter().try_for_each(|step| println(&line(step)))?;
        return Ok(exit);
    }
    let (all, before) = (plan.steps.len() + plan.problems.len(), exit);
    let mut done = Vec::new();
    let unagreed = redo_steps(session, &manager, &plan.steps, (copying(args.yes), report), &mut done, &mut exit)?;
    let is_all_agreed = unagreed.is_empty();
    let agreed = session.agreed(unagreed, &mut exit);
    redo_steps(session, &manager, &agreed, (Copying::Whatever, report), &mut done, &mut exit)?;
    // Inner items were removed first; print them in the order of undo.
    done.reverse();
    if report == Report::Summary && !done.is_empty() {
        println(&session.summary("removed", all, &done, " again"))?;
    }
    // Keep the record of the undo if a step failed, so that redo can be run again.
    if exit == before && (is_all_agreed || !agreed.is_empty()) {
        manager.forget_undo()?;
    }
    Ok(exit)
}

/// The item that removing it again would make: it has no ID yet.
fn future_line(session: &Session<'_>, step: &Returned) -> String {
    let (past, now) = (&step.past, session.context.now);
    let object =
        output::future_object(past.original_path.as_deref(), past.session.as_deref(), Some(now), past.deletion);
    output::line_of(&object)
}

/// Removes the items again. Returns the steps that need consent.
fn redo_steps(
    session: &Session<'_>,
    manager: &TrashManager,
    steps: &[Returned],
    (copying, report): (Copying, Report),
    done: &mut Vec<PathBuf>,
    exit: &mut Exit,
) -> anyhow::Result<Vec<(Returned, Error)>> {
    let mut request = session.context.take_back()?;
    request.copying = copying;
    let progress = session.messages.progress().watching();
    let (mut unagreed, mut lines) = (Vec::new(), Lines::new());
    let count = manager.redo(steps, &request, &progress, |step, result| match result {
        Ok((item, problem)) => {
            *exit = (*exit).max(session.messages.problems(problem.as_slice()));
            match report {
                Report::Json => lines.write(output::object_line(&item, session.context.now)),
                Report::Each => lines.write(format_args!("removed {}", session.quoted(&step.path))),
                Report::Summary | Report::Nothing => {}
            }
            done.push(step.path.clone());
        }
        Err(error) if error.kind == ErrorKind::NeedsConsent => unagreed.push((step.clone(), error)),
        Err(error) => *exit = (*exit).max(session.messages.problems(&[error])),
    });
    if count < steps.len() {
        session.messages.say("interrupted");
        session.messages.hint("run rrm redo again to go on");
        *exit = Exit::Interrupted;
    }
    lines.finish().context("write error")?;
    Ok(unagreed)
}
