//! What the kernel tells about this process.

use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD, OFlags};

use super::absence::if_there;

/// The user on whose behalf file permissions are checked.
#[must_use]
pub fn effective_uid() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Which permission bits are taken from what this process makes (proc_pid_status(5), since Linux 4.7).
///
/// Without that it is told by setting another alone (umask(2)): what another thread makes in that moment is closed to others.
#[must_use]
pub fn umask() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let told = status.lines().find_map(|line| u32::from_str_radix(line.strip_prefix("Umask:")?.trim(), 8).ok());
    told.unwrap_or_else(|| {
        let mask = rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
        rustix::process::umask(mask);
        mask.as_raw_mode()
    })
}

/// Whether a group is one of those by which permissions are checked.
#[must_use]
pub fn is_group_of_ours(group: u32) -> bool {
    let is = |known: rustix::process::Gid| known.as_raw() == group;
    is(rustix::process::getegid()) || rustix::process::getgroups().is_ok_and(|groups| groups.into_iter().any(is))
}

/// Fills `buffer` with random bytes (getrandom(2)).
pub fn random_bytes(buffer: &mut [u8]) -> io::Result<()> {
    let mut filled = 0;
    while filled < buffer.len() {
        filled += rustix::rand::getrandom(&mut buffer[filled..], rustix::rand::GetRandomFlags::empty())?;
    }
    Ok(())
}

/// Ends a process group: the child that leads it, not yet waited for, and what it has started (kill(2)). One that has
/// ended already is no failure.
pub fn kill_group(leader: &std::process::Child) {
    let _ =
        rustix::process::kill_process_group(rustix::process::Pid::from_child(leader), rustix::process::Signal::KILL);
}

/// Closes every descriptor that this process was given when it was started but the three standard ones, so that no program
/// which it starts has them; those of its own never pass to one (`O_CLOEXEC`, proc_pid_fdinfo(5)).
pub fn close_inherited() -> io::Result<()> {
    let mut inherited = Vec::new();
    for entry in std::fs::read_dir("/proc/self/fdinfo")? {
        let entry = entry?;
        let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
        // That of this very listing goes while it is read.
        let Some(told) = if_there(std::fs::read_to_string(entry.path()))? else { continue };
        let flags = told.lines().find_map(|line| u32::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
        let passes_on = flags.is_none_or(|flags| flags & OFlags::CLOEXEC.bits() == 0);
        inherited.extend(number.filter(|number: &i32| *number > 2 && passes_on));
    }
    Ok(inherited.into_iter().try_for_each(nix::unistd::close)?)
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
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_none_or(|mask| mask >> (signal - 1) & 1 == 1)
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
