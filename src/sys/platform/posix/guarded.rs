//! POSIX has nothing that tells of a call before it is made, so nothing can be guarded: all of this is refused, or never
//! reached because there is no [`Listener`].

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use crate::sys::values::family::Happened;
use crate::sys::values::loss::{Missed, Seen, Why};
use crate::sys::values::metadata::Timestamp;

/// There is none.
#[derive(Debug)]
pub enum Listener {}

/// There is none.
#[derive(Debug, Clone, Copy)]
pub enum Stopped {}

/// There is none.
#[derive(Debug)]
pub enum Leash {}

/// There is none.
#[derive(Debug)]
pub enum Signals {}

/// There is none.
#[derive(Debug, Clone, Copy)]
pub enum SignalMask {}

#[expect(missing_docs, clippy::missing_errors_doc, reason = "as on Linux, but never called")]
impl SignalMask {
    pub fn own() -> io::Result<Self> {
        refused()
    }

    pub fn restore(&self) -> io::Result<()> {
        match *self {}
    }
}

pub(in crate::sys) const STOPPED_SIZE: usize = 8;

fn refused<T>() -> io::Result<T> {
    Err(io::ErrorKind::Unsupported.into())
}

#[expect(missing_docs, clippy::missing_errors_doc, reason = "as on Linux, but never called")]
impl Listener {
    pub fn new(_: OwnedFd) -> io::Result<Self> {
        refused()
    }

    pub fn receive(&self) -> io::Result<Option<Stopped>> {
        match *self {}
    }

    #[must_use]
    pub fn is_waiting(&self, _: &Stopped) -> bool {
        match *self {}
    }

    #[must_use]
    pub fn look(&self, _: &Stopped) -> Seen<OwnedFd> {
        match *self {}
    }

    #[must_use]
    pub fn is_of_our_program(&self, _: &Stopped) -> bool {
        match *self {}
    }

    #[must_use]
    pub fn missed(&self, _: &Stopped, _: Option<PathBuf>, _: Why) -> Missed {
        match *self {}
    }

    pub fn interrupt_unknown(&self, _: &[Stopped]) {
        match *self {}
    }

    pub fn let_go(&self, _: &Stopped) {
        match *self {}
    }

    pub fn refuse(&self, _: &Stopped, _: io::ErrorKind) {
        match *self {}
    }

    #[must_use]
    pub fn has_nobody(&self) -> bool {
        match *self {}
    }
}

#[expect(missing_docs, reason = "as on Linux, but never called")]
impl Stopped {
    #[must_use]
    pub fn written_down(&self) -> [u8; STOPPED_SIZE] {
        match *self {}
    }

    #[must_use]
    pub fn read_again(_: &[u8; STOPPED_SIZE]) -> Option<Self> {
        None
    }
}

#[expect(missing_docs, clippy::missing_errors_doc, reason = "as on Linux, but never called")]
impl Leash {
    pub fn of(_: u32) -> io::Result<Self> {
        refused()
    }

    pub fn send(&self, _: i32) {
        match *self {}
    }

    pub fn wake_unless_of(&self, _: u32) {
        match *self {}
    }
}

#[expect(missing_docs, clippy::missing_errors_doc, reason = "as on Linux, but never called")]
impl Signals {
    pub fn catch() -> io::Result<Self> {
        refused()
    }

    pub fn take(&mut self) -> io::Result<Option<i32>> {
        match *self {}
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match *self {}
    }
}

pub(in crate::sys) fn is_under_guard() -> bool {
    false
}

pub(in crate::sys) fn check_guard() -> io::Result<()> {
    refused()
}

pub(in crate::sys) fn put_under_guard() -> io::Result<OwnedFd> {
    refused()
}

pub(in crate::sys) fn fork(_: impl FnOnce() -> u8) -> io::Result<u32> {
    refused()
}

pub(in crate::sys) fn adopt_orphans() -> io::Result<()> {
    refused()
}

pub(in crate::sys) fn leave_group() -> io::Result<()> {
    refused()
}

pub(in crate::sys) fn leave_surroundings() -> io::Result<()> {
    refused()
}

pub(in crate::sys) fn wait_for_children() -> io::Result<Happened> {
    refused()
}

pub(in crate::sys) fn wake(_: u32) {}

pub(in crate::sys) fn stop() {}

pub(in crate::sys) fn is_stopped(_: u32) -> bool {
    false
}

pub(in crate::sys) fn own_group() -> u32 {
    0
}

pub(in crate::sys) fn wait_to_read(_: impl AsFd, _: impl AsFd) -> io::Result<(bool, bool)> {
    refused()
}

pub(in crate::sys) fn has_something(listener: &Listener) -> bool {
    match *listener {}
}

pub(in crate::sys) fn hand_over(_: &UnixStream, _: BorrowedFd<'_>, _: &[u8]) -> io::Result<()> {
    refused()
}

pub(in crate::sys) fn take_over(_: &UnixStream, _: &mut [u8]) -> io::Result<(Option<OwnedFd>, usize)> {
    refused()
}

/// Nothing is guarded, so it is never asked for.
pub(in crate::sys) fn file_clock() -> Timestamp {
    Timestamp::default()
}

pub(in crate::sys) fn shared_file() -> io::Result<File> {
    refused()
}
