//! Failing and killing rrm at each of its calls that change something.
//!
//! Every such call of rrm goes through one door (`src/sys/door.rs`), which a program built for tests watches: a run without
//! a fault tells how many calls there are. Then, for each of them, the same command runs in a fresh scene and is killed
//! right before that call, or has it fail. That nothing goes past the door is shown by `syscalls::nothing_goes_past_the_door`.

use std::os::unix::process::ExitStatusExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rrm::sys::door::faults::{self, ENVIRONMENT, INJECTED};

use super::run::{Invocation, Run, Way};
use super::strace::{self, log_file, read};

/// What happens to the program at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// SIGKILL, before the call is carried out.
    Kill,
    /// The call is not carried out and fails with this error, named as C does: `EIO`.
    Error(&'static str),
    /// The call is carried out, and fails with this error all the same.
    Done(&'static str),
}

impl Fault {
    fn here(self) -> faults::Fault {
        match self {
            Self::Kill => faults::Fault::Kill,
            Self::Error(name) => faults::Fault::Error(faults::number_of(name).expect("an error that is known")),
            Self::Done(name) => faults::Fault::Done(faults::number_of(name).expect("an error that is known")),
        }
    }
}

/// A call of a command that changes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// The call's name.
    pub(crate) call: String,
    /// Which of all the calls it is, from 0.
    pub(crate) number: usize,
}

impl std::fmt::Display for Point {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "call {} ({})", self.number, self.call)
    }
}

/// Runs the command without a fault and lists the calls with which it changes something, in order.
#[track_caller]
pub(crate) fn points(command: &Invocation) -> (Run, Vec<Point>) {
    let (run, calls) = match command.way() {
        Way::Here => run_here(None, command),
        Way::Program => {
            let (run, log) = run_with("none", 0, command);
            (run, log.lines().map(str::to_owned).collect())
        }
    };
    let calls = calls.into_iter().enumerate();
    (run, calls.map(|(number, call)| Point { call, number }).collect())
}

/// Runs the command once, under strace, and gives the calls that change something: those that strace saw, and those that
/// went through the door.
pub(crate) fn watched_by_both(command: &Invocation) -> (Run, Vec<String>, Vec<String>) {
    let log = log_file();
    let (run, seen) = strace::changes_of(&watching("none", 0, log.path(), command), log.path());
    (run, seen, read(log.path()).lines().map(str::to_owned).collect())
}

/// Runs the command with the fault at one point and asserts that it got there.
#[track_caller]
pub(crate) fn run_to(fault: Fault, point: &Point, command: &Invocation) -> Run {
    if command.way() == Way::Here {
        let (run, calls) = run_here(Some((point.number, fault.here())), command);
        assert!(calls.len() > point.number, "the run never reached the point: {run}");
        return run;
    }
    let word = match fault {
        Fault::Kill => "kill".to_owned(),
        Fault::Error(name) => name.to_owned(),
        Fault::Done(name) => format!("done-{name}"),
    };
    let (run, log) = run_with(&word, point.number, command);
    match fault {
        Fault::Kill => drop(run.killed(9)),
        Fault::Error(_) | Fault::Done(_) => {
            assert!(log.contains(INJECTED), "the run never reached the point:\n{log}\n{run}");
        }
    }
    run
}

/// Carries the command out in this process, and looks right before each of its calls, which it is told by name.
#[track_caller]
pub(crate) fn watched(look: impl FnMut(&'static str) + Send + 'static, command: &Invocation) -> Run {
    assert_eq!(command.way(), Way::Here, "nobody can look into another process");
    let ran = faults::watched(look, || command.run());
    ran.result.expect("nothing stopped it")
}

/// Carries the command out in this process; what was stopped looks as if it had been killed.
fn run_here(fault: faults::FaultAt, command: &Invocation) -> (Run, Vec<String>) {
    let ran = faults::run(fault, || command.run());
    let killed = || Run::told(command, ExitStatus::from_raw(9), Vec::new(), Vec::new());
    (ran.result.unwrap_or_else(killed), ran.calls.into_iter().map(str::to_owned).collect())
}

#[track_caller]
fn run_with(fault: &str, number: usize, command: &Invocation) -> (Run, String) {
    let log = log_file();
    let run = watching(fault, number, log.path(), command).run();
    (run, read(log.path()))
}

/// The command, told about a fault and where to write what it does.
fn watching(fault: &str, number: usize, log: &Path, command: &Invocation) -> Invocation {
    let log = log.to_str().expect("the path of a temporary file is text");
    command.clone().with(ENVIRONMENT, format!("{fault} {number} {log}"))
}

/// For each point of a command: makes a fresh scene, runs the command with the fault there, and checks what is left.
/// Gives the number of points, for the test to assert that there were some.
///
/// Points run in parallel: no scene sees another's mounts. All that fail are reported, each with its call; a point that a
/// run never reached fails too.
#[track_caller]
pub(crate) fn each_point<Scene>(
    fault: Fault,
    scene: impl Fn() -> Scene + Sync,
    command: impl Fn(&Scene) -> Invocation + Sync,
    check: impl Fn(&Scene, &Point, &Run) + Sync,
) -> usize {
    each_point_of(|_| true, fault, scene, command, check)
}

/// As [`each_point`], but only where `chosen` says so.
#[track_caller]
pub(crate) fn each_point_of<Scene>(
    chosen: impl Fn(&Point) -> bool,
    fault: Fault,
    scene: impl Fn() -> Scene + Sync,
    command: impl Fn(&Scene) -> Invocation + Sync,
    check: impl Fn(&Scene, &Point, &Run) + Sync,
) -> usize {
    let first = scene();
    let (run, mut points) = points(&command(&first));
    run.ok();
    points.retain(chosen);
    // Nothing of it shall be in the sight of the others.
    drop(first);
    let failures = Mutex::new(Vec::new());
    in_parallel(&points, |point| {
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            let scene = scene();
            let run = run_to(fault, point, &command(&scene));
            check(&scene, point, &run);
        }));
        if let Err(panic) = attempt {
            let failure = format!("{fault:?} at {point}: {}", message(&*panic));
            failures.lock().expect("no holder panics").push(failure);
        }
    });
    let failures = failures.into_inner().expect("no holder panics");
    assert!(failures.is_empty(), "{} of {} points failed:\n{}", failures.len(), points.len(), failures.join("\n"));
    points.len()
}

fn in_parallel<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}
