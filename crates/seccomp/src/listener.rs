//! seccomp(2) with a listener, and the ioctls of seccomp_unotify(2).

use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::{from_mut, from_ref, null};

use libc::{c_int, c_ulong, seccomp_notif, seccomp_notif_resp, seccomp_notif_sizes};

use crate::calls::{Call, call_of};
use crate::filter::Filter;

/// Once a notification was received, only a fatal signal ends the wait of the stopped process; since Linux 5.19. A bit that
/// is another's is taken without a word by some kernels, so a test shows what it does.
const WAIT_KILLABLE_RECV: c_ulong = 1 << 5;

/// `SECCOMP_IOCTL_NOTIF_SET_FLAGS`, and its only flag: the stopped process and we run on one processor in turns, which saves
/// waking another. Since Linux 6.6.
const SET_FLAGS: u32 = 0x4008_2104;
const SYNC_WAKE_UP: u64 = 1;

/// Installs the filter in this thread, for good, and in all that it starts.
///
/// A process that may administer the system keeps its children's right to become another user; any other has to give that
/// up (`no_new_privs`), or the kernel takes no filter of it.
///
/// # Errors
/// `EBUSY` where a filter with a listener is there already, `EINVAL` before Linux 5.19, `ENOSYS` or `EPERM` where it is
/// forbidden, `EOVERFLOW` where the kernel says more than there is room for here.
pub fn install(filter: &Filter) -> io::Result<Listener> {
    check_sizes()?;
    match set_filter(filter) {
        Err(error) if error.raw_os_error() == Some(libc::EACCES) => {
            // SAFETY: it takes four numbers, and no memory of ours.
            let set = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
            if set == -1 { Err(io::Error::last_os_error()) } else { set_filter(filter) }
        }
        installed => installed,
    }
}

fn set_filter(filter: &Filter) -> io::Result<Listener> {
    let len = u16::try_from(filter.program.len()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    let program = libc::sock_fprog { len, filter: filter.program.as_ptr().cast_mut() };
    let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER | WAIT_KILLABLE_RECV;
    // SAFETY: the kernel reads `program` and the `len` instructions that it points to, and keeps neither.
    let made = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, from_ref(&program)) };
    let made = c_int::try_from(made).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    if made < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: with this flag the call returns a descriptor that it has opened for us (with O_CLOEXEC).
    Ok(Listener(unsafe { OwnedFd::from_raw_fd(made) }))
}

/// The kernel writes as much as its own structures are large, which may grow.
fn check_sizes() -> io::Result<()> {
    let mut sizes = seccomp_notif_sizes { seccomp_notif: 0, seccomp_notif_resp: 0, seccomp_data: 0 };
    // SAFETY: the kernel writes the three numbers that `sizes` consists of.
    let told =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_NOTIF_SIZES, 0 as c_ulong, from_mut(&mut sizes)) };
    if told != 0 {
        return Err(io::Error::last_os_error());
    }
    let fits = usize::from(sizes.seccomp_notif) <= size_of::<Received>()
        && usize::from(sizes.seccomp_notif_resp) <= size_of::<Sent>();
    if fits { Ok(()) } else { Err(io::Error::from_raw_os_error(libc::EOVERFLOW)) }
}

/// What is received, with room for what later kernels add.
#[repr(C)]
struct Received {
    known: seccomp_notif,
    more: [u64; 22],
}

/// What is sent, with zeroes for what later kernels add.
#[repr(C)]
struct Sent {
    known: seccomp_notif_resp,
    more: [u64; 13],
}

/// The descriptor through which stopped calls are told. Several may hold it; while nobody does, the calls fail with
/// `ENOSYS`.
#[derive(Debug)]
pub struct Listener(OwnedFd);

/// A process in the midst of a call, which waits for its answer.
#[derive(Debug, Clone, Copy)]
pub struct Stopped {
    /// What the answer is addressed to.
    pub id: u64,
    /// The thread, by its number in our own namespace; 0 if it has none there.
    pub thread: u32,
    /// Which table the number of its call is from.
    pub arch: u32,
    /// The number of its call.
    pub number: u32,
    /// With what.
    pub arguments: [u64; 6],
}

