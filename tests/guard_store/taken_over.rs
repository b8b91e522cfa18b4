//! The stand-by goes on where a keeper was killed.

use std::fs;
use std::path::PathBuf;

use super::doing::{Guarded, plant};
use crate::common::{Sandbox, content};

/// The directories of runs in the trash.
fn runs(sandbox: &Sandbox) -> Vec<PathBuf> {
    let entries = fs::read_dir(sandbox.trash().join(".guarded")).expect("there is a run");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

// The keeper has written down a number and is killed before anything has it.
#[test]
fn a_number_is_not_given_twice() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.unlink("a");
    let [dir] = &runs(&sandbox)[..] else { panic!("one run") };
    fs::rename(dir.join("1"), sandbox.path("a")).expect("it is still there");
    run.run.take_over();
    run.unlink("b");
    assert!(dir.join("2").exists() && !dir.join("1").exists());
    run.end_and_undo();
    assert_eq!(["a", "b"].map(|name| content(&sandbox, name)), ["one", "two"]);
}

// The keeper is killed while it files what was kept: what comes later is not among it.
#[test]
fn what_is_kept_while_another_is_filed_is_for_the_next_one() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.unlink("a");
    let [dir] = &runs(&sandbox)[..] else { panic!("one run") };
    fs::write(dir.join("plan"), "").expect("ours");
    run.run.take_over();
    run.unlink("b");
    assert_eq!(runs(&sandbox).len(), 2);
    run.end();
    drop(run);
    assert_eq!(sandbox.list_json().len(), 2);
    sandbox.rrm(["undo", "2"]).ok();
    assert_eq!(["a", "b"].map(|name| content(&sandbox, name)), ["one", "two"]);
}
