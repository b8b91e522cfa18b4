//! How much is printed.

/// How much is printed beside the output and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// As `rm`: only the messages of GNU rm, and a hint if the disk is full.
    AsRm,
    /// Nothing more.
    Quiet,
    /// Hints, closing lines and progress.
    Usual,
    /// The same, and what is done.
    Verbose,
}

impl Verbosity {
    /// Whether to print hints and closing lines.
    pub(crate) fn hints(self) -> bool {
        matches!(self, Self::Usual | Self::Verbose)
    }

    /// Whether to show progress.
    pub(crate) fn shows_progress(self) -> bool {
        self != Self::Quiet
    }
}
