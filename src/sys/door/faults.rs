//! Failing or stopping at one of the calls that change the disk, for tests.
//!
//! A test either runs library code in its own process ([`run`]), or starts a program that was built for tests with
//! [`ENVIRONMENT`] set. In both, the calls of all threads are counted together, from 0.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustix::io::Errno;
use rustix::process::{Signal, getpid, kill_process};

/// The environment variable that a program built for tests obeys: `none 0 LOG`, `kill N LOG`, `ERRNO N LOG` or `done-ERRNO N LOG`. The name of
/// each call is added to the file LOG, a line a call.
pub const ENVIRONMENT: &str = "RRM_TEST_FAULT";

/// The line of the log that tells that the call before it failed on purpose.
pub const INJECTED: &str = "(injected)";

/// What happens at a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done any more: neither this call nor any later one, those of destructors included.
    Kill,
    /// The call is not made and fails with this error.
    Error(i32),
    /// The call is made, and this error is told all the same, as a server may do that loses its answer.
    Done(i32),
}

/// What is told of a call that is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    TheTruth,
    /// That it failed with this error.
    Failure(Errno),
}

/// A fault, and before which call it happens.
pub type FaultAt = Option<(usize, Fault)>;

/// What came of [`run`].
#[derive(Debug)]
pub struct Ran<T> {
    /// What the code gave; `None` where it was stopped.
    pub result: Option<T>,
    /// The calls that it came to, the one with the fault included.
    pub calls: Vec<&'static str>,
}

/// Runs `code` with a fault at one of the calls that it makes, in this thread or in those that it starts.
///
/// # Panics
/// Where `code` panics for another reason than to be stopped.
pub fn run<T>(fault: FaultAt, code: impl FnOnce() -> T) -> Ran<T> {
    run_through(Door { fault, ..Door::default() }, code)
}

