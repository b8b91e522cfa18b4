//! Which questions are asked before something is removed, in which words, and what counts as yes.
//!
//! A tree is walked in this way, for the questions and what their answers mean to be those of GNU:
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

/// Whether answers can come from a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stdin {
    /// Standard input is a terminal.
    Terminal,
    /// It is anything else, closed included.
    Other,
}

/// Whether we may write to an entry, as `faccessat` with `W_OK` and `AT_EACCESS` says: only `EACCES` is a no. A read-only
/// file system is not, it fails later and by its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protection {
    /// We may.
    Writable,
    /// We may not.
    WriteProtected,
}

/// Whether a regular file, by its size, or a directory, by its entries, holds anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// No byte, no entry.
    Empty,
    /// Something, or it cannot be known: a directory that may not be read is not called empty.
    Some,
}

/// What the questions depend on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    /// The path as the operand and the names below it spell it; of slashes at the end of an operand one stays.
    pub(crate) path: &'a OsStr,
    /// What kind of file.
    pub(crate) kind: FileKind,
    /// Whether it holds anything.
    pub(crate) content: Content,
    /// Whether we may write to it. Need not be found out where [`is_protection_asked`] says no.
    pub(crate) protection: Protection,
}

/// What to do next about an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Do it, if the answer to this question is yes. The program's name and `: ` go before it, nothing after it.
    Ask(String),
    /// Do it.
    Go,
    /// Leave it, and fail with this message, which goes after the program's name and `: `.
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

/// What became of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is gone.
    Removed,
    /// The answer to "remove" was no.
    Kept,
    /// The answer to "descend" was no.
    NotEntered,
    /// It could not be removed, and a message said so.
    Failed,
}

/// What an [`Outcome`] means to the directories above the entry, up to the operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parent {
    /// They are asked for in their turn. After an [`Outcome::Kept`] their removal fails as "Directory not empty".
    Asked,
    /// They stay, without a question and without a message.
    StaysSilently,
}

impl Outcome {
    /// What this means to the directories above.
    pub(crate) fn parent(self) -> Parent {
        match self {
            Self::Removed | Self::Kept => Parent::Asked,
            Self::NotEntered | Self::Failed => Parent::StaysSilently,
        }
    }
}

/// Whether anything depends on write protection, so that it is worth a system call.
pub(crate) fn is_protection_asked(kind: FileKind, options: Options, stdin: Stdin) -> bool {
    let can_answer = stdin == Stdin::Terminal || options.input == Input::PresumedTerminal;
    match options.prompt {
        _ if kind == FileKind::Symlink => false,
        Prompt::Never => false,
        Prompt::Always => true,
        Prompt::WriteProtected | Prompt::Once => can_answer,
    }
}

/// The question before the whole command: with `-I`, for more than three operands or a recursive removal.
pub(crate) fn before_all(operands: usize, options: Options) -> Step {
    let is_recursive = options.directories == Directories::Recurse;
    if options.prompt != Prompt::Once || operands == 0 || (operands <= 3 && !is_recursive) {
        return Step::Go;
    }
    let noun = if operands == 1 { "argument" } else { "arguments" };
    let how = if is_recursive { " recursively" } else { "" };
    Step::Ask(format!("remove {operands} {noun}{how}? "))
}

/// The step on meeting an entry: removal, or for a directory that holds something, descent.
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

/// The step on leaving a directory that was descended into: its removal.
pub(crate) fn last_step(directory: &Entry<'_>, options: Options, stdin: Stdin, charset: Charset) -> Step {
    ask(Deed::Remove, directory, options, stdin, charset)
}

/// Reads the answer to a question.
///
/// Nothing is taken of `input` after the end of the line; `input` itself may have read ahead. Of a file, GNU leaves the
/// rest for whoever reads next; of a pipe it does not. An error is taken by GNU as a no, and makes it fail at its end:
/// "error closing file", with the reason where the input was closed and without where it was a directory.
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
