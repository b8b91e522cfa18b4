//! `rrm restore`: restores items, also for `rrm undo`.

mod merged;
#[cfg(feature = "browse")]
mod pick;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum, ValueHint};
use rrm::error::{Error, ErrorKind, Result};
use rrm::manager::TrashManager;
use rrm::ops::restore::{Conflict, Destination, Open, Restorable, RestoreOptions};
use rrm::ops::restore::{RestoreEnd, RestorePlan, RestoreStep, Restored};
use rrm::ops::{Copying, Undoing};
use rrm::rules::selection::absolute;

use super::help::Help;
use crate::context::Context;
use crate::exit::Exit;
use crate::options::{SelectionArgs, copying};
use crate::output::{self, Lines};
use crate::session::{Report, Session, Start, default_report, println};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm restore notes.txt             The newest version of notes.txt, or search for it
  rrm restore 3f1c --to /tmp        The item whose ID begins with 3f1c, into /tmp",
    everyday: "words to rename conflict dry_run here since larger_than last",
    page: include_str!("../manual/restore.man"),
};

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    #[command(flatten)]
    pub(crate) to: RestoreToArgs,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreToArgs {
    /// Restore into DIR; created if missing.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) to: Option<PathBuf>,

    /// Restore under NAME.
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<OsString>,

    /// What to do if the target exists; it is never overwritten.
    #[arg(long, value_enum, value_name = "MODE", default_value_t = ConflictMode::Fail)]
    pub(crate) conflict: ConflictMode,

    /// Do not ask before a large or lossy copy.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Only print what would be restored.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Print a JSON object for each item, and where it is now, on its own line.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConflictMode {
    /// Leave both in place and fail.
    Fail,
    /// Leave both in place.
    Skip,
    /// Restore beside the target, as name.~1~.
    Rename,
    /// Move the target to the trash first.
    Swap,
    /// Restore what is missing in the target directory; leave the rest in the trash.
    Merge,
    /// The same, but move what exists there to the trash first.
    MergeSwap,
}

impl RestoreToArgs {
    fn request(&self, what: Restorable, context: &Context) -> Result<RestoreOptions> {
        let working_directory = context.environment.working_directory();
        let mut options = context.restore(what)?;
        options.destination = Destination {
            directory: self.to.as_deref().map(|directory| absolute(directory, &working_directory)),
            name: self.rename.clone(),
        };
        options.conflict = match self.conflict {
            ConflictMode::Fail => Conflict::Fail,
            ConflictMode::Skip => Conflict::Skip,
            ConflictMode::Rename => Conflict::Rename,
            ConflictMode::Swap => Conflict::Swap,
            ConflictMode::Merge => Conflict::Merge,
            ConflictMode::MergeSwap => Conflict::MergeSwap,
        };
        options.copying = copying(self.yes);
        Ok(options)
    }
}

pub(super) fn run(args: &RestoreArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let selection = session.context.selection(&args.selection)?;
    if !selection.is_everything() {
        return carry_out(session, Restorable::Selected(selection), &args.to);
    }
    #[cfg(feature = "browse")]
    if let Some(exit) = pick::from_all(session, &args.to)? {
        return Ok(exit);
    }
    session.messages.say("nothing selected to restore");
    session.messages.hint("name an ID or a path from rrm list; rrm undo restores what the last rrm rm removed");
    Ok(Exit::Usage)
}

