//! `rrm guard`: runs a command, and keeps what it and whatever it starts delete or replace.

#[cfg(feature = "testing")]
mod recorder;
mod trashing;

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueHint};
use rrm::error::words_of;
use rrm::guard::{Guard, GuardOptions, Guarded, GuardedRun, NotRun, Otherwise, Said, Watch, Writes};
use rrm::guard::{become_command, supervise};
use rrm::rules::retention::Free;
use rrm::sys::guarded::{file_clock, is_under_guard};
use rrm::sys::{Ending, Timestamp};

use super::help::Help;
use crate::env;
use crate::exit::Exit;
use crate::options::ReportForm;
use crate::output::{Verbosity, count};
use crate::session::{Session, Start, println};
use crate::values;
use trashing::{Says, Trashing};

pub(super) const HELP: Help = Help {
    examples: "\
Examples:
  rrm guard -- make clean           Run a command; what it deletes goes to the trash
  rrm guard --session agent -- sh   A shell, and all that is run in it",
    everyday: "",
    page: include_str!("../manual/guard.man"),
};

#[derive(Debug, Args)]
pub(crate) struct GuardArgs {
    /// Label the items with session LABEL, instead of $RRM_SESSION.
    #[arg(long, value_name = "LABEL")]
    session: Option<OsString>,

    /// Largest file to copy before it is truncated [default: 64MiB].
    #[arg(long, value_name = "SIZE", value_parser = limit)]
    limit: Option<u64>,

    /// Copy files up to the limit, instead of 1 MiB, when they are opened for writing.
    #[arg(long)]
    writes: bool,

    /// Fail calls whose loss rrm sees and cannot prevent (EPERM); for large files written in place, add --writes.
    #[arg(long)]
    strict: bool,

    /// Print a JSON object at the end: what was removed and replaced, and what was not kept.
    #[arg(long)]
    json: bool,

    /// The command to run, and its arguments.
    #[arg(value_name = "COMMAND", required = true, trailing_var_arg = true,
          value_hint = ValueHint::CommandWithArguments)]
    words: Vec<OsString>,
}

impl GuardArgs {
    fn form(&self) -> ReportForm {
        if self.json { ReportForm::Json } else { ReportForm::Text }
    }
}

/// What a command that runs others ends with where it fails itself, finds no such program, or cannot start it, as env(1),
/// nohup(1) and timeout(1) do.
const NOT_RUN: u8 = 125;
const CANNOT_START: u8 = 126;
const NO_SUCH_PROGRAM: u8 = 127;

/// The largest content that is copied where it is about to be overwritten, in bytes, if no limit is given.
const LIMIT: u64 = 64 << 20;

fn limit(text: &str) -> Result<u64, String> {
    values::size(text).map_err(|error| error.reason.into_owned())
}

/// How much of a volume stays free where `min-free` does not say.
const FLOOR: Free = Free::Percent(5);

pub(super) fn run(args: &GuardArgs, start: Start<'_>) -> anyhow::Result<Exit> {
    let session = &start.session()?;
    let label = args.session.clone().or_else(|| session.context.environment.session.clone());
    let environment = label.iter().map(|label| (OsString::from("RRM_SESSION"), label.clone()));
    let environment = environment.chain([("RRM_GUARD".into(), "1".into())]).collect();
    let command = Guarded { words: args.words.clone(), environment };
    // Whatever it loses is kept by the guard around us.
    if is_under_guard() {
        return Ok(cannot_start(session, &command, &become_command(&command)));
    }
    let watch = match watch(session, args, &command, label) {
        Ok(watch) => watch,
        Err(error) => {
            session.messages.failure(&error);
            return Ok(Exit::AsCommand(NOT_RUN));
        }
    };
    let heard = |said| match said {
        Said::Line(line) => session.messages.say(&String::from_utf8_lossy(&line)),
        Said::More(more) => session.messages.say(&format!("kept {}", count(more, "more thing"))),
    };
    Ok(match supervise(&command, &watch, &heard) {
        Ok(Guard { ending, told }) => {
            tell(session, args.form(), told)?;
            Exit::AsCommand(match ending {
                Ending::Exited(status) => u8::try_from(status).unwrap_or(NOT_RUN),
                // As a shell counts it.
                Ending::Killed(signal) => u8::try_from(128 + signal).unwrap_or(NOT_RUN),
            })
        }
        Err(why) => not_run(session, &command, why),
    })
}

