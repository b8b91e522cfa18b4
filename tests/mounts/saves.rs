//! Files that are saved anew while a tree is removed, as editors do it: by a rename over the old one.

use std::collections::BTreeMap;
use std::fs;
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::races::wait_for_an_item;
use super::{Kind, Place, assert_no_rest, listed, place};
use crate::common::{Run, Sandbox, strace};

/// The files of a tree that are there still, of two.
fn there(tree: &Path) -> Vec<PathBuf> {
    ["one", "two"].map(|name| tree.join(name)).into_iter().filter(|path| path.exists()).collect()
}

/// Which of all calls of this name, counted from 1, remove an entry of the tree one way or the other: what moves it aside,
/// and what removes it there or in its place.
fn removals(log: &str, name: &str) -> Vec<usize> {
    let calls = log.lines().filter(|line| strace::call(line) == Some(name)).zip(1..);
    let is_of_a_file = |shown: &str| ["\"one\"", "\"two\""].iter().any(|file| shown.contains(file));
    calls.filter(|(shown, _)| is_of_a_file(shown)).map(|(_, nth)| nth).collect()
}

/// A file is saved after the look at it and before it is moved aside, or while the other one is removed.
#[test]
fn what_is_saved_at_the_last_moment_stays_and_is_named() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let scene = || {
        let sandbox = Sandbox::new();
        let place = place(Kind::Tmpfs, &sandbox, |dir| {
            sandbox.file(dir.join("t/one"), "old");
            sandbox.file(dir.join("t/two"), "old");
        });
        place.map(|place| (place, sandbox))
    };
    let removal =
        |place: &Place, sandbox: &Sandbox| sandbox.command(["rm", "--into-home", "--yes"]).args([place.dir.join("t")]);
    for (call, earlier) in [("renameat2", 1), ("unlinkat", 0)] {
        let (place, sandbox) = or_skip!(scene());
        let (_, log) = strace::log_of(&removal(&place, &sandbox));
        let nth = *removals(&log, call).get(earlier).expect("each file is removed so");
        drop((place, sandbox));
        let (place, sandbox) = or_skip!(scene());
        let held = removal(&place, &sandbox).held_before(call, nth);
        let tree = place.dir.join("t");
        let [saved] = &there(&tree)[..] else { panic!("one is gone before {call} number {nth}") };
        let name = saved.file_name().and_then(|name| name.to_str()).expect("text");
        fs::write(place.dir.join("new"), "saved")
            .and_then(|()| fs::rename(place.dir.join("new"), saved))
            .expect("saved");
        let run = held.released();
        assert_eq!(fs::read_to_string(saved).ok().as_deref(), Some("saved"), "{call}: {run}");
        run.fails(1).err_contains("copied to the trash as").err_contains(name);
        assert_eq!(&there(&tree), std::slice::from_ref(saved));
        assert_eq!(listed(&sandbox), [tree.display().to_string()]);
        assert_no_rest(&sandbox);
    }
}

/// A file is written to when it is copied already, as long as it was, and its time is set back: the change time alone tells.
#[test]
fn what_is_written_after_the_copy_stays_whatever_its_time_says() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| drop(sandbox.file(dir.join("t/one"), "old"))));
    let (tree, file) = (place.dir.join("t"), place.dir.join("t/one"));
    // That is the commit.
    let held = sandbox.command(["rm", "--into-home", "--yes"]).args([&tree]).held_before("renameat2", 1);
    let modified = fs::metadata(&file).and_then(|is| is.modified()).expect("its time");
    fs::write(&file, "new").expect("written");
    fs::File::options().write(true).open(&file).and_then(|file| file.set_modified(modified)).expect("set back");
    let run = held.released();
    assert_eq!(fs::read_to_string(&file).ok().as_deref(), Some("new"), "{run}");
    run.fails(1).err_contains("copied to the trash as").err_contains("one");
    assert_no_rest(&sandbox);
}

/// Whoever was in a directory when it was removed goes on writing there, when its copy is made and not in its place yet.
#[test]
fn what_is_written_in_the_trash_while_it_is_copied_out_stays_there() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| drop(sandbox.file(dir.join("t/one"), "old"))));
    let inside = fs::File::open(place.dir.join("t")).expect("opened");
    sandbox.command(["rm"]).args([place.dir.join("t")]).run().ok();
    let to = sandbox.dir("target");
    // The first is refused, since it is another mount; the second puts the copy in its place.
    let restore = sandbox.command(["restore", "--to"]).args([&to, &place.dir.join("t")]);
    let held = restore.held_before("renameat2", 2);
    let file = format!("/proc/self/fd/{}/two", inside.as_raw_fd());
    fs::write(&file, "new").expect("written");
    let run = held.released();
    assert_eq!(fs::read_to_string(to.join("t/one")).expect("copied"), "old");
    assert_eq!(fs::read_to_string(&file).ok().as_deref(), Some("new"), "{run}");
    run.err_contains("changed in the trash during the copy");
    assert_eq!(listed(&sandbox).len(), 1);
}

/// How many files are saved in turn: enough for two threads to remove them.
const NAMES: usize = 100;

/// From the commit on one file after the other is saved, and each move aside comes a while after the look before it: what was
/// saved last under each name is there afterwards.
#[test]
fn what_is_saved_while_two_threads_remove_is_never_lost() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
        for number in 0..NAMES {
            sandbox.file(dir.join(format!("t/f{number}")), "old");
        }
    }));
    let tree = place.dir.join("t");
    let held =
        ["strace", "-f", "-q", "-o", "/dev/null", "-e", "trace=renameat2", "-e", "inject=renameat2:delay_enter=20000"];
    let mut child = sandbox.command(["rm", "--into-home", "--yes"]).args([&tree]).through(held).spawn();
    wait_for_an_item(&sandbox.trash());
    let mut saved = BTreeMap::new();
    for number in 0.. {
        if child.try_wait().expect("it is ours").is_some() {
            break;
        }
        let (name, content) = (format!("f{}", number * 7 % NAMES), format!("saved {number}"));
        fs::write(place.dir.join("new"), &content).expect("written beside the tree");
        if fs::rename(place.dir.join("new"), tree.join(&name)).is_ok() {
            saved.insert(name, content);
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    let run = Run::of(child.wait_with_output().expect("it ends"));
    run.fails(1).err_contains("copied to the trash as");
    let found = contents_of(&tree);
    let lost: Vec<_> = saved.into_iter().filter(|(name, content)| found.get(name) != Some(content)).collect();
    assert!(lost.is_empty(), "{lost:?} of {found:?}\n{run}");
    assert_eq!(listed(&sandbox), [tree.display().to_string()]);
    assert_no_rest(&sandbox);
}

/// What each file of a directory holds.
fn contents_of(directory: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(directory).expect("it stays").map(|entry| entry.expect("read").path());
    let read =
        |path: PathBuf| (path.file_name().expect("a name").to_string_lossy().into_owned(), fs::read_to_string(&path));
    files.map(read).map(|(name, content)| (name, content.expect("text"))).collect()
}
