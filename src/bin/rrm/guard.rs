//! `rrm guard`: runs a command, and keeps what it and whatever it starts delete or replace.

use std::ffi::OsString;
use std::io;
use std::sync::Arc;

use rrm::error::words_of;
use rrm::guard::{Guard, Guarded, NotRun, Watch, become_command, supervise};
use rrm::sys::Ending;

use crate::args::GuardArgs;
use crate::exit::Exit;
use crate::run::Session;

#[cfg(feature = "testing")]
mod recorder;

/// What a command that runs others ends with where it fails itself, finds no such program, or cannot start it, as env(1),
/// nohup(1) and timeout(1) do.
const NOT_RUN: u8 = 125;
const CANNOT_START: u8 = 126;
const NO_SUCH_PROGRAM: u8 = 127;

impl Session<'_> {
    pub(crate) fn guard(&self, args: GuardArgs) -> anyhow::Result<Exit> {
        let session = args.session.map(|label| (OsString::from("RRM_SESSION"), label));
        let environment = session.into_iter().chain([("RRM_GUARD".into(), "1".into())]).collect();
        let command = Guarded { words: args.words, environment };
        let watch = self.watch()?;
        match supervise(&command, &watch) {
            Ok(Guard { ending, told }) => {
                self.tell(told)?;
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

    fn watch(&self) -> anyhow::Result<Arc<dyn Watch>> {
        #[cfg(feature = "testing")]
        if let Some(path) = crate::translate::recorded_losses() {
            return Ok(Arc::new(recorder::Recorder::new(&path)?));
        }
        anyhow::bail!("there is no store yet")
    }

    fn tell(&self, told: Option<Vec<u8>>) -> anyhow::Result<()> {
        match told {
            Some(words) if words.is_empty() => Ok(()),
            Some(words) => Ok(self.messages.done(&String::from_utf8_lossy(&words))?),
            None => {
                self.messages.say("the processes that keep what is deleted were killed; not all may have been kept");
                Ok(())
            }
        }
    }
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
