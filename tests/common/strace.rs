//! Looking at a program from outside, by strace: which calls it makes, and what they cost.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use super::run::{Invocation, Run};
use super::skip::Missing;

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

/// Whether strace can be used here; the error says why not. Some containers forbid tracing.
pub(crate) fn available() -> Result<(), Missing> {
    static ANSWER: OnceLock<Result<(), Missing>> = OnceLock::new();
    ANSWER
        .get_or_init(|| match Command::new("strace").args(["-f", "-e", "trace=none", "true"]).output() {
            Err(error) => Err(Missing::new("strace", error.to_string())),
            Ok(output) if output.status.success() => Ok(()),
            Ok(output) => {
                Err(Missing::new("strace", format!("it is refused: {}", String::from_utf8_lossy(&output.stderr))))
            }
        })
        .clone()
}

/// Runs the command and lists the names of the calls with which it changes something, as the kernel sees them, in order;
/// but for what it writes to `own_log`.
#[track_caller]
pub(crate) fn changes_of(command: &Invocation, own_log: &Path) -> (Run, Vec<String>) {
    let log = log_file();
    let calls: Vec<String> = CHANGES.iter().chain(MAY_CHANGE).map(|call| format!("?{call}")).collect();
    let run = traced(command, log.path(), &["-y", "-e", &format!("trace={}", calls.join(","))]).run();
    // By its name, which is plain; strace escapes what is not in the names above it.
    let own_log = format!("/{}>", own_log.file_name().expect("a file").display());
    let others: Vec<String> =
        read(log.path()).lines().filter(|line| !line.contains(&own_log)).map(str::to_owned).collect();
    (run, changes_in(&others.join("\n")))
}

/// Runs the command without a fault and gives strace's log of all its calls, whose first words are long enough to tell
/// which file is meant.
#[track_caller]
pub(crate) fn log_of(command: &Invocation) -> (Run, String) {
    let log = log_file();
    let run = traced(command, log.path(), &[]).run();
    (run, read(log.path()))
}

/// The same of the calls of these names alone.
#[track_caller]
pub(crate) fn log_of_calls(names: &[&str], command: &Invocation) -> (Run, String) {
    let log = log_file();
    let run = traced(command, log.path(), &["--seccomp-bpf", "-e", &format!("trace={}", names.join(","))]).run();
    (run, read(log.path()))
}

/// The name of the call that begins in a line of a log.
pub(crate) fn call(line: &str) -> Option<&str> {
    beginning(line).map(|(_, call)| call)
}

/// A file for a log, which the user who runs the command may write.
pub(crate) fn log_file() -> tempfile::NamedTempFile {
    let log = tempfile::NamedTempFile::with_prefix("rrm-log-").expect("a temporary file can be made");
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(log.path(), open).expect("the log is ours");
    log
}

fn traced(command: &Invocation, log: &Path, words: &[&str]) -> Invocation {
    let quiet = ["strace", "-f", "-q", "-s", "64", "-o"].map(std::ffi::OsString::from);
    let words = words.iter().map(std::ffi::OsString::from);
    command.clone().through(quiet.into_iter().chain([log.into()]).chain(words))
}

pub(super) fn read(log: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(log).expect("the log is there")).into_owned()
}

/// The calls that a log shows and that change something.
pub(crate) fn changes_in(log: &str) -> Vec<String> {
    let begun = log.lines().filter_map(beginning);
    begun.filter(|(shown, call)| changes(call, shown)).map(|(_, call)| call.to_owned()).collect()
}

/// The call as shown and its name, if the line is where a call begins.
fn beginning(line: &str) -> Option<(&str, &str)> {
    let (_thread, shown) = line.split_once(' ')?;
    let shown = shown.trim_start();
    let (call, _) = shown.split_once('(')?;
    let is_name = call.starts_with(|c: char| c.is_ascii_lowercase())
        && call.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some((shown, call))
}

fn changes(call: &str, shown: &str) -> bool {
    match call {
        "open" | "openat" | "openat2" => shown.contains("O_CREAT") || shown.contains("O_TRUNC"),
        "ioctl" => shown.contains("FICLONE") || shown.contains("FS_IOC_SETFLAGS"),
        // A pipe or a terminal is no path; a device keeps nothing, unless memory is mounted there.
        "write" | "writev" | "pwrite64" | "pwritev" => shown.split_once('<').is_some_and(|(_, file)| {
            file.starts_with('/') && (!file.starts_with("/dev/") || file.starts_with("/dev/shm/"))
        }),
        _ => true,
    }
}