impl Stopped {
    /// What it calls; `None` for a number that is in no table.
    #[must_use]
    pub fn call(&self) -> Option<Call> {
        call_of(self.arch, self.number)
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The kernel does it. Memory may have changed since it was looked at, so this must not be a grant of rights.
    GoOn,
    /// It is not done; the process gets this error, by its number.
    Fail(i32),
}

impl Listener {
    /// Waits for a call that is stopped. `None` where its process was killed before it could be told, or nobody is left who
    /// has the filter.
    pub fn receive(&self) -> io::Result<Option<Stopped>> {
        let mut received = Received {
            known: seccomp_notif {
                id: 0,
                pid: 0,
                flags: 0,
                data: libc::seccomp_data { nr: 0, arch: 0, instruction_pointer: 0, args: [0; 6] },
            },
            more: [0; 22],
        };
        // SAFETY: the kernel wants zeroes, and writes no more than `check_sizes` has found room for.
        let told = unsafe { libc::ioctl(self.0.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_RECV, from_mut(&mut received)) };
        if told == -1 {
            let error = io::Error::last_os_error();
            return if error.raw_os_error() == Some(libc::ENOENT) { Ok(None) } else { Err(error) };
        }
        let seccomp_notif { id, pid, data, .. } = received.known;
        let number = data.nr.cast_unsigned();
        Ok(Some(Stopped { id, thread: pid, arch: data.arch, number, arguments: data.args }))
    }

    /// Lets the process go on. One that was killed meanwhile needs no answer, and that is no failure.
    pub fn answer(&self, id: u64, answer: Answer) -> io::Result<()> {
        let (error, flags) = match answer {
            Answer::GoOn => (0, libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE),
            Answer::Fail(number) => (-number, 0),
        };
        #[expect(clippy::cast_possible_truncation, reason = "the only flag is 1")]
        let sent = Sent { known: seccomp_notif_resp { id, val: 0, error, flags: flags as u32 }, more: [0; 13] };
        // SAFETY: the kernel reads `sent`, of which it knows no more than `check_sizes` has found room for.
        let told = unsafe { libc::ioctl(self.0.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_SEND, from_ref(&sent)) };
        match told {
            -1 => match io::Error::last_os_error() {
                error if error.raw_os_error() == Some(libc::ENOENT) => Ok(()),
                error => Err(error),
            },
            _ => Ok(()),
        }
    }

    /// Whether the process still waits: else its number may be another's by now, and whatever was read is of no use.
    #[must_use]
    pub fn is_waiting(&self, id: u64) -> bool {
        // SAFETY: the kernel reads the 64 bits of `id`.
        let told = unsafe { libc::ioctl(self.0.as_raw_fd(), libc::SECCOMP_IOCTL_NOTIF_ID_VALID, from_ref(&id)) };
        told == 0
    }

    /// Has the stopped process and whoever receives take turns on one processor, which halves what a stop costs. Kernels
    /// before 6.6 cannot, and do without.
    pub fn take_turns(&self) {
        // SAFETY: the call takes a number, and no memory of ours.
        let _ = unsafe { libc::ioctl(self.0.as_raw_fd(), SET_FLAGS.into(), SYNC_WAKE_UP) };
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<OwnedFd> for Listener {
    fn from(handle: OwnedFd) -> Self {
        Self(handle)
    }
}

/// Whether the kernel takes filters with a listener at all; a clear word before anything is started.
pub fn check_kernel() -> io::Result<()> {
    check_sizes()?;
    // A filter that is not there is a bad address, but only after its flags were understood.
    let flags = libc::SECCOMP_FILTER_FLAG_NEW_LISTENER | WAIT_KILLABLE_RECV;
    // SAFETY: the kernel is given no address to read.
    let told =
        unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, flags, null::<libc::sock_fprog>()) };
    match io::Error::last_os_error() {
        error if told == -1 && error.raw_os_error() == Some(libc::EFAULT) => Ok(()),
        error => Err(error),
    }
}

#[cfg(test)]
mod tests;
