//! What the options mean that every command has: how much is said, and in what colours.

use std::io::IsTerminal;

use lscolors::LsColors;

use crate::args::{ColorWhen, FeedbackArgs};
use crate::env::Environment;

/// How much is said beside the output that a command is for. What went wrong is told in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Every line is one of GNU's, but for the hint where a disk is full: under the name `rm`.
    AsRm,
    /// Nothing more.
    Quiet,
    /// Next steps, closing lines, the progress of long work.
    Usual,
    /// The same, and what was done.
    Verbose,
}

impl Voice {
    /// Whether a person is told what to do next, and how it ended.
    pub(crate) fn hints(self) -> bool {
        matches!(self, Self::Usual | Self::Verbose)
    }

    /// Whether long work shows how far it is.
    pub(crate) fn shows_progress(self) -> bool {
        self != Self::Quiet
    }
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Where a terminal takes them and nobody objects.
    Auto,
    Always,
    Never,
}

impl Colour {
    /// Whether standard output gets colours.
    pub(crate) fn on_stdout(self) -> bool {
        self.on(&std::io::stdout())
    }

    /// Whether a stream gets colours. `$NO_COLOR` (<https://no-color.org>) and a terminal that takes none count unless the
    /// command line says otherwise.
    pub(crate) fn on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Auto => stream.is_terminal() && Environment::takes_colours(),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The colours that paths have on standard output: those of `$LS_COLORS`.
pub(crate) fn path_colours(when: Colour) -> Option<LsColors> {
    when.on_stdout().then(|| LsColors::from_env().unwrap_or_default())
}

impl FeedbackArgs {
    /// Of the two options one overrides the other; said on both sides of the command, the quiet one counts.
    pub(crate) fn voice(self) -> Voice {
        match (self.quiet, self.verbose) {
            (true, _) => Voice::Quiet,
            (false, true) => Voice::Verbose,
            (false, false) => Voice::Usual,
        }
    }

    pub(crate) fn colour(self) -> Colour {
        self.color.into()
    }
}

impl From<ColorWhen> for Colour {
    fn from(when: ColorWhen) -> Self {
        match when {
            ColorWhen::Auto => Self::Auto,
            ColorWhen::Always => Self::Always,
            ColorWhen::Never => Self::Never,
        }
    }
}
