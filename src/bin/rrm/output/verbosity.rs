//! How much is said.

/// How much is said beside the output that a command is for. What went wrong is told in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Every line is one of GNU's, but for the hint where a disk is full: under the name `rm`.
    AsRm,
    /// Nothing more.
    Quiet,
    /// Next steps, closing lines, the progress of long work.
    Usual,
    /// The same, and what was done.
    Verbose,
}

impl Verbosity {
    /// Whether a person is told what to do next, and how it ended.
    pub(crate) fn hints(self) -> bool {
        matches!(self, Self::Usual | Self::Verbose)
    }

    /// Whether long work shows how far it is.
    pub(crate) fn shows_progress(self) -> bool {
        self != Self::Quiet
    }
}
