//! Locks of open files and directories (flock(2)): all of them end with the process, however that ends.

use std::fs::File;
use std::io;

use rustix::fs::FlockOperation;
use rustix::io::Errno;

/// What [`try_lock`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// The lock is held until the handle is dropped.
    Held,
    /// Another process holds it.
    Taken,
}

/// Tries to take the exclusive lock of an open file or directory.
pub fn try_lock(file: &File) -> io::Result<Lock> {
    match rustix::fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(Lock::Held),
        Err(Errno::WOULDBLOCK) => Ok(Lock::Taken),
        Err(error) => Err(error.into()),
    }
}

/// An open file or directory whose lock is held until this is dropped.
#[derive(Debug)]
#[must_use = "what is locked is so for as long as this lives"]
pub struct Locked(File);

impl Locked {
    /// Tries to take the exclusive lock; `None` where another process holds it.
    pub fn take(file: File) -> io::Result<Option<Self>> {
        Ok((try_lock(&file)? == Lock::Held).then_some(Self(file)))
    }
}

impl Drop for Locked {
    /// Gives the lock back in so many words. To close the handle is not enough where another thread is about to start a
    /// program: until its execve(2) the new process has the handle as well, and with it the lock.
    fn drop(&mut self) {
        rustix::fs::flock(&self.0, FlockOperation::Unlock).ok();
    }
}
