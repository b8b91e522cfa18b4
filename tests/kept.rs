//! What a person keeps is in a directory of its own: one rename there, and one rename back or out of it.

use std::fs;
use std::path::PathBuf;
use std::thread;

use rrm::sys::door::faults::ENVIRONMENT;
use tempfile::NamedTempFile;

use crate::common::{Fault, Invocation, Sandbox, Tree, fault, names_in, snapshot, strace};

type Make = fn(&Sandbox) -> PathBuf;

/// What carries its record, what is in an envelope, and what has to be writable to be moved.
const THINGS: [(&str, Make); 4] = [
    ("file", |sandbox| sandbox.file("thing", "content")),
    ("link", |sandbox| sandbox.symlink("thing", "nowhere")),
    ("directory", |sandbox| sandbox.tree("thing", &[("a", "1"), ("below/b", "2")])),
    ("closed directory", |sandbox| {
        sandbox.tree("thing", &[("a", "1")]);
        sandbox.chmod("thing", 0o555)
    }),
];

/// The one item of the sandbox's trash: its ID and its state.
#[track_caller]
fn item(sandbox: &Sandbox) -> (String, String) {
    let items = sandbox.list_json();
    assert_eq!(items.len(), 1, "{items:?}");
    let text = |key: &str| items[0][key].as_str().expect("text").to_owned();
    (text("id"), text("state"))
}

#[test]
fn what_is_kept_is_moved_there_and_comes_back_from_there() {
    for (kind, make) in THINGS {
        let sandbox = Sandbox::ordinary();
        let path = make(&sandbox);
        let before = snapshot(&path);
        sandbox.rrm(["rm", "-r", "thing"]).ok();
        let (id, _) = item(&sandbox);
        let kept = sandbox.trash().join("kept");
        sandbox.rrm(["keep", &id]).ok();
        assert_eq!((names_in(&kept), item(&sandbox).1), (vec![id.clone()], "kept".to_owned()), "{kind}");
        sandbox.rrm(["keep", "--until", "2999-01-01T00:00:00Z", &id]).ok();
        assert_eq!(names_in(&kept), [format!("{id}@29990101T000000Z")], "{kind}");
        sandbox.rrm(["show", &id]).ok().out_contains("until 2999-01-01");
        sandbox.rrm(["clean", "--yes", &id]).fails(1).err_contains("it is kept");
        sandbox.rrm(["doctor"]).ok();
        sandbox.rrm(["keep", "--release", "thing"]).ok();
        assert_eq!((names_in(&kept).len(), item(&sandbox)), (0, (id.clone(), "trashed".to_owned())), "{kind}");
        sandbox.rrm(["keep", "thing"]).ok();
        sandbox.rrm(["undo"]).ok();
        before.assert_is_at(&path);
        assert_eq!(names_in(kept).len(), 0, "{kind}");
    }
}

/// A date that has passed ends the keep, and then the item is due as any other.
#[test]
fn a_keep_that_is_over_holds_no_longer() {
    for (kind, make) in THINGS {
        let sandbox = Sandbox::ordinary();
        make(&sandbox);
        sandbox.rrm(["rm", "-r", "-g", "0", "thing"]).ok();
        let (id, _) = item(&sandbox);
        sandbox.rrm(["keep", &id]).ok();
        let kept = sandbox.trash().join("kept");
        fs::rename(kept.join(&id), kept.join(format!("{id}@20260101T000000Z"))).expect("the name is free");
        assert_eq!(item(&sandbox).1, "expired", "{kind}");
        sandbox.rrm(["clean"]).ok();
        assert!(sandbox.list_json().is_empty() && names_in(kept).is_empty(), "{kind}");
    }
}

#[test]
fn a_keep_is_on_the_disk_before_it_is_told() {
    or_skip!(strace::available());
    let sandbox = Sandbox::new();
    sandbox.file("thing", "x");
    sandbox.rrm(["rm", "thing"]).ok();
    let (run, log) = strace::log_of(&sandbox.command(["keep", "-v", "thing"]));
    run.ok();
    let at =
        |call: &str| log.lines().position(|line| line.contains(call)).unwrap_or_else(|| panic!("no {call}:\n{log}"));
    let told = log.lines().position(|line| line.contains("write(1") && line.contains("kept")).expect("it is told");
    assert!(at("renameat2(") < at("fsync(") && at("fsync(") < told, "{log}");
}

/// It is kept or was never said to be, and is there once.
#[test]
fn a_keep_that_is_killed_or_fails_loses_nothing() {
    for (kind, make) in THINGS {
        let scene = || {
            let sandbox = Sandbox::ordinary();
            let path = make(&sandbox);
            let before = snapshot(&path);
            sandbox.rrm(["rm", "-r", "thing"]).ok();
            (sandbox, path, before)
        };
        for fault in [Fault::Kill, Fault::Error("EIO")] {
            let points = fault::each_point(
                fault,
                scene,
                |(sandbox, ..)| sandbox.command(["keep", "thing"]),
                |(sandbox, path, before), _, run| {
                    let (_, state) = item(sandbox);
                    assert!(state == "kept" || !run.status.success(), "{kind}: it was said to be kept: {run}");
                    sandbox.rrm(["keep", "thing"]).ok();
                    assert_eq!(item(sandbox).1, "kept", "{kind}");
                    sandbox.rrm(["restore", "thing"]).ok();
                    before.assert_is_at(path);
                },
            );
            assert!(points > 0, "a keep that changes nothing keeps nothing");
        }
    }
}

