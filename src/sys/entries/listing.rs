//! Reading a directory piece by piece, so that a walk can leave it and come back.

use std::io;

use crate::sys::dir::Dir;
use crate::sys::platform;
use crate::sys::values::entry::Entry;

/// How far a directory was listed. It begins with the first entry.
#[derive(Debug, Default)]
pub struct Listing(platform::Listing);

impl Listing {
    /// The next entry of `dir`, or `None` at its end. It has been opened for reading, and is the same directory each time,
    /// through whatever handle.
    ///
    /// Entries made or removed meanwhile may or may not be seen (readdir(3)).
    pub fn next(&mut self, dir: &Dir) -> io::Result<Option<Entry>> {
        self.0.next(dir)
    }

    /// Prepares for a long time without [`Self::next`]: it holds no descriptor afterwards, and no memory where the platform
    /// can find the place again.
    pub fn set_aside(&mut self) {
        self.0.set_aside();
    }
}
