//! `rrm schedule`: has `rrm clean` run regularly, by systemd where it runs for the user, by launchd on a Mac, else by cron.

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
use crate::env::Environment;
use crate::exit::Exit;
use crate::session::{Start, println};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm schedule install              Run rrm clean every day
  rrm schedule status               Show the schedule",
    everyday: None,
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

/// What is to be run.
struct Job {
    every: Every,
    program: PathBuf,
    /// What the runs would not find in their environment.
    variables: Vec<(&'static str, PathBuf)>,
    log: Option<PathBuf>,
}

pub(super) fn run(args: &ScheduleArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let places = Places::of(&session.context.environment).context("there is no home directory; set HOME")?;
    match &args.action {
        ScheduleAction::Install { every, by, log } => {
            let here = session.context.environment.working_directory();
            let job = Job {
                every: *every,
                program: Environment::program().context("cannot find the path of rrm")?,
                variables: to_pass_on(&session.context),
                log: log.as_ref().map(|log| here.join(log)),
            };
            install(&job, *by, &places)?;
            status(&places)?.iter().try_for_each(|line| session.messages.done(line))?;
        }
        ScheduleAction::Status => {
            let found = status(&places)?;
            found.iter().try_for_each(|line| println(line))?;
            if found.is_empty() {
                println("rrm clean is not scheduled")?;
                return Ok(Exit::Failure);
            }
        }
        ScheduleAction::Remove => {
            let was_scheduled = !status(&places)?.is_empty();
            remove_all_but(None, &places)?;
            if was_scheduled {
                session.messages.done("rrm clean is not scheduled")?;
            } else {
                session.messages.close("nothing to remove: rrm clean is not scheduled");
            }
        }
    }
    Ok(Exit::Success)
}

/// What has to be in the environment of a clean that is run elsewhere for it to find this trash and these rules.
fn to_pass_on(context: &Context) -> Vec<(&'static str, PathBuf)> {
    let told = context.typed_trash_dir.as_deref().or(context.environment.trash_dir.as_deref());
    let mut variables = Vec::new();
    variables.extend(context.environment.data_home.clone().map(|path| ("XDG_DATA_HOME", path)));
    variables.extend(told.and(context.home_trash.clone()).map(|trash| ("RRM_TRASH_DIR", trash)));
    variables
}

/// Where a user's own schedules are.
pub(crate) struct Places {
    /// Of systemd.
    units: PathBuf,
    /// Of launchd.
    agents: PathBuf,
}

impl Places {
    /// `None` where there is no home directory.
    pub(crate) fn of(environment: &Environment) -> Option<Self> {
        let agents = environment.home.as_ref()?.join("Library/LaunchAgents");
        Some(Self { units: environment.unit_dir.clone()?, agents })
    }
}

/// How a schedule stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Health {
    /// None is installed, as far as can be told.
    None,
    /// It is carried out.
    Sound,
    /// It is not.
    Idle {
        /// What was installed, or what it runs.
        path: PathBuf,
        why: String,
        /// What makes it run.
        remedy: &'static str,
    },
}

/// What makes anything run again but cron.
const INSTALL: &str = "rrm schedule install sets it up again";

/// How what `install` has made stands. What cannot be learnt is no trouble: nobody is told to mend what may be sound.
pub(crate) fn health(places: &Places) -> Health {
    [systemd::health(&places.units), launchd::health(&places.agents)]
        .into_iter()
        .find(|health| *health != Health::None)
        .unwrap_or_else(cron::health)
}

/// A program that is scheduled and not there is run in vain. A path that had to be quoted is not judged.
fn missing(program: &str) -> Option<Health> {
    let is_plain = !program.contains(['\\', '%', '$', '\'', '"']);
    let is_gone = || rrm::sys::metadata_following(Path::new(program)).is_err();
    let why = || "the program no longer exists".to_owned();
    (is_plain && is_gone()).then(|| Health::Idle { path: program.into(), why: why(), remedy: INSTALL })
}

/// A line about each schedule that there is.
fn status(places: &Places) -> anyhow::Result<Vec<String>> {
    let lines = [systemd::status(&places.units)?, launchd::status(&places.agents), cron::status()?];
    Ok(lines.into_iter().flatten().collect())
}

/// Puts the job under one of them, and takes it away from the others, so that it is never run twice.
fn install(job: &Job, by: Option<Scheduler>, places: &Places) -> anyhow::Result<()> {
    let by = by.unwrap_or_else(|| match (systemd::runs(), launchd::runs()) {
        (true, _) => Scheduler::Systemd,
        (false, true) => Scheduler::Launchd,
        (false, false) => Scheduler::Cron,
    });
    match by {
        Scheduler::Systemd => systemd::install(job, &places.units)?,
        Scheduler::Launchd => launchd::install(job, &places.agents)?,
        Scheduler::Cron => cron::install(job)?,
    }
    remove_all_but(Some(by), places)
}

fn remove_all_but(kept: Option<Scheduler>, places: &Places) -> anyhow::Result<()> {
    if kept != Some(Scheduler::Systemd) {
        systemd::remove(&places.units)?;
    }
    if kept != Some(Scheduler::Launchd) {
        launchd::remove(&places.agents)?;
    }
    if kept == Some(Scheduler::Cron) { Ok(()) } else { cron::remove() }
}

/// Runs a program of the system in the C locale, so that what it says can be told apart.
fn output(program: &str, args: &[&str]) -> std::io::Result<Output> {
    Command::new(program).args(args).env("LC_ALL", "C").stdin(Stdio::null()).output()
}

/// A path as text on one line of a file that others read.
fn text(path: &Path) -> anyhow::Result<&str> {
    match path.to_str() {
        Some(text) if !text.chars().any(char::is_control) => Ok(text),
        _ => bail!("cannot write {} into a schedule: it is not plain text; rename it", quoted(path)),
    }
}