/// The rename decides: what was said to be kept was not deleted, unless it was released meanwhile.
#[test]
fn of_a_keep_a_release_a_clean_and_a_restore_at_once_one_wins() {
    for round in 0..20 {
        let sandbox = Sandbox::ordinary();
        let (kind, make) = THINGS[round % THINGS.len()];
        let path = make(&sandbox);
        sandbox.rrm(["rm", "-r", "-g", "0", "thing"]).ok();
        let (id, _) = item(&sandbox);
        let verbs: [&[&str]; 5] = [
            &["keep", &id],
            &["clean"],
            &["restore", &id],
            &["clean", "--yes", &id],
            // In every other round: it takes back what the keep promised.
            if round % 2 == 0 { &["list"] } else { &["keep", "--release", &id] },
        ];
        let runs: Vec<_> = thread::scope(|scope| {
            let started: Vec<_> = verbs.iter().map(|words| scope.spawn(|| sandbox.rrm(*words))).collect();
            started.into_iter().map(|run| run.join().expect("it ran")).collect()
        });
        let is_there = path.symlink_metadata().is_ok();
        let listed = sandbox.list_json().len();
        assert!(usize::from(is_there) + listed <= 1, "{kind}: it is there twice: {runs:?}");
        let is_kept = round % 2 == 0 && runs[0].status.success();
        if is_kept || runs[2].status.success() {
            assert_eq!(usize::from(is_there) + listed, 1, "{kind}: kept or restored, and gone: {runs:?}");
        }
    }
}

/// A link in its envelope that has expired, and what it was.
fn expired_link() -> (Sandbox, PathBuf, Tree) {
    let sandbox = Sandbox::ordinary();
    let path = sandbox.symlink("thing", "nowhere");
    let before = snapshot(&path);
    sandbox.rrm(["rm", "-g", "0", "thing"]).ok();
    (sandbox, path, before)
}

/// The envelope is kept after the clean has opened it, and before it takes out what is in it.
#[test]
fn a_clean_puts_back_what_was_kept_under_its_hands() {
    or_skip!(strace::available());
    let (sandbox, path, before) = expired_link();
    let clean = sandbox.command(["clean"]).held_before("renameat2", 1);
    sandbox.rrm(["keep", "thing"]).ok();
    clean.released().ok();
    assert_eq!(item(&sandbox).1, "kept");
    sandbox.rrm(["restore", "thing"]).ok();
    before.assert_is_at(path);
}

/// The clean has taken out what is in the envelope, and not removed the envelope yet.
#[test]
fn a_keep_of_what_a_clean_has_taken_fails() {
    or_skip!(strace::available());
    let (sandbox, ..) = expired_link();
    let keep = sandbox.command(["keep", "thing"]).held_before("renameat2", 1);
    let clean = sandbox.command(["clean"]).held_before("unlinkat", 1);
    keep.released().fails(1);
    clean.released().ok();
    assert!(sandbox.list_json().is_empty());
}

/// A clean of the sandbox with a fault at its first rename, or so many calls after it; and its log.
fn faulted_clean(sandbox: &Sandbox, fault: &str, after: usize) -> (Invocation, NamedTempFile) {
    let (other, ..) = expired_link();
    let (_, calls) = fault::points(&other.command(["clean"]));
    let claim = calls.iter().position(|point| point.call == "renameat2").expect("a rename claims it");
    let log = strace::log_file();
    let words = format!("{fault} {} {}", claim + after, log.path().display());
    (sandbox.command(["clean"]).with(ENVIRONMENT, words), log)
}

/// The item was taken out of an envelope that was kept by then, and nobody put it back.
#[test]
fn what_a_killed_clean_did_not_put_back_the_next_one_does() {
    or_skip!(strace::available());
    let (sandbox, path, before) = expired_link();
    let (clean, _log) = faulted_clean(&sandbox, "kill", 1);
    let clean = clean.held_before("renameat2", 1);
    sandbox.rrm(["keep", "thing"]).ok();
    clean.released().killed(9);
    assert!(sandbox.list_json().is_empty());
    sandbox.rrm(["clean"]).ok();
    assert_eq!(item(&sandbox).1, "kept");
    sandbox.rrm(["restore", "thing"]).ok();
    before.assert_is_at(path);
}

/// Without room to claim it, the item is deleted where it is: who comes to keep it then is not told that it is kept.
#[test]
fn a_keep_of_what_is_deleted_without_a_claim_fails() {
    or_skip!(strace::available());
    let (sandbox, ..) = expired_link();
    let (clean, _log) = faulted_clean(&sandbox, "EDQUOT", 0);
    let clean = clean.held_before("unlinkat", 1);
    sandbox.rrm(["keep", "thing"]).fails(1);
    clean.released().ok();
    assert!(sandbox.list_json().is_empty());
}
