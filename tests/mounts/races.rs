//! Other programs at work on a tree while it is copied and removed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Kind, assert_no_rest, listed, place};
use crate::common::{Mount, Sandbox, strace};

/// The names of all regular files below a directory.
fn names_below(directory: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            names_below(&entry.path(), names);
        } else {
            names.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
}

/// Enough for two threads to copy and remove them.
const OLD: u64 = 120;

/// A thread adds files all the while; each one that was ever made is in its place or in the trash afterwards.
#[test]
fn what_is_added_while_a_tree_is_removed_is_never_lost() {
    in_mount_namespace!();
    for round in 0..3 {
        let sandbox = Sandbox::new();
        let place = or_skip!(place(Kind::Tmpfs, &sandbox, |dir| {
            for number in 0..OLD {
                sandbox.file(dir.join(format!("t/{}/old{number}", number % 7)), "x");
            }
        }));
        let tree = place.dir.join("t");
        let stop = AtomicBool::new(false);
        let (made, run) = std::thread::scope(|scope| {
            let adder = scope.spawn(|| add_files(&tree, round, &stop));
            let mut run = sandbox.command(["rm", "--into-home", "--yes"]).args([&tree]).run();
            // A tree that changed while it was compared is not removed at all; then it is tried again.
            for _ in 0..4 {
                if listed(&sandbox).is_empty() {
                    run = sandbox.command(["rm", "--into-home", "--yes"]).args([&tree]).run();
                }
            }
            stop.store(true, Ordering::Relaxed);
            (adder.join().expect("the adder does not panic"), run)
        });
        run.does_or_says();
        let mut found = BTreeSet::new();
        names_below(&tree, &mut found);
        names_below(&sandbox.trash(), &mut found);
        let lost: Vec<_> = made.difference(&found).collect();
        assert!(lost.is_empty(), "{} of {} lost: {lost:?}\n{run}", lost.len(), made.len());
        assert_no_rest(&sandbox);
    }
}

fn add_files(tree: &Path, round: u64, stop: &AtomicBool) -> BTreeSet<String> {
    let mut made: BTreeSet<String> = (0..OLD).map(|number| format!("old{number}")).collect();
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) && number < 200 {
        let name = format!("new{number}");
        if fs::write(tree.join((number % 7).to_string()).join(&name), "x").is_ok() {
            made.insert(name);
        }
        number += 1;
        // Of some rounds the copy shall come to its end.
        std::thread::sleep(std::time::Duration::from_micros(500 + round * round * 1000));
    }
    made
}

/// The copy is whole and listed, and before the source goes something in it is added, changed, replaced or made another
/// kind: just that stays, and is named.
#[test]
fn what_changes_after_it_was_copied_stays_and_is_named() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let changes: [(&str, &str, &str); 7] = [
        ("echo new > t/a/added", "t/a/added", "new\n"),
        ("echo newer > t/a/f", "t/a/f", "newer\n"),
        ("printf 2 > t/a/f; touch -d @5 t/a/f", "t/a/f", "2"),
        ("echo other > o; mv o t/a/f", "t/a/f", "other\n"),
        ("rm t/link; echo file > t/link", "t/link", "file\n"),
        ("rm t/b/f; mkdir t/b/f; echo below > t/b/f/g", "t/b/f/g", "below\n"),
        ("printf 3 > t/h1; touch -d @5 t/h1", "t/h1", "3"),
    ];
    for kind in [Kind::Tmpfs, Kind::Lower] {
        for (change, left, content) in changes {
            let sandbox = Sandbox::new();
            let place = or_skip!(place(kind, &sandbox, |dir| {
                for file in ["t/a/f", "t/a/g", "t/b/f", "t/h1"] {
                    super::set_times(&sandbox.file(dir.join(file), "1"), 5);
                }
                sandbox.hard_link(dir.join("t/h2"), dir.join("t/h1"));
                sandbox.symlink(dir.join("t/link"), "nowhere");
                sandbox.chmod(dir.join("t/b"), 0o555);
            }));
            // Held up right after the commit, before anything is removed.
            let words = ["rm", "--into-home", "--yes", "t"];
            let held = sandbox.command(words).within(&place.dir).held_after("renameat2");
            wait_for_an_item(&sandbox.trash());
            let changed = std::process::Command::new("sh").args(["-c", change]).current_dir(&place.dir).status();
            assert!(changed.expect("a shell").success(), "{change}");
            let run = held.released();
            run.fails(1).err_contains(left.trim_end_matches("/g")).err_contains("copied to the trash as");
            assert_eq!(fs::read_to_string(place.dir.join(left)).expect("it stays"), content, "{change}");
            assert!(place.dir.join("t/a/g").symlink_metadata().is_err(), "the rest is gone: {change}");
            assert_eq!(listed(&sandbox), [place.dir.join("t").display().to_string()]);
            let out = sandbox.dir("out");
            sandbox.command(["undo", "--to"]).args([&out]).run().ok();
            assert_eq!(fs::read_to_string(out.join("t/a/f")).expect("restored"), "1");
            assert_no_rest(&sandbox);
        }
    }
}

/// Waits, but not for ever, until a trash directory holds an item.
pub(super) fn wait_for_an_item(trash: &Path) {
    for _ in 0..2000 {
        if listed_count(trash) > 0 {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

fn listed_count(trash: &Path) -> usize {
    let entries = fs::read_dir(trash).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().len() == 36).count()
}

/// Copies into one home trash and cleans of it at once: a copy that is at work is nobody's orphan.
#[test]
fn clean_leaves_a_copy_at_work_alone() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::tmpfs("", &sandbox.path("m")));
    for number in 0..60 {
        sandbox.file(format!("m/{number}/f"), vec![1; 3000]);
        sandbox.file(format!("m/{number}/g"), vec![2; 3000]);
    }
    sandbox.file("m/first", "");
    sandbox.rrm(["rm", "--into-home", "m/first"]).ok();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let cleaner = scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                sandbox.rrm(["clean"]).ok();
            }
        });
        let removals = [0..30, 30..60].map(|half| {
            let names: Vec<_> = half.map(|number| format!("m/{number}")).collect();
            sandbox.command(["rm", "--into-home"]).args(&names).run()
        });
        // Before anything is asserted: a test that fails has to end.
        stop.store(true, Ordering::Relaxed);
        cleaner.join().expect("no clean fails");
        for removal in &removals {
            removal.ok();
        }
    });
    assert_eq!(listed(&sandbox).len(), 61);
    sandbox.rrm(["restore", "--under", &sandbox.path("m").display().to_string()]).ok();
    for number in 0..60 {
        assert_eq!(fs::read(sandbox.path(format!("m/{number}/g"))).expect("restored"), vec![2; 3000]);
    }
    assert_no_rest(&sandbox);
}
