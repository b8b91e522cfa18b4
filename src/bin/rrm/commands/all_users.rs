//! `--all-users`: as root, runs rrm for each user in a process of that user.
//!
//! # Security
//! Root looks only at the owner of a home directory and at lines of bounded length, which it escapes. Everything else
//! runs with the user's UID and groups, an empty environment, no terminal, no descriptor of root and no way to gain
//! privileges. A malicious trash can do no more than its owner could, and for no longer than [`Allowance`] says.

mod forward;
mod passed;
mod process;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::Context as _;

use crate::env::Environment;
use crate::env::users::{self, User};
use crate::exit::Exit;
use crate::gnu::quote::quote_where_needed;
use crate::output::{Messages, Verbosity};

pub(super) use forward::forward;
pub(super) use passed::Passed;
pub(super) use process::Line;

/// The users, and what is run for each.
pub(super) struct AllUsers<'a> {
    /// Those who own the home directory that the user database names.
    pub(super) users: Vec<User>,
    pub(super) messages: &'a Messages,
    /// The command, as in `rrm clean`.
    pub(super) command: &'static str,
    program: PathBuf,
}

/// How much is taken from a user's process: it may print anything, and never end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    /// Further lines are only counted.
    pub(super) lines: usize,
    /// Longer lines are cut.
    pub(super) bytes: u64,
    pub(super) time: Duration,
}

impl Allowance {
    /// For a run that prints little, which root may get by mail.
    pub(super) const BRIEF: Self = Self { lines: 1000, bytes: 1024, time: Duration::from_hours(1) };

    /// For a run that prints a line about every item.
    pub(super) const ITEMS: Self = Self { lines: 1_000_000, bytes: 1 << 16, ..Self::BRIEF };
}

impl<'a> AllUsers<'a> {
    /// Reads the user database; says why not and gives the exit status if this is not for us to do.
    pub(super) fn find(command: &'static str, messages: &'a Messages) -> anyhow::Result<Result<Self, Exit>> {
        if rrm::sys::effective_uid() != 0 {
            messages.say(&format!("cannot run rrm {command} for all users: you are not root"));
            messages.hint(&format!("use sudo rrm {command} --all-users"));
            return Ok(Err(Exit::Failure));
        }
        match rrm::sys::close_inherited() {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                messages.say(&format!("cannot run rrm {command} for all users on this system"));
                messages.hint(&format!("run rrm {command} as each user"));
                return Ok(Err(Exit::Failure));
            }
            closed => closed.context("cannot close inherited descriptors")?,
        }
        let mut users = users::all().context("cannot read the user database")?;
        users.retain(owns_home);
        let program = Environment::program().context("cannot find the path of rrm")?;
        Ok(Ok(Self { users, messages, command, program }))
    }

    /// A user, as in a message.
    pub(super) fn name_of(&self, user: &User) -> String {
        quote_where_needed(&user.name, self.messages.charset)
    }

    /// Runs rrm with these words for one user. `each` gets every line, which is that user's word. An error is one of `each`;
    /// what becomes of the process is the result inside.
    pub(super) fn run(
        &self,
        user: &User,
        words: &[OsString],
        allowance: Allowance,
        each: impl FnMut(Line) -> io::Result<()>,
    ) -> io::Result<anyhow::Result<ExitStatus>> {
        let verbosity = match self.messages.verbosity {
            Verbosity::Verbose => Some("--verbose"),
            Verbosity::Quiet => Some("--quiet"),
            Verbosity::AsRm | Verbosity::Usual => None,
        };
        let mut command = process::command(user, &self.program);
        command.args(verbosity).args(words);
        process::run(command, allowance, each)
    }
}

/// Service users share `/` or have no home.
fn owns_home(user: &User) -> bool {
    rrm::sys::metadata_following(&user.home).is_ok_and(|home| home.is_dir() && home.uid == user.uid)
}
