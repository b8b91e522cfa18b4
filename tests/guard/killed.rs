//! Any of the processes is killed or stopped, at any moment.

use std::fs;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::{at, guard, sandbox, taken};
use crate::common::Sandbox;

/// A guarded shell that removes `one` once `go` is there, and then ends with status 6.
struct Guarded {
    front: Child,
}

const SCRIPT: &str = "echo $PPID >keeper; while [ ! -e go ]; do sleep 0.01; done; rm one || exit 7; exit 6";

impl Guarded {
    fn start(sandbox: &Sandbox) -> Self {
        fs::write(sandbox.path("one"), "1").expect("work is empty");
        let front = guard(sandbox, ["sh", "-c", SCRIPT]).spawn();
        until(|| fs::read_to_string(sandbox.path("keeper")).is_ok_and(|text| text.ends_with('\n')));
        Self { front }
    }

    fn front(&self) -> Pid {
        Pid::from_child(&self.front)
    }

    fn go(&self, sandbox: &Sandbox) {
        fs::write(sandbox.path("go"), "").expect("work is ours");
    }

    fn status(mut self) -> Option<i32> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.front.try_wait().expect("a child") {
                return status.code();
            }
            if began.elapsed() > Duration::from_secs(60) {
                self.front.kill().expect("a child");
                panic!("it hangs");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn keeper(sandbox: &Sandbox) -> Pid {
    let number = fs::read_to_string(sandbox.path("keeper")).expect("the shell tells");
    Pid::from_raw(number.trim().parse().expect("a number")).expect("a process")
}

fn parent(process: Pid) -> Pid {
    let told = fs::read_to_string(format!("/proc/{process}/stat")).expect("it runs");
    let fields = told.rsplit_once(')').expect("a name").1;
    Pid::from_raw(fields.split_whitespace().nth(1).and_then(|field| field.parse().ok()).expect("a number"))
        .expect("one")
}

#[track_caller]
fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_there(process: Pid) -> bool {
    let told = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    told.rsplit_once(')').is_some_and(|(_, rest)| !rest.starts_with(" Z"))
}

fn kill(process: Pid, signal: Signal) {
    kill_process(process, signal).expect("it runs");
}

#[test]
fn a_keeper_that_is_killed_has_a_successor() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    let keeper = keeper(&sandbox);
    kill(keeper, Signal::KILL);
    until(|| !is_there(keeper));
    guarded.go(&sandbox);
    assert_eq!(guarded.status(), Some(6));
    assert_eq!(taken(&sandbox), ["succeeded".to_owned(), format!("removed {}", at(&sandbox, "one"))]);
}

#[test]
fn a_keeper_that_is_killed_in_the_midst_of_an_answer_has_a_successor_that_gives_it() {
    let sandbox = or_skip!(sandbox());
    fs::write(sandbox.path("slow-forever"), "1").expect("work is empty");
    let script = "echo $PPID >keeper; rm slow-forever; exit 6";
    let guarded = Guarded { front: guard(&sandbox, ["sh", "-c", script]).spawn() };
    let lines = || fs::read_to_string(super::record(&sandbox)).unwrap_or_default();
    until(|| lines().contains("slow-forever"));
    kill(keeper(&sandbox), Signal::KILL);
    // Neither gives an answer, so that the watchdog of the second has to.
    assert_eq!(guarded.status(), Some(6));
    let removed = format!("removed {}", at(&sandbox, "slow-forever"));
    let missed = format!("missed {} of rm: the disk or server took too long", at(&sandbox, "slow-forever"));
    assert_eq!(taken(&sandbox), [removed.clone(), "succeeded".to_owned(), removed, missed]);
}

#[test]
fn a_keeper_that_is_stopped_goes_on() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    kill(keeper(&sandbox), Signal::STOP);
    guarded.go(&sandbox);
    assert_eq!(guarded.status(), Some(6));
    assert_eq!(taken(&sandbox), [format!("removed {}", at(&sandbox, "one"))]);
}

#[test]
fn a_stand_by_that_is_killed_changes_nothing() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    kill(parent(keeper(&sandbox)), Signal::KILL);
    guarded.go(&sandbox);
    assert_eq!(guarded.status(), Some(6));
    assert_eq!(taken(&sandbox), [format!("removed {}", at(&sandbox, "one"))]);
}

#[test]
fn without_keeper_and_stand_by_nothing_is_lost_and_nothing_hangs() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    let keeper = keeper(&sandbox);
    kill(parent(keeper), Signal::KILL);
    kill(keeper, Signal::KILL);
    until(|| !is_there(keeper));
    guarded.go(&sandbox);
    assert_eq!(guarded.status(), Some(125), "nobody knows how COMMAND ended");
    assert!(sandbox.path("one").exists());
}

#[test]
fn a_front_that_is_killed_takes_the_command_with_it() {
    let sandbox = or_skip!(sandbox());
    let guarded = Guarded::start(&sandbox);
    let keeper = keeper(&sandbox);
    kill(guarded.front(), Signal::KILL);
    until(|| !is_there(keeper));
    assert!(sandbox.path("one").exists());
}

#[test]
fn a_signal_to_the_front_reaches_the_command() {
    let sandbox = or_skip!(sandbox());
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::USR1] {
        let script = "trap 'echo caught >caught; exit 5' TERM INT HUP USR1; echo $PPID >keeper
            while :; do sleep 0.01; done";
        let front = guard(&sandbox, ["sh", "-c", script]).spawn();
        until(|| fs::read_to_string(sandbox.path("keeper")).is_ok_and(|text| text.ends_with('\n')));
        let guarded = Guarded { front };
        kill(guarded.front(), signal);
        assert_eq!(guarded.status(), Some(5), "{signal:?}");
        fs::remove_file(sandbox.path("keeper")).expect("the shell wrote it");
    }
}