/// Runs `code`, and `look` right before each of the calls that it makes, with the call's name. No two are made at once.
pub fn watched<T>(look: impl FnMut(&'static str) + Send + 'static, code: impl FnOnce() -> T) -> Ran<T> {
    run_through(Door { look: Some(Look(Box::new(look))).into(), ..Door::default() }, code)
}

fn run_through<T>(door: Door, code: impl FnOnce() -> T) -> Ran<T> {
    let door = Arc::new(door);
    let outer = DOOR.replace(Some(door.clone()));
    let result = catch_unwind(AssertUnwindSafe(code));
    DOOR.replace(outer);
    let State { calls, stopped } = std::mem::take(&mut *door.state());
    let result = match result {
        Err(panic) if !stopped => resume_unwind(panic),
        // A thread that was stopped may have ended the others with a panic of its own, or unnoticed.
        result => result.ok().filter(|_| !stopped),
    };
    Ran { result, calls }
}

/// Has this whole process obey what [`ENVIRONMENT`] says.
pub fn obey(words: &str) -> io::Result<()> {
    let malformed = || io::Error::from(io::ErrorKind::InvalidInput);
    let [fault, number, log] = *words.splitn(3, ' ').collect::<Vec<_>>() else { return Err(malformed()) };
    let at = number.parse().map_err(|_| malformed())?;
    let fault = match fault {
        "none" => None,
        "kill" => Some((at, Fault::Kill)),
        errno => Some((
            at,
            match errno.strip_prefix("done-") {
                Some(errno) => Fault::Done(number_of(errno)?),
                None => Fault::Error(number_of(errno)?),
            },
        )),
    };
    let log = File::options().append(true).open(log)?;
    let door = Door { fault, stop: Stop::Kill, log: Some(log), ..Door::default() };
    PROCESS.set(Arc::new(door)).map_err(|_| io::ErrorKind::AlreadyExists.into())
}

/// The number of an error that tests name as C does.
pub fn number_of(errno: &str) -> io::Result<i32> {
    let known = [
        ("EIO", Errno::IO),
        ("ENOSPC", Errno::NOSPC),
        ("EDQUOT", Errno::DQUOT),
        ("EACCES", Errno::ACCESS),
        ("EPERM", Errno::PERM),
        ("EINVAL", Errno::INVAL),
        ("EXDEV", Errno::XDEV),
        ("EROFS", Errno::ROFS),
        ("ENOTSUP", Errno::NOTSUP),
        ("EINTR", Errno::INTR),
        ("EAGAIN", Errno::AGAIN),
        ("ENOMEM", Errno::NOMEM),
        ("EMFILE", Errno::MFILE),
        ("ESTALE", Errno::STALE),
        ("EEXIST", Errno::EXIST),
        ("ENOTEMPTY", Errno::NOTEMPTY),
        ("ENOSYS", Errno::NOSYS),
        ("ERANGE", Errno::RANGE),
        ("ENOTCONN", Errno::NOTCONN),
        ("ETIMEDOUT", Errno::TIMEDOUT),
    ];
    let found = known.iter().find(|(name, _)| *name == errno);
    found.map(|(_, number)| number.raw_os_error()).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

thread_local! {
    static DOOR: RefCell<Option<Arc<Door>>> = const { RefCell::new(None) };
}

/// The door of all threads that have none of their own.
static PROCESS: OnceLock<Arc<Door>> = OnceLock::new();

/// Called before each call.
pub(super) fn before(call: &'static str) -> Result<Told, Errno> {
    current().map_or(Ok(Told::TheTruth), |door| door.before(call))
}

/// See [`super::carried`].
pub(super) fn carried<T>(work: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let door = DOOR.with_borrow(Clone::clone);
    move || {
        DOOR.set(door);
        work()
    }
}

fn current() -> Option<Arc<Door>> {
    DOOR.with_borrow(Clone::clone).or_else(|| PROCESS.get().cloned())
}

#[derive(Debug, Default)]
struct Door {
    fault: FaultAt,
    stop: Stop,
    log: Option<File>,
    look: Mutex<Option<Look>>,
    state: Mutex<State>,
}

/// What is done before each call.
struct Look(Box<dyn FnMut(&'static str) + Send>);

impl std::fmt::Debug for Look {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Look")
    }
}

#[derive(Debug, Default)]
struct State {
    calls: Vec<&'static str>,
    stopped: bool,
}

/// How everything is stopped.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// By a panic that [`run`] catches; destructors that run meanwhile find the door closed.
    #[default]
    Unwind,
    /// By the signal itself.
    Kill,
}

impl Door {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn before(&self, call: &'static str) -> Result<Told, Errno> {
        let mut state = self.state();
        if state.stopped {
            drop(state);
            return self.stop();
        }
        let number = state.calls.len();
        state.calls.push(call);
        self.note(call);
        if let Some(Look(look)) = self.look.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            look(call);
        }
        match self.fault {
            Some((at, Fault::Kill)) if at == number => {
                state.stopped = true;
                drop(state);
                self.stop()
            }
            Some((at, Fault::Error(error))) if at == number => {
                self.note(INJECTED);
                Err(Errno::from_raw_os_error(error))
            }
            Some((at, Fault::Done(error))) if at == number => {
                self.note(INJECTED);
                Ok(Told::Failure(Errno::from_raw_os_error(error)))
            }
            _ => Ok(Told::TheTruth),
        }
    }

    fn note(&self, line: &str) {
        if let Some(mut log) = self.log.as_ref() {
            log.write_all(format!("{line}\n").as_bytes()).ok();
        }
    }

    fn stop(&self) -> Result<Told, Errno> {
        if self.stop == Stop::Kill {
            kill_process(getpid(), Signal::KILL).ok();
        }
        if std::thread::panicking() {
            return Err(Errno::IO);
        }
        // Not `panic!`, which would be told on stderr.
        resume_unwind(Box::new("stopped by a test"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::{Dir, Name, door};

    fn name(text: &'static str) -> Name<'static> {
        Name::fixed(text)
    }

    fn make_three(dir: &Dir) -> io::Result<()> {
        ["a", "b", "c"].into_iter().try_for_each(|text| dir.create_marked_dir(name(text)))
    }

    fn names(root: &std::path::Path) -> Vec<String> {
        let entries = std::fs::read_dir(root).expect("read");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn the_calls_are_told_in_their_order() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        let ran = run(None, || make_three(&dir));
        assert_eq!(ran.calls, ["mkdirat"; 3]);
        assert!(matches!(ran.result, Some(Ok(()))));
    }

    #[test]
    fn one_call_fails_and_is_not_made() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        let ran = run(Some((1, Fault::Error(5))), || {
            let failed = make_three(&dir).expect_err("the second call fails");
            assert_eq!(failed.raw_os_error(), Some(5));
            dir.create_marked_dir(name("d"))
        });
        assert!(matches!(ran.result, Some(Ok(()))));
        assert_eq!(names(root.path()), ["a", "d"]);
    }

    #[test]
    fn once_stopped_nothing_is_done_not_even_by_destructors_and_other_threads() {
        struct Guard<'a>(&'a Dir);
        impl Drop for Guard<'_> {
            fn drop(&mut self) {
                self.0.create_marked_dir(name("guard")).expect_err("the door is closed");
            }
        }
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        let ran = run(Some((1, Fault::Kill)), || {
            let _guard = Guard(&dir);
            std::thread::scope(|scope| {
                let other = door::spawn_beside(scope, || make_three(&dir)).expect("a thread");
                drop(other.join());
                dir.create_marked_dir(name("later"))
            })
        });
        assert!(ran.result.is_none());
        assert_eq!(ran.calls, ["mkdirat"; 2]);
        assert_eq!(names(root.path()), ["a"]);
        dir.create_marked_dir(name("afterwards")).expect("the next run has a door of its own");
    }

    #[test]
    fn another_panic_is_not_taken_for_a_stop() {
        assert!(catch_unwind(|| run(None, || resume_unwind(Box::new("on purpose")))).is_err());
    }
}
