//! Somebody else exchanges the directories that rrm makes in a directory where they may rename, with one that they may
//! not enter. Whatever they do, nothing in it is touched.
//!
//! The somebody is a process of another user, which watches a directory and exchanges (renameat2(2)) as soon as it sees a
//! name that it waits for: once, where rrm is held up at the call after, or for as long as rrm runs.

use std::fs;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Kind, Place, listed, place, users};
use crate::common::platform::exchange;
use crate::common::{Missing, Run, Sandbox, Way, is_root, strace};

/// Says that this test binary was started to exchange: where, names that begin how, with what, and how often.
const TO_DO: &str = "RRM_TEST_EXCHANGE";

/// The user who exchanges.
const M: u32 = 1234;

/// What the private directories of rrm begin with.
const OURS: &str = ".rrm-";

/// No test, but the program of the somebody: this binary is started again as another user for it.
#[test]
fn the_exchanger() {
    let Some(to_do) = std::env::var_os(TO_DO) else { return };
    let to_do = to_do.into_string().expect("text");
    let [directory, prefix, bait, how] = to_do.split('\n').collect::<Vec<_>>()[..] else { panic!("{to_do}") };
    let (directory, bait) = (Path::new(directory), Path::new(directory).join(bait));
    let (begun, mut done) = (Instant::now(), 0);
    let is_over = |done| directory.join("stop").exists() || (how == "once" && done > 0);
    // Nothing waits for ever for a name that never comes.
    while !is_over(done) && begun.elapsed() < Duration::from_mins(2) {
        if how == "once" {
            // The call after which the name is there is held up for far longer.
            std::thread::sleep(Duration::from_millis(1));
        }
        let Ok(entries) = fs::read_dir(directory) else { return };
        for entry in entries.flatten() {
            let is_meant = entry.file_name().to_string_lossy().starts_with(prefix) && entry.path() != bait;
            if is_meant && exchange(&entry.path(), &bait) {
                done += 1;
                break;
            }
        }
    }
}

/// Starts the somebody; without root it is the tests' own user, whose exchanges are no different.
pub(crate) fn exchanger(directory: &Path, prefix: &str, bait: &str, how: &str) -> Child {
    let itself = std::env::current_exe().expect("the test binary has a path");
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        command.args([format!("--reuid={M}"), format!("--regid={M}")]).arg("--clear-groups").arg(itself);
        command
    } else {
        Command::new(itself)
    };
    command.args(["--exact", "mounts::exchange::the_exchanger", "--nocapture"]);
    command.env(TO_DO, [&directory.display().to_string(), prefix, bait, how].join("\n"));
    command.stdout(std::process::Stdio::null()).spawn().expect("it can be started")
}

/// Lets everybody rename in `directory`, and puts into it a directory that is the sandbox's user's alone.
pub(crate) fn shared(sandbox: &Sandbox, directory: &Path) -> PathBuf {
    let private =
        sandbox.tree(directory.join("private"), &[("f", "the thesis"), ("item", "the notes"), ("t/f", "more")]);
    sandbox.chmod(&private, 0o700);
    sandbox.chmod(directory, 0o777);
    directory.to_owned()
}

/// The contents of the private directory, wherever it has been exchanged to. Each is looked at through its handle: which name
/// leads to it may change at any moment.
pub(crate) fn private_in(directory: &Path) -> Vec<Option<String>> {
    for _ in 0..1000 {
        let below = fs::read_dir(directory.join("t")).into_iter().flatten().flatten();
        for entry in fs::read_dir(directory).expect("readable").flatten().chain(below) {
            let Ok(opened) = fs::File::open(entry.path()) else { continue };
            let inside = PathBuf::from(format!("/proc/self/fd/{}", opened.as_raw_fd()));
            if inside.join("t/f").exists() && inside.join("item").is_file() {
                assert_eq!(opened.metadata().expect("open").permissions().mode() & 0o7777, 0o700, "its mode");
                return ["f", "item", "t/f"].map(|name| fs::read_to_string(inside.join(name)).ok()).to_vec();
            }
        }
    }
    Vec::new()
}

#[track_caller]
pub(crate) fn assert_untouched(directory: &Path, run: &Run) {
    let all = ["the thesis", "the notes", "more"].map(|content| Some(content.to_owned()));
    assert_eq!(private_in(directory), all, "what somebody exchanged was touched: {run}");
}

