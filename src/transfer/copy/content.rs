//! The bytes of one file into another, holes kept.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use crate::progress::{Amount, Progress};
use crate::sys::{self, Metadata, Offer};

use crate::transfer::copy::buffer::Buffer;
use crate::transfer::error::{Failure, Trouble, While};

/// What one read and write move: it fits the cache of a processor core, and more is no faster (measured up to 1 MiB).
const BUFFER: usize = 128 * 1024;
/// What one call of copy_file_range moves, for the same reason not all at once.
const STRETCH: usize = 16 * 1024 * 1024;

/// Whether to try a call again for the next file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worth {
    Trying,
    /// These two file systems do not have it.
    Nothing,
}

/// Copies contents; remembers between files what the two file systems cannot do.
pub(in crate::transfer) struct Content<'a> {
    progress: &'a dyn Progress,
    sharing: Worth,
    kernel: Worth,
    buffer: Buffer,
}

impl<'a> Content<'a> {
    pub(in crate::transfer) fn new(progress: &'a dyn Progress) -> Self {
        Self { progress, sharing: Worth::Trying, kernel: Worth::Trying, buffer: Buffer::new(BUFFER) }
    }

    /// Copies the content of `from`, which is as `was` tells, to the empty file `to`.
    ///
    /// The cheapest way that works: the same blocks (FICLONE), a copy in the kernel, or reading and writing. No more is
    /// copied than `was` tells; whoever compares afterwards sees that the source grew.
    pub(in crate::transfer) fn copy(&mut self, from: &File, to: &File, was: &Metadata) -> Result<(), Trouble> {
        if was.size == 0 {
            return Ok(());
        }
        if self.share(from, to).during(Failure::Write)? {
            return self.tell(was.size);
        }
        // Fewer blocks than bytes: there are holes. Looking for them costs two calls, and most files have none.
        if was.bytes_on_disk() >= was.size {
            return self.copy_range(from, to, 0..was.size);
        }
        sys::set_length(to, was.size).during(Failure::Write)?;
        self.copy_data(from, to, was.size)
    }

    fn share(&mut self, from: &File, to: &File) -> io::Result<bool> {
        if self.sharing == Worth::Nothing {
            return Ok(false);
        }
        match sys::share_content(from, to) {
            Offer::Done(()) => return Ok(true),
            Offer::Never => self.sharing = Worth::Nothing,
            // Whatever it did before it failed must not show through the holes.
            Offer::NotHere => sys::set_length(to, 0)?,
        }
        Ok(false)
    }

    /// Copies what is data up to `end`, and leaves the rest a hole.
    fn copy_data(&mut self, from: &File, to: &File, end: u64) -> Result<(), Trouble> {
        let mut at = 0;
        while let Some(data) = sys::next_data(from, at, end).during(Failure::Read)? {
            self.tell(data.start - at)?;
            at = data.end;
            self.copy_range(from, to, data)?;
        }
        self.tell(end - at)
    }

    fn copy_range(&mut self, from: &File, to: &File, range: Range<u64>) -> Result<(), Trouble> {
        let mut at = range.start;
        while at < range.end {
            let left = range.end - at;
            let copied = match self.copy_in_kernel(from, to, at, left) {
                0 => self.read_and_write(from, to, at, left)?,
                copied => copied,
            };
            if copied == 0 {
                break; // the source was cut while we read it; the comparison afterwards tells
            }
            let copied = u64::try_from(copied).unwrap_or(u64::MAX);
            self.tell(copied)?;
            at = at.saturating_add(copied);
        }
        Ok(())
    }

    /// Says how many bytes the kernel copied. Zero, whether for an error or the end, is left to reading and writing,
    /// which knows on which side an error is; some kernels also stop here short of the end (copy_file_range(2), Bugs).
    fn copy_in_kernel(&mut self, from: &File, to: &File, at: u64, left: u64) -> usize {
        if self.kernel == Worth::Nothing {
            return 0;
        }
        let wanted = usize::try_from(left).map_or(STRETCH, |left| left.min(STRETCH));
        match sys::copy_in_kernel(from, to, at, wanted) {
            Offer::Done(copied) => copied,
            Offer::Never => {
                self.kernel = Worth::Nothing;
                0
            }
            Offer::NotHere => 0,
        }
    }

    fn read_and_write(&mut self, from: &File, to: &File, at: u64, left: u64) -> Result<usize, Trouble> {
        let buffer = self.buffer.first(left);
        let read = loop {
            match from.read_at(buffer, at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result.during(Failure::Read)?,
            }
        };
        sys::write_at(to, &buffer[..read], at).during(Failure::Write)?;
        Ok(read)
    }

    /// Reports progress, and learns whether to stop.
    fn tell(&self, bytes: u64) -> Result<(), Trouble> {
        self.progress.advance(Amount { entries: 0, bytes });
        if self.progress.interrupted() { Err(Trouble::interrupted()) } else { Ok(()) }
    }
}
