//! When to use colours, and the colours of paths.

use std::io::IsTerminal;

use crate::env::Environment;

#[cfg(feature = "browse")]
pub(crate) use super::path_colours::PathColours;

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    /// On a terminal with colours, unless `$NO_COLOR` is set.
    Auto,
    Always,
    Never,
}

impl Colour {
    /// Whether to use colours on standard output.
    pub(crate) fn on_stdout(self) -> bool {
        self.on(&std::io::stdout())
    }

    /// Whether to use colours on a stream. `--color` overrides `$NO_COLOR` (<https://no-color.org>) and the kind of
    /// terminal.
    pub(crate) fn on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Auto => stream.is_terminal() && Environment::takes_colours(),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The colours of paths on standard output.
#[cfg(feature = "browse")]
pub(crate) fn path_colours(when: Colour) -> Option<PathColours> {
    when.on_stdout().then(PathColours::read)
}

/// Without the feature `browse` paths have no colours.
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