/// A tree in the trash of another mount.
fn trashed(sandbox: &Sandbox, files: usize) -> Result<(Place, String), Missing> {
    let place = place(Kind::Tmpfs, sandbox, |dir| {
        (0..files).for_each(|number| drop(sandbox.file(dir.join(format!("t/f{number}")), "content")));
    })?;
    sandbox.command(["rm"]).args([place.dir.join("t")]).run().ok();
    let id = sandbox.list_json()[0]["id"].as_str().expect("an ID").to_owned();
    Ok((place, id))
}

/// Holds up each call of these for a while, on its way in or out.
fn held(calls: &str, way: &str) -> [String; 9] {
    let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:delay_{way}=150000"));
    ["strace", "-f", "-q", "-o", "/dev/null", "-e", &trace, "-e", &inject].map(String::from)
}

/// A restore across mounts, held up right after it has made its directory, and right before it renames the copy out of it.
#[test]
fn a_restore_whose_directory_is_exchanged_deletes_nothing() {
    in_mount_namespace!();
    or_skip!(strace::available());
    for user in users() {
        for (calls, way) in [("mkdirat", "exit"), ("renameat2", "enter")] {
            let sandbox = Sandbox::of(user);
            let (_place, id) = or_skip!(trashed(&sandbox, 2));
            let to = shared(&sandbox, &sandbox.dir("shared"));
            let mut exchanger = exchanger(&to, OURS, "private", "once");
            let command = sandbox.command(["restore", "--to", to.to_str().expect("text"), &id]);
            let run = command.through(held(calls, way)).run();
            drop(fs::write(to.join("stop"), ""));
            exchanger.wait().expect("it ends");
            assert_untouched(&to, &run);
            assert_eq!(fs::read_to_string(to.join("t/f1")).ok().as_deref(), Some("content"), "{run}");
            assert_eq!(listed(&sandbox), [""; 0]);
            // If it was exchanged before it was looked at, another was made.
            if !run.status.success() {
                run.fails(1).err_contains("private directory").err_contains("could not be removed");
            }
            // What stays is nobody's to delete, and a clean tells of it as long as it is there.
            let run = sandbox.rrm(["clean"]);
            assert_untouched(&to, &run);
        }
    }
}

/// Somebody puts a directory of their own there, so that they could read what root restores.
#[test]
fn a_restore_whose_directory_is_exchanged_shows_nothing() {
    if !is_root() {
        skip!("root", "to have a directory of somebody else's");
    }
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let (_place, id) = or_skip!(trashed(&sandbox, 2));
    let to = shared(&sandbox, &sandbox.dir("shared"));
    let theirs = sandbox.dir(to.join("theirs"));
    sandbox.chmod(&theirs, 0o1700);
    chown(&theirs, Some(M), Some(M)).expect("it can be given");
    let opened = fs::File::open(&theirs).expect("ours to open");
    let inside = PathBuf::from(format!("/proc/self/fd/{}", opened.as_raw_fd()));
    let (mut exchanger, done) = (exchanger(&to, OURS, "theirs", "once"), AtomicBool::new(false));
    let (run, seen) = std::thread::scope(|scope| {
        let seen = scope.spawn(|| {
            let mut seen = false;
            while !done.load(Ordering::Relaxed) {
                seen |= inside.join("item").exists();
                std::thread::sleep(Duration::from_millis(1));
            }
            seen
        });
        let command = sandbox.command(["restore", "--to", to.to_str().expect("text"), &id]);
        let run = command.through(held("mkdirat,renameat2", "exit")).run();
        done.store(true, Ordering::Relaxed);
        (run, seen.join().expect("it only looks"))
    });
    drop(fs::write(to.join("stop"), ""));
    exchanger.wait().expect("it ends");
    assert!(!seen, "what is restored was in a directory of somebody else's: {run}");
    assert_eq!(fs::read_to_string(to.join("t/f1")).ok().as_deref(), Some("content"), "{run}");
    assert_untouched(&to, &run);
}

