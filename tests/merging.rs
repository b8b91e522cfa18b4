//! `--conflict merge` and `merge-swap`: what is missing comes back, and nothing is lost or changed.

pub(crate) mod account;
mod property;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::common::{Mount, Run, Sandbox, User, content, is_root, snapshot};
use crate::model::drivers::told;
use account::Account;

/// A directory in the trash, and another of its name at its place: two names are at both, one level apart.
fn torn(sandbox: &Sandbox) {
    sandbox.tree("d", &[("a", "old a"), ("both", "old"), ("sub/both", "old below"), ("sub/c", "c"), ("gone/e", "e")]);
    sandbox.symlink("d/link", "nowhere");
    sandbox.rrm(["rm", "d"]).ok();
    sandbox.tree("d", &[("both", "new"), ("sub/both", "new below"), ("own", "own")]);
    sandbox.chmod("d/sub", 0o755);
}

fn lines(run: &Run) -> Vec<String> {
    run.stdout().lines().map(str::to_owned).collect()
}

fn quoted(sandbox: &Sandbox, path: &str) -> String {
    format!("'{}'", sandbox.path(path).display())
}

#[test]
fn what_is_missing_comes_back_and_the_rest_is_named() {
    for verb in [&["restore", "d"][..], &["undo"]] {
        let sandbox = Sandbox::ordinary();
        torn(&sandbox);
        let (before, top) = (Account::of(&sandbox), snapshot(sandbox.path("d/own")));
        let run = sandbox.command(verb).args(["--conflict", "merge"]).run();
        let [both, below] = ["d/both", "d/sub/both"].map(|path| quoted(&sandbox, path));
        let mut expected = [both, below].map(|path| format!("left {path} in the trash: it already exists")).to_vec();
        if verb == ["undo"] {
            expected.insert(0, format!("restored 4 parts of {}", quoted(&sandbox, "d")));
        }
        assert_eq!(lines(run.ok()), expected);
        before.assert_is(&Account::of(&sandbox));
        top.assert_is_at(sandbox.path("d/own"));
        let now = ["a", "both", "sub/both", "sub/c", "gone/e"].map(|name| content(&sandbox, &format!("d/{name}")));
        assert_eq!(now, ["old a", "new", "new below", "c", "e"]);
        // The rest is listed with its record, at its place in the tree.
        let items = sandbox.list_json();
        assert_eq!(items.len(), 1);
        assert_eq!(items[0]["original_path"], sandbox.path("d").to_str().expect("plain"));
        fs::remove_file(sandbox.path("d/both")).expect("it is there");
        sandbox.rrm(["restore", "d/both"]).ok();
        assert_eq!(content(&sandbox, "d/both"), "old");
    }
}

/// Nothing is left of a directory that is like the one at its place; another's mode is not lost.
#[test]
fn a_directory_goes_from_the_trash_only_if_there_is_one_like_it() {
    let sandbox = Sandbox::ordinary();
    sandbox.tree("d", &[("a", "a"), ("sub/b", "b")]);
    sandbox.rrm(["rm", "d"]).ok();
    sandbox.dir("d/sub");
    sandbox.rrm(["restore", "--conflict", "merge", "d"]).ok().silent();
    assert!(sandbox.list_json().is_empty());

    sandbox.chmod("d/sub", 0o700);
    sandbox.rrm(["rm", "d"]).ok();
    sandbox.dir("d/sub");
    let run = sandbox.rrm(["restore", "--conflict", "merge", "d"]);
    run.ok().out_is(&format!("left {} in the trash: it already exists\n", quoted(&sandbox, "d/sub")));
    let mode = fs::metadata(sandbox.path("d/sub")).expect("it is there").permissions().mode();
    assert_eq!((mode & 0o777, content(&sandbox, "d/sub/b").as_str()), (0o755, "b"));
    fs::remove_dir_all(sandbox.path("d")).expect("it is there");
    sandbox.rrm(["restore", "d"]).ok();
    assert_eq!(fs::metadata(sandbox.path("d/sub")).expect("it is there").permissions().mode() & 0o777, 0o700);
}

#[test]
fn with_a_swap_the_two_change_places() {
    let sandbox = Sandbox::ordinary();
    torn(&sandbox);
    let before = Account::of(&sandbox);
    let run = sandbox.rrm(["undo", "--conflict", "merge-swap"]);
    run.ok().out_is(&format!("restored {}\n", quoted(&sandbox, "d")));
    before.assert_is(&Account::of(&sandbox));
    let now = ["both", "sub/both", "own"].map(|name| content(&sandbox, &format!("d/{name}")));
    assert_eq!(now, ["old", "old below", "own"]);
    let items = sandbox.list_json();
    let mut paths: Vec<&str> = items.iter().filter_map(|item| item["original_path"].as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["d/both", "d/sub/both"].map(|path| sandbox.path(path).display().to_string()));
}

/// A link to a directory is no directory: nothing is put where it leads.
#[test]
fn what_is_no_directory_stays_in_the_way() {
    let sandbox = Sandbox::ordinary();
    let other = sandbox.dir("other");
    for name in ["link", "file"] {
        sandbox.tree(name, &[("a", "a")]);
        sandbox.rrm(["rm", name]).ok();
        if name == "link" {
            sandbox.symlink(name, &other)
        } else {
            sandbox.file(name, "new")
        };
        let left = format!("left {} in the trash: it already exists\n", quoted(&sandbox, name));
        sandbox.rrm(["restore", "--conflict", "merge", name]).ok().out_is(&left);
        sandbox.rrm(["restore", "-q", "--conflict", "merge", name]).ok().silent();
        assert_eq!(fs::read_dir(&other).expect("it is there").count(), 0);
        sandbox.rrm(["restore", "--conflict", "merge-swap", name]).ok().silent();
        assert_eq!(content(&sandbox, &format!("{name}/a")), "a");
    }
}

