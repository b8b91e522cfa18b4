//! Files that are saved anew while a tree is removed, as editors do it: by a rename over the old one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::races::wait_for_an_item;
use super::{Kind, assert_no_rest, listed, place};
use crate::common::{Run, Sandbox, strace};

/// The calls with which an entry is removed, and those with which it is moved aside before. Each is held up on its way into
/// the kernel: what the program looked at is half a second old when it is carried out.
const HELD_UP: [&str; 2] = ["unlinkat", "?rename,?renameat,renameat2"];

/// What holds these calls up so long.
fn held_up(calls: &str, microseconds: u32) -> [String; 9] {
    let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:delay_enter={microseconds}"));
    ["strace", "-f", "-q", "-o", "/dev/null", "-e", &trace, "-e", &inject].map(String::from)
}

/// The files of a tree that are there still, of two.
fn there(tree: &Path) -> Vec<PathBuf> {
    ["one", "two"].map(|name| tree.join(name)).into_iter().filter(|path| path.exists()).collect()
}

/// A file is saved between the look at it and what is done to it.
#[test]
fn what_is_saved_at_the_last_moment_stays_and_is_named() {
    in_mount_namespace!();
    or_skip!(strace::available());
    for calls in HELD_UP {
        let sandbox = Sandbox::new();
        let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
            sandbox.file(dir.join("t/one"), "old");
            sandbox.file(dir.join("t/two"), "old");
        }));
        let tree = place.dir.join("t");
        let child =
            sandbox.command(["rm", "--into-home", "--yes"]).args([&tree]).through(held_up(calls, 500_000)).spawn();
        for _ in 0..4000 {
            if there(&tree).len() < 2 {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // By now it has looked at the other.
        std::thread::sleep(Duration::from_millis(150));
        let saved = there(&tree).pop().expect("it is held up");
        let name = saved.file_name().and_then(|name| name.to_str()).expect("text");
        fs::write(place.dir.join("new"), "saved")
            .and_then(|()| fs::rename(place.dir.join("new"), &saved))
            .expect("saved");
        let run = Run::of(child.wait_with_output().expect("it ends"));
        assert_eq!(fs::read_to_string(&saved).ok().as_deref(), Some("saved"), "{calls}: {run}");
        run.fails(1).err_contains("copied to the trash as").err_contains(name);
        assert_eq!(there(&tree), [saved]);
        assert_eq!(listed(&sandbox), [tree.display().to_string()]);
        assert_no_rest(&sandbox);
    }
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
    let [_, moves] = HELD_UP;
    let held = held_up(moves, 20_000);
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