/// The exchange goes on for as long as a restore takes: it comes to its end or says why not.
#[test]
fn a_restore_whose_directory_is_exchanged_all_the_while_deletes_nothing() {
    in_mount_namespace!();
    for user in users() {
        let sandbox = Sandbox::of(user);
        let to = shared(&sandbox, &sandbox.dir("shared"));
        let (_place, id) = or_skip!(trashed(&sandbox, 200));
        let mut exchanger = exchanger(&to, OURS, "private", "ever");
        for _ in 0..20 {
            let run = sandbox.rrm(["restore", "--to", to.to_str().expect("text"), &id]);
            assert_untouched(&to, &run);
            match fs::rename(to.join("t"), sandbox.path("back")) {
                Ok(()) => {
                    assert_eq!(fs::read_dir(sandbox.path("back")).expect("there").count(), 200, "{run}");
                    fs::remove_dir_all(sandbox.path("back")).expect("ours");
                    assert_eq!(listed(&sandbox), [""; 0], "{run}");
                    break;
                }
                Err(_) => assert_eq!(listed(&sandbox).len(), 1, "{run}"),
            }
        }
        drop(fs::write(to.join("stop"), ""));
        exchanger.wait().expect("it ends");
        let run = sandbox.rrm(["clean"]);
        assert_untouched(&to, &run);
    }
}

/// How often somebody may try: at each removal and each restore.
const ROUNDS: usize = 10_000;

/// Removals and restores across mounts, one after the other, in a directory where somebody exchanges without a break.
#[test]
#[ignore = "takes long; .ci/run has it"]
fn ten_thousand_rounds_touch_nothing() {
    in_mount_namespace!();
    let users = users();
    for user in &users {
        let sandbox = Sandbox::of(*user).by_way_of(Way::Here);
        let place = or_skip!(place(Kind::Tmpfs, &sandbox, |_| ()));
        let from = shared(&sandbox, &place.dir);
        let (file, mut somebody, mut hits) = (from.join("f"), exchanger(&from, OURS, "private", "ever"), 0);
        for round in 0..ROUNDS / (2 * users.len()) {
            let content = round.to_string();
            sandbox.file(&file, content.as_str());
            let run = sandbox.command(["rm", "--into-home", "--yes"]).args([&file]).run();
            hits += usize::from(!run.status.success());
            assert_untouched(&from, &run);
            assert_eq!(listed(&sandbox), [file.display().to_string()], "{run}");
            // Where it could not be removed it is there still.
            let _ = fs::remove_file(&file);
            let run = sandbox.rrm(["undo"]);
            hits += usize::from(!run.status.success());
            assert_untouched(&from, &run);
            assert_eq!(fs::read_to_string(&file).ok(), Some(content), "{run}");
            tidy(&from);
            // It ends by itself after a while.
            if somebody.try_wait().expect("ours").is_some() {
                somebody = exchanger(&from, OURS, "private", "ever");
            }
        }
        drop(fs::write(from.join("stop"), ""));
        somebody.wait().expect("it ends");
        assert!(hits > 0, "nobody was ever in time to exchange anything");
    }
}

/// Removes what rrm left because it was exchanged, once a person has looked: else the next round's is not the only one.
fn tidy(directory: &Path) {
    let is_left = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(OURS);
    while let Some(left) = fs::read_dir(directory).expect("readable").flatten().find(is_left) {
        // Empty, or what was put in its place.
        if fs::remove_dir(left.path()).is_err() {
            exchange(&left.path(), &directory.join("private"));
        }
    }
}

/// A restore is killed when its copy is whole, and another directory is put into the place of the one that it left.
#[test]
fn what_is_in_the_place_of_what_a_killed_restore_left_stays() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let (_place, id) = or_skip!(trashed(&sandbox, 2));
    let to = shared(&sandbox, &sandbox.dir("shared"));
    let kill = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "inject=renameat2:signal=KILL:when=2"];
    sandbox.command(["restore", "--to", to.to_str().expect("text"), &id]).through(kill).run().killed(9);
    exchanger(&to, OURS, "private", "once").wait().expect("it ends");
    let left = fs::read_dir(&to).expect("readable").flatten().map(|entry| entry.path());
    let left: Vec<_> =
        left.filter(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(OURS))).collect();
    for command in [&["clean"][..], &["doctor", "--repair"], &["undo", "--to", to.to_str().expect("text")], &["clean"]]
    {
        let run = sandbox.rrm(command);
        assert_untouched(&to, &run);
        if command[0] != "undo" {
            run.fails(1);
            assert!([run.stdout(), run.stderr()].concat().contains(&left[0].display().to_string()), "{run}");
        }
    }
    assert_eq!(fs::read_to_string(to.join("t/f1")).expect("restored"), "content");
    // Once a person has looked and moved it, it is forgotten.
    fs::rename(&left[0], sandbox.path("mine")).expect("ours");
    sandbox.rrm(["clean"]).ok().silent();
    sandbox.rrm(["doctor"]).ok();
}