pub(super) fn carry_out(session: &Session<'_>, what: Restorable, to: &RestoreToArgs) -> anyhow::Result<Exit> {
    let request = to.request(what, &session.context)?;
    let manager = session.manager();
    let plan = manager.plan_restore(&request);
    #[cfg(feature = "browse")]
    if let Some(exit) = pick::instead(session, &request, &plan.problems, to)? {
        return Ok(exit);
    }
    let exit = problems_of(session, &plan.problems, &request)?;
    if plan.steps.is_empty() && exit == Exit::Success {
        if is_undo(&request) {
            session.messages.say("nothing to undo");
            let is_of_all = matches!(request.what, Restorable::LastBatches { session: None, .. });
            if is_of_all && manager.plan_redo().is_ok_and(|plan| !plan.steps.is_empty()) {
                session.messages.hint("rrm redo removes again what the last rrm undo restored");
            }
        } else {
            session.messages.say("nothing to restore");
            session.messages.hint("rrm list shows the items in the trash");
        }
        return Ok(Exit::Failure);
    }
    if to.dry_run {
        return Ok(exit.max(print_plan(session, &manager, &plan, to)?));
    }
    let report = if to.json { Report::Json } else { session.report(default_report_of(&request, &plan.steps)) };
    let undoing = is_undo(&request).then(|| Undoing::begin(&manager, &plan));
    let (all, done, moved_back) = (plan.steps.len(), Vec::new(), Vec::new());
    Restoring { session, manager: &manager, report, all, done, moved_back, undoing, exit }.run(plan)
}

fn problems_of(session: &Session<'_>, problems: &[Error], request: &RestoreOptions) -> anyhow::Result<Exit> {
    match &request.what {
        Restorable::Selected(selection) => session.report_problems(problems, selection, "restore"),
        Restorable::LastBatches { .. } => Ok(session.messages.problems(problems)),
    }
}

/// Prints how each step would end. Steps that would ask are printed as failing without a terminal.
fn print_plan(
    session: &Session<'_>,
    manager: &TrashManager,
    plan: &RestorePlan,
    to: &RestoreToArgs,
) -> anyhow::Result<Exit> {
    let mut exit = Exit::Success;
    let mut lines = Vec::new();
    manager.foresee_restore(plan, |step, foreseen| match foreseen {
        Ok(Restored::At(path) | Restored::Marked(path, _)) if to.json => lines.push(object_line(session, step, &path)),
        Ok(Restored::At(path) | Restored::Marked(path, _)) => {
            lines.push(format!("would restore {}", session.quoted(&path)));
        }
        Ok(Restored::Merged(merged)) => {
            let report = if to.json { Report::Json } else { Report::Each };
            lines.extend(merged::lines_of(session, step, &merged, report).into_iter().map(merged::foreseen_line));
            exit = exit.max(session.messages.problems(&merged.problems));
        }
        Ok(Restored::Skipped(_)) if to.json => {}
        Ok(Restored::Skipped(path)) => lines.push(format!("would skip {}", session.quoted(&path))),
        Err(error) => exit = exit.max(failed(session, &plan.options, &error)),
    });
    let mut out = io::BufWriter::new(io::stdout().lock());
    lines.iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush()).context("write error")?;
    Ok(exit)
}

fn object_line(session: &Session<'_>, step: &RestoreStep, path: &Path) -> String {
    output::line_of(&output::moved_object(&step.item, path, "restored", session.context.now))
}

/// How much to print about a restore by default.
fn default_report_of(request: &RestoreOptions, steps: &[RestoreStep]) -> Report {
    match &request.what {
        Restorable::Selected(selection) => {
            default_report(selection, steps.iter().filter(|step| step.part.is_none()).map(|step| &step.item))
        }
        Restorable::LastBatches { .. } => Report::Summary,
    }
}

fn is_undo(request: &RestoreOptions) -> bool {
    matches!(request.what, Restorable::LastBatches { .. })
}

/// Prints why a step failed.
fn failed(session: &Session<'_>, request: &RestoreOptions, error: &Error) -> Exit {
    let messages = session.messages;
    match output::hint_of_undo(error).filter(|_| is_undo(request)) {
        Some(hint) => {
            messages.error_without_hint(error);
            messages.hint(hint);
            Exit::Failure
        }
        None => messages.problems(std::slice::from_ref(error)),
    }
}

/// A restore in progress.
struct Restoring<'a> {
    session: &'a Session<'a>,
    manager: &'a TrashManager,
    report: Report,
    /// How many items the plan restores.
    all: usize,
    /// The targets of those that are restored.
    done: Vec<PathBuf>,
    /// Where things are again that a guarded command had moved.
    moved_back: Vec<PathBuf>,
    undoing: Option<Undoing<'a>>,
    exit: Exit,
}

