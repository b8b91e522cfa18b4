//! What an examination is asked, and what it gives.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorKind, cannot};
use crate::finding::Finding;
use crate::sys;

/// What is tried, in every error about an examination.
pub(super) const CHECK: &str = "check";

/// Look for problems.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExamineOptions {
    /// Files and directories outside of any trash to look at, beside all trash directories: absolute paths.
    pub files: Vec<PathBuf>,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

impl ExamineOptions {
    /// All trash directories, and these files.
    #[must_use]
    pub fn new(files: Vec<PathBuf>, now: DateTime<Utc>) -> Self {
        Self { files, now }
    }
}

/// What was found, and what was looked at. It was only looked at: nothing has changed.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Diagnosis {
    /// In the order in which it was met.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub problems: Vec<Error>,
    /// The trash directories that were looked at.
    pub trashes: Vec<Arc<Path>>,
    /// How many items are in them.
    pub items: u64,
    /// How many files and directories outside of them were looked at.
    pub files: u64,
}

impl Diagnosis {
    /// A trash directory that could not be opened: what that means depends on why.
    pub(super) fn sort_in(&mut self, problem: Error) {
        let Error { kind, path, reason, .. } = &problem;
        match kind {
            ErrorKind::UnsafeTrash => self.findings.push(unsafe_trash(path, reason)),
            ErrorKind::Unplugged | ErrorKind::Unreachable => {
                self.findings.push(Finding::Unreachable { trash: path.clone(), reason: reason.to_string() });
            }
            _ => self.problems.push(problem),
        }
    }

    /// Notes that something in `trash` could not be looked at.
    pub(super) fn note(&mut self, trash: &Path, checked: io::Result<()>) {
        self.problems.extend(checked.map_err(cannot(CHECK, trash)).err());
    }
}

/// A directory of ours needs only its mode; whatever else is there is a person's to look at.
fn unsafe_trash(path: &Path, reason: &str) -> Finding {
    match sys::metadata_at(path) {
        Ok(found) if found.is_dir() && found.uid == sys::effective_uid() => {
            Finding::WrongMode { trash: path.to_owned(), mode: found.mode }
        }
        _ => Finding::Unsafe { trash: path.to_owned(), reason: reason.to_owned() },
    }
}
