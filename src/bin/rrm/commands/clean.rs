//! `rrm clean`: deletes items for good: those past their grace period, or those that a selection or rule names.

mod all_users;
mod log;

use std::collections::HashSet;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueHint};
use rrm::config::Key;
use rrm::error::{Error, ErrorKind, Result};
use rrm::item::{ItemId, State, TrashItem};
use rrm::manager::TrashManager;
use rrm::ops::clean::CleanPlan;
use rrm::ops::clean::{CleanOptions, Trashes};
use rrm::ops::list::Sizes;
use rrm::rules::retention::{Cause, Fate, Policy, Rule};
use rrm::rules::selection::{Searching, absolute};
use rrm::sys::guarded::is_under_guard;

use super::help::Help;
use crate::context::Context;
use crate::exit::Exit;
use crate::options::SelectionArgs;
use crate::output::{self, Consent, Verbosity};
use crate::session::{Matches, Report, Session, Start, println};
use crate::values;
use log::Log;

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm clean                  Delete items past their grace period; never asks
  rrm clean --max-size 20G   Delete the oldest until the trash is at most 20G
  rrm clean --all -n         Only print what --all would delete",
    everyday: "words expired max_size min_free all dry_run yes here older_than larger_than",
    page: include_str!("../manual/clean.man"),
};

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    pub(crate) selection: SelectionArgs,

    #[command(flatten)]
    pub(crate) rules: RuleArgs,

    /// Never delete items removed more recently than this; 0 overrides the configured limit.
    #[arg(long, value_name = "DURATION")]
    pub(crate) keep_newer_than: Option<String>,

    /// Delete all items that are not kept, however new.
    #[arg(long, conflicts_with_all = ["SelectionArgs", "RuleArgs"])]
    pub(crate) all: bool,

    /// Clean only this trash directory, or the one in DIR; may be repeated.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) trash: Vec<PathBuf>,

    /// As root, clean each user's trash with that user's rules and permissions.
    #[arg(long, conflicts_with_all = ["SelectionArgs", "RuleArgs", "keep_newer_than", "all", "trash", "trash_dir", "yes"])]
    pub(crate) all_users: bool,

    /// Only print what would be deleted, why, and how much space it frees.
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,

    /// Delete without asking.
    #[arg(short, long)]
    pub(crate) yes: bool,

    /// Append a line about the run to FILE; - is standard output.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) log: Option<PathBuf>,

    /// Print a JSON object for each item on its own line.
    #[arg(long, conflicts_with = "all_users")]
    pub(crate) json: bool,
}

// What takes items, beside --older-than.
#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    /// Delete items past their grace period as well.
    #[arg(long)]
    pub(crate) expired: bool,

    /// Delete the oldest items until the trash on each volume is at most SIZE: 20G.
    #[arg(long, value_name = "SIZE")]
    pub(crate) max_size: Option<String>,

    /// Delete the oldest items until each volume has SIZE free: 10% or 50G.
    #[arg(long, value_name = "SIZE")]
    pub(crate) min_free: Option<String>,

    /// Delete all but the newest N versions of each path.
    #[arg(long, value_name = "N")]
    pub(crate) keep_newest: Option<String>,
}

/// What a person has to confirm before a clean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// Nothing: items past their grace period, and what the configured rules delete.
    Nothing,
    /// Items inside their grace period.
    InsideGrace,
    /// Every item.
    Everything,
}

impl CleanArgs {
    /// The request, and what to confirm before it is carried out.
    fn request(&self, context: &Context) -> Result<(CleanOptions, Confirmation)> {
        let standing = context.standing_for_deletion()?;
        let selection = context.selection_at_any_age(&self.selection)?;
        let typed = self.typed_rules(context)?;
        let (policy, confirmation) = match (self.all || !selection.is_everything(), typed.is_empty()) {
            (false, true) => (Policy::Rules(standing.rules), Confirmation::Nothing),
            (false, false) => (Policy::Rules(typed), Confirmation::InsideGrace),
            (true, false) => (Policy::Rules(typed), Confirmation::Everything),
            (true, true) => (Policy::Chosen, Confirmation::Everything),
        };
        let floor = match &self.keep_newer_than {
            Some(text) => context.limits.minimum_age(values::minimum_age(text)?, text)?,
            None => standing.floor,
        };
        let confirmation = if self.yes { Confirmation::Nothing } else { confirmation };
        let shown = self.dry_run || confirmation != Confirmation::Nothing;
        let sizes = if shown { Sizes::Measured } else { Sizes::AsKnown };
        let mut options = CleanOptions::chosen(selection, context.now);
        (options.policy, options.floor) = (policy, floor);
        (options.trashes, options.sizes) = (self.trashes(context), sizes);
        Ok((options, confirmation))
    }

