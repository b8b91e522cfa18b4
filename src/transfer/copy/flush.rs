//! Making sure that a copy is on the disk before anyone relies on it.

use std::fs::File;

use crate::sys::{self, Dir};

use crate::transfer::error::{Failure, Trouble, While};

/// So many entries are flushed one by one; for more, the whole file system is, once, at the end.
///
/// One flush of all is far cheaper than thousands, but also waits for what other programs have written meanwhile, so a
/// small copy does without.
const ONE_BY_ONE: u64 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Each entry by itself; so many more before that is given up, should there be more than the survey found.
    Each(u64),
    /// The whole file system, at the end.
    Whole,
    /// Each, however many: a flush of the whole would not reach the disk here.
    EachAlways,
}

/// Flushes what is copied into one directory.
#[derive(Debug)]
pub(in crate::transfer) struct Flush {
    /// Opened before the first write, because errors of writing back are told to handles that were open then.
    target: File,
    way: Way,
}

impl Flush {
    /// For a copy of so many entries, of which none is made yet.
    pub(in crate::transfer) fn new(target: &Dir, entries: u64) -> Result<Self, Trouble> {
        let way = match target.flushes_as_one().during(Failure::Flush)? {
            false => Way::EachAlways,
            true if entries > ONE_BY_ONE => Way::Whole,
            true => Way::Each(ONE_BY_ONE),
        };
        Ok(Self { target: target.readable().during(Failure::Flush)?, way })
    }

    /// Flushes a finished file or directory, now or in [`Self::finish`].
    pub(in crate::transfer) fn entry(&mut self, entry: &File) -> Result<(), Trouble> {
        match self.way {
            Way::Whole => return Ok(()),
            Way::Each(0) => {
                self.way = Way::Whole;
                return Ok(());
            }
            Way::Each(left) => self.way = Way::Each(left - 1),
            Way::EachAlways => {}
        }
        sys::flush_file(entry).during(Failure::Flush)
    }

    /// Takes note of an entry that no open file is there for to flush: a link, a FIFO, a socket or a device, whose inode a
    /// flush of the directory does not write where there is no journal; or one more name of a file that was flushed before.
    pub(in crate::transfer) fn entry_without_handle(&mut self) {
        if let Way::Each(_) = self.way {
            self.way = Way::Whole;
        }
    }

    /// Returns when everything is on the disk, the name in the target directory included.
    pub(in crate::transfer) fn finish(&self) -> Result<(), Trouble> {
        match self.way {
            Way::Whole => sys::flush_file_system(&self.target),
            Way::Each(_) | Way::EachAlways => sys::flush_file(&self.target),
        }
        .during(Failure::Flush)
    }
}
