//! rrm on file systems that a program serves, or that stand on others: remote ones, pools, encrypted folders, sticks.
//!
//! Each is mounted for one test, in a mount namespace of the test's own, and its daemon ends with the test.

mod answers;
mod clients;
mod daemon;
mod dead;
mod kinds;
mod names;
mod swap;
mod table;
mod there_and_back;

use std::path::{Path, PathBuf};

use daemon::Daemon;

use crate::common::platform;
use crate::common::{Mount, Sandbox, User, is_root};

pub(crate) use kinds::Kind;

/// A mounted file system, with a directory on it that belongs to the sandbox's user.
pub(crate) struct Served {
    pub(crate) kind: Kind,
    /// Where it is mounted; first of all, where there are several.
    mounts: Vec<PathBuf>,
    daemons: Vec<Daemon>,
    /// Unmounted last: what is mounted as a whole by mount(8), and what daemons need.
    beneath: Vec<Mount>,
    pub(crate) sandbox: Sandbox,
}

impl Served {
    /// A directory to work in, below the mount's root.
    pub(crate) fn dir(&self) -> PathBuf {
        self.mounts[0].join("d")
    }

    /// The daemon, the last one that was started where it takes several.
    pub(crate) fn daemon(&mut self) -> &mut Daemon {
        self.daemons.last_mut().expect("each has one")
    }

    /// Where it is mounted.
    pub(crate) fn at(&self) -> &Path {
        &self.mounts[0]
    }

    /// Runs a shell script with these words, as the sandbox's user in a directory, each line for itself: what a file system
    /// cannot hold is not there afterwards.
    pub(crate) fn script(&self, within: &Path, lines: &str, words: &[&Path]) {
        self.sandbox.tool("/bin/sh", ["-c", lines, "sh"]).args(words).within(within).run();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A daemon that is asked nothing any more can be ended.
        self.mounts.iter().rev().for_each(|mount| platform::unmount(mount));
        self.daemons.clear();
        self.beneath.clear();
    }
}

/// Both who may work on such a file system: root, and an ordinary user.
fn users() -> Vec<User> {
    if is_root() { vec![User::Caller, User::Nobody] } else { vec![User::Caller] }
}
