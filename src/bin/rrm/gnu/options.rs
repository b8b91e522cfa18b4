//! The options of a command line.

use std::ffi::OsString;

/// When to ask before removing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Prompt {
    Never,
    /// For what is write-protected, and only where a terminal can answer.
    #[default]
    WriteProtected,
    /// As [`Prompt::WriteProtected`], and once for the whole command if it is large.
    Once,
    Always,
}

/// What an operand that does not exist means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Missing {
    /// A failure. So is having no operand at all.
    #[default]
    Fail,
    /// Nothing to do. So does having no operand at all.
    Ignore,
}

/// What may happen to directories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Directories {
    #[default]
    Refuse,
    Empty,
    /// They are removed with all they hold.
    Recurse,
}

/// What happens to a directory on another file system than its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mounts {
    /// It is removed like any other.
    #[default]
    Cross,
    Stay,
}

/// Whether `/` is special.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum PreserveRoot {
    /// It is a directory like any other.
    No,
    #[default]
    Yes,
}

/// What happens to an operand on another device than its parent. The options set it independently of [`PreserveRoot`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SeparateDevices {
    /// It is removed like any other.
    #[default]
    Remove,
    Reject,
}

/// Whether to print what is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Verbose {
    #[default]
    No,
    Yes,
}

/// Whether answers come from a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Input {
    /// Ask the system whether standard input is a terminal.
    #[default]
    AsFound,
    /// Assume that it is: hidden, for the tests of coreutils.
    PresumedTerminal,
}

/// All options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Options {
    pub(crate) prompt: Prompt,
    pub(crate) missing: Missing,
    pub(crate) directories: Directories,
    pub(crate) mounts: Mounts,
    pub(crate) preserve_root: PreserveRoot,
    pub(crate) separate_devices: SeparateDevices,
    pub(crate) verbose: Verbose,
    pub(crate) input: Input,
}

/// The result of parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CommandLine {
    /// Remove the operands; there may be none only with [`Missing::Ignore`].
    Remove(Options, Vec<OsString>),
    /// Show the help on standard output, exit 0.
    Help,
    /// Show the version on standard output, exit 0.
    Version,
    /// Show these lines, which end in a newline and hold what was typed byte for byte, on standard error, exit 1.
    UsageError(Vec<u8>),
}
