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

    fn held(&self, name: &str, delay: &str, nth: usize) -> Held {
        let log = log_file();
        let path = log.path().to_str().expect("plain text").to_owned();
        let (trace, inject) = (format!("trace={name}"), format!("inject={name}:{delay}={FOR_EVER}:when={nth}"));
        // As a grandchild (-D), so that what this starts is the program itself.
        let words = ["strace", "-D", "-f", "-qq", "-o", &path, "-e", &trace, "-e", &inject];
        Held { child: Some(self.clone().through(words).spawn()), log }
    }
}

impl Held {
    /// Sends the program SIGINT, as Ctrl-C does, and waits until it has come to it.
    pub(crate) fn interrupted(self) -> Self {
        let child = self.child.as_ref().expect("it was not let go yet");
        kill_process(Pid::from_child(child), Signal::INT).expect("it is a child of ours");
        wait_for("a signal to come", || read(self.log.path()).contains("--- SIGINT"));
        self
    }

    /// Lets the program go on.
    #[track_caller]
    pub(crate) fn goes_on(mut self) -> Child {
        let child = self.child.take().expect("it was not let go yet");
        assert!(let_go(&child), "it is not held up any more");
        child
    }

    /// Lets the program go on, and waits for its end.
    #[track_caller]
    pub(crate) fn released(mut self) -> Run {
        let child = self.child.take().expect("it was not let go yet");
        assert!(let_go(&child), "it is not held up any more");
        Run::of(child.wait_with_output().expect("it can be waited for"))
    }
}

impl Drop for Held {
    /// Of a test that failed.
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let_go(&child);
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Ends strace; says whether there was one.
fn let_go(child: &Child) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
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
