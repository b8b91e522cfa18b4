//! `rrm guard`: what a command loses is seen, and nothing else of it changes.
//!
//! Here the losses are written down and not kept, by `RRM_TEST_LOSSES`; what is seen is told apart from what is done about it.

mod assumptions;
mod command;
mod job_control;
mod killed;
mod losses;
mod options;
mod places;
mod undo;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use rrm::text::quoted;

use crate::common::{Invocation, Missing, Sandbox};

/// Where the losses of guarded commands are written down.
fn record(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join("losses")
}

/// `rrm guard` with these words, whose losses are only written down.
fn guard<A: AsRef<OsStr>>(sandbox: &Sandbox, words: impl IntoIterator<Item = A>) -> Invocation {
    let command = sandbox.command(["guard", "--"]).args(words);
    command.with("RRM_TEST_LOSSES", record(sandbox))
}

/// A sandbox in which commands can be guarded; else what is missing.
fn sandbox_of(sandbox: Sandbox) -> Result<Sandbox, Missing> {
    let run = guard(&sandbox, ["true"]).run();
    if run.status.code() == Some(125) {
        return Err(Missing::of_the_kernel("seccomp that notifies", run.stderr()));
    }
    run.ok();
    std::fs::remove_file(record(&sandbox)).expect("the losses were written down");
    // The disk that tests run on may be as full as it is.
    sandbox.rrm(["config", "set", "min-free", "0"]).ok();
    Ok(sandbox)
}

fn sandbox() -> Result<Sandbox, Missing> {
    sandbox_of(Sandbox::new())
}

/// What a shell script loses when it runs in the sandbox, in the order of its calls.
#[track_caller]
fn losses(sandbox: &Sandbox, script: &str) -> Vec<String> {
    let run = guard(sandbox, ["sh", "-euc", script]).run();
    run.ok().silent();
    taken(sandbox)
}

/// What was written down until now.
#[track_caller]
fn taken(sandbox: &Sandbox) -> Vec<String> {
    let lines = std::fs::read_to_string(record(sandbox)).unwrap_or_default();
    // Whoever has it open writes at its end, wherever that is.
    let _ = std::fs::write(record(sandbox), "");
    lines.lines().filter(|line| *line != "end").map(str::to_owned).collect()
}

/// A path below the working directory as the record has it.
fn at(sandbox: &Sandbox, path: impl AsRef<Path>) -> String {
    quoted(sandbox.path(path))
}

/// Whether a program is to be had.
fn has(program: &str) -> bool {
    crate::common::mounts::system(program).arg("--version").output().is_ok()
}
