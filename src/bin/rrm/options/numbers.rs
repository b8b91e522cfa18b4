//! Numbers as options take them.

/// Parses a number of things, at least one.
pub(crate) fn number(text: &str) -> Result<usize, &'static str> {
    text.parse().ok().filter(|number| *number > 0).ok_or("write a number, 1 or more")
}

/// Parses a number of things, or none.
pub(crate) fn whole_number(text: &str) -> Result<usize, &'static str> {
    text.parse().map_err(|_| "write a number, 0 or more")
}
