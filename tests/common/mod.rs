//! What every test stands on: a place of its own to work in, the program run from outside, what a file looked like
//! before and after, mounts, and failures injected into system calls.
//!
//! The tests run as root and as an ordinary user. Root ignores permissions, so a test about them uses a sandbox of
//! [`User::Nobody`]; a test that cannot have what it needs says so with [`skip!`] and never passes silently.
#![allow(dead_code, reason = "a toolbox: not every tool is in use at every moment")]

#[macro_use]
pub(crate) mod skip;
#[macro_use]
pub(crate) mod again;
pub(crate) mod fault;
mod files;
pub(crate) mod held;
pub(crate) mod here;
pub(crate) mod mounts;
pub(crate) mod platform;
pub(crate) mod random;
pub(crate) mod random_tree;
mod run;
mod sandbox;
mod screen;
mod snapshot;
pub(crate) mod strace;
mod terminal;
mod user;
mod written;

#[allow(unused_imports, reason = "the toolbox is offered whole")]
pub(crate) use {
    fault::Fault,
    files::{content, names_in, removed_at, sources},
    mounts::{Format, Mount},
    run::{HURRY, Invocation, MACHINE, Run, Way},
    sandbox::{Sandbox, place_of_sandboxes},
    screen::Screen,
    skip::{Missing, say_skipped},
    snapshot::{Tree, snapshot},
    user::{User, in_namespace, is_root},
    written::{is_writing, is_written},
};

use std::path::{Path, PathBuf};
use std::process::Command;

/// The `rrm` under test. `RRM_TEST_BINARY` names another than the one cargo built, for a run where the checkout is
/// out of the user's reach.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("RRM_TEST_BINARY").map_or_else(|| env!("CARGO_BIN_EXE_rrm").into(), PathBuf::from)
}

/// What holds for a test whoever runs it, before it makes anything.
///
/// The umask is the usual one, for children too. Where /proc is not mounted, neither rrm nor the tests see enough: then
/// the whole run ends here, and says so.
pub(crate) fn settle_in() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    if !Path::new("/proc/self").exists() {
        say_skipped(&Missing::new("/proc", "and so does every test that makes something"));
        std::process::exit(0);
    }
}

/// Copies a program, by `cp`: a file that this process had open for writing could be held open by a child that another
/// thread starts at that moment, and nobody could run it ("Text file busy").
pub(crate) fn copy_program(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg(from).arg(to).status().expect("cp can be started");
    assert!(copied.success(), "{} can be copied to {}", from.display(), to.display());
}

/// The project's own directory, for tests that read its files; `RRM_TEST_SOURCE` names a copy of it.
pub(crate) fn source() -> PathBuf {
    std::env::var_os("RRM_TEST_SOURCE").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

/// A program of the system; else that its package is missing.
pub(crate) fn installed(program: &str, package: &str) -> Result<PathBuf, Missing> {
    let mut places =
        ["/usr/bin", "/bin", "/usr/local/bin"].map(|directory| Path::new(directory).join(program)).into_iter();
    places.find(|path| path.exists()).ok_or_else(|| Missing::new(package, format!("{program} is not installed")))
}