/// Steps that need consent, and why.
type Unagreed = Vec<(RestoreStep, Error)>;

impl Restoring<'_> {
    /// Restores the plan. Steps that need consent are asked about after the others.
    fn run(mut self, mut plan: RestorePlan) -> anyhow::Result<Exit> {
        let mut unagreed = self.steps(&plan)?;
        // An open record may also need a large copy, so it is asked about first.
        for kind in [ErrorKind::OpenRecord, ErrorKind::NeedsConsent] {
            let (asked, others): (Vec<_>, Vec<_>) = unagreed.into_iter().partition(|(_, error)| error.kind == kind);
            unagreed = others;
            plan.steps = self.session.agreed(asked, &mut self.exit);
            if plan.steps.is_empty() {
                continue;
            }
            match kind {
                ErrorKind::OpenRecord => plan.options.open = Open::Agreed,
                _ => plan.options.copying = Copying::Whatever,
            }
            unagreed.extend(self.steps(&plan)?);
        }
        self.finish()
    }

    fn steps(&mut self, plan: &RestorePlan) -> anyhow::Result<Unagreed> {
        let Self { session, manager, report, exit, done, undoing, .. } = self;
        let messages = session.messages;
        let mut unagreed = Vec::new();
        let mut lines = Lines::new();
        let RestoreEnd { made_anew, moved_back, problems } =
            manager.restore(plan, &messages.progress().watching(), |step, result| {
                let (verb, path) = match result {
                    Ok(Restored::At(path)) => ("restored", path),
                    Ok(Restored::Marked(path, problem)) => {
                        *exit = (*exit).max(messages.problems(&[problem]));
                        ("restored", path)
                    }
                    Ok(Restored::Skipped(path)) => ("skipped", path),
                    Ok(Restored::Merged(merged)) => {
                        undoing.iter_mut().for_each(|undoing| undoing.merged(&step.item, &merged));
                        let said = merged::lines_of(session, step, &merged, *report);
                        said.iter().for_each(|line| lines.write(line));
                        *exit = (*exit).max(messages.problems(&merged.problems));
                        if merged.is_whole() {
                            done.push(merged.target);
                        }
                        return;
                    }
                    Err(error) if matches!(error.kind, ErrorKind::NeedsConsent | ErrorKind::OpenRecord) => {
                        return unagreed.push((step.clone(), error));
                    }
                    Err(error) => {
                        *exit = (*exit).max(failed(session, &plan.options, &error));
                        return;
                    }
                };
                let is_skipped = verb == "skipped" && *report == Report::Summary;
                let line = match report {
                    Report::Json => (verb == "restored").then(|| object_line(session, step, &path)),
                    _ if *report == Report::Each || is_skipped || path != step.target => {
                        Some(format!("{verb} {}", session.quoted(&path)))
                    }
                    _ => None,
                };
                line.into_iter().for_each(|line| lines.write(line));
                if verb == "restored" {
                    if let Some(undoing) = undoing {
                        undoing.brought_back(&step.item, &path);
                    }
                    done.push(path);
                }
            });
        if *report == Report::Each {
            moved_back.iter().for_each(|path| lines.write(format_args!("moved back {}", session.quoted(path))));
        }
        lines.finish().context("write error")?;
        self.moved_back.extend(moved_back);
        self.exit = self.exit.max(messages.problems(&problems));
        made_anew.iter().for_each(|anew| messages.close(&output::made_anew(anew, messages.charset)));
        Ok(unagreed)
    }

    fn finish(self) -> anyhow::Result<Exit> {
        let messages = self.session.messages;
        // The items are restored even if redo does not know about them.
        if let Some(Err(error)) = self.undoing.map(Undoing::note) {
            messages.error(&error);
        }
        if self.report == Report::Summary && !self.done.is_empty() {
            println(&self.session.summary("restored", self.all, &self.done, ""))?;
        }
        if self.report == Report::Summary && !self.moved_back.is_empty() {
            println(&self.session.summary("moved back", self.moved_back.len(), &self.moved_back, ""))?;
        }
        Ok(self.exit)
    }
}
