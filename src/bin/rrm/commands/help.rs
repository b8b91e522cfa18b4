//! What is printed about a command.

/// What help texts and manual pages contain beside the options.
pub(crate) struct Help {
    /// One or two examples for the end of `--help`.
    pub(crate) examples: &'static str,
    /// The arguments that `-h` shows, by their names in the code; all if empty.
    pub(crate) everyday: &'static str,
    /// The text of the manual page.
    pub(crate) page: &'static str,
}

impl Help {
    pub(super) fn examples(&self) -> Option<&'static str> {
        (!self.examples.is_empty()).then_some(self.examples)
    }
}
