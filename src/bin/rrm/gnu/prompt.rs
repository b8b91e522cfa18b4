//! The questions of `rm`, and which answers mean yes.
//!
//! A walk of a tree asks as GNU does if it calls:
//!
//! 1. [`first_step`] for the entry itself. For all but a directory that holds something, this decides its removal.
//! 2. A directory that holds something, or cannot be read, was asked for as "descend"; its entries follow, and then
//!    [`last_step`] for the directory.
//! 3. What became of an entry is told to the directories above it by [`Outcome::parent`].

use std::ffi::OsStr;
use std::io::{self, BufRead};

use rrm::sys::FileKind;

use super::messages::cannot_remove;
use super::options::{Directories, Input, Options, Prompt};
use super::quote::quote;
use rrm::text::Charset;

/// Whether a person can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stdin {
    Terminal,
    /// Anything else, or closed.
    Other,
}

/// Whether an entry is writable, by `faccessat` with `W_OK` and `AT_EACCESS`: only `EACCES` means no. A read-only file
/// system fails later, with its own error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    Writable,
    WriteProtected,
}

/// Whether a file or directory is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Empty,
    /// Not empty, or not readable.
    Some,
}

/// The entry to ask about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// The path as typed, with at most one slash at the end.
    pub(crate) path: &'a OsStr,
    pub(crate) kind: FileKind,
    pub(crate) content: Content,
    /// Whether it is writable; matters only if [`is_protection_asked`].
    pub(crate) protection: Protection,
}

/// The next step for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Ask this question after the program's name and `: `, and proceed on yes.
    Ask(String),
    Go,
    /// Keep the entry and fail with this message.
    Refuse(String),
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A line that begins with y or Y.
    Yes,
    /// Any other line, or none.
    No,
}

/// The outcome for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Removed,
    /// The answer to "remove" was no.
    Kept,
    /// The answer to "descend" was no.
    NotEntered,
    /// Not removed, with a message.
    Failed,
}

/// What an [`Outcome`] means for the directories above, up to the operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    /// They are asked about. After an [`Outcome::Kept`] removing them fails with "Directory not empty".
    Asked,
    /// They stay without question or message.
    StaysSilently,
}

impl Outcome {
    /// Its meaning for the directories above.
    pub(crate) fn parent(self) -> Parent {
        match self {
            Self::Removed | Self::Kept => Parent::Asked,
            Self::NotEntered | Self::Failed => Parent::StaysSilently,
        }
    }
}

/// Whether write protection matters, which costs a system call.
pub(crate) fn is_protection_asked(kind: FileKind, options: Options, stdin: Stdin) -> bool {
    let can_answer = stdin == Stdin::Terminal || options.input == Input::PresumedTerminal;
    match options.prompt {
        _ if kind == FileKind::Symlink => false,
        Prompt::Never => false,
        Prompt::Always => true,
        Prompt::WriteProtected | Prompt::Once => can_answer,
    }
}

/// The question of `-I`: for more than three operands or a recursive removal.
pub(crate) fn before_all(operands: usize, options: Options) -> Step {
    let is_recursive = options.directories == Directories::Recurse;
    if options.prompt != Prompt::Once || operands == 0 || (operands <= 3 && !is_recursive) {
        return Step::Go;
    }
    let noun = if operands == 1 { "argument" } else { "arguments" };
    let how = if is_recursive { " recursively" } else { "" };
    Step::Ask(format!("remove {operands} {noun}{how}? "))
}

/// The first step for an entry: removal, or descent for a directory with contents.
pub(crate) fn first_step(entry: &Entry<'_>, options: Options, stdin: Stdin, charset: Charset) -> Step {
    if entry.kind != FileKind::Directory {
        return ask(Deed::Remove, entry, options, stdin, charset);
    }
    let refuse = |reason| Step::Refuse(cannot_remove(entry.path, reason, charset));
    match (options.directories, entry.content) {
        (Directories::Refuse, _) => refuse("Is a directory"),
        (Directories::Empty, Content::Some) => refuse("Directory not empty"),
        (Directories::Recurse, Content::Some) => ask(Deed::Descend, entry, options, stdin, charset),
        (_, Content::Empty) => ask(Deed::Remove, entry, options, stdin, charset),
    }
}

/// The last step for a directory that was entered: its removal.
pub(crate) fn last_step(directory: &Entry<'_>, options: Options, stdin: Stdin, charset: Charset) -> Step {
    ask(Deed::Remove, directory, options, stdin, charset)
}

/// Reads the answer to a question.
///
/// Reads to the end of the line; `input` may have read ahead. GNU leaves the rest of a file to the next reader, but not
/// that of a pipe. GNU takes a read error as no and fails at its end with "error closing file".
pub(crate) fn read_answer(input: &mut impl BufRead) -> io::Result<Answer> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    Ok(if matches!(line.first(), Some(b'y' | b'Y')) { Answer::Yes } else { Answer::No })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Remove,
    Descend,
}

fn ask(deed: Deed, entry: &Entry<'_>, options: Options, stdin: Stdin, charset: Charset) -> Step {
    let is_protected =
        is_protection_asked(entry.kind, options, stdin) && entry.protection == Protection::WriteProtected;
    if !is_protected && options.prompt != Prompt::Always {
        return Step::Go;
    }
    let protected = if is_protected { "write-protected " } else { "" };
    let (verb, kind) = match deed {
        Deed::Remove => ("remove", kind_in_words(entry)),
        Deed::Descend => ("descend into", "directory"),
    };
    Step::Ask(format!("{verb} {protected}{kind} {}? ", quote(entry.path, charset)))
}

fn kind_in_words(entry: &Entry<'_>) -> &'static str {
    match entry.kind {
        FileKind::File if entry.content == Content::Empty => "regular empty file",
        FileKind::File => "regular file",
        FileKind::Directory => "directory",
        FileKind::Symlink => "symbolic link",
        FileKind::Fifo => "fifo",
        FileKind::Socket => "socket",
        FileKind::BlockDevice => "block special file",
        FileKind::CharDevice => "character special file",
        FileKind::Unknown => "weird file",
    }
}

#[cfg(test)]
#[path = "prompt_tests.rs"]
mod tests;
