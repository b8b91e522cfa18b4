//! A command under the guard, and the processes around it.
//!
//! ```text
//! front ── stand-by ── keeper ── COMMAND ── whatever it starts
//! ```
//!
//! | process | what it does | ends |
//! |---|---|---|
//! | front | is what a shell sees: waits, passes signals on, ends as COMMAND does | with COMMAND |
//! | stand-by | holds the listener, too; takes over if the keeper is killed, has it go on if it is stopped | with the keeper |
//! | keeper | answers the stopped calls | when nobody is left who has the filter |
//!
//! Each is a fork of the one before it: the keeper is above COMMAND, as it has to be where a process may only look into what
//! it has started itself (Yama), and has what the front has prepared. Keeper and stand-by are in a process group of their
//! own, so that no key at the terminal reaches them, and let go of all that others may wait for.
//!
//! # What a kill leaves
//!
//! | killed | then |
//! |---|---|
//! | front | COMMAND is killed as well, as it would be without a guard |
//! | keeper | the stand-by goes on with what the keeper had not answered; the front is told at the end as always |
//! | stand-by | nothing changes, but a keeper that is killed after it has no successor |
//! | both | calls that are stopped fail with `ENOSYS`, and do nothing: nothing is lost, and nothing hangs |
//! | COMMAND | what it has started is guarded until it ends, too |

mod flights;
mod front;
mod keeper;
mod serve;
mod voice;
mod wire;

use std::cell::Cell;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::Arc;

use super::Keeper;
use crate::sys::{Ending, guarded};

/// Who keeps what COMMAND loses, for as long as anything of it lives.
///
/// It is made before COMMAND starts, in a process of one thread, and inherited by the keeper and the stand-by as it was then.
pub trait Watch: Keeper {
    /// Called about once a second, by one thread.
    fn tick(&self);

    /// What is said by this reaches the one who waits for COMMAND, for as long as COMMAND runs; called once, in the process
    /// that keeps.
    fn speak(&self, say: Say);

    /// COMMAND has ended; and then, a second time, the last of what it has started, too. What is given back reaches the one
    /// who waits for COMMAND, the first time.
    fn end(&self) -> Vec<u8>;

    /// The process that this was inherited together with is dead, and this one goes on in its place.
    fn succeed(&self);
}

/// Has a line heard. It never waits.
pub type Say = Box<dyn Fn(Vec<u8>) + Send + Sync>;

/// What is heard while COMMAND runs.
#[derive(Debug)]
pub enum Said {
    /// A line.
    Line(Vec<u8>),
    /// That so many more lines could not be said: the one who waits was stopped, or too slow.
    More(u64),
}

/// A command to run.
#[derive(Debug, Clone)]
pub struct Guarded {
    /// The program and its arguments.
    pub words: Vec<OsString>,
    /// What is set in its environment, beside what is there.
    pub environment: Vec<(OsString, OsString)>,
}

/// What came of it.
#[derive(Debug)]
pub struct Guard {
    /// How COMMAND ended.
    pub ending: Ending,
    /// What [`Watch::end`] has told; `None` where keeper and stand-by were killed.
    pub told: Option<Vec<u8>>,
}

/// Why COMMAND was not run.
#[derive(Debug)]
pub enum NotRun {
    /// The kernel, or what is above us, does not let us guard.
    NoGuard(io::Error),
    /// Something else is told of this process's calls already.
    Guarded,
    /// The program cannot be started.
    NoProgram(io::Error),
    /// No process, or nothing to speak to it by, could be had.
    NoKeeper(io::Error),
}

/// Runs a command under the guard, and gives how it ended; `heard` is told what its keeper says meanwhile. Only from a process
/// of one thread.
///
/// # Errors
/// Nothing was run.
pub fn supervise(command: &Guarded, watch: &Arc<dyn Watch>, heard: &dyn Fn(Said)) -> Result<Guard, NotRun> {
    guarded::check_guard().map_err(NotRun::NoGuard)?;
    front::run(command, watch, heard)
}

/// Becomes COMMAND, which this process's own guard is around. It returns only where that fails, with the reason.
#[must_use]
pub fn become_command(command: &Guarded) -> io::Error {
    let Some((program, arguments)) = command.words.split_first() else { return io::ErrorKind::InvalidInput.into() };
    let environment = command.environment.iter().map(|(name, value)| (name, value));
    Command::new(program).args(arguments).envs(environment).exec()
}

/// A fork whose parent keeps `ours`, which the copy drops.
fn fork_without<T>(ours: T, child: impl FnOnce() -> u8) -> io::Result<(u32, T)> {
    let ours = Cell::new(Some(ours));
    let process = guarded::fork(|| {
        drop(ours.take());
        child()
    })?;
    ours.into_inner().map(|ours| (process, ours)).ok_or_else(|| io::ErrorKind::Other.into())
}
