//! What can be asked of a guard: what it keeps, what it refuses, and what it says.

use std::fs;

use super::sandbox;
use super::undo::{grow, tree};
use crate::common::held::wait_for;
use crate::common::{Mount, Sandbox};

/// Whether two files in the sandbox can share their blocks.
fn has_reflinks(sandbox: &Sandbox) -> bool {
    fs::write(sandbox.path("probe"), [7; 4096]).expect("work is ours");
    let copied = sandbox.tool("cp", ["--reflink=always", "probe", "probe2"]).run();
    let _ = fs::remove_file(sandbox.path("probe"));
    let _ = fs::remove_file(sandbox.path("probe2"));
    copied.status.success()
}

/// A path in the tree, as messages have it.
pub(super) fn quoted(sandbox: &Sandbox, name: &str) -> String {
    format!("'{}'", sandbox.path("tree").join(name).display())
}

/// A file that is opened for writing is copied if it is small, or can share its blocks with the copy; else only if that is
/// asked for.
#[test]
fn large_files_are_kept_from_writes_if_asked() {
    let sandbox = or_skip!(sandbox());
    let (large, shares) = (sandbox.path("large"), has_reflinks(&sandbox));
    let fill = |size: usize| fs::write(&large, vec![7; size]).expect("work is ours");
    let run = |options: &[&str], script: &str| {
        let words = ["--", "sh", "-c", script];
        sandbox.command(["guard"]).args(options).args(words).run()
    };
    let too_large = |size: usize| {
        format!("rrm: cannot keep '{}': it is too large to copy ({size} bytes)\n", sandbox.path("large").display())
    };
    let (one, two) = ((1 << 20) + 1, (1 << 21) + 1);
    for (options, size, script, is_kept, told) in [
        (&[][..], one, "printf x 1<>large", shares, String::new()),
        (&["--writes"], one, "printf x 1<>large", true, String::new()),
        (&["--writes", "--limit", "2MiB"], two, ": 1<>large", false, String::new()),
        (&["--writes", "--limit", "2MiB"], two, "printf x 1<>large", shares, too_large(two)),
        (&["--limit", "2MiB"], two, ": >large", shares, too_large(two)),
        (&["--limit", "3MiB"], two, ": >large", true, String::new()),
    ] {
        fill(size);
        let run = run(options, script);
        let told = if shares { String::new() } else { told };
        assert_eq!(run.ok().stderr(), told, "{options:?} {script}");
        assert_eq!(sandbox.list_json().len(), usize::from(is_kept), "{options:?} {script}");
        if is_kept {
            sandbox.rrm(["undo"]).ok();
            assert_eq!(fs::read(&large).expect("it is back"), vec![7; size], "{options:?} {script}");
            sandbox.rrm(["clean", "--all", "--yes"]).ok();
        }
    }
    sandbox.rrm(["guard", "--limit", "some", "true"]).fails(2).err_contains("some");
}

/// What cannot be kept does not go.
#[test]
fn what_cannot_be_kept_is_refused_if_asked() {
    let sandbox = or_skip!(sandbox());
    grow(&sandbox);
    let before = tree(&sandbox.path("tree"));
    let guarded = |options: &[&str], script: &str| {
        let command = sandbox.command(["guard", "--strict"]).args(options).args(["--", "sh", "-c", script]);
        command.within(sandbox.path("tree")).run()
    };
    if !has_reflinks(&sandbox) {
        let run = guarded(&["--limit", "4"], ": >a");
        assert!(!run.status.success(), "{run}");
        run.err_contains("Operation not permitted");
        run.err_contains(&format!(
            "cannot allow the loss of {}: it is too large to copy (5 bytes)",
            quoted(&sandbox, "a")
        ));
    }
    sandbox.rrm(["config", "set", "min-free", "1000PB"]).ok();
    for script in ["rm a", "mv a b", "rm -r src/deep/deeper", ": >a", "ln -sf nowhere b"] {
        let run = guarded(&[], script);
        assert!(!run.status.success(), "{run}");
        run.err_contains("too little space is left on its volume");
    }
    assert_eq!(tree(&sandbox.path("tree")), before);
    sandbox.rrm(["config", "set", "min-free", "0"]).ok();
    let run = guarded(&[], "rm a; echo new >b; echo x >made; rm made");
    run.ok().silent();
    sandbox.rrm(["undo"]).ok();
    assert_eq!(tree(&sandbox.path("tree")), before);
}

/// What a person has set to stay free stays free.
#[test]
fn what_would_fill_the_disk_is_not_kept_and_named() {
    let sandbox = or_skip!(sandbox());
    grow(&sandbox);
    sandbox.rrm(["config", "set", "min-free", "1000PB"]).ok();
    let run = sandbox.command(["guard", "--", "rm", "-r", "src"]).within(sandbox.path("tree")).run();
    run.ok();
    for name in ["src/c", "src/link", "src/deep/deeper/d"] {
        let path = quoted(&sandbox, name);
        run.err_contains(&format!("rrm: cannot keep {path}: too little space is left on its volume"));
    }
}