#[test]
fn a_dry_run_tells_what_the_run_does() {
    for mode in ["merge", "merge-swap"] {
        let sandbox = Sandbox::ordinary();
        torn(&sandbox);
        sandbox.file("d/closed/y", "new");
        sandbox.rrm(["rm", "d/closed"]).ok();
        sandbox.file("d/closed/x", "newer");
        sandbox.chmod("d/closed", 0o555);
        let command = sandbox.command(["undo", "2", "--conflict", mode]);
        let before = snapshot(sandbox.root());
        let dry = command.clone().args(["--dry-run"]).run();
        before.assert_is_at(sandbox.root());
        assert_eq!(told(&dry), told(&command.args(["--verbose"]).run()), "{mode}: {dry}");
        assert!(dry.stderr().contains("Permission denied"), "{dry}");
    }
}

#[test]
fn what_came_back_and_what_did_not_is_told_as_json() {
    let sandbox = Sandbox::ordinary();
    torn(&sandbox);
    for words in [&["restore", "-n", "d"][..], &["restore", "d"]] {
        let run = sandbox.command(words).args(["--json", "--conflict", "merge"]).run();
        let objects: Vec<Value> =
            run.ok().stdout().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let of = |state: &str| objects.iter().filter(|object| object["state"] == state).count();
        assert_eq!((of("restored"), of("left"), objects.len()), (4, 2, 6), "{run}");
        assert_eq!(objects[0]["path"], sandbox.path("d/a").to_str().expect("plain"));
    }
}

/// An undo does not stop for ever at what stays.
#[test]
fn an_undo_passes_over_what_it_has_merged() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("before", "before");
    sandbox.rrm(["rm", "before"]).ok();
    torn(&sandbox);
    sandbox.rrm(["undo", "--conflict", "merge"]).ok();
    assert!(!sandbox.path("before").exists());
    let run = sandbox.rrm(["undo", "--conflict", "merge"]);
    run.ok().out_contains(&format!("left {} in the trash", quoted(&sandbox, "d/both")));
    assert_eq!(content(&sandbox, "before"), "before");
}

/// What came back goes again, each part as an item of its own; what the undo left is not touched.
#[test]
fn a_redo_takes_a_merge_back() {
    for mode in ["merge", "merge-swap"] {
        let sandbox = Sandbox::ordinary();
        torn(&sandbox);
        let (before, live) = (Account::of(&sandbox), snapshot(sandbox.path("d/own")));
        sandbox.rrm(["undo", "--conflict", mode]).ok();
        let run = sandbox.rrm(["redo"]);
        let parts = if mode == "merge" { 4 } else { 6 };
        run.ok().out_contains(&format!("removed {parts} items again"));
        assert!(!sandbox.path("d/a").exists() && !sandbox.path("d/sub/c").exists());
        before.assert_is(&Account::of(&sandbox));
        live.assert_is_at(sandbox.path("d/own"));
        // And back again.
        sandbox.rrm(["undo"]).ok();
        assert_eq!(content(&sandbox, "d/a"), "old a");
        assert_eq!(content(&sandbox, "d/both"), if mode == "merge" { "new" } else { "old" });
        before.assert_is(&Account::of(&sandbox));
    }
}

#[test]
fn a_part_of_an_item_is_merged_as_well() {
    let sandbox = Sandbox::ordinary();
    torn(&sandbox);
    let run = sandbox.rrm(["restore", "--conflict", "merge", "d/sub"]);
    run.ok().out_is(&format!("left {} in the trash: it already exists\n", quoted(&sandbox, "d/sub/both")));
    assert_eq!(content(&sandbox, "d/sub/c"), "c");
    assert!(!sandbox.path("d/a").exists());
    sandbox.rrm(["restore", "--conflict", "merge-swap", "d/sub"]).ok();
    assert_eq!(content(&sandbox, "d/sub/both"), "old below");
}

#[test]
fn another_volume_is_refused_before_anything_moves() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    let mount = Mount::tmpfs("", &sandbox.path("mount")).expect("it was tried before");
    sandbox.tree("mount/d", &[("a", "a"), ("b", "b")]);
    sandbox.rrm(["rm", "--into-home", "mount/d"]).ok();
    sandbox.file("mount/d/b", "new");
    let before = snapshot(sandbox.root());
    let run = sandbox.rrm(["restore", "--conflict", "merge", "mount/d"]);
    run.fails(1).err_contains("it already exists on another volume, and rrm merges only within one");
    before.assert_is_at(sandbox.root());
    let dry = sandbox.rrm(["restore", "-n", "--conflict", "merge", "mount/d"]);
    assert_eq!(told(&dry), told(&run));
    drop(mount);
}

/// Whoever made a directory where ours was does not get what was in ours.
#[test]
fn a_directory_of_another_user_gets_nothing() {
    if !is_root() {
        skip!("root", "to make a directory of another user");
    }
    let sandbox = Sandbox::of(User::Nobody);
    sandbox.tree("d", &[("a", "a"), ("sub/b", "b")]);
    sandbox.rrm(["rm", "d"]).ok();
    sandbox.dir("d/sub");
    sandbox.chmod("d/sub", 0o777);
    sandbox.chown("d/sub", 0);
    let run = sandbox.rrm(["restore", "--conflict", "merge", "d"]);
    run.fails(1).err_contains("it already exists, and belongs to another user");
    assert_eq!(content(&sandbox, "d/a"), "a");
    assert_eq!(fs::read_dir(sandbox.path("d/sub")).expect("it is there").count(), 0);
}
