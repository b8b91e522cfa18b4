//! What a copy cannot keep of its source.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::transfer::error::{Failure, Trouble};

/// Something that the target's file system, or this user's rights, cannot keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Loss {
    /// The entry itself: a copy would fail. A device without the right to make one, or a link on a file system without.
    #[error("the entry itself")]
    Entry,
    /// Its owner or group. What only they were allowed is then taken away: set-user-id, set-group-id, and, with another
    /// group, whatever the group had beyond everybody.
    #[error("owner or group")]
    Owner,
    /// Some of its permission bits.
    #[error("permissions")]
    Mode,
    /// Its flags (chflags(1)).
    #[error("file flags")]
    Flags,
    /// Its access control list.
    #[error("access control list")]
    AccessList,
    /// Its capabilities (capabilities(7)).
    #[error("capabilities")]
    Capabilities,
    /// Its label: SELinux, Smack, IMA.
    #[error("security label")]
    Label,
    /// Any other extended attribute.
    #[error("extended attributes")]
    Attributes,
    /// Its times, in part or in their precision.
    #[error("exact times")]
    Times,
    /// That several names are one file: each becomes a file of its own.
    #[error("hard links")]
    HardLinks,
}

/// How often something is lost, and where first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// How many entries lose it.
    pub entries: u64,
    /// The first of them that was met, or one of the first where two threads copy: a path that begins with the name that is
    /// copied. A survey meets a directory before what is in it, a copy finishes it after.
    pub first: PathBuf,
}

/// All that is lost, each kind once, in bounded memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses {
    kinds: BTreeMap<Loss, Lost>,
}

impl Losses {
    /// Whether everything is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// How often `loss` happens, if it does.
    #[must_use]
    pub fn get(&self, loss: Loss) -> Option<&Lost> {
        self.kinds.get(&loss)
    }

    /// Each kind of loss, the gravest first.
    pub fn iter(&self) -> impl Iterator<Item = (Loss, &Lost)> {
        self.kinds.iter().map(|(loss, lost)| (*loss, lost))
    }

    /// Fails at a loss that is not among these, and so was never accepted.
    pub(in crate::transfer) fn accept(&self, found: &[Loss]) -> Result<(), Trouble> {
        match found.iter().find(|loss| !self.kinds.contains_key(loss)) {
            Some(loss) => Err(Trouble::of(Failure::Lose, io::Error::other(loss.to_string()))),
            None => Ok(()),
        }
    }

    /// Adds what was lost elsewhere in the same tree.
    pub(in crate::transfer) fn add(&mut self, others: Self) {
        for (loss, lost) in others.kinds {
            let known = self.kinds.entry(loss).or_insert_with(|| Lost { entries: 0, first: lost.first });
            known.entries += lost.entries;
        }
    }

    /// Counts one entry that loses these; its path is asked for only if it is the first of a kind.
    pub(in crate::transfer) fn count(&mut self, found: &[Loss], path: impl Fn() -> PathBuf) {
        for loss in found {
            self.kinds.entry(*loss).or_insert_with(|| Lost { entries: 0, first: path() }).entries += 1;
        }
    }
}
