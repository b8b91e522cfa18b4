//! When colours are used, and which ones paths have.

use std::io::IsTerminal;

use lscolors::LsColors;

use crate::env::Environment;

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
