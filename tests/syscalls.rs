//! How many system calls a removal costs: of the whole process, and of each further file.
//!
//! strace counts them. A call more that somebody adds has to be added here as well, with its reason.

use std::collections::BTreeMap;
use std::fs::{self, File};

use crate::common::{Invocation, Missing, Mount, Sandbox, fault, strace};

/// How often each call was made, by its name.
type Counts = BTreeMap<String, usize>;

/// What one more ordinary file costs, all of it.
const A_FILE: &[(&str, usize, &str)] = &[
    (
        "statx",
        3,
        "for the plan, what it is: a device must not be opened, a directory may hold a mount, and a person be asked; after the \
      rename, what came under its name and what was opened, since they differ if somebody replaced the file meanwhile, \
      and since its mode may have been changed",
    ),
    ("openat", 1, "to speak of one file all the time, whatever its name leads to, and to follow no link"),
    ("flock", 1, "of two commands that remove it at once, one writes the record"),
    ("flistxattr", 1, "values under our names that somebody put there must not be believed later"),
    ("fsetxattr", 2, "the record: the path, the end of the grace period"),
    ("renameat2", 1, "the commit"),
    ("close", 1, "what is not closed is soon too much"),
];

/// What one more costs that the group may write.
const CLOSED_TO_OTHERS: &[(&str, usize, &str)] = &[
    ("fchmod", 1, "from here on nobody else writes the record"),
    ("fgetxattr", 2, "what somebody wrote before that is found, and written again"),
    ("flistxattr", 1, "the same for what rrm has not written"),
];

/// What it costs to undo one more.
const A_RETURN: &[(&str, usize, &str)] = &[
    ("openat", 2, "to read its record, before anything is decided; to move it, long after"),
    ("statx", 1, "whether its record is to be believed: whose it is, and who may write it"),
    ("statx", 2, "which file it is before and, last of all, after: a redo removes no other"),
    ("fgetxattr", 3, "the path, the end of the grace period, the label"),
    ("flock", 1, "no removal writes a record on what is just about to lose one"),
    ("renameat2", 1, "the commit"),
    ("flistxattr", 1, "which values of ours there are"),
    ("fremovexattr", 2, "what is back carries none"),
    ("close", 2, "both"),
];

/// What one more small file costs that is copied to another mount and removed where it was. Twice opened and twice asked
/// for attributes: by the survey, which finds what cannot be read or kept, and by the copy. Looked at by the survey; by
/// the copy three times (what it is, and once open, and that it did not change) and once at what was made of it; and
/// both are looked at when they are compared, and again just before the one is moved aside, looked at there and removed.
const A_COPIED_FILE: &[(&str, usize)] = &[
    ("close", 3),
    ("fchmod", 1),
    ("flistxattr", 2),
    ("openat", 3),
    ("pread64", 1),
    ("pwrite64", 1),
    ("renameat2", 1),
    ("statx", 10),
    ("unlinkat", 1),
    ("utimensat", 1),
];

/// For how many files one call for random bytes gives identifiers.
const IDENTIFIERS: usize = 32;

/// How many files are removed by one thread, and by two where the file system gains by it: see `manager::batch`.
const FEW: usize = IDENTIFIERS / 2;
const MANY: usize = 6 * IDENTIFIERS;

