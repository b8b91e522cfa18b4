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
    /// A person asked to stop; what was not begun was not done. As a shell counts a program that Ctrl-C ended.
    Interrupted,
    /// As the command that was run, or as one that could not be.
    AsCommand(u8),
}

impl Exit {
    /// The status for the system. Without a reader, the process ends as if it had never ignored the signal, so that
    /// its parent sees what it sees of every other program.
    pub(crate) fn end(self) -> ExitCode {
        if self == Self::BrokenPipe {
            // Where that fails, the number below says the same.
            let _ = signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGPIPE);
        }
        ExitCode::from(match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::BrokenPipe => 141,
            Self::Interrupted => 130,
            Self::AsCommand(status) => status,
        })
    }
}
