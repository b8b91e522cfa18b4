//! `rrm clean --all-users`: as root, cleans each user's trash in a process of that user.
//!
//! # Security
//! Root looks only at the owner of a home directory and at lines of bounded length, which it escapes. Everything else
//! runs with the user's UID and groups, an empty environment, no terminal, no descriptor of root and no way to gain
//! privileges. A malicious trash can do no more than its owner could.

mod process;

use std::io;

use anyhow::Context as _;

use super::CleanArgs;
use super::log::Log;
use crate::env::users::{self, User};
use crate::env::{Environment, now};
use crate::exit::Exit;
use crate::output::Messages;
use process::UserCleaner;

/// Cleans for every user who owns a home directory. A failure for one does not stop the others.
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
    let mut cleaner = UserCleaner {
        program: Environment::program().context("cannot find the path of rrm")?,
        now: now(),
        log: args.log.as_deref().map(Log::open).transpose()?,
        args,
        messages,
    };
    users
        .into_iter()
        .filter(owns_home)
        .map(|user| cleaner.clean_for(&user))
        .try_fold(Exit::Success, |worst, exit| Ok(worst.max(exit?)))
}

/// Service users share `/` or have no home.
fn owns_home(user: &User) -> bool {
    rrm::sys::metadata_following(&user.home).is_ok_and(|home| home.is_dir() && home.uid == user.uid)
}
