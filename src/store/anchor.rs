//! What makes many short records cheap on ext4.
//!
//! There a record whose path is short has the path in the inode and all else in a block outside of it, and inodes with
//! the very same attributes share that block. All that one command removes has the same dates, so one block serves a
//! thousand items. But the block is written attribute by attribute, and that of each step but the last is given up by the
//! next: for each item one is allocated, freed and revoked in the journal, which costs more than all else. It is so again
//! when the attributes are erased. A file that keeps just what a step leaves holds its block for everyone, for as long as
//! the command works.
//!
//! The files have no name (open(2), `O_TMPFILE`): nobody sees them, and nothing is left of them after a crash.

use std::fs::File;
use std::io;

use super::TrashDir;
use super::record::{self, ORIGINAL_PATH};
use crate::item::Record;
use crate::sys::FileSystem;

/// Fills the room in an inode of the usual 256 bytes, so that the date next to it goes to a block.
const FILLING: [u8; 56] = [b'x'; 56];

/// Holds the blocks for as long as it lives.
pub struct Anchor {
    _unnamed: Vec<File>,
}

impl TrashDir {
    /// Prepares for many records like `record` to be written or erased; `None` where that gains nothing or cannot be had.
    #[must_use]
    pub fn anchor(&self, record: &Record) -> Option<Anchor> {
        if self.dir.file_system().ok()? != FileSystem::Ext {
            return None;
        }
        let pairs = record::encode(record);
        let beside_the_path = pairs.get(1..)?;
        let unnamed = (1..beside_the_path.len()).map(|step| self.unnamed_with(&beside_the_path[..step]));
        Some(Anchor { _unnamed: unnamed.collect::<io::Result<_>>().ok()? })
    }

    fn unnamed_with(&self, pairs: &[(&str, Vec<u8>)]) -> io::Result<File> {
        let file = self.dir.create_unnamed_file()?;
        self.attributes.create(&file, ORIGINAL_PATH, &FILLING)?;
        pairs.iter().try_for_each(|(name, value)| self.attributes.create(&file, name, value))?;
        Ok(file)
    }
}
