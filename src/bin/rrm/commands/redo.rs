//! `rrm redo`: removes again what the last undo restored.

use std::path::PathBuf;

use clap::Args;
use rrm::error::{Error, ErrorKind};
use rrm::manager::TrashManager;
use rrm::ops::Copying;
use rrm::ops::Returned;

use super::help::Help;
use crate::exit::Exit;
use crate::options::copying;
use crate::output::clear_progress;
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
}

pub(super) fn run(args: &RedoArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let manager = session.manager();
    let plan = manager.plan_redo()?;
    let mut exit = session.messages.problems(&plan.problems);
    if plan.steps.is_empty() && plan.problems.is_empty() {
        let why = if plan.gone > 0 { "what the last undo restored is not there any more" } else { "nothing to redo" };
        session.messages.say(why);
        session.messages.hint("rrm redo removes again what the last rrm undo restored");
        return Ok(Exit::Failure);
    }
    if args.dry_run {
        plan.steps.iter().try_for_each(|step| println(&format!("would remove {}", session.quoted(&step.path))))?;
        return Ok(exit);
    }
    let (all, before) = (plan.steps.len() + plan.problems.len(), exit);
    let mut done = Vec::new();
    let unagreed = redo_steps(session, &manager, &plan.steps, copying(args.yes), &mut done, &mut exit)?;
    let is_all_agreed = unagreed.is_empty();
    let agreed = session.agreed(unagreed, &mut exit);
    redo_steps(session, &manager, &agreed, Copying::Whatever, &mut done, &mut exit)?;
    // Inner items were removed first; print them in the order of undo.
    done.reverse();
    if session.report(Report::Summary) == Report::Summary && !done.is_empty() {
        println(&session.summary("removed", all, &done, " again"))?;
    }
    // Keep the record of the undo if a step failed, so that redo can be run again.
    if exit == before && (is_all_agreed || !agreed.is_empty()) {
        manager.forget_undo()?;
    }
    Ok(exit)
}

/// Removes the items again. Returns the steps that need consent.
fn redo_steps(
    session: &Session<'_>,
    manager: &TrashManager,
    steps: &[Returned],
    copying: Copying,
    done: &mut Vec<PathBuf>,
    exit: &mut Exit,
) -> anyhow::Result<Vec<(Returned, Error)>> {
    let mut request = session.context.take_back()?;
    request.copying = copying;
    let progress = session.messages.progress().watching();
    let (mut unagreed, mut lines) = (Vec::new(), Vec::new());
    let count = manager.redo(steps, &request, &progress, |step, result| match result {
        Ok((_, problem)) => {
            *exit = (*exit).max(session.messages.problems(problem.as_slice()));
            lines.push(format!("removed {}", session.quoted(&step.path)));
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
    if session.report(Report::Summary) == Report::Each {
        clear_progress();
        lines.iter().try_for_each(|line| println(line))?;
    }
    Ok(unagreed)
}
