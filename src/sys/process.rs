//! What the kernel tells about this process.

use std::io;
use std::path::Path;

use rustix::fs::{Access, AtFlags, CWD};

/// The user on whose behalf file permissions are checked.
#[must_use]
pub fn effective_uid() -> u32 {
    rustix::process::geteuid().as_raw()
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
