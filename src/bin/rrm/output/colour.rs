//! When colours are used, and which ones paths have.

use std::io::IsTerminal;

use crate::env::Environment;

#[cfg(feature = "browse")]
pub(crate) use super::path_colours::PathColours;

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

/// The colours that paths have on standard output.
#[cfg(feature = "browse")]
pub(crate) fn path_colours(when: Colour) -> Option<PathColours> {
    when.on_stdout().then(PathColours::read)
}

/// Without the feature that reads `$LS_COLORS`, paths have none.
#[cfg(not(feature = "browse"))]
pub(crate) enum PathColours {}

#[cfg(not(feature = "browse"))]
impl PathColours {
    pub(super) fn paint(&self, _: &rrm::item::TrashItem, _: &str) -> String {
        match *self {}
    }
}

#[cfg(not(feature = "browse"))]
pub(crate) fn path_colours(_: Colour) -> Option<PathColours> {
    None
}