/// What `rrm rm FILE` may cost in all, with a trash that is there already. What is not named here must not be called.
const A_PROCESS: &[(&str, usize, &str)] = &[
    ("execve", 1, "the program is started"),
    ("arch_prctl", 1, "the C library's thread pointer"),
    ("set_tid_address", 1, "the C library's first thread"),
    ("set_robust_list", 1, "the same"),
    ("rseq", 1, "the same"),
    ("prlimit64", 2, "the C library asks how large the stack may grow, and Rust's runtime asks again"),
    ("sched_getaffinity", 1, "the C library, when the runtime asks where the stack ends"),
    ("gettid", 1, "Rust's runtime, for the name of the thread in its message about a stack that overflowed"),
    ("poll", 1, "Rust's runtime looks that the three standard descriptors are open"),
    ("brk", 6, "the heap, which grows once or twice"),
    ("mmap", 2, "the alternate stack, and the heap where it does not grow in place"),
    ("mprotect", 2, "the program's constants, and the guard page of the alternate stack"),
    ("munmap", 1, "the alternate stack"),
    ("read", 8, "/proc/self/maps, which the C library reads for the end of the stack"),
    ("readlink", 1, "the C library looks where the program is"),
    ("newfstatat", 1, "/proc/self/maps"),
    ("fstat", 1, "the same on other machines"),
    (
        "rt_sigaction",
        10,
        "SIGPIPE, SIGSEGV and SIGBUS by the runtime; SIGINT and SIGTERM by us, to end between two items",
    ),
    ("sigaltstack", 3, "the runtime's alternate stack"),
    ("getrandom", 4, "the seeds of the allocator and of hash maps, and one for the identifiers"),
    ("geteuid", 2, "whose trash it is, and whether what is removed is ours"),
    ("readlinkat", 2, "where the operand's directory and the trash really are"),
    (
        "ioctl",
        1,
        "whether somebody at a terminal could be asked about a write-protected file; without it each file's \
      permissions would have to be looked at",
    ),
    ("flistxattr", 2, "the configuration, read once, and what attributes the file has already"),
    (
        "openat",
        7,
        "/proc/self/maps; the directory of the configuration and its descriptor to read; that of the limits for all \
      users, which is not there; the operand's directory, the trash directory, the file",
    ),
    ("close", 6, "all of them"),
    (
        "statx",
        4,
        "the file for the plan, the trash directory to see that it is safe, and two whether what came is that file",
    ),
    ("flock", 1, "the file, so that no other command writes a record on it"),
    ("fsetxattr", 2, "the record"),
    ("renameat2", 1, "the commit"),
    ("exit_group", 1, "the end"),
];

/// What it costs besides where the C library is not part of the program.
const THE_LOADER: &[(&str, usize)] = &[
    ("access", 1),
    ("close", 4),
    ("fstat", 4),
    ("mmap", 28),
    ("mprotect", 6),
    ("munmap", 2),
    ("newfstatat", 4),
    ("openat", 4),
    ("pread64", 4),
    ("read", 3),
];

/// What removing a file must never look at.
const NEVER: &[(&str, &str)] = &[
    ("mountinfo", "the mount table is for directories, and for what a rename does not reach"),
    ("/proc/self/mounts", "the same"),
    ("locale", "no text is in the language of the caller"),
    ("gconv", "the same"),
    ("zoneinfo", "nothing is shown in local time"),
    ("/etc/localtime", "the same"),
    ("terminfo", "nothing is drawn"),
    ("TIOCGWINSZ", "nothing is folded to the width of a terminal"),
    ("ioctl(1,", "nothing is printed, in colour or not"),
    ("ioctl(2,", "the same"),
    ("/etc/passwd", "the home directory is in the environment"),
    ("user.rrm_keep", "a file that is removed has no record to read"),
    ("fsync", "a rename is not flushed, as rm flushes nothing"),
];

/// Removes so many files with one command, in a sandbox whose trash is there already, and gives strace's log.
fn removal_of(count: usize) -> String {
    removal_with(&["rm"], count)
}

fn removal_with(words: &[&str], count: usize) -> String {
    removal_of_mode(0o644, words, count)
}

fn removal_of_mode(mode: u32, words: &[&str], count: usize) -> String {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..=count).map(|number| format!("file-{number:05}")).collect();
    for name in &names {
        File::create(sandbox.path(name)).unwrap();
        sandbox.chmod(name, mode);
    }
    sandbox.rrm(["rm", &names[count]]).ok().silent();
    let (run, log) = strace::log_of(&sandbox.command(words).args(&names[..count]));
    run.ok().silent();
    assert_eq!(fs::read_dir(sandbox.work()).unwrap().count(), 0, "all are gone");
    log
}