fn not_run(session: &Session<'_>, command: &Guarded, why: NotRun) -> Exit {
    let (what, hint) = match why {
        NotRun::NoProgram(error) => return cannot_start(session, command, &error),
        NotRun::NoGuard(error) => why_no_guard(&error),
        NotRun::Guarded => (
            "another program already watches the system calls of this process; only one can".to_owned(),
            "nothing was run; run rrm guard outside of that program",
        ),
        NotRun::NoKeeper(error) => (
            format!("cannot start the guard: {}", words_of(&error)),
            "nothing was run; check the limits on processes and open files (ulimit -a)",
        ),
    };
    session.messages.say(&what);
    session.messages.hint(hint);
    Exit::AsCommand(NOT_RUN)
}

fn cannot_start(session: &Session<'_>, command: &Guarded, error: &io::Error) -> Exit {
    let program = command.words.first().map(|word| session.quoted(word.as_ref())).unwrap_or_default();
    session.messages.say(&format!("cannot run {program}: {}", words_of(error)));
    Exit::AsCommand(if error.kind() == io::ErrorKind::NotFound { NO_SUCH_PROGRAM } else { CANNOT_START })
}

/// Prepares the trash.
fn watch(
    session: &Session<'_>,
    args: &GuardArgs,
    command: &Guarded,
    label: Option<OsString>,
) -> anyhow::Result<Arc<dyn Watch>> {
    #[cfg(feature = "testing")]
    if let Some(path) = env::recorded_losses() {
        return Ok(Arc::new(recorder::Recorder::new(&path)?));
    }
    // By the precise clock: times of files may be as precise, and then they are up to a tick before the other.
    let began = now();
    let options = GuardOptions {
        began,
        clock: now,
        here: vec![session.context.environment.working_directory()],
        session: label,
        grace: session.context.grace_period()?,
        limit: args.limit.unwrap_or(LIMIT),
        floor: session.context.min_free()?.unwrap_or(FLOOR),
        writes: if args.writes { Writes::All } else { Writes::Small },
        otherwise: if args.strict { Otherwise::Refused } else { Otherwise::Named },
    };
    let run = GuardedRun::begin(Arc::new(session.manager()), options)?;
    // What COMMAND makes is younger than this, by any file system.
    while file_clock() <= began {
        std::thread::sleep(Duration::from_millis(1));
    }
    let charset = session.messages.charset;
    let program = command.words.first().map(|word| trashing::name_of(word, charset)).unwrap_or_default();
    let says = if session.messages.verbosity == Verbosity::Verbose { Says::Each } else { Says::AtTheEnd };
    Ok(Arc::new(Trashing { run: Arc::new(run), program, charset, says, form: args.form() }))
}

fn tell(session: &Session<'_>, form: ReportForm, told: Option<Vec<u8>>) -> anyhow::Result<()> {
    let Some(told) = told else {
        session.messages.say("the guard was killed; some of what was deleted or replaced may be lost");
        session.messages.hint("the next rrm command moves what was kept to the trash; rrm list shows it");
        return Ok(());
    };
    let told = String::from_utf8_lossy(&told);
    if form == ReportForm::Json {
        return println(&told);
    }
    let mut lines = told.lines();
    let summary = lines.next().filter(|line| !line.is_empty());
    if std::io::stderr().is_terminal() {
        summary.into_iter().for_each(|line| session.messages.close(line));
    }
    lines.for_each(|line| session.messages.say(line));
    Ok(())
}

fn now() -> Timestamp {
    let at = env::now();
    Timestamp { seconds: at.timestamp(), nanoseconds: at.timestamp_subsec_nanos() }
}

/// Why this machine cannot guard, and what to do.
fn why_no_guard(error: &io::Error) -> (String, &'static str) {
    match error.kind() {
        io::ErrorKind::Unsupported => (
            "rrm guard works on Linux 5.19 or newer, on x86-64 and 64-bit ARM processors".to_owned(),
            "without it, use rrm rm in place of rm: see rrm shim --help",
        ),
        io::ErrorKind::InvalidInput => (
            "the kernel is too old to guard a command: Linux 5.19 or newer is needed".to_owned(),
            "without it, use rrm rm in place of rm: see rrm shim --help",
        ),
        io::ErrorKind::PermissionDenied => (
            "this system does not allow rrm to watch system calls (seccomp)".to_owned(),
            "in a container, allow seccomp(2) in its security profile",
        ),
        _ => (format!("cannot watch system calls (seccomp): {}", words_of(error)), "nothing was run"),
    }
}
