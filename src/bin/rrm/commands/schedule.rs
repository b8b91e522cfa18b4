//! `rrm schedule`: runs `rrm clean` regularly, with systemd, launchd or cron.

mod cron;
mod launchd;
mod systemd;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, ValueEnum, ValueHint};
use rrm::text::quoted;

use super::help::Help;
use crate::context::Context;
use crate::env::{Environment, NO_HOME};
use crate::exit::Exit;
use crate::session::{Session, Start, println};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm schedule install              Run rrm clean every day
  rrm schedule status               Show the schedule",
    everyday: "",
    page: include_str!("../manual/schedule.man"),
};

#[derive(Debug, Args)]
pub(crate) struct ScheduleArgs {
    #[command(subcommand)]
    pub(crate) action: ScheduleAction,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ScheduleAction {
    /// Schedule rrm clean with a systemd user timer, a launchd agent, or cron if neither is available.
    Install {
        /// How often to run.
        #[arg(long, value_enum, value_name = "SPAN", default_value_t = Every::Day)]
        every: Every,

        /// The scheduler to use [default: systemd or launchd if available, else cron].
        #[arg(long, value_enum, value_name = "WHO")]
        by: Option<Scheduler>,

        /// Append a line about each run to FILE.
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        log: Option<PathBuf>,
    },
    /// Show the schedule; exit with status 1 if there is none.
    Status,
    /// Remove the schedule.
    Remove,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Every {
    Minute,
    Hour,
    Day,
    Week,
    Month,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scheduler {
    Systemd,
    Launchd,
    Cron,
}

/// What to run.
struct Job {
    every: Every,
    program: PathBuf,
    /// Environment variables that the job needs.
    variables: Vec<(&'static str, PathBuf)>,
    log: Option<PathBuf>,
}

pub(super) fn run(args: &ScheduleArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let locations = Locations::of(&session.context.environment).context(NO_HOME)?;
    match &args.action {
        ScheduleAction::Install { every, by, log } => {
            let here = session.context.environment.working_directory();
            let log = log.as_ref().map(|log| here.join(log));
            install(&Job { log, ..Job::of(session, *every)? }, by.unwrap_or_else(available), &locations)?;
            status(&locations)?.iter().try_for_each(|line| session.messages.done(line))?;
            tell_idle(session, &locations);
        }
        ScheduleAction::Status => {
            let found = status(&locations)?;
            found.iter().try_for_each(|line| println(line))?;
            if found.is_empty() {
                println("rrm clean is not scheduled")?;
                return Ok(Exit::Failure);
            }
            return Ok(tell_idle(session, &locations));
        }
        ScheduleAction::Remove => {
            let was_scheduled = is_scheduled(&locations)?;
            remove(&locations)?;
            if was_scheduled {
                session.messages.done("rrm clean is not scheduled")?;
            } else {
                session.messages.close("nothing to remove: rrm clean is not scheduled");
            }
        }
    }
    Ok(Exit::Success)
}

impl Job {
    fn of(session: &Session<'_>, every: Every) -> anyhow::Result<Self> {
        Ok(Self {
            every,
            program: Environment::program().context("cannot find the path of rrm")?,
            variables: to_pass_on(&session.context),
            log: None,
        })
    }
}

/// Whether clean is scheduled, by whatever scheduler.
pub(crate) fn is_scheduled(locations: &Locations) -> anyhow::Result<bool> {
    Ok(!status(locations)?.is_empty())
}

/// Schedules clean every day.
pub(crate) fn install_daily(session: &Session<'_>, locations: &Locations, by: Scheduler) -> anyhow::Result<()> {
    install(&Job::of(session, Every::Day)?, by, locations)
}

/// Removes the schedule.
pub(crate) fn remove(locations: &Locations) -> anyhow::Result<()> {
    remove_all_but(None, locations)
}

/// The lowest file that [`install_daily`] would make.
pub(crate) fn first_file(locations: &Locations, by: Scheduler) -> Option<PathBuf> {
    match by {
        Scheduler::Systemd => Some(systemd::link(&locations.units)),
        Scheduler::Launchd => Some(launchd::agent(&locations.agents)),
        Scheduler::Cron => None,
    }
}

/// Tells of a schedule that is installed and does not run.
pub(crate) fn tell_idle(session: &Session<'_>, locations: &Locations) -> Exit {
    let Health::Idle { why, remedy, .. } = health(locations) else { return Exit::Success };
    session.messages.say(&format!("rrm clean is scheduled but does not run: {why}"));
    session.messages.hint(remedy);
    Exit::Failure
}

/// The environment variables that a scheduled clean needs to find this trash and these settings.
fn to_pass_on(context: &Context) -> Vec<(&'static str, PathBuf)> {
    let told = context.typed_trash_dir.as_deref().or(context.environment.trash_dir.as_deref());
    let mut variables = Vec::new();
    variables.extend(context.environment.data_home.clone().map(|path| ("XDG_DATA_HOME", path)));
    variables.extend(told.and(context.home_trash.clone()).map(|trash| ("RRM_TRASH_DIR", trash)));
    variables
}

/// Where a user's schedules are.
pub(crate) struct Locations {
    /// Units of systemd.
    units: PathBuf,
    /// Agents of launchd.
    agents: PathBuf,
}

impl Locations {
    /// `None` where there is no home directory.
    pub(crate) fn of(environment: &Environment) -> Option<Self> {
        let agents = environment.home.as_ref()?.join("Library/LaunchAgents");
        Some(Self { units: environment.config_dir.as_ref()?.join("systemd/user"), agents })
    }

    pub(crate) fn directories(&self) -> [&Path; 2] {
        [&self.units, &self.agents]
    }
}

/// State of the schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Health {
    /// None is installed, or it cannot be read.
    None,
    /// It runs.
    Sound,
    /// It is installed but does not run.
    Idle {
        /// The installed file, or the program that it runs.
        path: PathBuf,
        why: String,
        /// How to repair it.
        remedy: &'static str,
    },
}

/// The remedy for every scheduler but cron.
const INSTALL: &str = "rrm schedule install sets it up again";

/// State of what `install` made. A state that cannot be read is not a problem.
pub(crate) fn health(locations: &Locations) -> Health {
    [systemd::health(&locations.units), launchd::health(&locations.agents)]
        .into_iter()
        .find(|health| *health != Health::None)
        .unwrap_or_else(cron::health)
}

/// The problem of a scheduled program that no longer exists. A quoted path is not checked.
fn missing(program: &str) -> Option<Health> {
    let is_plain = !program.contains(['\\', '%', '$', '\'', '"']);
    let is_gone = || rrm::sys::metadata_following(Path::new(program)).is_err();
    let why = || "the program no longer exists".to_owned();
    (is_plain && is_gone()).then(|| Health::Idle { path: program.into(), why: why(), remedy: INSTALL })
}

/// One line about each installed schedule.
fn status(locations: &Locations) -> anyhow::Result<Vec<String>> {
    let lines = [systemd::status(&locations.units)?, launchd::status(&locations.agents), cron::status()?];
    Ok(lines.into_iter().flatten().collect())
}

/// When it ran last, in the words of whoever tells.
fn last_run(told: &str) -> String {
    match told.trim() {
        "" | "n/a" => "not run yet".to_owned(),
        when => format!("last run {when}"),
    }
}

/// Installs the job with one scheduler and removes it from the others, so that it never runs twice.
fn install(job: &Job, by: Scheduler, locations: &Locations) -> anyhow::Result<()> {
    match by {
        Scheduler::Systemd => systemd::install(job, &locations.units)?,
        Scheduler::Launchd => launchd::install(job, &locations.agents)?,
        Scheduler::Cron => cron::install(job)?,
    }
    remove_all_but(Some(by), locations)
}

/// The scheduler of this system.
pub(crate) fn available() -> Scheduler {
    match (systemd::runs(), launchd::runs()) {
        (true, _) => Scheduler::Systemd,
        (false, true) => Scheduler::Launchd,
        (false, false) => Scheduler::Cron,
    }
}

fn remove_all_but(kept: Option<Scheduler>, locations: &Locations) -> anyhow::Result<()> {
    if kept != Some(Scheduler::Systemd) {
        systemd::remove(&locations.units)?;
    }
    if kept != Some(Scheduler::Launchd) {
        launchd::remove(&locations.agents)?;
    }
    if kept == Some(Scheduler::Cron) { Ok(()) } else { cron::remove() }
}

/// A program of a scheduler, in the C locale, so that its messages are known.
fn scheduler(program: &str) -> Command {
    let mut command = Command::new(Environment::program_of_system(program));
    command.env("LC_ALL", "C");
    command
}

fn output(program: &str, args: &[&str]) -> std::io::Result<Output> {
    scheduler(program).args(args).stdin(Stdio::null()).output()
}

/// A path as text that fits on one line of a unit, agent or crontab.
fn text(path: &Path) -> anyhow::Result<&str> {
    match path.to_str() {
        Some(text) if !text.chars().any(char::is_control) => Ok(text),
        _ => bail!("cannot write {} into a schedule: it is not plain text; rename it", quoted(path)),
    }
}
