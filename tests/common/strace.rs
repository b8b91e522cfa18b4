//! Failing and killing a program at each of its system calls that change something.
//!
//! A clean run under strace tells which calls the program makes, in order. Then, for each of them, the same command
//! runs in a fresh scene and is killed right before that call, or has it fail. strace counts the calls of each name by
//! itself, in each thread from its beginning, the dynamic loader's included; so does the reader of its log here.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};

use super::run::{Invocation, Run};

/// Calls that change what is on disk by their name alone.
const CHANGES: &[&str] = &[
    "rename",
    "renameat",
    "renameat2",
    "mkdir",
    "mkdirat",
    "rmdir",
    "unlink",
    "unlinkat",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mknod",
    "mknodat",
    "setxattr",
    "lsetxattr",
    "fsetxattr",
    "removexattr",
    "lremovexattr",
    "fremovexattr",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "lchown",
    "fchown",
    "fchownat",
    "utimensat",
    "truncate",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "syncfs",
    "copy_file_range",
    "sendfile",
    "creat",
];

/// Calls that change what is on disk when their arguments say so.
const MAY_CHANGE: &[&str] = &["openat", "open", "openat2", "write", "writev", "pwrite64", "pwritev", "ioctl"];

/// What happens to the program at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// SIGKILL, which lands before the call is carried out.
    Kill,
    /// The call is not carried out and fails with this error, named as C does: `EIO`.
    Error(&'static str),
}

impl Fault {
    fn injection(self, point: &Point) -> String {
        let what = match self {
            Self::Kill => "signal=KILL".to_owned(),
            Self::Error(name) => format!("error={name}"),
        };
        format!("inject={}:{what}:when={}", point.call, point.nth)
    }
}

/// One system call of a command: the `nth` of its name since the program began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) call: String,
    pub(crate) nth: usize,
    /// The call as strace shows it, for messages.
    pub(crate) shown: String,
}

/// Whether strace can be used here; the error says why not. Some containers forbid tracing.
pub(crate) fn available() -> Result<(), String> {
    static ANSWER: OnceLock<Result<(), String>> = OnceLock::new();
    ANSWER
        .get_or_init(|| match Command::new("strace").args(["-f", "-e", "trace=none", "true"]).output() {
            Err(error) => Err(format!("strace cannot be started: {error}")),
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => Err(format!("strace is refused: {}", String::from_utf8_lossy(&output.stderr).trim())),
        })
        .clone()
}

/// Runs the command without a fault and lists the calls with which it changes something, in order.
#[track_caller]
pub(crate) fn points(command: &Invocation) -> (Run, Vec<Point>) {
    let log = log_file();
    let calls: Vec<String> = CHANGES.iter().chain(MAY_CHANGE).map(|call| format!("?{call}")).collect();
    let run = traced(command, log.path(), &["-y", "-e", &format!("trace={}", calls.join(","))]).run();
    (run, parse(&read(log.path())))
}

/// Runs the command without a fault and gives strace's log of all its calls, whose first words are long enough to tell
/// which file is meant.
#[track_caller]
pub(crate) fn log_of(command: &Invocation) -> (Run, String) {
    let log = log_file();
    let run = traced(command, log.path(), &[]).run();
    (run, read(log.path()))
}

/// The name of the call that begins in a line of a log.
pub(crate) fn call(line: &str) -> Option<&str> {
    beginning(line).map(|(_, _, call)| call)
}

/// For each point of a command: makes a fresh scene, runs the command with the fault there, and checks what is left.
/// Gives the number of points, for the test to assert that there were some.
///
/// Points run in parallel, unless a test has mounts of its own and so each point's mounts in the sight of all. All that
/// fail are reported, each with its call; a point that a run never reached fails too.
#[track_caller]
pub(crate) fn each_point<Scene>(
    fault: Fault,
    scene: impl Fn() -> Scene + Sync,
    command: impl Fn(&Scene) -> Invocation + Sync,
    check: impl Fn(&Scene, &Point, &Run) + Sync,
) -> usize {
    each_point_of(|_, _| true, fault, scene, command, check)
}

