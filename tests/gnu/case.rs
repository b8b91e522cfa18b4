//! One command line and its surroundings.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStrExt;

/// What standard input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stdin {
    /// `/dev/null`.
    Null,
    /// `<&-`.
    Closed,
    /// A pipe with these answers.
    Pipe(&'static str),
    /// A pseudo-terminal at which these answers were typed, and then the end of input.
    Terminal(&'static str),
}

/// What standard output is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stdout {
    /// A pipe that is read.
    Open,
    /// `>&-`.
    Closed,
    /// `/dev/full`.
    Full,
    /// A pipe that nobody reads.
    Broken,
}

/// One command line and its surroundings.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// The words after `rm`.
    pub(super) words: Vec<OsString>,
    /// What answers.
    pub(super) stdin: Stdin,
    /// What listens.
    pub(super) stdout: Stdout,
    /// Variables besides those that every case has; the last of a name wins.
    pub(super) variables: Vec<(&'static str, &'static str)>,
}

impl Case {
    /// `rm` with these words, nothing to read, and somebody who listens.
    pub(super) fn new<W: AsRef<OsStr>>(words: impl IntoIterator<Item = W>) -> Self {
        let words = words.into_iter().map(|word| word.as_ref().to_owned()).collect();
        Self { words, stdin: Stdin::Null, stdout: Stdout::Open, variables: Vec::new() }
    }

    pub(super) fn stdin(mut self, stdin: Stdin) -> Self {
        self.stdin = stdin;
        self
    }

    pub(super) fn stdout(mut self, stdout: Stdout) -> Self {
        self.stdout = stdout;
        self
    }

    pub(super) fn variable(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    /// Whether this very word is among the words.
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|one| one == word)
    }

    /// Whether a short option is among the words, alone or in a cluster.
    pub(super) fn has_letter(&self, letter: char) -> bool {
        let is_cluster = |word: &str| word.starts_with('-') && !word.starts_with("--");
        self.words.iter().filter_map(|word| word.to_str()).any(|word| is_cluster(word) && word.contains(letter))
    }

    /// Whether directories go with all they hold.
    pub(super) fn is_recursive(&self) -> bool {
        self.has_letter('r') || self.has_letter('R') || self.has("--recursive")
    }

    /// Whether success is told.
    pub(super) fn is_verbose(&self) -> bool {
        self.has_letter('v') || self.has("--verbose")
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(f, "{name}={value} ")?;
        }
        write!(f, "rm")?;
        for word in &self.words {
            write!(f, " \"{}\"", word.as_bytes().escape_ascii())?;
        }
        write!(f, "  (stdin {:?}, stdout {:?})", self.stdin, self.stdout)
    }
}
