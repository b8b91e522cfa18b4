//! A guarded command's processes, in words that every platform has; only Linux can guard.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use super::Seen;
use super::platform::guarded as platform;
use super::values::family::Happened;
use super::values::loss::Seen as SeenByHandle;
use super::{Dir, Timestamp};

pub use super::platform::guarded::{Leash, Listener, SignalMask, Signals, Stopped};

/// How many bytes a stopped call is [written down](Stopped::written_down) in.
pub const STOPPED_SIZE: usize = platform::STOPPED_SIZE;

/// Whether the kernel lets us guard at all. `Unsupported` where no system like this can.
pub fn check_guard() -> io::Result<()> {
    platform::check_guard()
}

/// Whether a guard is around this process: it answers a question that no kernel answers so.
#[must_use]
pub fn is_under_guard() -> bool {
    platform::is_under_guard()
}

/// Puts this process, and all that it will start, under the guard, for good; gives what makes a [`Listener`].
///
/// # Errors
/// `ResourceBusy` where something else listens to this process already.
pub fn put_under_guard() -> io::Result<OwnedFd> {
    platform::put_under_guard()
}

/// What a stopped call is about to take away.
#[must_use]
pub fn look(listener: &Listener, stopped: &Stopped) -> Seen {
    match listener.look(stopped) {
        SeenByHandle::Nothing => Seen::Nothing,
        SeenByHandle::Missed(missed) => Seen::Missed(missed),
        SeenByHandle::Question => Seen::Question,
        SeenByHandle::Loss(loss) => {
            Seen::Loss(Box::new(loss.with_directories(|handle: OwnedFd| Dir::from(File::from(handle)))))
        }
    }
}

/// Starts a copy of this process, which does `child` and ends with the status that it gives (fork(2)). `ResourceBusy` where
/// this process has more than one thread.
pub fn fork(child: impl FnOnce() -> u8) -> io::Result<u32> {
    platform::fork(child)
}

/// Becomes the parent of whatever processes below us leave behind.
pub fn adopt_orphans() -> io::Result<()> {
    platform::adopt_orphans()
}

/// Leaves the process group of whoever started us, for one of our own in the same session.
pub fn leave_group() -> io::Result<()> {
    platform::leave_group()
}

/// Lets go of the standard streams, of what was inherited, and of the working directory.
pub fn leave_surroundings() -> io::Result<()> {
    platform::leave_surroundings()
}

/// Waits until something happens to a child.
pub fn wait_for_children() -> io::Result<Happened> {
    platform::wait_for_children()
}

/// Has a stopped process go on.
pub fn wake(process: u32) {
    platform::wake(process);
}

/// Stops this process until somebody has it go on.
pub fn stop() {
    platform::stop();
}

/// Whether a process is stopped.
#[must_use]
pub fn is_stopped(process: u32) -> bool {
    platform::is_stopped(process)
}

/// The number of our own process group.
#[must_use]
pub fn own_group() -> u32 {
    platform::own_group()
}

/// Waits until one of the two can be read: whether the first can, and whether the second.
pub fn wait_to_read(one: impl AsFd, other: impl AsFd) -> io::Result<(bool, bool)> {
    platform::wait_to_read(one, other)
}

/// Whether a call is stopped that nobody has received.
#[must_use]
pub fn has_something(listener: &Listener) -> bool {
    platform::has_something(listener)
}

/// Hands an open descriptor to the process at the other end, with a few bytes, of which there must be one.
pub fn hand_over(to: &UnixStream, handle: BorrowedFd<'_>, with: &[u8]) -> io::Result<()> {
    platform::hand_over(to, handle, with)
}

/// Takes what the other end has handed over: the descriptor, if one came, and how many bytes; none at the end.
pub fn take_over(from: &UnixStream, with: &mut [u8]) -> io::Result<(Option<OwnedFd>, usize)> {
    platform::take_over(from, with)
}

/// The time by the clock that file systems take theirs from, which ticks some hundred times a second.
#[must_use]
pub fn file_clock() -> Timestamp {
    platform::file_clock()
}

/// A file without a name, which this process and those that it forks share.
pub fn shared_file() -> io::Result<File> {
    platform::shared_file()
}
