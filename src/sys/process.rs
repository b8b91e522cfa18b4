//! What the kernel tells about this process.

use std::io;
use std::path::Path;

use nix::sys::signal::{SigSet, Signal};
use rustix::fs::{Access, AtFlags, CWD};

use crate::sys::platform;
use crate::sys::values::metadata::bits_of;

/// The user on whose behalf file permissions are checked.
#[must_use]
pub fn effective_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// The first of the groups by which file permissions are checked.
#[must_use]
pub fn effective_gid() -> u32 {
    rustix::process::getegid().as_raw()
}

/// Which permission bits are taken from what this process makes.
///
/// Where the kernel does not tell, it is told by setting another alone (umask(2)): what another thread makes in that moment
/// is closed to others.
#[must_use]
pub fn umask() -> u32 {
    platform::told_umask().unwrap_or_else(|| {
        let mask = rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
        rustix::process::umask(mask);
        bits_of(mask)
    })
}

/// Whether a group is one of those by which permissions are checked.
#[must_use]
pub fn is_group_of_ours(group: u32) -> bool {
    let is = |known: rustix::process::Gid| known.as_raw() == group;
    is(rustix::process::getegid()) || rustix::process::getgroups().is_ok_and(|groups| groups.into_iter().any(is))
}

/// Fills `buffer` with random bytes that nobody can foresee.
pub fn random_bytes(buffer: &mut [u8]) -> io::Result<()> {
    platform::fill_at_random(buffer)
}

/// Ends a process group: the child that leads it, not yet waited for, and what it has started (kill(2)). One that has
/// ended already is no failure.
pub fn kill_group(leader: &std::process::Child) {
    let _ =
        rustix::process::kill_process_group(rustix::process::Pid::from_child(leader), rustix::process::Signal::KILL);
}

/// Has the signals that ask a process to end come to other threads than this one and those that it starts from now on.
///
/// A signal that is caught does not end a wait for a server that does not answer, and the kernel gives it to any one thread
/// that takes it: to one that waits so, it never comes. Programs that are started have them as ever.
pub fn leave_signals_to_others() {
    let signals = SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP]);
    // Where that fails, they come as they did.
    let _ = signals.thread_block();
}

/// Closes every descriptor that this process was given when it was started but the three standard ones, so that no program
/// which it starts has them; those of its own never pass to one (`O_CLOEXEC`).
pub fn close_inherited() -> io::Result<()> {
    platform::close_inherited()
}

/// Whether a process of one of these names runs; `None` where nobody can tell.
#[must_use]
pub fn is_any_running(names: &[&str]) -> Option<bool> {
    platform::is_any_running(names)
}

/// Whether a shell that controls jobs is above us to go on when we stop: where the leader of the session is one of our own
/// process group, there is none (credentials(7)).
#[must_use]
pub fn has_job_control() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
}

/// Stops this process and all others of its group, until somebody has them go on. A script that waits for this process
/// would else keep the terminal.
pub fn stop_group() -> io::Result<()> {
    Ok(rustix::process::kill_current_process_group(rustix::process::Signal::STOP)?)
}

/// Whether whoever started this process has it ignore a signal, as nohup does with SIGHUP. Where the kernel does not tell,
/// it is not touched either.
#[must_use]
pub fn ignores(signal: i32) -> bool {
    platform::ignores(signal).unwrap_or(true)
}

/// Whether the terminal on standard input has hung up.
#[must_use]
pub fn has_hung_up() -> bool {
    rustix::termios::tcgetattr(rustix::stdio::stdin()).is_err_and(|error| error == rustix::io::Errno::IO)
}

/// Whether permissions let us write to what `path` leads to (faccessat(2), with the effective user); a link's own mode
/// says nothing, and that of a file on a read-only file system is not what keeps us from writing.
#[must_use]
pub fn may_write(path: &Path) -> bool {
    rustix::fs::accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS) != Err(rustix::io::Errno::ACCESS)
}

/// How many columns the terminal on standard output has; `None` where it is none.
#[must_use]
pub fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some(if size.ws_col == 0 { 80 } else { usize::from(size.ws_col) })
}
