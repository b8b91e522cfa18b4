//! Processes: who is whose child, who gets whose signals, and what they hand each other.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use nix::sys::signal::{SigSet, Signal as Caught};
use nix::sys::signalfd::SignalFd;
use rustix::fs::{CWD, MemfdFlags, Mode, OFlags, memfd_create, openat};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitOptions, getpgid, kill_process, pidfd_open, pidfd_send_signal, set_child_subreaper,
    setpgid, wait,
};

use rustix::time::{ClockId, clock_gettime};

use crate::sys::platform::linux::process::close_inherited;
use crate::sys::values::family::{Ending, Happened};
use crate::sys::values::metadata::Timestamp;

/// What is left behind by a process below becomes our child, and not init's: so its end is known, and where only a process
/// above may look into another (Yama), we still may.
pub(in crate::sys) fn adopt_orphans() -> io::Result<()> {
    Ok(set_child_subreaper(Some(rustix::process::getpid()))?)
}

/// Leaves the group of whoever started us, so that no key at the terminal stops or ends us, but not the session: a group
/// whose parents are all in other sessions cannot be stopped at a terminal, and COMMAND may lead one.
pub(in crate::sys) fn leave_group() -> io::Result<()> {
    Ok(setpgid(None, None)?)
}

/// Lets go of whatever others wait for: the standard streams, what was inherited, the working directory. From then on only
/// SIGKILL ends this process: whoever ends all of a service means COMMAND, which needs us to the last.
pub(in crate::sys) fn leave_surroundings() -> io::Result<()> {
    let nothing = openat(CWD, "/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(&nothing)?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&nothing)?;
    rustix::process::chdir("/")?;
    SigSet::all().thread_block()?;
    close_inherited()
}

/// Waits until something happens to a child.
pub(in crate::sys) fn wait_for_children() -> io::Result<Happened> {
    loop {
        let (process, status) = match wait(WaitOptions::UNTRACED) {
            Ok(Some(told)) => told,
            Ok(None) | Err(rustix::io::Errno::INTR) => continue,
            Err(rustix::io::Errno::CHILD) => return Ok(Happened::NoChildren),
            Err(error) => return Err(error.into()),
        };
        let process = process.as_raw_nonzero().get().unsigned_abs();
        if let Some(status) = status.exit_status() {
            return Ok(Happened::Ended(process, Ending::Exited(status)));
        }
        if let Some(signal) = status.terminating_signal() {
            return Ok(Happened::Ended(process, Ending::Killed(signal)));
        }
        if status.stopped() {
            return Ok(Happened::Stopped(process));
        }
    }
}

/// Has a stopped process go on.
pub(in crate::sys) fn wake(process: u32) {
    let _ = pid(process).map(|process| kill_process(process, Signal::CONT));
}

fn pid(process: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(process).ok()?)
}

/// Stops this process until somebody has it go on.
pub(in crate::sys) fn stop() {
    let _ = kill_process(rustix::process::getpid(), Signal::STOP);
}

/// Whether a process is stopped.
pub(in crate::sys) fn is_stopped(process: u32) -> bool {
    let told = std::fs::read(format!("/proc/{process}/stat")).unwrap_or_default();
    // The name before it is in brackets, and may hold any byte.
    let state = told.iter().rposition(|byte| *byte == b')').and_then(|end| told.get(end + 2));
    state == Some(&b'T')
}

/// A process that signals can be sent to, and none that has its number later.
#[derive(Debug)]
pub struct Leash {
    process: Pid,
    handle: OwnedFd,
}

impl Leash {
    /// Of a child of ours that was not waited for.
    pub fn of(process: u32) -> io::Result<Self> {
        let process = pid(process).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(Self { process, handle: pidfd_open(process, PidfdFlags::empty())? })
    }

    /// Sends a signal by its number; one that there is no name for is not sent, and a process that is gone needs none.
    pub fn send(&self, signal: i32) {
        if let Some(signal) = Signal::from_named_raw(signal) {
            let _ = pidfd_send_signal(&self.handle, signal);
        }
    }

    /// Has it go on, unless it is of this group, to which the signal was sent as well.
    pub fn wake_unless_of(&self, group: u32) {
        if getpgid(Some(self.process)).is_ok_and(|is| Some(is) != pid(group)) {
            self.send(Signal::CONT.as_raw());
        }
    }
}

/// Our own process group.
pub(in crate::sys) fn own_group() -> u32 {
    rustix::process::getpgrp().as_raw_nonzero().get().unsigned_abs()
}