    fn typed_rules(&self, context: &Context) -> Result<Vec<Rule>> {
        let mut rules = Vec::new();
        rules.extend(self.rules.expired.then_some(Rule::PastGrace));
        if let Some(text) = &self.selection.older_than {
            rules.push(Rule::OlderThan(values::age(text, context.now)?));
        }
        for (key, typed) in [
            (Key::MaxSize, &self.rules.max_size),
            (Key::MinFree, &self.rules.min_free),
            (Key::KeepNewest, &self.rules.keep_newest),
        ] {
            rules.extend(typed.as_deref().map(|text| values::rule(key, text)).transpose()?);
        }
        Ok(rules)
    }

    /// A trash directory is known by the path it was found at, so each path is tried as typed and without links.
    fn trashes(&self, context: &Context) -> Trashes {
        if self.trash.is_empty() {
            return Trashes::All;
        }
        let here = context.environment.working_directory();
        let spelled = self.trash.iter().map(|path| absolute(path, &here));
        Trashes::At(spelled.flat_map(|path: PathBuf| [path.canonicalize().ok(), Some(path)]).flatten().collect())
    }
}

pub(super) fn run(args: &CleanArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    if args.all_users {
        return all_users::clean_all(args, start.messages);
    }
    let session = &start.session()?;
    // A guard lets nobody delete from the trash.
    if session.context.environment.guard && is_under_guard() && !args.dry_run {
        session.messages.say("cannot clean inside rrm guard; run rrm clean outside of it");
        return Ok(Exit::Failure);
    }
    let (mut request, confirmation) = args.request(&session.context)?;
    let manager = session.manager();
    let mut plan = manager.plan_clean(&request, &session.messages.progress());
    let can_ask = confirmation == Confirmation::Everything && !args.dry_run && io::stdin().is_terminal();
    if can_ask && Matches::of(&request.selection, &plan.problems).is_some() {
        show_ambiguous(session, &plan.problems, &request)?;
        request.selection.searching = Searching::All;
        plan = manager.plan_clean(&request, &session.messages.progress());
    }
    let exit = print_problems(session, &mut plan.problems, &request)?;
    if exit == Exit::Interrupted {
        return Ok(exit);
    }
    let report = if args.json { Report::Json } else { session.report(default_of(&plan)) };
    let is_watched = confirmation == Confirmation::InsideGrace || request.policy == Policy::Chosen;
    if report != Report::Json && (args.dry_run || report == Report::Each || is_watched) {
        print_held(session, &plan)?;
    }
    if args.dry_run {
        match report {
            Report::Json => print_as_json(&plan, |_| true)?,
            _ => print_plan(session, &plan)?,
        }
        return Ok(exit);
    }
    match consent(session, &plan, confirmation) {
        Consent::Given => {}
        Consent::Refused => return Ok(exit),
        Consent::NobodyToAsk => return Ok(Exit::Failure),
        Consent::Interrupted => return Ok(Exit::Interrupted),
    }
    if report != Report::Json && plan.items.is_empty() && exit == Exit::Success {
        say_that_nothing_is_due(session, &plan);
    }
    let report = match report {
        Report::Json => Report::Json,
        _ if needs_confirmation(&plan, confirmation) => session.report(Report::Each),
        _ => report,
    };
    Ok(exit.max(carry_out(session, &manager, &plan, report, args.log.as_deref())?))
}

/// Cleans after a removal. Only expired items: a rule about space could delete what was just removed.
pub(super) fn clean_afterwards(session: &Session<'_>, manager: &TrashManager) -> anyhow::Result<Exit> {
    let mut request = CleanOptions::expired(session.context.now);
    request.floor = session.context.standing_for_deletion()?.floor;
    let mut plan = manager.plan_clean(&request, &session.messages.progress());
    let exit = print_problems(session, &mut plan.problems, &request)?;
    Ok(exit.max(carry_out(session, manager, &plan, Report::Nothing, None)?))
}

fn consent(session: &Session<'_>, plan: &CleanPlan, confirmation: Confirmation) -> Consent {
    if !needs_confirmation(plan, confirmation) {
        return Consent::Given;
    }
    let consent =
        session.messages.confirm(&format!("{} ", output::clean::question(&plan.items, |item| name_of(session, item))));
    if consent == Consent::NobodyToAsk {
        session
            .messages
            .say(&format!("refusing to delete {} for good without confirmation", output::clean::summary(&plan.items)));
        session.messages.hint("there is no terminal to ask on; use --yes to confirm");
    }
    consent
}

/// The path of an item, or its ID.
fn name_of(session: &Session<'_>, item: &TrashItem) -> String {
    item.original_path().map_or_else(|| item.id.short(), |path| session.quoted(path))
}

