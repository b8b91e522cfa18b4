//! `rrm guard`: runs a command, and keeps what it and whatever it starts delete or replace.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use rrm::error::words_of;
use rrm::guard::{Guard, GuardOptions, Guarded, GuardedRun, NotRun, Watch, become_command, supervise};
use rrm::sys::guarded::file_clock;
use rrm::sys::{Ending, Timestamp};

use crate::args::GuardArgs;
use crate::exit::Exit;
use crate::run::Session;
use crate::translate::clock;
use trashing::Trashing;

#[cfg(feature = "testing")]
mod recorder;
mod trashing;

/// What a command that runs others ends with where it fails itself, finds no such program, or cannot start it, as env(1),
/// nohup(1) and timeout(1) do.
const NOT_RUN: u8 = 125;
const CANNOT_START: u8 = 126;
const NO_SUCH_PROGRAM: u8 = 127;

/// The largest content that is copied where it is about to be overwritten, in bytes.
const LARGEST_COPY: u64 = 64 << 20;

impl Session<'_> {
    pub(crate) fn guard(&self, args: GuardArgs) -> anyhow::Result<Exit> {
        let label = args.session.or_else(|| self.context.environment.session.clone());
        let watch = match self.watch(&args.words, label.clone()) {
            Ok(watch) => watch,
            Err(error) => {
                crate::run::failed(&error, self.messages);
                return Ok(Exit::AsCommand(NOT_RUN));
            }
        };
        let session = label.map(|label| (OsString::from("RRM_SESSION"), label));
        let environment = session.into_iter().chain([("RRM_GUARD".into(), "1".into())]).collect();
        let command = Guarded { words: args.words, environment };
        match supervise(&command, &watch) {
            Ok(Guard { ending, told }) => {
                self.tell(told);
                Ok(Exit::AsCommand(match ending {
                    Ending::Exited(status) => u8::try_from(status).unwrap_or(NOT_RUN),
                    // As a shell counts it.
                    Ending::Killed(signal) => u8::try_from(128 + signal).unwrap_or(NOT_RUN),
                }))
            }
            // Whatever it loses is kept by the guard around us.
            Err(NotRun::UnderGuard) => Ok(self.cannot_start(&command, &become_command(&command))),
            Err(why) => Ok(self.not_run(&command, why)),
        }
    }

    fn not_run(&self, command: &Guarded, why: NotRun) -> Exit {
        let (what, hint) = match why {
            NotRun::NoProgram(error) => return self.cannot_start(command, &error),
            NotRun::NoGuard(error) => why_no_guard(&error),
            NotRun::Guarded => (
                "another program already watches the system calls of this one, and there can be only one".to_owned(),
                "run rrm guard outside of that program, and that program inside of rrm guard",
            ),
            NotRun::UnderGuard => return Exit::AsCommand(NOT_RUN),
            NotRun::NoKeeper(error) => (
                format!("cannot start the process that keeps what is deleted: {}", words_of(&error)),
                "nothing was run; check the limits on processes and open files (ulimit -a)",
            ),
        };
        self.messages.say(&what);
        self.messages.hint(hint);
        Exit::AsCommand(NOT_RUN)
    }

    fn cannot_start(&self, command: &Guarded, error: &io::Error) -> Exit {
        let program = command.words.first().map(|word| self.quoted(word.as_ref())).unwrap_or_default();
        self.messages.say(&format!("cannot run {program}: {}", words_of(error)));
        Exit::AsCommand(if error.kind() == io::ErrorKind::NotFound { NO_SUCH_PROGRAM } else { CANNOT_START })
    }

    fn watch(&self, words: &[OsString], session: Option<OsString>) -> anyhow::Result<Arc<dyn Watch>> {
        #[cfg(feature = "testing")]
        if let Some(path) = crate::translate::recorded_losses() {
            return Ok(Arc::new(recorder::Recorder::new(&path)?));
        }
        // By the precise clock: times of files may be as precise, and then they are up to a tick before the other.
        let began = now();
        let options = GuardOptions {
            began,
            clock: now,
            here: vec![self.context.environment.working_directory()],
            session,
            grace: self.context.grace_period()?,
            limit: LARGEST_COPY,
        };
        let run = GuardedRun::begin(Arc::new(self.manager()), options)?;
        // What COMMAND makes is younger than this, by any file system.
        while file_clock() <= began {
            std::thread::sleep(Duration::from_millis(1));
        }
        let charset = self.messages.charset;
        let program = words.first().map(|word| trashing::name_of(word, charset)).unwrap_or_default();
        Ok(Arc::new(Trashing { run, program, charset }))
    }

    fn tell(&self, told: Option<Vec<u8>>) {
        let Some(told) = told else {
            self.messages.say("the processes that keep what is deleted were killed; not all may have been kept");
            self.messages.hint("what was kept is in the trash after the next rrm command");
            return;
        };
        let told = String::from_utf8_lossy(&told);
        let mut lines = told.lines();
        let summary = lines.next().filter(|line| !line.is_empty());
        if std::io::stderr().is_terminal() {
            summary.into_iter().for_each(|line| self.messages.close(line));
        }
        lines.for_each(|line| self.messages.say(line));
    }
}

fn now() -> Timestamp {
    let at = clock();
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
            "this system forbids to watch a command (seccomp)".to_owned(),
            "in a container, allow the system call seccomp in its security profile",
        ),
        _ => (format!("cannot watch a command (seccomp): {}", words_of(error)), "nothing was run"),
    }
}
