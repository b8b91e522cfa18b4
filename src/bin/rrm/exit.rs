//! The exit status.

use std::process::ExitCode;

/// The exit status; every manual page lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Success.
    Success,
    /// Something failed; a message said what.
    Failure,
    /// A usage error or an invalid value; nothing was done.
    Usage,
    /// The output was closed; the status of a program ended by SIGPIPE.
    BrokenPipe,
    /// Interrupted between two items; the status of a program ended by Ctrl-C.
    Interrupted,
    /// As the command that was run, or as one that could not be.
    AsCommand(u8),
}

impl Exit {
    /// The status for the system. On a closed pipe the process ends by SIGPIPE, so that its parent sees the same as of
    /// other programs.
    pub(crate) fn end(self) -> ExitCode {
        if self == Self::BrokenPipe {
            // If that fails, the number below means the same.
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
