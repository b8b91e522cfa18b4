//! `rrm restore`, and what it has in common with `rrm undo`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use rrm::error::{Error, ErrorKind};
use rrm::item::TrashItem;
use rrm::manager::{TrashManager, Undoing};
use rrm::outcome::{RestoreEnd, RestorePlan, RestoreStep, Restored};
use rrm::request::{Copying, Open, Restorable, RestoreRequest};
use rrm::selection::Selection;

use crate::args::{RestoreArgs, RestoreToArgs};
use crate::browse;
use crate::choose::Picking;
use crate::exit::Exit;
use crate::run::{Session, Told, println};
use crate::terminal::{Consent, clear_progress};
use crate::translate::{Effect, effect};
use crate::view;

impl Session<'_> {
    pub(crate) fn restore(&self, args: &RestoreArgs) -> anyhow::Result<Exit> {
        let selection = self.context.selection(&args.selection)?;
        if !selection.is_everything() {
            return self.carry_out_restore(Restorable::Selected(selection), &args.to);
        }
        if browse::has_terminal() {
            return self.restore_picked(Selection::default(), Vec::new(), &args.to);
        }
        self.messages.say("nothing selected to restore");
        self.messages.hint("name an ID or a path from rrm list; rrm undo restores what the last rrm rm removed");
        Ok(Exit::Usage)
    }

    pub(crate) fn carry_out_restore(&self, what: Restorable, to: &RestoreToArgs) -> anyhow::Result<Exit> {
        let request = self.context.restore(what, to)?;
        let manager = self.manager();
        let plan = manager.plan_restore(&request);
        if let Restorable::Selected(selection) = &request.what
            && let Some(picking) = Picking::of(selection, &plan.problems).filter(|_| browse::has_terminal())
        {
            return self.restore_picked(picking.among, picking.others, to);
        }
        let exit = self.problems_of(&plan.problems, &request)?;
        if plan.steps.is_empty() && exit == Exit::Success {
            if is_undo(&request) {
                self.messages.say("nothing to undo");
            } else {
                self.messages.say("nothing to restore");
                self.messages.hint("rrm list shows the items in the trash");
            }
            return Ok(Exit::Failure);
        }
        if effect(to.dry_run) == Effect::DryRun {
            return Ok(exit.max(self.tell_restore_plan(&manager, &plan, &request, to)?));
        }
        let told = if to.json { Told::Json } else { self.told(unasked(&request, &plan.steps)) };
        let undoing = is_undo(&request).then(|| Undoing::begin(&manager, &plan));
        let restoring = Restoring {
            session: self,
            manager: &manager,
            told,
            all: plan.steps.len(),
            done: Vec::new(),
            undoing,
            exit,
        };
        restoring.run(plan, request)
    }

    fn problems_of(&self, problems: &[Error], request: &RestoreRequest) -> anyhow::Result<Exit> {
        match &request.what {
            Restorable::Selected(selection) => self.problems_of_words(problems, selection, "restore"),
            Restorable::LastBatches { .. } => Ok(self.messages.problems(problems)),
        }
    }

    /// Tells of each step how it would end. What would be asked about on a terminal is told as what it is without one.
    fn tell_restore_plan(
        &self,
        manager: &TrashManager,
        plan: &RestorePlan,
        request: &RestoreRequest,
        to: &RestoreToArgs,
    ) -> anyhow::Result<Exit> {
        let mut exit = Exit::Success;
        let mut lines = Vec::new();
        manager.foresee_restore(plan, request, |step, foreseen| match foreseen {
            Ok(Restored::At(path) | Restored::Marked(path, _)) if to.json => lines.push(self.object_line(step, &path)),
            Ok(Restored::At(path) | Restored::Marked(path, _)) => {
                lines.push(format!("would restore {}", self.quoted(&path)));
            }
            Ok(Restored::Skipped(_)) if to.json => {}
            Ok(Restored::Skipped(path)) => lines.push(format!("would skip {}", self.quoted(&path))),
            Err(error) => exit = exit.max(self.messages.problems(&[error])),
        });
        let mut out = io::BufWriter::new(io::stdout().lock());
        lines.iter().try_for_each(|line| writeln!(out, "{line}")).and_then(|()| out.flush()).context("write error")?;
        Ok(exit)
    }

    fn object_line(&self, step: &RestoreStep, path: &Path) -> String {
        view::line_of(&view::restored_object(&step.item, path, self.context.now))
    }

    /// Those of the things that a person agrees to.
    pub(crate) fn agreed<T>(&self, asked: Vec<(T, Error)>, exit: &mut Exit) -> Vec<T> {
        let mut agreed = Vec::new();
        for (thing, error) in asked {
            match self.messages.consent_to(&error) {
                Consent::Given => agreed.push(thing),
                Consent::Refused => {}
                Consent::NobodyToAsk => *exit = (*exit).max(Exit::Failure),
            }
        }
        agreed
    }

    /// What was done to some of so many paths, in one line: `removed 3 items again: 'a', 'b', 'c'`.
    pub(crate) fn summary(&self, verb: &str, all: usize, done: &[PathBuf], again: &str) -> String {
        const NAMED: usize = 3;
        if let ([path], 1) = (done, all) {
            return format!("{verb} {}{again}", self.quoted(path));
        }
        let items = match done.len() {
            some if some < all => format!("{some} of {}", view::count(all as u64, "item")),
            _ => view::count(all as u64, "item"),
        };
        let named: Vec<String> = done.iter().take(NAMED).map(|path| self.quoted(path)).collect();
        let named = if named.is_empty() { String::new() } else { format!(": {}", named.join(", ")) };
        let more = match done.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{verb} {items}{again}{named}{more}")
    }
}

