//! The door to the disk: every call that changes what is there goes through it.
//!
//! A test build (the feature `testing`) can have any of these calls fail, or stop everything right before it as SIGKILL
//! would; see `door/faults.rs`. In any other build the door is not there: [`through`] is the call, [`carried`] the work.
//!
//! Calls that only look are made without it.

#[cfg(feature = "testing")]
pub mod faults;

use std::thread::{Builder, Scope, ScopedJoinHandle};

use rustix::io::Errno;

/// Makes a system call that changes what is on a disk; `call` is its name in the kernel's manual.
#[inline]
pub fn through<T, E: From<Errno>>(call: &'static str, change: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    #[cfg(feature = "testing")]
    return match faults::before(call)? {
        faults::Told::TheTruth => change(),
        faults::Told::Failure(error) => change().and_then(|_| Err(error.into())),
    };
    #[cfg(not(feature = "testing"))]
    {
        let _ = call;
        change()
    }
}

/// Work for another thread, which then goes through the door of this one.
pub fn carried<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    #[cfg(feature = "testing")]
    let work = faults::carried(work);
    work
}

/// Starts a thread beside this one; `None` where no thread can be had, and then this one has to do the work.
pub fn spawn_beside<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> Option<ScopedJoinHandle<'scope, T>> {
    Builder::new().spawn_scoped(scope, carried(work)).ok()
}
