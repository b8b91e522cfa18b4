//! A guarded process, as its supervisor sees it: what it asks the kernel for, and what that is about to take away.
//!
//! It may have another root, other mounts and other rights than we have, so a path of its is never ours as it is. What is
//! read of it counts only if it still waits afterwards: else its number may be another's.

mod family;
mod meaning;
mod ours;
mod process;
mod walk;

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rrm_seccomp::{Answer, Filter};
use rustix::io::Errno;

use crate::sys::values::loss::{Missed, Seen, Why};
use meaning::{Unseen, loss_of};
use ours::OurMounts;
use process::{Process, ProgramId};

pub use family::{Leash, SignalMask, Signals};
pub(in crate::sys) use family::{
    adopt_orphans, file_clock, hand_over, has_something, is_stopped, leave_group, leave_surroundings, own_group,
    shared_file, stop, take_over, wait_for_children, wait_to_read, wake,
};
pub(in crate::sys) use rrm_seccomp::fork;

/// What stopped calls are told through.
#[derive(Debug)]
pub struct Listener {
    kernel: rrm_seccomp::Listener,
    mounts: OurMounts,
    /// The program that this process runs.
    own_program: Option<ProgramId>,
}

/// A call that is stopped.
#[derive(Debug, Clone, Copy)]
pub struct Stopped {
    call: rrm_seccomp::Stopped,
}

/// How many bytes a call is written down in.
pub(in crate::sys) const STOPPED_SIZE: usize = 72;

impl Stopped {
    /// What another process needs to answer it.
    #[must_use]
    pub fn written_down(&self) -> [u8; STOPPED_SIZE] {
        let rrm_seccomp::Stopped { id, thread, arch, number, arguments } = self.call;
        let words = [id, u64::from(thread), u64::from(arch) << 32 | u64::from(number)].into_iter().chain(arguments);
        let mut bytes = [0; STOPPED_SIZE];
        bytes.chunks_exact_mut(8).zip(words).for_each(|(place, word)| place.copy_from_slice(&word.to_ne_bytes()));
        bytes
    }

    /// The same from there.
    #[must_use]
    pub fn read_again(bytes: &[u8; STOPPED_SIZE]) -> Option<Self> {
        let word = |at: usize| bytes[8 * at..8 * at + 8].try_into().map(u64::from_ne_bytes).unwrap_or_default();
        let half = |word: u64| u32::try_from(word & 0xffff_ffff).unwrap_or_default();
        let call = rrm_seccomp::Stopped {
            id: word(0),
            thread: half(word(1)),
            arch: half(word(2) >> 32),
            number: half(word(2)),
            arguments: std::array::from_fn(|at| word(3 + at)),
        };
        (call.id != 0).then_some(Self { call })
    }
}

/// Puts this process, and all that it will start, under the guard, for good; gives what its calls are told through.
pub(in crate::sys) fn put_under_guard() -> io::Result<OwnedFd> {
    let filter = Filter::new().ok_or(io::ErrorKind::Unsupported)?;
    let listener = rrm_seccomp::install(&filter)?;
    listener.as_fd().try_clone_to_owned()
}

/// What nobody can remove, and so is asked for to be told of a guard.
const QUESTION: &str = "/proc/self/rrm-guard";

pub(in crate::sys) fn is_under_guard() -> bool {
    rustix::fs::unlink(QUESTION) == Err(Errno::EXIST)
}

/// Whether the kernel has what a guard needs.
pub(in crate::sys) fn check_guard() -> io::Result<()> {
    Filter::new().ok_or(io::ErrorKind::Unsupported)?;
    rrm_seccomp::listener::check_kernel()
}

impl Listener {
    /// A listener that [`put_under_guard`] has given.
    pub fn new(handle: OwnedFd) -> io::Result<Self> {
        let kernel = rrm_seccomp::Listener::from(handle);
        kernel.take_turns();
        Ok(Self { kernel, mounts: OurMounts::new()?, own_program: Process::own_program() })
    }

    /// Waits for a call that is stopped; `None` where its process was killed in the meantime.
    pub fn receive(&self) -> io::Result<Option<Stopped>> {
        match self.kernel.receive() {
            Ok(told) => Ok(told.map(|call| Stopped { call })),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether its process still waits for an answer.
    #[must_use]
    pub fn is_waiting(&self, stopped: &Stopped) -> bool {
        self.kernel.is_waiting(stopped.call.id)
    }

    /// What the call is about to take away.
    pub fn look(&self, stopped: &Stopped) -> Seen<OwnedFd> {
        let process = Process::new(stopped.call.thread);
        let told = loss_of(&stopped.call, &process, &self.mounts);
        // From here on it is known whose memory and directories these were.
        if !self.kernel.is_waiting(stopped.call.id) {
            return Seen::Nothing;
        }
        match told {
            Ok(Some(loss)) => Seen::Loss(Box::new(loss)),
            Ok(None) => Seen::Nothing,
            Err(Unseen { path: Some(path), .. }) if path == Path::new(QUESTION) => Seen::Question,
            Err(Unseen { path, why }) => Seen::Missed(Missed { path, program: process.name(), why }),
        }
    }

    /// Whether the process runs the very program that we are.
    #[must_use]
    pub fn is_of_our_program(&self, stopped: &Stopped) -> bool {
        let theirs = Process::new(stopped.call.thread).program();
        theirs.is_some() && theirs == self.own_program && self.kernel.is_waiting(stopped.call.id)
    }

    /// What is told of a call that nobody has looked at.
    #[must_use]
    pub fn missed(&self, stopped: &Stopped, path: Option<PathBuf>, why: Why) -> Missed {
        Missed { path, program: Process::new(stopped.call.thread).name(), why }
    }

    /// Has calls fail (`EINTR`) that a keeper has received and not noted before it was killed: nobody knows what they are.
    /// The kernel counts them up.
    pub fn interrupt_unknown(&self, noted: &[Stopped]) {
        let Some(last) = noted.iter().map(|stopped| stopped.call.id).max() else { return };
        for id in (1..=noted.len() as u64).map(|further| last.wrapping_add(further)) {
            if self.kernel.is_waiting(id) {
                let _ = self.kernel.answer(id, Answer::Fail(Errno::INTR.raw_os_error()));
            }
        }
    }

    /// Has the kernel do what was asked.
    pub fn let_go(&self, stopped: &Stopped) {
        // The only failure is that nobody waits for it any more.
        let _ = self.kernel.answer(stopped.call.id, Answer::GoOn);
    }

    /// Tells the process that its call has failed.
    pub fn refuse(&self, stopped: &Stopped, error: io::ErrorKind) {
        let _ = self.kernel.answer(stopped.call.id, Answer::Fail(number_of(error).raw_os_error()));
    }

    /// Whether nobody is left who could be stopped.
    pub fn has_nobody(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let mut polled = [PollFd::new(&self.kernel, PollFlags::empty())];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut polled, Some(&now)).is_ok() && polled[0].revents().contains(PollFlags::HUP)
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.kernel.as_fd()
    }
}

/// The kernel's number for a kind of error that a keeper gives.
fn number_of(error: io::ErrorKind) -> Errno {
    match error {
        io::ErrorKind::StorageFull => Errno::NOSPC,
        io::ErrorKind::ReadOnlyFilesystem => Errno::ROFS,
        io::ErrorKind::ResourceBusy => Errno::BUSY,
        io::ErrorKind::AlreadyExists => Errno::EXIST,
        io::ErrorKind::NotFound => Errno::NOENT,
        io::ErrorKind::Other => Errno::IO,
        // What a person expects of something that is protected.
        _ => Errno::PERM,
    }
}
