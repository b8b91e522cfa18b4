//! `rrm clean` and `rrm keep`: what is asked, told and written down around them.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;

use rrm::error::{Error, ErrorKind};
use rrm::item::{State, TrashItem};
use rrm::manager::TrashManager;
use rrm::outcome::{CleanPlan, Cleaned};
use rrm::request::CleanRequest;
use rrm::retention::{Cause, Free, Policy, Rule, Shield};
use rrm::selection::Searching;

use crate::args::{CleanArgs, KeepArgs};
use crate::choose::Picking;
use crate::exit::Exit;
use crate::log::Log;
use crate::restore::told_of;
use crate::run::{Session, Told, println};
use crate::terminal::Consent;
use crate::translate::{Asking, Effect, Voice, effect};
use crate::view;

impl Session<'_> {
    pub(crate) fn clean(&self, args: &CleanArgs) -> anyhow::Result<Exit> {
        let (mut request, asking) = self.context.clean(args)?;
        let manager = self.manager();
        let mut plan = manager.plan_clean(&request, &self.messages.progress());
        let can_ask = asking == Asking::Everything && !args.dry_run && io::stdin().is_terminal();
        if can_ask && Picking::of(&request.selection, &plan.problems).is_some() {
            self.show_words(&plan.problems, &request)?;
            request.selection.searching = Searching::All;
            plan = manager.plan_clean(&request, &self.messages.progress());
        }
        let exit = self.unexpected(&mut plan.problems, &request)?;
        if exit == Exit::Interrupted {
            return Ok(exit);
        }
        let told = self.told(Told::Nothing);
        let is_watched = asking == Asking::InsideGrace || request.policy == Policy::Chosen;
        if effect(args.dry_run) == Effect::DryRun || told == Told::Everything || is_watched {
            self.tell_held(&plan)?;
        }
        if effect(args.dry_run) == Effect::DryRun {
            return self.tell_plan(&plan).map(|()| exit);
        }
        match self.consent(&plan, &request, asking) {
            Consent::Given => {}
            Consent::Refused => return Ok(exit),
            Consent::NobodyToAsk => return Ok(Exit::Failure),
        }
        let told = if asked(&plan, &request, asking) { self.told(Told::Everything) } else { told };
        Ok(exit.max(self.carry_out(&manager, &plan, &request, told, args.log.as_deref())?))
    }

    /// The clean that follows a removal.
    pub(crate) fn clean_afterwards(&self, manager: &TrashManager) -> anyhow::Result<Exit> {
        let request = self.context.clean_afterwards()?;
        let mut plan = manager.plan_clean(&request, &self.messages.progress());
        let exit = self.unexpected(&mut plan.problems, &request)?;
        Ok(exit.max(self.carry_out(manager, &plan, &request, Told::Nothing, None)?))
    }

    pub(crate) fn keep(&self, args: &KeepArgs) -> anyhow::Result<Exit> {
        let request = self.context.keep(args)?;
        if request.selection.is_everything() {
            self.messages.say(if args.release { "nothing selected to release" } else { "nothing selected to keep" });
            self.messages.hint("name an ID or a path from rrm list");
            return Ok(Exit::Usage);
        }
        let done = if args.release { "released" } else { "kept" };
        let mut kept = Vec::new();
        let problems = self.manager().keep(&request, |item| kept.push(item.clone()));
        if kept.is_empty() && problems.is_empty() {
            self.messages.say("nothing in the trash matches");
            return Ok(Exit::Failure);
        }
        match self.told(told_of(&request.selection, kept.iter())) {
            Told::Everything => {
                kept.iter().try_for_each(|item| println(&format!("{done} {}", self.name_of(item))))?;
            }
            Told::Summary if !kept.is_empty() => {
                let paths: Vec<_> = kept.iter().filter_map(|item| item.original_path().map(Path::to_owned)).collect();
                println(&self.summary(done, kept.len(), &paths, ""))?;
            }
            Told::Summary | Told::Nothing | Told::Json => {}
        }
        let command = if args.release { "keep --release" } else { "keep" };
        self.problems_of_words(&problems, &request.selection, command)
    }

    fn consent(&self, plan: &CleanPlan, request: &CleanRequest, asking: Asking) -> Consent {
        if !asked(plan, request, asking) {
            return Consent::Given;
        }
        let consent = self.messages.confirm(&format!("{} ", question(&plan.items)));
        if consent == Consent::NobodyToAsk {
            self.messages.say(&format!("refusing to delete {} for good without confirmation", summary(&plan.items)));
            self.messages.hint("there is no terminal to ask on; use --yes to confirm");
        }
        consent
    }

    fn carry_out(
        &self,
        manager: &TrashManager,
        plan: &CleanPlan,
        request: &CleanRequest,
        told: Told,
        log: Option<&Path>,
    ) -> anyhow::Result<Exit> {
        // Opened first, so that a log that cannot be written is known of even if the rest goes wrong.
        let log = log.map(Log::open);
        let mut cleaned = manager.clean(plan, request, &self.messages.progress().watching());
        let exit = self.unexpected(&mut cleaned.problems, request)?;
        let line = report(&cleaned);
        let shown = if told == Told::Everything { println(&line) } else { Ok(()) };
        if let Some(log) = log {
            let problems = view::count((plan.problems.len() + cleaned.problems.len()) as u64, "problem");
            log?.add(request.now, &format!("{line}, {problems}"))?;
        }
        shown.map(|()| exit)
    }

    /// Tells problems, and leaves those that count. For a clean that chooses nothing, as a schedule runs it every day, an
    /// unplugged stick or another clean at work is no problem: it is told with `-v` alone.
    fn unexpected(&self, problems: &mut Vec<Error>, request: &CleanRequest) -> anyhow::Result<Exit> {
        if request.selection.is_everything() && matches!(request.policy, Policy::Rules(_)) {
            let is_ordinary = |problem: &mut Error| matches!(problem.kind, ErrorKind::Unplugged | ErrorKind::Busy);
            let ordinary: Vec<Error> = problems.extract_if(.., is_ordinary).collect();
            if self.messages.voice == Voice::Verbose {
                ordinary.iter().for_each(|problem| self.messages.error(problem));
            }
        }
        self.problems_of_words(problems, &request.selection, "clean")
    }

    /// Shows what the words were found in that is no exact match: it is deleted only if a person who has seen it agrees.
    fn show_words(&self, problems: &[Error], request: &CleanRequest) -> anyhow::Result<()> {
        for problem in problems {
            if let Some(picking) = Picking::of(&request.selection, std::slice::from_ref(problem)) {
                let word = self.quoted(&problem.path);
                self.messages.say(&format!("no item has the path {word}; these match:"));
                self.show_matches(picking.among)?;
            }
        }
        Ok(())
    }

    fn tell_plan(&self, plan: &CleanPlan) -> anyhow::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        for (item, cause) in plan.items.iter().zip(&plan.causes) {
            let size = item.size.map_or_else(|| "size unknown".to_owned(), view::size);
            writeln!(out, "would delete {} ({size}): {}", self.name_of(item), because(*cause))?;
        }
        writeln!(out, "would delete {}", summary(&plan.items))?;
        Ok(out.flush()?)
    }

    fn tell_held(&self, plan: &CleanPlan) -> anyhow::Result<()> {
        for (item, shield) in &plan.held {
            println(&format!("{} stays: {}", self.name_of(item), held_because(*shield)))?;
        }
        Ok(())
    }

    fn name_of(&self, item: &TrashItem) -> String {
        let path = item.original_path().map_or_else(|| "(unknown origin)".to_owned(), |path| self.quoted(path));
        format!("{} {path}", item.id.short())
    }
}

