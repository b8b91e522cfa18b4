//! The table of `docs/file-systems.md`, from a run.

use std::collections::HashSet;
use std::path::PathBuf;

use super::there_and_back::list;
use super::{Kind, Served};
use crate::common::mounts::system;
use crate::common::{Missing, User, say_skipped, strace};

/// Names the file that the table is written to.
const TABLE: &str = "RRM_TEST_TABLE";

/// With how many files it is counted, and with half as many.
const FILES: usize = 40;

/// Calls about files, each of which may ask the program that serves them.
const ABOUT_FILES: [&str; 24] = [
    "openat",
    "openat2",
    "statx",
    "newfstatat",
    "unlinkat",
    "renameat",
    "renameat2",
    "linkat",
    "mkdirat",
    "symlinkat",
    "fsetxattr",
    "fgetxattr",
    "flistxattr",
    "fremovexattr",
    "fchmod",
    "fchmodat",
    "utimensat",
    "faccessat2",
    "getdents64",
    "read",
    "fsync",
    "flock",
    "fstatfs",
    "close",
];

#[test]
#[ignore = "writes the table where RRM_TEST_TABLE says"]
fn what_works_where() {
    let Some(at) = std::env::var_os(TABLE) else { return };
    in_mount_namespace!();
    or_skip!(strace::available());
    let mut text = HEAD.to_owned();
    for kind in Kind::ALL {
        match row(kind) {
            Ok(row) => text.push_str(&row),
            Err(missing) => say_skipped(&missing),
        }
    }
    text.push_str(TAIL);
    std::fs::write(at, text).expect("the table can be written");
}

fn row(kind: Kind) -> Result<String, Missing> {
    let served = kind.serve(User::Caller)?;
    let found = list(&served);
    let (name, package) = kind.called();
    let failing: HashSet<_> = found.lines.iter().filter_map(|line| line.split(": ").next()).collect();
    let works = if failing.is_empty() { "all".to_owned() } else { format!("not: {}", joined(failing)) };
    let (ours, theirs) = (calls_of(&served, Program::Rrm), calls_of(&served, Program::Rm));
    let (lacks, losses) = (joined(found.lacks), joined(found.losses));
    Ok(format!("| {name} | {} | {works} | {lacks} | {losses} | {ours} / {theirs} |\n", version(package)))
}

fn joined<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_unstable();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

fn version(package: &str) -> String {
    let told = system("dpkg-query").args(["--show", "--showformat=${Version}", package]).output();
    told.map_or_else(|_| "?".to_owned(), |told| String::from_utf8_lossy(&told.stdout).into_owned())
}

#[derive(Clone, Copy)]
enum Program {
    Rrm,
    Rm,
}

/// How many calls about files each further file costs that is removed.
fn calls_of(served: &Served, program: Program) -> usize {
    let calls = |files: usize| {
        let make = format!("rm -rf n; mkdir n; for n in $(seq {files}); do echo > n/$n; done");
        served.script(served.at(), &make, &[]);
        let paths: Vec<PathBuf> = (1..=files).map(|number| served.at().join("n").join(number.to_string())).collect();
        let command = match program {
            Program::Rrm => served.sandbox.command(["rm"]).args(paths),
            Program::Rm => served.sandbox.tool("/bin/rm", paths),
        };
        let (_, log) = strace::log_of(&command);
        log.lines().filter_map(strace::call).filter(|call| ABOUT_FILES.contains(call)).count()
    };
    // The first removal makes a trash.
    calls(1);
    let (few, many) = (calls(FILES / 2), calls(FILES));
    (many.saturating_sub(few) + FILES / 4) / (FILES / 2)
}

const HEAD: &str = "\
# File systems that a program serves

Remote folders, pools, encrypted folders and USB sticks are often served by a program (FUSE), which decides what the file
system answers. This page says what `rrm` does on each. A run of the tests writes it, as root and with Debian's packages:

```sh
RRM_TEST_TABLE=$PWD/docs/file-systems.md cargo test --test rrm stacked::table -- --ignored
```

*Works*: a file, a directory of 50, a symbolic link, a FIFO, hard links, a 0555 directory, a name of 255 bytes, one with a
newline, one that is no UTF-8, and attributes, each removed, listed, undone, removed again, restored by its ID, exchanged with
what took its place, and moved into the home trash and back; a part of a directory; a clean. An ordinary user's tests do the
same. *Cannot hold*: what could not be made there at all. *A copy loses*: what `rrm` names, and asks about, before it copies to
that file system or from it. *Calls*: the system calls about files that each further file of one command costs, by `rrm rm` and
by `rm`.

| file system | version | works | cannot hold | a copy loses | calls |
|---|---|---|---|---|---|
";

const TAIL: &str = "
Any rename there changes times, not only one by `rrm`: encfs changes those of what is renamed, rclone those of everything in a
renamed directory. On mergerfs and unionfs-fuse no program can see which names are one file, so a copy makes several of them.

## When nobody answers

A volume whose daemon is dead (`Transport endpoint is not connected`) or whose server hangs is treated like a stick that is
unplugged. A command about other volumes does its work, says in one line what is out of reach, and has the exit status of the
rest. It waits two seconds, once for all volumes that hang. The second Ctrl-C ends a command that waits for one.

## Two machines, one volume

When two clients of a GlusterFS volume remove, undo or clean the same things at once, each thing is in one place afterwards:
one command wins, and the other says that it found nothing. A volume that is mounted twice shows each item once.
";