fn carry_out(
    session: &Session<'_>,
    manager: &TrashManager,
    plan: &CleanPlan,
    report: Report,
    log: Option<&Path>,
) -> anyhow::Result<Exit> {
    // Opened first, so that a log that cannot be written is known of even if the rest goes wrong.
    let log = log.map(Log::open);
    let mut cleaned = manager.clean(plan, &session.messages.progress().watching());
    let exit = print_problems(session, &mut cleaned.problems, &plan.options)?;
    let line = output::clean::report(&cleaned);
    let shown = match report {
        Report::Each | Report::Summary => println(&line),
        Report::Json => {
            let deleted: HashSet<ItemId> = cleaned.deleted.iter().copied().collect();
            print_as_json(plan, |item| deleted.contains(&item.id))
        }
        Report::Nothing => Ok(()),
    };
    if let Some(log) = log {
        let problems = output::count((plan.problems.len() + cleaned.problems.len()) as u64, "problem");
        log?.add(plan.options.now, &format!("{line}, {problems}"))?;
    }
    shown.map(|()| exit)
}

/// On a terminal, a line tells what a rule has chosen, and many items.
fn default_of(plan: &CleanPlan) -> Report {
    const MANY: usize = 10;
    let is_chosen_by_rrm = matches!(plan.options.policy, Policy::Rules(_)) && !plan.items.is_empty();
    match io::stdout().is_terminal() && (is_chosen_by_rrm || plan.items.len() >= MANY) {
        true => Report::Summary,
        false => Report::Nothing,
    }
}

/// On a terminal silence would leave it open whether anything was deleted.
fn say_that_nothing_is_due(session: &Session<'_>, plan: &CleanPlan) {
    if !io::stdout().is_terminal() || !plan.held.is_empty() {
        return;
    }
    if let Some(trash) = session.context.missing_trash() {
        session.messages.close(&format!("nothing to delete: there is no trash directory {}", session.quoted(trash)));
        session.messages.hint("rrm stats shows your trash directories");
        return;
    }
    match plan.options.policy {
        Policy::Rules(_) => {
            session.messages.close("nothing to delete: no item is due");
            session.messages.hint("rrm clean --all deletes all items that are not kept");
        }
        Policy::Chosen => session.messages.close("nothing to delete"),
    }
}

/// Prints the problems and removes those that do not count. A scheduled clean meets unplugged volumes and other cleans
/// every day; it reports them only with `-v`.
fn print_problems(session: &Session<'_>, problems: &mut Vec<Error>, request: &CleanOptions) -> anyhow::Result<Exit> {
    if request.selection.is_everything() && matches!(request.policy, Policy::Rules(_)) {
        let is_ordinary = |problem: &mut Error| matches!(problem.kind, ErrorKind::Unplugged | ErrorKind::Busy);
        let ordinary: Vec<Error> = problems.extract_if(.., is_ordinary).collect();
        if session.messages.verbosity == Verbosity::Verbose {
            ordinary.iter().for_each(|problem| session.messages.error(problem));
        }
    }
    session.report_problems(problems, &request.selection, "clean")
}

/// Lists the items that a word matches where none has that path. They are deleted only if a person confirms.
fn show_ambiguous(session: &Session<'_>, problems: &[Error], request: &CleanOptions) -> anyhow::Result<()> {
    for problem in problems {
        if let Some(matches) = Matches::of(&request.selection, std::slice::from_ref(problem)) {
            let word = session.quoted(&problem.path);
            session.messages.say(&format!("{word} {}", problem.reason));
            session.show_matches(matches.among)?;
        }
    }
    Ok(())
}

fn print_plan(session: &Session<'_>, plan: &CleanPlan) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (item, cause) in plan.items.iter().zip(&plan.causes) {
        let size = item.size.map_or_else(|| "size unknown".to_owned(), output::size);
        writeln!(out, "would delete {} ({size}): {}", session.name_of(item), output::clean::reason(*cause))?;
    }
    writeln!(out, "would delete {}", output::clean::summary(&plan.items))?;
    Ok(out.flush()?)
}

/// Prints those items of a plan that are, or would be, deleted.
fn print_as_json(plan: &CleanPlan, is_deleted: impl Fn(&TrashItem) -> bool) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for (item, cause) in plan.items.iter().zip(&plan.causes).filter(|(item, _)| is_deleted(item)) {
        let fate = match cause {
            Cause::Chosen => None,
            Cause::Rule(rule) => Some(Fate::Due(*rule)),
        };
        let object = output::object_in_state(item, fate, "deleted", plan.options.now);
        writeln!(out, "{}", output::line_of(&object)).context("write error")?;
    }
    out.flush().context("write error")
}

fn print_held(session: &Session<'_>, plan: &CleanPlan) -> anyhow::Result<()> {
    for (item, shield) in &plan.held {
        println(&format!("{} stays: {}", session.name_of(item), output::clean::held_reason(*shield)))?;
    }
    Ok(())
}

/// Whether the plan needs a confirmation.
fn needs_confirmation(plan: &CleanPlan, confirmation: Confirmation) -> bool {
    match confirmation {
        Confirmation::Nothing => false,
        Confirmation::InsideGrace => plan.items.iter().any(|item| item.state(plan.options.now) != State::Expired),
        Confirmation::Everything => !plan.items.is_empty(),
    }
}
