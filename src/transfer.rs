//! A faithful copy of one entry, of any kind, for when a rename says that the target is another file system.
//!
//! `survey` first: it reads the source, tries in the target what can be kept there, and so knows what a copy takes
//! and loses before anything is copied. Then `copy`, which loses nothing that the survey did not name. The caller
//! renames the copy to where it belongs, and only then has `remove_source` remove the source: what is still as it was copied.
//!
//! # What is kept
//! Content with its holes; owner and group where permitted; all permission bits; the times of access and change to the
//! nanosecond; attributes, access control lists, capabilities; which names are one file; links as links; FIFOs, sockets
//! and devices, none of which is ever opened. A copy is private until all else is done, whatever it is a copy of.
//!
//! # How it is checked
//! Everything a file has apart from its bytes is read back after it was set, and a file that changed while it was read
//! (its change time tells) is copied again. When the tree is complete, source and copy are walked side by side: every
//! entry must be in both, with the kind, length and metadata it should have. The bytes are not read a second time: that
//! would come from memory, not from the disk, and cost as much as the copy; the flush tells of a disk that failed.
//!
//! # Two threads
//! Copying and removing many small files is all system calls, so two threads share the leaves of a tree where the file system
//! gains from that (`helper`). Walking, surveying, comparing and all that is done to directories stays with one; whatever
//! depends on the other names of a file does, too.
//!
//! # What a failure leaves
//! The source untouched, and under the copy's name whatever was made so far, for the caller to delete.

mod compare;
mod copied;
mod copy;
mod error;
mod helper;
mod loss;
mod make;
mod metadata;
mod remove_source;
mod single;
mod source_snapshot;
mod survey;

use std::ffi::OsStr;

use crate::sys::{Dir, Name};

pub use compare::{is_same, is_still_copied};
pub use copied::Copied;
pub use copy::copy;
pub use error::{Failure, TransferError};
pub use loss::{Loss, Losses, Lost};
pub use metadata::apply::{apply_metadata, is_like};
pub use metadata::attributes::Given;
pub use metadata::traits::Traits;
pub use remove_source::aside::{bring_back, put_back};
pub use remove_source::{Left, Proof, RemovedSource, remove_source};
pub use single::{copy_content, copy_name};
pub use source_snapshot::SourceSnapshot;
pub use survey::{Survey, survey};

/// From where to where.
#[derive(Debug, Clone, Copy)]
pub struct Route<'a> {
    /// The directory that holds the source.
    pub source: &'a Dir,
    /// The source's name in it.
    pub name: Name<'a>,
    /// The directory to copy into, where no one else makes names: a trash's staging directory.
    pub target: &'a Dir,
    /// The copy's name there. It must be free; what is under it after a failure is ours to delete.
    pub to_name: Name<'a>,
    /// Which of the source's own attributes are no part of it: not copied, not compared, and not missed. What is below it
    /// has all of its own.
    pub passed_over: fn(&OsStr) -> bool,
    /// The permission bits that the source's top counts as having when the two are compared, if not its own.
    pub source_mode: Option<u32>,
}

impl<'a> Route<'a> {
    /// From a name in one directory to a name in another, with all attributes.
    #[must_use]
    pub fn between((source, name): (&'a Dir, Name<'a>), (target, to_name): (&'a Dir, Name<'a>)) -> Self {
        Self { source, name, target, to_name, passed_over: |_| false, source_mode: None }
    }
}
