//! Sizes beyond all counting, and no thread to be had.

use super::listed;
use crate::common::{Missing, Mount, Sandbox, say_skipped};

// [81] Files of holes may together be longer than any number.
#[test]
fn sums_of_sizes_end_at_the_largest_number() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let _mount = or_skip!(Mount::tmpfs("", &sandbox.dir("m")));
    sandbox.dir("m/d");
    for name in ["m/a", "m/b", "m/c", "m/d/e", "m/d/f", "m/d/g"] {
        sandbox.tool("truncate", ["--size=7E", name]).run().ok();
    }
    sandbox.rrm(["rm", "-r", "m/a", "m/b", "m/c", "m/d"]).ok();
    assert_eq!(listed(&sandbox).len(), 4);
    for words in [
        &["list"][..],
        &["list", "--sort", "size"],
        &["list", "--larger-than", "1G", "--format", "json"],
        &["stats"],
        &["stats", "--format", "json"],
        &["show", "/**"],
        &["clean", "-n", "--max-size", "1G"],
        &["clean", "-n", "--min-free", "99%"],
        &["clean", "-n", "--all"],
        &["doctor"],
        &["clean", "--all", "--yes"],
    ] {
        sandbox.rrm(words).ok().err_lacks("panicked");
    }
    assert_eq!(listed(&sandbox).len(), 0);
}

// [75] Where no second thread can be had, one does everything.
#[test]
fn without_a_second_thread_everything_is_done() {
    let sandbox = Sandbox::ordinary();
    if sandbox.tool("prlimit", ["--nproc=1", "true"]).run().status.code() != Some(0) {
        return say_skipped(&Missing::new("prlimit", "it does not limit processes"));
    }
    let names: Vec<String> = (0..600).map(|number| format!("f{number}")).collect();
    let alone = |words: &[&str]| {
        let run = sandbox.command(words).through(["prlimit", "--nproc=1"]).run();
        run.ok().err_lacks("panicked");
        run
    };
    for name in &names {
        sandbox.file(name, "");
    }
    sandbox.file("d/e/f", "");
    let words: Vec<&str> = ["rm", "-r", "d"].into_iter().chain(names.iter().map(String::as_str)).collect();
    alone(&words);
    assert_eq!(alone(&["list"]).stdout().lines().count(), 602);
    for words in [&["stats"][..], &["show", "**/d"], &["doctor"], &["clean"], &["import", "-n"], &["shim", "status"]] {
        let run = sandbox.command(words).through(["prlimit", "--nproc=1"]).run();
        run.err_lacks("panicked");
    }
    alone(&["undo"]);
    assert!(sandbox.path("f599").exists() && sandbox.path("d/e/f").exists());
    alone(&words);
    alone(&["clean", "--all", "--yes"]);
    assert_eq!(listed(&sandbox).len(), 0);
}
