//! `rrm clean --all-users`: root has each user's trash cleaned by a process that is that user.
//!
//! # Security
//! Root reads nothing that belongs to a user but who owns the home directory, and lines of bounded length that it makes
//! harmless. Everything else happens in a process of its own with the user's number and groups, an empty environment, no
//! terminal, no descriptor of root's and no way to gain rights, so that a trash made to mislead can do no more than its
//! owner could.

mod process;

use std::io;

use anyhow::Context as _;

use super::CleanArgs;
use super::log::Log;
use crate::env::users::{self, User};
use crate::env::{Environment, now};
use crate::exit::Exit;
use crate::output::Messages;
use process::Round;

/// Cleans for all users that have a home directory of their own. Each is tried.
pub(crate) fn clean_all(args: &CleanArgs, messages: &Messages) -> anyhow::Result<Exit> {
    if rrm::sys::effective_uid() != 0 {
        messages.say("cannot clean for all users: you are not root");
        messages.hint("use sudo rrm clean --all-users");
        return Ok(Exit::Failure);
    }
    match rrm::sys::close_inherited() {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            messages.say("cannot clean for all users on this system");
            messages.hint("run rrm clean as each user");
            return Ok(Exit::Failure);
        }
        closed => closed.context("cannot close inherited descriptors")?,
    }
    let users = users::all().context("cannot read the user database")?;
    let mut round = Round {
        program: Environment::program().context("cannot find the path of rrm")?,
        now: now(),
        log: args.log.as_deref().map(Log::open).transpose()?,
        args,
        messages,
    };
    users
        .into_iter()
        .filter(owns_home)
        .map(|user| round.clean_for(&user))
        .try_fold(Exit::Success, |worst, exit| Ok(worst.max(exit?)))
}

/// Users of services share `/` or have no home at all.
fn owns_home(user: &User) -> bool {
    rrm::sys::metadata_following(&user.home).is_ok_and(|home| home.is_dir() && home.uid == user.uid)
}
