//! Killed or failed at each call with which the run changes something: what went is in its place, or in the trash once the next
//! command has filed it, and one undo brings it back.

use std::fs;

use chrono::Utc;
use rrm::guard::{GuardOptions, Keeper as _, Loss, Otherwise, Verdict, Writes};
use rrm::sys::door::faults::{self, Fault};

use super::doing::{Guarded, Pace, found, options, plant};
use crate::common::{Sandbox, snapshot};

const EIO: i32 = 5;
const ENOSPC: i32 = 28;

/// A bit of everything.
fn program(run: &Guarded<'_>) {
    run.write_into("written", "over");
    run.unlink("a");
    run.write_over("b", "new");
    run.chmod("d/e", 0o700);
    run.rename("d/e/y", "y");
    run.remove("d");
    run.save("other/saved", "new");
    run.rename("other", "another");
    run.unlink("another/gone");
}

fn scene() -> Sandbox {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    for name in ["other/saved", "other/gone", "written"] {
        fs::write(sandbox.path(name), name).expect("written");
    }
    sandbox
}

/// A run that is told of whatever cannot be kept.
fn begin(sandbox: &Sandbox) -> Guarded<'_> {
    Guarded::with(sandbox, GuardOptions { writes: Writes::All, ..options(sandbox, Pace::Quick) })
}

/// How many calls all of it takes.
fn calls() -> usize {
    let sandbox = scene();
    let run = begin(&sandbox);
    let ran = faults::run(None, || {
        program(&run);
        run.run.end(Utc::now())
    });
    assert!(ran.result.is_some_and(|summary| summary.problems.is_empty() && summary.not_kept.is_empty()));
    ran.calls.len()
}

/// The rows of a list.
fn listed(sandbox: &Sandbox) -> Vec<String> {
    let run = sandbox.rrm(["list", "--format", "json"]);
    run.ok();
    run.ok();
    String::from_utf8_lossy(&run.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn killed_anywhere_nothing_is_lost_and_all_is_filed_once() {
    for number in 0..calls() {
        let sandbox = scene();
        let before = snapshot(sandbox.work());
        let run = begin(&sandbox);
        let ran = faults::run(Some((number, Fault::Kill)), || {
            program(&run);
            run.run.end(Utc::now())
        });
        assert!(ran.result.is_none(), "it never got to call {number}");
        let call = format!("call {number} ({})", ran.calls[number]);
        drop(run);
        let first = listed(&sandbox);
        assert_eq!(listed(&sandbox), first, "{call}: filed twice");
        let is_anything_gone = before.difference(&snapshot(sandbox.work())).contains("gone");
        if !first.is_empty() {
            sandbox.rrm(["undo"]).ok();
        }
        assert!(!(first.is_empty() && is_anything_gone), "{call}: nothing is listed");
        let difference = before.difference(&snapshot(sandbox.work()));
        // What was moved before anything was lost stays where it is, with the permissions that it got.
        let wrong: Vec<&str> = difference
            .lines()
            .filter(|line| !line.contains(": modified: ") && !line.starts_with("new: ") && !first.is_empty())
            .collect();
        assert_eq!(wrong, [""; 0], "{call}\n{first:#?}");
        let left: Vec<String> = listed(&sandbox).into_iter().filter(|line| line.contains("\"guard\"")).collect();
        assert_eq!(left, [""; 0], "{call}: filed twice");
    }
}

#[test]
fn a_call_that_fails_loses_nothing_unsaid() {
    for (number, errno) in (0..calls()).flat_map(|number| [(number, EIO), (number, ENOSPC)]) {
        let sandbox = scene();
        let before = snapshot(sandbox.work());
        let run = begin(&sandbox);
        let ran = faults::run(Some((number, Fault::Error(errno))), || {
            program(&run);
            run.run.end(Utc::now())
        });
        let call = format!("call {number} ({}), error {errno}", ran.calls[number]);
        let summary = ran.result.expect("nothing stopped it");
        drop(run);
        let _ = listed(&sandbox);
        let undone = sandbox.rrm(["undo"]);
        if summary.not_kept.is_empty() {
            let difference = before.difference(&snapshot(sandbox.work()));
            // What could not be linked was copied.
            let allowed = [": modified: ", "new: ", ": links: ", ": same file as: "];
            let is_wrong = |line: &&str| !allowed.iter().any(|allowed| line.contains(allowed));
            let wrong: Vec<&str> = difference.lines().filter(is_wrong).collect();
            assert_eq!(wrong, [""; 0], "{call}: {undone}\n{summary:#?}");
        }
    }
}

/// Where what cannot be kept is refused, a call that fails in the midst of keeping something leaves it where it is, or it is in
/// the trash.
#[test]
fn what_cannot_be_kept_for_a_call_that_fails_is_refused() {
    /// Each thing, told of and then removed unless that is refused.
    fn remove(run: &Guarded<'_>) {
        for name in ["a", "d/e/y", "d/link", "written"] {
            let path = run.path(name);
            if let Verdict::GoOn = run.run.keep(Loss::Removed(found(&path))) {
                fs::remove_file(path).expect(name);
            }
        }
        let path = run.path("b");
        let file = fs::File::open(&path).expect("it is there");
        if let Verdict::GoOn = run.run.keep(Loss::Shortened { file, found: Some(found(&path)), length: 0 }) {
            fs::write(path, "new").expect("written");
        }
    }
    fn strict(sandbox: &Sandbox) -> Guarded<'_> {
        Guarded::with(sandbox, GuardOptions { otherwise: Otherwise::Refused, ..options(sandbox, Pace::Quick) })
    }
    let calls = {
        let sandbox = scene();
        let run = strict(&sandbox);
        let ran = faults::run(None, || remove(&run));
        ran.calls.len()
    };
    for (number, errno) in (0..calls).flat_map(|number| [(number, EIO), (number, ENOSPC)]) {
        let sandbox = scene();
        let before = snapshot(sandbox.work());
        let run = strict(&sandbox);
        let ran = faults::run(Some((number, Fault::Error(errno))), || remove(&run));
        let call = format!("call {number} ({}), error {errno}", ran.calls[number]);
        let summary = run.end();
        assert!(summary.not_kept.is_empty(), "{call}: {summary:#?}");
        drop(run);
        sandbox.rrm(["undo"]).ok();
        let difference = before.difference(&snapshot(sandbox.work()));
        let wrong: Vec<&str> = difference.lines().filter(|line| !line.contains(": modified: ")).collect();
        assert_eq!(wrong, [""; 0], "{call}\n{summary:#?}");
    }
}