/// As [`each_point`], but only where `chosen` says so, given the number of a point among all.
#[track_caller]
pub(crate) fn each_point_of<Scene>(
    chosen: impl Fn(usize, &Point) -> bool,
    fault: Fault,
    scene: impl Fn() -> Scene + Sync,
    command: impl Fn(&Scene) -> Invocation + Sync,
    check: impl Fn(&Scene, &Point, &Run) + Sync,
) -> usize {
    let first = scene();
    let (run, points) = points(&command(&first));
    run.ok();
    let points = points.into_iter().enumerate().filter(|(number, point)| chosen(*number, point));
    let points: Vec<Point> = points.map(|(_, point)| point).collect();
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
            let failure = format!("{fault:?} at {}#{} {}: {}", point.call, point.nth, point.shown, message(&*panic));
            failures.lock().expect("no holder panics").push(failure);
        }
    });
    let failures = failures.into_inner().expect("no holder panics");
    assert!(failures.is_empty(), "{} of {} points failed:\n{}", failures.len(), points.len(), failures.join("\n"));
    points.len()
}

/// Runs the command with the fault at one point and asserts that it got there.
#[track_caller]
pub(crate) fn run_to(fault: Fault, point: &Point, command: &Invocation) -> Run {
    let log = log_file();
    let run =
        traced(command, log.path(), &["-e", &format!("trace={}", point.call), "-e", &fault.injection(point)]).run();
    let told = read(log.path());
    let mark = if fault == Fault::Kill { "+++ killed by SIGKILL" } else { "(INJECTED)" };
    assert!(told.contains(mark), "the run never reached the point:\n{told}\n{run}");
    run
}

/// A log that the traced command's user may write.
fn log_file() -> tempfile::NamedTempFile {
    let log = tempfile::NamedTempFile::with_prefix("rrm-strace-").expect("a temporary file can be made");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(log.path(), open).expect("the log is ours");
    log
}

fn traced(command: &Invocation, log: &Path, words: &[&str]) -> Invocation {
    let quiet = ["strace", "-f", "-q", "-s", "64", "-o"].map(std::ffi::OsString::from);
    let words = words.iter().map(std::ffi::OsString::from);
    command.clone().through(quiet.into_iter().chain([log.into()]).chain(words))
}

fn read(log: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(log).expect("strace wrote its log")).into_owned()
}

/// The points that a log shows. Threads that reach the same count of the same call are one point, because strace
/// injects in whichever gets there.
pub(crate) fn parse(log: &str) -> Vec<Point> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut points = Vec::new();
    for line in log.lines() {
        let Some((thread, shown, call)) = beginning(line) else { continue };
        let nth = counts.entry((thread, call)).and_modify(|count| *count += 1).or_insert(1);
        if changes(call, shown) && seen.insert((call, *nth)) {
            points.push(Point { call: call.to_owned(), nth: *nth, shown: shown.to_owned() });
        }
    }
    points
}

/// The thread, the call as shown and its name, if the line is where a call begins.
fn beginning(line: &str) -> Option<(&str, &str, &str)> {
    let (thread, shown) = line.split_once(' ')?;
    let shown = shown.trim_start();
    let (call, _) = shown.split_once('(')?;
    let is_name = call.starts_with(|c: char| c.is_ascii_lowercase())
        && call.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some((thread, shown, call))
}

fn changes(call: &str, shown: &str) -> bool {
    match call {
        "open" | "openat" | "openat2" => shown.contains("O_CREAT") || shown.contains("O_TRUNC"),
        "ioctl" => shown.contains("FICLONE") || shown.contains("FS_IOC_SETFLAGS"),
        // A pipe or a terminal is no path; a device keeps nothing.
        "write" | "writev" | "pwrite64" | "pwritev" => {
            shown.split_once('<').is_some_and(|(_, file)| file.starts_with('/') && !file.starts_with("/dev/"))
        }
        _ => true,
    }
}

fn in_parallel<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let parallel = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let threads = if super::mounts::has_private_mounts() { 1 } else { parallel };
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
