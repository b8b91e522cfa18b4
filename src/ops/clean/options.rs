//! What a caller may ask of a clean.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::{Error, ErrorKind};
use crate::ops::list::options::Sizes;
use crate::rules::retention::{Policy, Rule};
use crate::rules::selection::Selection;

/// Delete items for good.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CleanOptions {
    /// Which items are looked at.
    pub selection: Selection,
    /// Which of those go.
    pub policy: Policy,
    /// What was removed more recently than this stays, whatever the policy.
    pub floor: Option<TimeDelta>,
    /// Where.
    pub trashes: Trashes,
    /// Whether to find out how large the directories are that would go.
    pub sizes: Sizes,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

impl CleanOptions {
    /// What is past its grace period, everywhere.
    #[must_use]
    pub fn expired(now: DateTime<Utc>) -> Self {
        let policy = Policy::Rules(vec![Rule::PastGrace]);
        Self { selection: Selection::default(), policy, floor: None, trashes: Trashes::All, sizes: Sizes::AsKnown, now }
    }

    /// What a person chose, everywhere.
    #[must_use]
    pub fn chosen(selection: Selection, now: DateTime<Utc>) -> Self {
        Self { selection, policy: Policy::Chosen, ..Self::expired(now) }
    }
}

/// Which trash directories to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trashes {
    /// All that are found.
    All,
    /// Those at these paths, or in these directories.
    At(Vec<PathBuf>),
}

impl Trashes {
    pub(crate) fn include(&self, trash: &Path) -> bool {
        match self {
            Self::All => true,
            Self::At(paths) => paths.iter().any(|path| trash == path || trash.parent() == Some(path)),
        }
    }

    pub(crate) fn not_found(&self) -> Error {
        let path = match self {
            Self::At(paths) => paths.first().cloned().unwrap_or_default(),
            Self::All => PathBuf::new(),
        };
        Error::new(ErrorKind::NotFound, "clean", path, "it is not a trash directory of yours")
    }
}
