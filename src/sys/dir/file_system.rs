//! Which file system a directory is on, where that decides how to work on it.

use std::io;
use std::thread;

use crate::sys::dir::Dir;
use crate::sys::platform;
use crate::sys::values::FileSystem;

impl Dir {
    /// The file system of this directory.
    pub fn file_system(&self) -> io::Result<FileSystem> {
        platform::file_system(self)
    }

    /// Whether two threads at work in this directory are faster than one: there is a processor for the second, and the file
    /// system is one of these, `on` which that was measured.
    #[must_use]
    pub fn gains_by_two_threads(&self, on: &[FileSystem]) -> bool {
        self.file_system().is_ok_and(|file_system| on.contains(&file_system))
            && thread::available_parallelism().is_ok_and(|processors| processors.get() > 1)
    }
}
