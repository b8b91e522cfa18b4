//! The real `rm`, for tests to compare with.

use std::process::Command;

use skip::{Missing, say_skipped};

#[path = "../../../../tests/common/skip.rs"]
#[allow(dead_code, unused_macros, clippy::disallowed_methods, clippy::panic, reason = "it is shared with other tests")]
mod skip;

/// Where it is, and how it names itself there.
pub(crate) const GNU_RM: &str = "/bin/rm";

/// Whether it is GNU's, of the version whose wordings are ours; says so where not.
pub(crate) fn is_gnu_rm_here() -> bool {
    let version = Command::new(GNU_RM).arg("--version").output().map(|output| output.stdout).unwrap_or_default();
    let is_here = version.starts_with(b"rm (GNU coreutils) 9.");
    if !is_here {
        say_skipped(&Missing::new("GNU coreutils 9", "to compare with"));
    }
    is_here
}