/// Whether somebody has to agree to this plan.
fn asked(plan: &CleanPlan, request: &CleanRequest, asking: Asking) -> bool {
    match asking {
        Asking::Nothing => false,
        Asking::InsideGrace => plan.items.iter().any(|item| item.state(request.now) != State::Expired),
        Asking::Everything => !plan.items.is_empty(),
    }
}

/// What was done, in words.
pub(crate) fn report(cleaned: &Cleaned) -> String {
    format!("deleted {}, {} freed", view::count(cleaned.items, "item"), view::size(cleaned.removed.bytes))
}

fn because(cause: Cause) -> String {
    match cause {
        Cause::Chosen => "it was selected".to_owned(),
        Cause::Rule(Rule::PastGrace) => "its grace period is over".to_owned(),
        Cause::Rule(Rule::OlderThan(age)) => format!("it was removed more than {} ago", view::span(age)),
        Cause::Rule(Rule::KeepNewest(number)) => format!("it is not among the newest {number} of its path"),
        Cause::Rule(Rule::MaxSize(bytes)) => format!("the trash of its volume is larger than {}", view::size(bytes)),
        Cause::Rule(Rule::MinFree(Free::Percent(percent))) => format!("less than {percent}% of its volume is free"),
        Cause::Rule(Rule::MinFree(Free::Bytes(bytes))) => {
            format!("less than {} of its volume is free", view::size(bytes))
        }
    }
}

fn held_because(shield: Shield) -> &'static str {
    match shield {
        Shield::Kept => "it is kept",
        Shield::Floor => "it was removed too recently",
        Shield::Doubt => "its dates cannot be right",
        Shield::Open => "others could have written its record",
    }
}

/// What is asked before items are deleted.
pub(crate) fn question(all: &[TrashItem]) -> String {
    format!("delete {} for good?", summary(all))
}

fn summary(all: &[TrashItem]) -> String {
    let bytes = all.iter().filter_map(|item| item.size).fold(0, u64::saturating_add);
    let unknown = all.iter().filter(|item| item.size.is_none()).count();
    let items = view::count(all.len() as u64, "item");
    match unknown {
        0 => format!("{items} ({})", view::size(bytes)),
        _ => format!("{items} ({} and {} of unknown size)", view::size(bytes), unknown),
    }
}