/// A removal across mounts moves what it removes aside: not over what is in a directory that was exchanged.
#[test]
fn a_removal_whose_directory_is_exchanged_replaces_nothing() {
    in_mount_namespace!();
    or_skip!(strace::available());
    for user in users() {
        for (calls, way) in [("mkdirat", "exit"), ("unlinkat", "enter")] {
            let sandbox = Sandbox::of(user);
            let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| drop(sandbox.file(dir.join("f"), "content"))));
            let from = shared(&sandbox, &place.dir);
            let mut exchanger = exchanger(&from, OURS, "private", "once");
            let command = sandbox.command(["rm", "--into-home"]).args([from.join("f")]);
            let run = command.through(held(calls, way)).run();
            drop(fs::write(from.join("stop"), ""));
            exchanger.wait().expect("it ends");
            assert_untouched(&from, &run);
            assert!(!from.join("f").exists(), "{run}");
            assert_eq!(listed(&sandbox), [from.join("f").display().to_string()]);
            let run = sandbox.rrm(["clean"]);
            assert_untouched(&from, &run);
            sandbox.rrm(["undo"]).ok();
            assert_eq!(fs::read_to_string(from.join("f")).expect("restored"), "content");
        }
    }
}

/// The same without a break, while a tree is removed: each directory that is made in it is exchanged.
#[test]
fn a_removal_whose_directories_are_exchanged_all_the_while_loses_nothing() {
    in_mount_namespace!();
    or_skip!(strace::available());
    for user in users() {
        let sandbox = Sandbox::of(user);
        let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
            (0..300).for_each(|number| drop(sandbox.file(dir.join(format!("t/f{number}")), number.to_string())));
            sandbox.file(dir.join("t/f"), "of the same name");
        }));
        let from = shared(&sandbox, &place.dir);
        let tree = sandbox.chmod(from.join("t"), 0o777);
        let mut exchanger = exchanger(&tree, OURS, "../private", "ever");
        let run = sandbox.command(["rm", "--into-home", "--yes"]).args([&tree]).through(held("mkdirat", "exit")).run();
        // Gone with the directory that it watches, if that is gone.
        drop(fs::write(tree.join("stop"), ""));
        exchanger.wait().expect("it ends");
        assert_untouched(&from, &run);
        if !run.status.success() {
            run.fails(1).err_contains("copied to the trash as").err_contains(OURS);
        }
        let out = sandbox.dir("out");
        sandbox.command(["restore", "--yes", "--to"]).args([&out, &tree]).run().ok();
        for number in 0..300 {
            let restored = fs::read_to_string(out.join(format!("t/f{number}"))).ok();
            assert_eq!(restored, Some(number.to_string()), "{run}");
        }
        assert_untouched(&from, &run);
    }
}

/// Root makes the directories that a part was in like those in the trash, which belong to somebody; and that somebody
/// exchanges what was made with a directory of another user.
#[test]
fn a_missing_directory_that_is_exchanged_gets_no_owner() {
    if !is_root() {
        skip!("root", "to give directories away");
    }
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let to = shared(&sandbox, &sandbox.dir("shared"));
    let victim = to.join("private");
    chown(&victim, Some(65534), Some(65534)).expect("it can be given");
    sandbox.tree(to.join("t"), &[("sub/f", "content"), ("sub/g", "content")]);
    chown(to.join("t"), Some(M), Some(M)).expect("it can be given");
    sandbox.chmod(to.join("t"), 0o777);
    sandbox.command(["rm"]).args([to.join("t")]).run().ok();
    let mut exchanger = exchanger(&to, "t", "private", "once");
    let command = sandbox.command(["restore"]).args([to.join("t/sub/f")]);
    let run = command.through(held("mkdirat", "exit")).run();
    drop(fs::write(to.join("stop"), ""));
    exchanger.wait().expect("it ends");
    let found = ["t", "private"].map(|name| to.join(name)).into_iter().find(|path| path.join("item").exists());
    let is = found.expect("it is at one of the two").metadata().expect("there");
    assert_eq!((is.uid(), is.gid(), is.mode() & 0o7777), (65534, 65534, 0o700), "{run}");
    assert_eq!(sandbox.list_json().len(), 1);
}
