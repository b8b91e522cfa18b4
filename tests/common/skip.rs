//! Saying aloud what was not tested, while the tests run and, by `tests/skipped.rs`, once at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Names the file in which skipped tests are noted, for a run that cargo does not start.
const RECORD: &str = "RRM_TEST_SKIPPED";

/// Set where every test that this kernel lets run has to: then any other skip is a failure.
const ALL: &str = "RRM_TEST_ALL";

/// How the name of a thing begins that is the kernel's.
const KERNEL: &str = "a kernel with ";

/// What begins a line about a skipped test on standard error.
pub(crate) const MARK: &str = "SKIPPED: ";

/// What a test needs and cannot have.
#[derive(Debug, Clone)]
pub(crate) struct Missing {
    /// The thing, named alike by every test that needs it: `root`, `strace`.
    what: String,
    /// How that was found out, or what it is for.
    why: String,
}

impl Missing {
    pub(crate) fn new(what: impl Into<String>, why: impl Into<String>) -> Self {
        // A line each: `TEST: needs WHAT: WHY`.
        let line = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { what: line(what.into()).replace(": ", " "), why: line(why.into()) }
    }

    /// What no package has, and so no run on this machine can have.
    pub(crate) fn of_the_kernel(what: &str, why: impl Into<String>) -> Self {
        Self::new(format!("{KERNEL}{what}"), why)
    }
}

/// Ends the test here because it cannot have what it needs; the message says what for, or how that shows.
macro_rules! skip {
    ($what:expr, $($why:tt)+) => {{
        $crate::common::say_skipped(&$crate::common::Missing::new($what, format!($($why)+)));
        return;
    }};
}

/// The value of a `Result`, or the end of the test with what is [`Missing`].
macro_rules! or_skip {
    ($attempt:expr) => {
        match $attempt {
            Ok(value) => value,
            Err(missing) => {
                $crate::common::say_skipped(&missing);
                return;
            }
        }
    };
}

/// Says that the test of this thread, or a part of it, is not run.
///
/// # Panics
/// Where all tests have to run, unless the kernel is to blame.
#[track_caller]
pub(crate) fn say_skipped(missing: &Missing) {
    let thread = std::thread::current();
    note(&format!("{} needs {}: {}", thread.name().unwrap_or("a test"), missing.what, missing.why));
}

/// Passes on what the run of a test in a process of its own says.
#[track_caller]
pub(crate) fn pass_on(stderr: &str) {
    stderr.lines().filter_map(|line| line.strip_prefix(MARK)).for_each(note);
}

#[track_caller]
fn note(line: &str) {
    let is_allowed = line.contains(&format!(" needs {KERNEL}")) || std::env::var_os(ALL).is_none();
    assert!(is_allowed, "no test may be skipped where {ALL} is set: {line}");
    // Each in one write, so that lines of tests that run at once stay whole; and past the runner's capture, which hides
    // what a passing test prints through `eprintln!`.
    let _ = std::io::stderr().write_all(format!("{MARK}{line}\n").as_bytes());
    let record = File::options().create(true).append(true).open(record());
    let _ = record.and_then(|mut record| record.write_all(format!("{line}\n").as_bytes()));
}

/// Where this run notes what it skips: beside the test executables, one file for each cargo that starts them.
fn record() -> PathBuf {
    std::env::var_os(RECORD).map_or_else(|| beside_tests(&std::os::unix::process::parent_id().to_string()), Into::into)
}

fn beside_tests(cargo: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(format!("{PREFIX}{cargo}"))
}

const PREFIX: &str = "skips-of-";

/// What this run has noted. The file is removed, and so are those of runs that ended before they came to that.
pub(crate) fn take_record() -> String {
    let own = record();
    let text = fs::read_to_string(&own).unwrap_or_default();
    let beside = fs::read_dir(beside_tests("").with_file_name("")).into_iter().flatten().flatten();
    let is_left = |name: &OsStr| {
        let cargo = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        cargo.is_some_and(|cargo| Path::new("/proc/self").exists() && !Path::new("/proc").join(cargo).exists())
    };
    let left = beside.filter(|entry| is_left(&entry.file_name())).map(|entry| entry.path());
    left.chain([own]).for_each(|path| drop(fs::remove_file(path)));
    text
}

/// The tests of a record by what they need. One that says so several times counts once for each thing.
pub(crate) fn summary(record: &str) -> String {
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (test, rest) in record.lines().filter_map(|line| line.split_once(" needs ")) {
        let what = rest.split_once(": ").map_or(rest, |(what, _)| what);
        needs.entry(what).or_default().insert(test);
    }
    let all: BTreeSet<&str> = needs.values().flatten().copied().collect();
    if all.is_empty() {
        return "\nno test was skipped\n\n".to_owned();
    }
    let mut text = format!(
        "\n{} skipped, or in part; .ci/run as root skips only what the kernel lacks:\n",
        count(all.len(), "test was", "tests were")
    );
    for (what, tests) in needs {
        let names: Vec<&str> = tests.into_iter().collect();
        text += &format!("  {} {what}: {}\n", count(names.len(), "needs", "need"), names.join(", "));
    }
    text + "\n"
}

fn count(number: usize, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