/// From how many items on one line tells how many there were.
const MANY: usize = 10;

/// How much is told of a restore unasked.
fn unasked(request: &RestoreRequest, steps: &[RestoreStep]) -> Told {
    match &request.what {
        Restorable::Selected(selection) => {
            told_of(selection, steps.iter().filter(|step| step.part.is_none()).map(|step| &step.item))
        }
        Restorable::LastBatches { .. } => Told::Summary,
    }
}

/// How much is told unasked of these items: nothing, where they are few and each of them was named.
pub(crate) fn told_of<'a>(selection: &Selection, items: impl Iterator<Item = &'a TrashItem>) -> Told {
    let few: Vec<_> = items.take(MANY + 1).collect();
    let is_named = !selection.terms.is_empty() && few.len() <= MANY && !few.iter().any(|item| selection.is_found(item));
    if is_named { Told::Nothing } else { Told::Summary }
}

fn is_undo(request: &RestoreRequest) -> bool {
    matches!(request.what, Restorable::LastBatches { .. })
}

/// One restore that is under way.
struct Restoring<'a> {
    session: &'a Session<'a>,
    manager: &'a TrashManager,
    told: Told,
    /// How many items are to be restored.
    all: usize,
    /// Where they are, those that are back.
    done: Vec<PathBuf>,
    undoing: Option<Undoing<'a>>,
    exit: Exit,
}

/// What a person has to agree to first.
type Unagreed = Vec<(RestoreStep, Error)>;

impl Restoring<'_> {
    /// Restores what is planned; what needs consent is asked about once the rest is done.
    fn run(mut self, mut plan: RestorePlan, mut request: RestoreRequest) -> anyhow::Result<Exit> {
        let mut unagreed = self.steps(&plan, &request)?;
        // What is open may turn out to be large as well; so that is asked first.
        for kind in [ErrorKind::OpenRecord, ErrorKind::NeedsConsent] {
            let (asked, others): (Vec<_>, Vec<_>) = unagreed.into_iter().partition(|(_, error)| error.kind == kind);
            unagreed = others;
            plan.steps = self.session.agreed(asked, &mut self.exit);
            if plan.steps.is_empty() {
                continue;
            }
            match kind {
                ErrorKind::OpenRecord => request.open = Open::Agreed,
                _ => request.copying = Copying::Whatever,
            }
            unagreed.extend(self.steps(&plan, &request)?);
        }
        self.finish()
    }

    fn steps(&mut self, plan: &RestorePlan, request: &RestoreRequest) -> anyhow::Result<Unagreed> {
        let Self { session, manager, told, exit, done, undoing, .. } = self;
        let messages = session.messages;
        let mut unagreed = Vec::new();
        let mut out = io::BufWriter::new(io::stdout().lock());
        let mut written = Ok(());
        let RestoreEnd { made_anew, problems } =
            manager.restore(plan, request, &messages.progress().listening(), |step, result| {
                let (verb, path) = match result {
                    Ok(Restored::At(path)) => ("restored", path),
                    Ok(Restored::Marked(path, problem)) => {
                        *exit = (*exit).max(messages.problems(&[problem]));
                        ("restored", path)
                    }
                    Ok(Restored::Skipped(path)) => ("skipped", path),
                    Err(error) if matches!(error.kind, ErrorKind::NeedsConsent | ErrorKind::OpenRecord) => {
                        return unagreed.push((step.clone(), error));
                    }
                    Err(error) => {
                        *exit = (*exit).max(messages.problems(&[error]));
                        return;
                    }
                };
                let is_skipped = verb == "skipped" && *told == Told::Summary;
                let line = match told {
                    Told::Json => (verb == "restored").then(|| session.object_line(step, &path)),
                    _ if *told == Told::Everything || is_skipped || path != step.target => {
                        Some(format!("{verb} {}", session.quoted(&path)))
                    }
                    _ => None,
                };
                if let Some(line) = line {
                    clear_progress();
                    written = std::mem::replace(&mut written, Ok(())).and_then(|()| writeln!(out, "{line}"));
                }
                if verb == "restored" {
                    if let Some(undoing) = undoing {
                        undoing.brought_back(&step.item, &path);
                    }
                    done.push(path);
                }
            });
        written.and_then(|()| out.flush()).context("write error")?;
        self.exit = self.exit.max(messages.problems(&problems));
        made_anew.iter().for_each(|anew| messages.close(&view::made_anew(anew, messages.charset)));
        Ok(unagreed)
    }

    fn finish(self) -> anyhow::Result<Exit> {
        let messages = self.session.messages;
        // What is restored is restored, whether a redo knows of it or not, and whether it can be told or not.
        if let Some(Err(error)) = self.undoing.map(Undoing::note) {
            messages.error(&error);
        }
        if self.told == Told::Summary && !self.done.is_empty() {
            println(&self.session.summary("restored", self.all, &self.done, ""))?;
        }
        Ok(self.exit)
    }
}
