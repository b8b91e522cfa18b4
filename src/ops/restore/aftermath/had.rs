//! What something had before a guarded run.

use std::io;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::target::{Target, is_after};
use crate::guard::{Key, Thing};
use crate::sys::FileKind;
use crate::transfer::Traits;

/// What something had before the run.
pub(super) struct Had {
    thing: Thing,
    pub(super) path: PathBuf,
    traits: Traits,
    since: Since,
}

/// Whether a directory is as the run has left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    Unchanged,
    Changed,
}

impl Had {
    /// Of a run that ended at this time.
    pub(super) fn new(thing: Thing, path: PathBuf, traits: Traits, at: DateTime<Utc>) -> Self {
        let is = Target::open(&path).and_then(|target| target.metadata());
        let since = if is.is_ok_and(|is| is_after(&is, at)) { Since::Changed } else { Since::Unchanged };
        Self { thing, path, traits, since }
    }

    /// Gives back what something had, if it is that. What a file holds may be the run's, so its times stay.
    ///
    /// # Security
    /// Others may exchange what is under the name. So it is held first, and nothing counts but what the handle tells.
    pub(super) fn give_back(&self) -> io::Result<()> {
        if self.thing.kind == FileKind::Symlink {
            return Ok(());
        }
        let Ok(target) = Target::open(&self.path) else { return Ok(()) };
        let Ok(inode) = target.parent.mark(target.name()?) else { return Ok(()) };
        let (is, birth) = inode.metadata_and_birth()?;
        if Key::new(is.id, birth) != self.thing.key {
            return Ok(());
        }
        self.traits.give_back(&inode)?;
        match (self.thing.kind, self.since) {
            (FileKind::Directory, Since::Unchanged) => self.traits.give_back_times(&inode),
            _ => Ok(()),
        }
    }
}