/// Removes a directory of so many small files on another mount into the home trash, and gives strace's log.
fn copy_of(count: usize) -> Result<String, Missing> {
    let sandbox = Sandbox::new();
    let other = Mount::tmpfs("", &sandbox.path("other"))?.owned_by(sandbox.user());
    sandbox.file("other/first", "makes the trash directory");
    sandbox.rrm(["rm", "--into-home", "other/first"]).ok().silent();
    for number in 0..count {
        sandbox.file(format!("other/tree/file-{number:05}"), "small");
    }
    let (run, log) = strace::log_of(&sandbox.command(["rm", "--into-home", "other/tree"]));
    run.ok().silent();
    assert_eq!(fs::read_dir(other.path()).unwrap().count(), 0, "all are gone");
    Ok(log)
}

fn counts(log: &str) -> Counts {
    let mut counts = Counts::new();
    // A debug build of Rust's library asks this before it closes a descriptor; nobody is given such a build.
    let lines = log.lines().filter(|line| !line.contains("F_GETFD"));
    // The second value of a path that is recorded in two: how long it is depends on where the tests run.
    let lines = lines.filter(|line| !line.contains(r#", "user.original_name""#));
    for call in lines.filter_map(strace::call) {
        *counts.entry(call.to_owned()).or_default() += 1;
    }
    counts
}

/// By how many calls of each name `more` is beyond `less`.
fn growth(less: &Counts, more: &Counts) -> Counts {
    let grown = |(call, count): (&String, &usize)| {
        let growth = count.saturating_sub(less.get(call).copied().unwrap_or(0));
        (growth > 0).then(|| (call.clone(), growth))
    };
    more.iter().filter_map(grown).collect()
}

#[test]
fn each_further_file_costs_ten_calls() {
    or_skip!(strace::available());
    let growth = growth(&counts(&removal_of(FEW)), &counts(&removal_of(2 * FEW)));
    assert_eq!(counted(growth), for_each_of(FEW, &[A_FILE]), "calls of {FEW} further files");
}

#[test]
fn each_further_file_that_a_group_may_write_costs_fourteen_calls() {
    or_skip!(strace::available());
    let removal = |count| counts(&removal_of_mode(0o664, &["rm"], count));
    let growth = growth(&removal(FEW), &removal(2 * FEW));
    assert_eq!(counted(growth), for_each_of(FEW, &[A_FILE, CLOSED_TO_OTHERS]), "calls of {FEW} further files");
}

#[test]
fn each_further_file_that_comes_back_costs_fifteen_calls() {
    or_skip!(strace::available());
    let undo = |count: usize| {
        let sandbox = Sandbox::new();
        let names: Vec<String> = (0..count).map(|number| format!("file-{number:05}")).collect();
        names.iter().for_each(|name| drop(sandbox.file(name, "")));
        sandbox.command(["rm"]).args(&names).run().ok();
        let (run, log) = strace::log_of(&sandbox.command(["undo", "-q"]));
        run.ok();
        assert_eq!(fs::read_dir(sandbox.work()).unwrap().count(), count, "all are back");
        counts(&log)
    };
    let growth = growth(&undo(FEW), &undo(2 * FEW));
    assert_eq!(counted(growth), for_each_of(FEW, &[A_RETURN]), "calls of {FEW} further files");
}

/// The calls that depend on how many files there are, and on nothing else: the heap grows in steps of its own, so does the
/// store of identifiers, what is printed goes out when there is enough of it, and on a busy machine it is asked once whether
/// there is a terminal that should show progress.
fn counted(growth: Counts) -> Counts {
    let is_its_own = |call: &str| is_of_threads(call) || ["getrandom", "ioctl", "write"].contains(&call);
    growth.into_iter().filter(|(call, _)| !is_its_own(call)).collect()
}

/// What these calls for each file come to for so many.
fn for_each_of(files: usize, calls: &[&[(&str, usize, &str)]]) -> Counts {
    let mut counts = Counts::new();
    for (call, times, _) in calls.iter().copied().flatten() {
        *counts.entry(String::from(*call)).or_default() += times * files;
    }
    counts
}

#[test]
fn a_further_file_of_many_costs_no_more() {
    or_skip!(strace::available());
    let growth = growth(&counts(&removal_of(MANY)), &counts(&removal_of(2 * MANY)));
    for (call, times, _) in A_FILE {
        assert_eq!(growth.get(*call), Some(&(times * MANY)), "{call} of {MANY} further files");
    }
    // How often one thread waits for the other depends on how fast each is: at most once for each file.
    let waits = growth.get("futex").copied().unwrap_or(0);
    assert!(waits <= MANY, "{waits} times one thread waited for the other, for {MANY} further files");
    assert_eq!(growth.get("getrandom"), Some(&(MANY / IDENTIFIERS)), "draws of identifiers for {MANY} further files");
    let of_a_file = |call: &str| call == "getrandom" || A_FILE.iter().any(|(name, ..)| call == *name);
    let known = |call: &str| of_a_file(call) || is_of_threads(call);
    // A command that lasts asks once whether a person looks.
    let is_the_question = |call: &str, times: usize| call == "ioctl" && times == 1;
    let others: Vec<_> =
        growth.iter().filter(|(call, times)| !known(call) && !is_the_question(call, **times)).collect();
    assert!(others.is_empty(), "calls that a file does not need: {others:?}");
}

#[test]
fn each_further_file_that_is_copied_costs_24_calls() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let (few, more) = (or_skip!(copy_of(FEW)), or_skip!(copy_of(2 * FEW)));
    let each: Counts = A_COPIED_FILE.iter().map(|(call, times)| (String::from(*call), times * FEW)).collect();
    // A command that lasts asks once whether a person looks.
    let is_counted = |call: &str| !is_of_threads(call) && call != "ioctl";
    let counted: Counts =
        growth(&counts(&few), &counts(&more)).into_iter().filter(|(call, _)| is_counted(call)).collect();
    assert_eq!(counted, each, "calls of {FEW} further files");
}

#[test]
fn one_file_costs_no_call_without_a_reason() {
    or_skip!(strace::available());
    let log = removal_of(1);
    let mut too_many = Vec::new();
    for (call, count) in counts(&log) {
        let own = A_PROCESS.iter().find(|(name, ..)| call == *name).map_or(0, |(_, most, _)| *most);
        let allowed = own + if cfg!(target_feature = "crt-static") { 0 } else { of_the_loader(&call) };
        if count > allowed {
            too_many.push(format!("{call}: {count}, and {allowed} have a reason"));
        }
    }
    assert!(too_many.is_empty(), "{}\n{log}", too_many.join("\n"));
}

fn of_the_loader(call: &str) -> usize {
    THE_LOADER.iter().find(|(name, _)| call == *name).map_or(0, |(_, times)| *times)
}

#[test]
fn one_file_needs_no_mount_table_locale_or_terminal() {
    or_skip!(strace::available());
    let log = removal_of(1);
    let look = |(text, why): &(&str, &str)| {
        let line = log.lines().find(|line| line.contains(text))?;
        Some(format!("{line}\n  but {why}"))
    };
    let looks: Vec<String> = NEVER.iter().filter_map(look).collect();
    assert!(looks.is_empty(), "{}", looks.join("\n"));
}

#[test]
fn who_is_never_asked_need_not_be_at_a_terminal() {
    or_skip!(strace::available());
    let log = removal_with(&["rm", "-f"], 1);
    assert!(!log.contains("ioctl("), "rm -f asks nobody:\n{log}");
}

/// What asks for memory, as the allocator sees fit.
fn is_memory(call: &str) -> bool {
    ["brk", "mmap", "munmap", "mprotect", "mremap", "madvise"].contains(&call)
}

/// What depends on when a thread gets to run, and not on files: its memory, its waiting, and what it does first. On a busy
/// machine a short command ends before the thread that waits for signals has begun.
fn is_of_threads(call: &str) -> bool {
    let starting = ["gettid", "rseq", "rt_sigprocmask", "sched_getaffinity", "set_robust_list", "sigaltstack"];
    is_memory(call) || ["futex", "sched_yield"].contains(&call) || starting.contains(&call)
}

/// The commands that change a trash, and what each of them needs to be there before.
const COMMANDS: &[(&str, &[&[&str]])] = &[
    ("the first of all, of every kind", &[&["rm", "file", "tree", "link", "fifo", "closed", "twin"]]),
    (
        "many files",
        &[&["rm", "many"], &["undo"], &["rm", "-f", "--session", "s", "many/1", "many/2"], &["restore", "many/1"]],
    ),
    ("a swap", &[&["rm", "file"], &["restore", "--conflict", "swap", "file"]]),
    ("a part", &[&["rm", "tree"], &["restore", "tree/below"], &["clean", "--all", "--yes"]]),
    (
        "keeps",
        &[&["rm", "file", "tree"], &["keep", "file"], &["keep", "--release", "file"], &["clean", "--all", "--yes"]],
    ),
    ("choices", &[&["config", "set", "grace-period", "3d"], &["config", "unset", "grace-period"]]),
    ("for good", &[&["rm", "--immediate", "tree", "file"]]),
    ("measured", &[&["rm", "tree"], &["list", "--size"], &["doctor"]]),
];

/// A sweep tries every call that the door has seen. What strace sees, and nothing of it may have gone another way.
#[test]
fn nothing_goes_past_the_door() {
    or_skip!(strace::available());
    for (name, commands) in COMMANDS {
        let sandbox = Sandbox::ordinary();
        scene_for_all(&sandbox);
        for words in *commands {
            compare_with_the_door(name, &sandbox.command(*words));
        }
    }
}

/// The same for what crosses from one file system to another.
#[test]
fn no_copy_goes_past_the_door() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    let _other = or_skip!(Mount::tmpfs("", &sandbox.path("other"))).owned_by(sandbox.user());
    scene_for_all(&sandbox);
    sandbox.tool("cp", ["-a", "tree", "fifo", "link", "file", "many", "other/"]).run().ok();
    for words in [
        &["rm", "--into-home", "--yes", "other/tree", "other/fifo", "other/link", "other/file", "other/many"][..],
        &["restore", "--yes", "--under", "other"],
        &["rm", "other/tree"],
        &["restore", "--to", "here", "other/tree"],
    ] {
        compare_with_the_door("a copy", &sandbox.command(words));
    }
}

fn scene_for_all(sandbox: &Sandbox) {
    sandbox.file("file", "content");
    sandbox.tree("tree", &[("a", "1"), ("below/b", "2")]);
    sandbox.symlink("link", "file");
    sandbox.fifo("fifo");
    sandbox.tree("closed", &[("c", "3")]);
    sandbox.chmod("closed", 0o555);
    sandbox.file("first name", "4");
    sandbox.hard_link("twin", "first name");
    sandbox.dir("many");
    for number in 0..200 {
        sandbox.file(format!("many/{number}"), "small");
    }
}

/// Runs a command once, watched by both, and compares what they saw. Their orders differ where two threads are at work.
#[track_caller]
fn compare_with_the_door(name: &str, command: &Invocation) {
    let (run, seen, passed) = fault::watched_by_both(command);
    run.ok();
    let (seen, passed) = (sorted(seen), sorted(passed));
    assert_eq!(seen, passed, "{name}: what the kernel saw, and what went through the door, of {run}");
}

fn sorted(mut calls: Vec<String>) -> Vec<String> {
    calls.sort();
    calls
}
