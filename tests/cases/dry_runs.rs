//! A dry run tells what the run does, and ends as it does. Random trees are in the model; here is what needs permissions.

use super::is_there;
use crate::common::{Invocation, Sandbox, in_namespace, is_root, snapshot};
use crate::model::drivers::told;

/// Runs a command dry, sees that nothing has changed, and then in earnest; both say the same, which is the outcome.
#[track_caller]
fn foreseen(sandbox: &Sandbox, command: &Invocation) -> (Option<i32>, Vec<String>, Vec<String>) {
    let before = snapshot(sandbox.work());
    let dry = command.clone().args(["--dry-run"]).run();
    before.assert_is_at(sandbox.work());
    let run = command.clone().args(["--verbose"]).run();
    assert_eq!(told(&dry), told(&run), "\n{dry}\n{run}");
    told(&run)
}

// [42] Each way to deal with what is in the way, and what closed directories forbid.
#[test]
fn a_dry_restore_is_the_restore() {
    if in_namespace() {
        skip!("another user than 0", "whom modes forbid something, also where it has no privilege");
    }
    for conflict in ["fail", "skip", "rename", "swap", "merge", "merge-swap"] {
        let sandbox = Sandbox::ordinary();
        sandbox.tree("open", &[("free", "1"), ("taken", "2"), ("below/taken", "3")]);
        sandbox.tree("closed", &[("a", "4")]);
        sandbox.file("file/a", "5");
        sandbox.tree("shut", &[("a", "6")]);
        for name in ["open/free", "open/taken", "open/below/taken", "closed/a", "file/a", "shut/a"] {
            sandbox.rrm(["rm", name]).ok();
        }
        sandbox.chmod("shut", 0o555);
        sandbox.rrm(["rm", "shut"]).ok();
        sandbox.rrm(["rm", "file"]).ok();
        sandbox.file("file", "");
        sandbox.file("open/taken", "");
        sandbox.dir("open/below/taken");
        sandbox.chmod("closed", 0o555);
        let words = ["restore", "--conflict", conflict, "--under", "."];
        let (status, errors, done) = foreseen(&sandbox, &sandbox.command(words));
        assert_eq!(status, Some(1));
        assert!(done.iter().any(|line| line.contains("open/free'")), "{done:?}");
        for lost in ["closed/a", "shut/a"] {
            assert!(errors.iter().any(|line| line.contains(lost)), "{lost}: {errors:?}");
        }
        let about_taken = errors.iter().chain(&done).filter(|line| line.contains("taken")).count();
        assert_eq!(about_taken, 2, "{errors:?} {done:?}");
    }
}

// [42] What an earlier operand takes along, and what may not leave its directory.
#[test]
fn a_dry_removal_is_the_removal() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("d", &[("x", "1")]);
    sandbox.file("closed/a", "");
    sandbox.chmod("closed", 0o555);
    let mut words = vec!["rm", "d", "d/x", "d", "closed/a", "nosuch"];
    if is_root() {
        sandbox.file("sticky/theirs", "");
        sandbox.chown("sticky/theirs", 0);
        sandbox.chmod("sticky", 0o1777);
        sandbox.chown("sticky", 0);
        words.push("sticky/theirs");
    }
    let (status, errors, done) = foreseen(&sandbox, &sandbox.command(&words));
    assert_eq!((status, done), (Some(1), vec!["would remove 'd'".to_owned()]));
    assert_eq!(errors.len(), words.len() - 2, "{errors:?}");
    assert!(is_there(&sandbox.path("closed/a")));
}
