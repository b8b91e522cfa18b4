//! What makes many short records cheap on ext4.
//!
//! There a record whose path is short has the path in the inode and both dates in a block outside of it, and inodes with
//! the very same attributes share that block. All that one command removes has the same dates, so one block serves a
//! thousand items. But the block is written in two steps, and the block of the first step, with one date alone, is given
//! up by the second: for each item one is allocated, freed and revoked in the journal, which costs more than all else.
//! A file that keeps just that one date holds the block for everyone, for as long as the command works.
//!
//! The file has no name (open(2), `O_TMPFILE`): nobody sees it, and nothing is left of it after a crash.

use std::fs::File;

use super::TrashDir;
use super::record::{self, ORIGINAL_PATH};
use crate::item::Record;
use crate::sys::FileSystem;

/// Fills the room in an inode of the usual 256 bytes, so that the date next to it goes to a block.
const FILLING: [u8; 56] = [b'x'; 56];

/// Holds the block for as long as it lives.
pub struct Anchor {
    _unnamed: File,
}

impl TrashDir {
    /// Prepares for many records like `record`; `None` where that gains nothing or cannot be had.
    #[must_use]
    pub fn anchor(&self, record: &Record) -> Option<Anchor> {
        if self.dir.file_system().ok()? != FileSystem::Ext {
            return None;
        }
        let file = self.dir.create_unnamed_file().ok()?;
        self.attributes.create(&file, ORIGINAL_PATH, &FILLING).ok()?;
        let (name, value) = record::encode_deletion(record);
        self.attributes.create(&file, name, &value).ok()?;
        Some(Anchor { _unnamed: file })
    }
}
