//! A program held up at one of its system calls, for exactly as long as a test wants.
//!
//! strace stops it there for ever, and the end of strace lets it go on. No clock has a say in it.

use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::NamedTempFile;

use super::run::{Invocation, Run};
use super::strace::{call, log_file, read};

/// How long a test waits for anything. Whoever waits so long has found a defect.
const PATIENCE: Duration = Duration::from_mins(2);

/// Longer than any test takes, in microseconds.
const FOR_EVER: &str = "3000000000";

/// A program that is held up, or soon will be. Dropped, it goes on.
#[derive(Debug)]
pub(crate) struct Held {
    child: Option<Child>,
    log: NamedTempFile,
}

impl Invocation {
    /// Runs the program until it is about to make the `nth` call of this name.
    pub(crate) fn held_before(&self, name: &str, nth: usize) -> Held {
        let held = self.held(name, "delay_enter", nth);
        wait_for(name, || read(held.log.path()).lines().filter(|line| call(line) == Some(name)).count() >= nth);
        held
    }

    /// Has the program go no further than the first call of this name, and gives it at once: what that call does, a test
    /// sees by itself.
    pub(crate) fn held_after(&self, name: &str) -> Held {
        self.held(name, "delay_exit", 1)
    }

    /// Has the program go no further than the first call of this name, which fails with this error.
    pub(crate) fn held_failing(&self, name: &str, error: &str) -> Held {
        let held = self.held(name, &format!("error={error}:delay_exit"), 1);
        wait_for(error, || read(held.log.path()).contains("(INJECTED)"));
        held
    }

    /// Runs the program on a terminal: it gets SIGINT when it is about to make the first call of this name, and goes on.
    pub(crate) fn interrupted_on_terminal(&self, name: &str, typed: &str) -> Run {
        let log = log_file();
        let caller = || {
            let text = read(log.path());
            let line = text.lines().find(|line| call(line) == Some(name))?;
            Pid::from_raw(line.split(' ').next()?.parse().ok()?)
        };
        self.traced(name, "delay_enter", 1, &log).on_terminal_after(80, "", || {
            wait_for(name, || caller().is_some());
            let program = caller().expect("it was there");
            interrupt(program, &log);
            assert!(let_go(program), "it is not held up any more");
            typed.to_owned()
        })
    }

    fn held(&self, name: &str, delay: &str, nth: usize) -> Held {
        let log = log_file();
        Held { child: Some(self.traced(name, delay, nth, &log).spawn()), log }
    }

    fn traced(&self, name: &str, delay: &str, nth: usize, log: &NamedTempFile) -> Self {
        let path = log.path().to_str().expect("plain text");
        let (trace, inject) =
            (format!("trace={name},rt_sigreturn"), format!("inject={name}:{delay}={FOR_EVER}:when={nth}"));
        // As a grandchild (-D), so that what this starts is the program itself.
        self.clone().through(["strace", "-D", "-f", "-qq", "-o", path, "-e", &trace, "-e", &inject])
    }
}

impl Held {
    /// Sends the program SIGINT, as Ctrl-C does, and waits until it has come to it.
    pub(crate) fn interrupted(self) -> Self {
        let child = self.child.as_ref().expect("it was not let go yet");
        interrupt(Pid::from_child(child), &self.log);
        self
    }

    /// Lets the program go on.
    #[track_caller]
    pub(crate) fn goes_on(mut self) -> Child {
        let child = self.child.take().expect("it was not let go yet");
        assert!(let_go(Pid::from_child(&child)), "it is not held up any more");
        child
    }

    /// Lets the program go on, and waits for its end.
    #[track_caller]
    pub(crate) fn released(mut self) -> Run {
        let child = self.child.take().expect("it was not let go yet");
        assert!(let_go(Pid::from_child(&child)), "it is not held up any more");
        Run::of(child.wait_with_output().expect("it can be waited for"))
    }
}

impl Drop for Held {
    /// Of a test that failed.
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let_go(Pid::from_child(&child));
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Not as strace can do it: what it sends comes to one thread, which may leave signals to another. Waits until whatever
/// catches it has done so, because another thread goes on then.
fn interrupt(program: Pid, log: &NamedTempFile) {
    kill_process(program, Signal::INT).expect("it is a child of ours");
    let has_come = |log: String| log.contains("rt_sigreturn") || log.contains("+++ killed by SIGINT");
    wait_for("a signal to come", || has_come(read(log.path())));
}

/// Ends strace; says whether there was one.
fn let_go(program: Pid) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", program.as_raw_nonzero())).unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:")?.trim().parse().ok());
    let tracer = tracer.and_then(Pid::from_raw);
    tracer.is_some_and(|tracer| kill_process(tracer, Signal::KILL).is_ok())
}

/// Waits, but not for ever.
#[track_caller]
pub(crate) fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < PATIENCE, "waited for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
