//! `rrm undo` and `rrm redo`: either way.

use std::io::{self, Write as _};
use std::path::PathBuf;

use rrm::error::{Error, ErrorKind};
use rrm::manager::{Returned, TrashManager};
use rrm::outcome::History;
use rrm::request::{Copying, Restorable, TrashRequest};

use crate::args::{RedoArgs, SortKey, UndoArgs};
use crate::exit::Exit;
use crate::list::compare;
use crate::run::{Session, Told, println};
use crate::terminal::clear_progress;
use crate::translate::{Effect, copying, effect};
use crate::view::{self, Detail};

/// How many commands are listed unless a number says otherwise.
const LISTED: usize = 10;

impl Session<'_> {
    pub(crate) fn undo(&self, args: &UndoArgs) -> anyhow::Result<Exit> {
        if args.list {
            return self.list_commands(args);
        }
        let last = Restorable::LastBatches { most: args.count.unwrap_or(1), session: args.session.clone() };
        self.carry_out_restore(last, &args.to)
    }

    /// Lists what `rrm undo` would restore, the last command first.
    fn list_commands(&self, args: &UndoArgs) -> anyhow::Result<Exit> {
        let (most, session) = (args.count.unwrap_or(LISTED), args.session.as_deref());
        let History { mut batches, problems } = self.manager().last_batches(most, session, self.context.now, |_| false);
        for items in &mut batches {
            items.sort_unstable_by(|a, b| compare(SortKey::Path, a, b));
        }
        if batches.is_empty() && problems.is_empty() && !args.to.json {
            self.messages.close("nothing to undo");
        } else {
            let form = if args.to.json { view::write_batches_as_json } else { view::write_batches };
            let mut out = io::BufWriter::new(io::stdout().lock());
            form(&batches, &self.scene(None, Detail::Short), &mut out).and_then(|()| out.flush())?;
        }
        Ok(self.messages.problems(&problems))
    }

    pub(crate) fn redo(&self, args: &RedoArgs) -> anyhow::Result<Exit> {
        let manager = self.manager();
        let plan = manager.plan_redo()?;
        let mut exit = self.messages.problems(&plan.problems);
        if plan.steps.is_empty() && plan.problems.is_empty() {
            let why =
                if plan.gone > 0 { "what the last undo restored is not there any more" } else { "nothing to redo" };
            self.messages.say(why);
            self.messages.hint("rrm redo removes again what the last rrm undo restored");
            return Ok(Exit::Failure);
        }
        if effect(args.dry_run) == Effect::DryRun {
            plan.steps.iter().try_for_each(|step| println(&format!("would remove {}", self.quoted(&step.path))))?;
            return Ok(exit);
        }
        let (all, before) = (plan.steps.len() + plan.problems.len(), exit);
        let mut done = Vec::new();
        let unagreed = self.redo_steps(&manager, &plan.steps, copying(args.yes), &mut done, &mut exit)?;
        let is_all_agreed = unagreed.is_empty();
        let agreed = self.agreed(unagreed, &mut exit);
        self.redo_steps(&manager, &agreed, Copying::Whatever, &mut done, &mut exit)?;
        // They went from the inside out, and are told as undo told them.
        done.reverse();
        if self.told(Told::Summary) == Told::Summary && !done.is_empty() {
            println(&self.summary("removed", all, &done, " again"))?;
        }
        // What failed can be tried again.
        if exit == before && (is_all_agreed || !agreed.is_empty()) {
            manager.forget_undo()?;
        }
        Ok(exit)
    }

    /// Does the steps, and gives those that somebody has to agree to first.
    fn redo_steps(
        &self,
        manager: &TrashManager,
        steps: &[Returned],
        copying: Copying,
        done: &mut Vec<PathBuf>,
        exit: &mut Exit,
    ) -> anyhow::Result<Vec<(Returned, Error)>> {
        let request = TrashRequest { copying, ..self.context.take_back()? };
        let progress = self.messages.progress().watching();
        let (mut unagreed, mut lines) = (Vec::new(), Vec::new());
        let count = manager.redo(steps, &request, &progress, |step, result| match result {
            Ok((_, problem)) => {
                *exit = (*exit).max(self.messages.problems(problem.as_slice()));
                lines.push(format!("removed {}", self.quoted(&step.path)));
                done.push(step.path.clone());
            }
            Err(error) if error.kind == ErrorKind::NeedsConsent => unagreed.push((step.clone(), error)),
            Err(error) => *exit = (*exit).max(self.messages.problems(&[error])),
        });
        if count < steps.len() {
            self.messages.say("interrupted");
            self.messages.hint("run rrm redo again to go on");
            *exit = Exit::Interrupted;
        }
        if self.told(Told::Summary) == Told::Everything {
            clear_progress();
            lines.iter().try_for_each(|line| println(line))?;
        }
        Ok(unagreed)
    }
}
