//! A copy of this process.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Starts a copy of this process, which does `child` and ends with the status that this gives. The parent gets the
/// process's number.
///
/// # Errors
/// `EBUSY` where this process has more than one thread: the copy has none of the others, and a lock that one of them holds
/// would be held in it for ever. Else what fork(2) says.
pub fn fork(child: impl FnOnce() -> u8) -> io::Result<u32> {
    if !is_alone()? {
        return Err(io::Error::from_raw_os_error(libc::EBUSY));
    }
    // SAFETY: this is the only thread, so that the copy is whole: no lock is held but by what calls us, and nothing is half
    // done. It never returns into the frames of its caller.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            let status = catch_unwind(AssertUnwindSafe(child)).unwrap_or(101);
            // SAFETY: it ends the process, without what was registered for its end: that is the parent's.
            unsafe { libc::_exit(status.into()) }
        }
        process => Ok(process.unsigned_abs()),
    }
}

/// Whether this is the only thread. One that was joined a moment ago may still be counted, so it is waited for a little.
fn is_alone() -> io::Result<bool> {
    for _ in 0..100 {
        if std::fs::read_dir("/proc/self/task")?.count() == 1 {
            return Ok(true);
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    Ok(false)
}