/// So does a twentieth of the volume, if nobody has set anything.
#[test]
fn a_twentieth_of_the_disk_stays_free() {
    in_mount_namespace!();
    let sandbox = or_skip!(sandbox());
    sandbox.rrm(["config", "unset", "min-free"]).ok();
    let _disk = or_skip!(Mount::tmpfs("mode=755,size=1m", &sandbox.path("disk"))).owned_by(sandbox.user());
    let guarded = |script: &str| sandbox.command(["guard", "--", "sh", "-c", script]).run();
    sandbox.file("disk/some", vec![b'x'; 980 << 10]);
    sandbox.file("disk/full", "x");
    guarded("rm disk/full").ok().err_contains("too little space is left on its volume");
    sandbox.file("disk/some", vec![b'x'; 900 << 10]);
    sandbox.file("disk/roomy", "x");
    guarded("rm disk/roomy").ok().err_lacks("too little space");
    sandbox.rrm(["undo"]).ok();
    assert!(sandbox.path("disk/roomy").exists() && !sandbox.path("disk/full").exists());
}

/// With -v, all that is kept is named once, right away.
#[test]
fn each_thing_that_is_kept_is_named_if_asked() {
    let sandbox = or_skip!(sandbox());
    grow(&sandbox);
    let script = "rm -r src; echo new >a; echo x >made; rm made; chmod 600 b; mv b moved";
    let run = sandbox.command(["guard", "-v", "--", "sh", "-c", script]).within(sandbox.path("tree")).run();
    let run = run.ok();
    let mut told: Vec<&str> =
        run.stderr.split(|byte| *byte == b'\n').map(|line| std::str::from_utf8(line).expect("text")).collect();
    told.sort_unstable();
    let names = ["a", "src", "src/c", "src/deep", "src/deep/deeper", "src/deep/deeper/d", "src/link"];
    let mut expected: Vec<String> = names.iter().map(|name| format!("rrm: kept {}", quoted(&sandbox, name))).collect();
    expected.insert(0, String::new());
    assert_eq!(told, expected);
}

/// Nobody hears of what is kept after COMMAND has ended, and it is kept all the same.
#[test]
fn what_goes_when_nobody_listens_any_more_is_kept() {
    let sandbox = or_skip!(sandbox());
    grow(&sandbox);
    let daemon = "while [ ! -e go ]; do sleep 0.01; done; rm a; sleep 0.05; rm b; rm -r src; echo done >done";
    let script = format!("(setsid sh -c '{daemon}' >/dev/null 2>&1 &)");
    let command = sandbox.command(["guard", "-v", "--", "sh", "-c", &script]);
    command.within(sandbox.path("tree")).run().ok().silent();
    fs::write(sandbox.path("tree/go"), "").expect("work is ours");
    wait_for("the daemon", || sandbox.path("tree/done").exists());
    wait_for("the end of the run", || sandbox.list_json().len() == 3);
}

/// For a program that runs others, all of it as one object, on the last line.
#[test]
fn what_a_run_did_can_be_read_by_a_program() {
    let sandbox = or_skip!(sandbox());
    let guarded = |options: &[&str], script: &str| {
        let _ = fs::remove_dir_all(sandbox.path("tree"));
        grow(&sandbox);
        let command = sandbox.command(["guard", "--json"]).args(options).args(["--", "sh", "-c", script]);
        let run = command.within(sandbox.path("tree")).run();
        let text = run.stdout();
        let told = serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
        assert!(run.stderr().lines().all(|line| !line.starts_with("rrm")), "{run}");
        let told: serde_json::Value = told;
        (run, told)
    };
    let (run, told) = guarded(&[], "echo hello; rm -r src b; echo new >a; exit 3");
    run.fails(3);
    assert!(run.stdout().starts_with("hello\n"));
    let numbers = ["removed_directories", "removed_files", "replaced", "changed", "more_not_kept"];
    assert_eq!(numbers.map(|key| told[key].as_u64()), [1, 1, 1, 0, 0].map(Some));
    assert_eq!((&told["command"], &told["can_be_undone"]), (&"sh".into(), &true.into()));
    let items: Vec<_> =
        told["items"].as_array().expect("a list").iter().filter_map(|item| item["original_path"].as_str()).collect();
    assert_eq!(items, ["a", "b", "src"].map(|name| sandbox.path("tree").join(name).display().to_string()));
    let (_, told) = guarded(&[], "true");
    assert_eq!((&told["items"], &told["can_be_undone"]), (&serde_json::json!([]), &true.into()));
    sandbox.rrm(["config", "set", "min-free", "1000PB"]).ok();
    let path = sandbox.path("tree").join("a").display().to_string();
    let reason = serde_json::json!([{ "path": path, "reason": "too little space is left on its volume" }]);
    let (_, told) = guarded(&[], "rm a");
    assert_eq!((&told["not_kept"], &told["can_be_undone"]), (&reason, &false.into()));
    let (_, told) = guarded(&["--strict"], "rm a");
    assert_eq!((&told["refused"], &told["can_be_undone"]), (&reason, &true.into()));
}
