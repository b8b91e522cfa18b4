//! How the command ends, as a number.

use std::process::ExitCode;

/// The exit status, told in every manual page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// All was done.
    Success,
    /// Something could not be done; a message said what.
    Failure,
    /// The command line, or a value in it, could not be understood; nothing was done.
    Usage,
    /// Whoever read the output went away; as a shell counts a program that SIGPIPE ended.
    BrokenPipe,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::BrokenPipe => 141,
        })
    }
}