/// The signals that are sent to us and meant for COMMAND. What a terminal sends reaches COMMAND by itself.
#[derive(Debug)]
pub struct Signals(SignalFd);

/// Which signals a process has blocked; a program that it becomes has the same.
#[derive(Debug, Clone, Copy)]
pub struct SignalMask(SigSet);

impl SignalMask {
    /// That of this thread.
    pub fn own() -> io::Result<Self> {
        Ok(Self(SigSet::thread_get_mask()?))
    }

    /// Makes it that of this thread again.
    pub fn restore(&self) -> io::Result<()> {
        Ok(self.0.thread_set_mask()?)
    }
}

const PASSED_ON: [Caught; 9] = [
    Caught::SIGHUP,
    Caught::SIGINT,
    Caught::SIGQUIT,
    Caught::SIGUSR1,
    Caught::SIGUSR2,
    Caught::SIGALRM,
    Caught::SIGTERM,
    Caught::SIGCONT,
    // COMMAND decides whether it stops, and we stop after it: else a shell has its terminal back while COMMAND still reads.
    Caught::SIGTSTP,
];

impl Signals {
    /// From now on they do nothing else in this process than to be read here.
    pub fn catch() -> io::Result<Self> {
        let caught: SigSet = PASSED_ON.into_iter().collect();
        caught.thread_block()?;
        Ok(Self(SignalFd::with_flags(
            &caught,
            nix::sys::signalfd::SfdFlags::SFD_CLOEXEC | nix::sys::signalfd::SfdFlags::SFD_NONBLOCK,
        )?))
    }

    /// The next one that another process has sent, if there is one.
    pub fn take(&mut self) -> io::Result<Option<i32>> {
        while let Some(told) = self.0.read_signal()? {
            let is_from_kernel = told.ssi_code > 0;
            let signal = told.ssi_signo.cast_signed();
            if !is_from_kernel || signal == Caught::SIGCONT as i32 {
                return Ok(Some(signal));
            }
        }
        Ok(None)
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Waits until one of the two can be read: whether the first, and whether the second.
pub(in crate::sys) fn wait_to_read(one: impl AsFd, other: impl AsFd) -> io::Result<(bool, bool)> {
    use rustix::event::{PollFd, PollFlags, poll};
    let mut polled = [PollFd::new(&one, PollFlags::IN), PollFd::new(&other, PollFlags::IN)];
    match poll(&mut polled, None) {
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Ok((false, false)),
        Err(error) => return Err(error.into()),
    }
    Ok((!polled[0].revents().is_empty(), !polled[1].revents().is_empty()))
}

/// Whether something can be received from a listener at once.
pub(in crate::sys) fn has_something(listener: impl AsFd) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut polled = [PollFd::new(&listener, PollFlags::IN)];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut polled, Some(&now)).is_ok() && polled[0].revents().contains(PollFlags::IN)
}

/// Hands an open descriptor to the process at the other end, with a few bytes.
pub(in crate::sys) fn hand_over(to: &UnixStream, handle: BorrowedFd<'_>, with: &[u8]) -> io::Result<()> {
    let handles = [handle];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    beside.push(SendAncillaryMessage::ScmRights(&handles));
    sendmsg(to, &[IoSlice::new(with)], &mut beside, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Takes what the other end has handed over: the descriptor, if one came, and the bytes.
pub(in crate::sys) fn take_over(from: &UnixStream, with: &mut [u8]) -> io::Result<(Option<OwnedFd>, usize)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let read = loop {
        match recvmsg(from, &mut [IoSliceMut::new(with)], &mut beside, RecvFlags::CMSG_CLOEXEC) {
            Err(rustix::io::Errno::INTR) => {}
            received => break received?,
        }
    };
    let handles = beside.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut handles) => handles.next(),
        _ => None,
    });
    Ok((handles.last(), read.bytes))
}

pub(in crate::sys) fn file_clock() -> Timestamp {
    let now = clock_gettime(ClockId::RealtimeCoarse);
    Timestamp { seconds: now.tv_sec, nanoseconds: u32::try_from(now.tv_nsec).unwrap_or_default() }
}

/// A file without a name, in memory, which those that we fork share.
pub(in crate::sys) fn shared_file() -> io::Result<std::fs::File> {
    Ok(memfd_create("rrm-guard", MemfdFlags::CLOEXEC)?.into())
}
