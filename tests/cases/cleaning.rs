//! Losing data while cleaning, and the options of `rrm clean`.

use std::fs;
use std::path::PathBuf;

use super::{id_of, is_there, listed, names_in_trash};
use crate::common::{Missing, Mount, Sandbox, User, is_root, snapshot};

/// Makes files of these names and removes them with this grace period.
fn removed(sandbox: &Sandbox, names: &[&str], grace: &str) {
    for name in names {
        sandbox.file(name, *name);
    }
    sandbox.rrm(["rm", "-g", grace].iter().chain(names)).ok();
}

/// A file in the home trash under a made-up ID, with attributes as given.
fn planted(sandbox: &Sandbox, number: usize, attributes: &[(&str, &str)]) -> PathBuf {
    let path = sandbox.file(sandbox.trash().join(format!("{number:08}-0000-4000-8000-000000000000")), "planted");
    for (name, value) in attributes {
        sandbox.set_attribute(&path, &format!("user.{name}"), value);
    }
    path
}

// [28] What arrives on a pipe is no answer, whatever it says.
#[test]
fn clean_all_without_a_terminal_deletes_nothing_unless_told_beforehand() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["a", "b"], "30d");
    for input in ["", "n\n", "y\n", &"n\n".repeat(1000), &"yes\n".repeat(1000)] {
        for arguments in [&["clean", "--all"][..], &["clean", "a"], &["clean", "--older-than", "0s"]] {
            let run = sandbox.command(arguments).reading(input).run();
            run.fails(1).err_contains("refusing").err_contains("--yes");
            assert_eq!(listed(&sandbox), ["a", "b"]);
        }
    }
    sandbox.command(["clean", "--all"]).redirected("</dev/null").run().fails(1);
    assert_eq!(listed(&sandbox), ["a", "b"]);
    sandbox.rrm(["clean", "--all", "--yes"]).ok().silent();
    assert_eq!((listed(&sandbox), names_in_trash(&sandbox)), (vec![], vec![]));
}

// [28] On a terminal only yes means yes; the question says how much.
#[test]
fn on_a_terminal_only_yes_means_yes() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["a", "b"], "30d");
    for answer in ["n\n", "\n", "maybe\n", "\u{4}"] {
        let run = sandbox.command(["clean", "--all"]).on_terminal(80, answer);
        run.ok().out_contains("delete 2 items (2 B) for good: '").out_contains("/a', '").out_contains("/b'?");
        assert_eq!(listed(&sandbox), ["a", "b"], "{answer:?}");
    }
    sandbox.command(["clean", "--all"]).on_terminal(80, "y\n").ok().out_contains("deleted 2 items");
    assert_eq!(listed(&sandbox), [""; 0]);
    // One path is named before the sizes.
    removed(&sandbox, &["a"], "30d");
    sandbox.command(["clean", "--all"]).on_terminal(80, "n\n").ok().out_contains("/a' (1 B) for good?");
    removed(&sandbox, &["a"], "30d");
    sandbox.command(["clean", "--all"]).on_terminal(80, "n\n").ok().out_contains("/a' (2 versions, 2 B) for good?");
}

/// A trash directory that is not there is told at a terminal, where it is more likely mistyped than empty.
#[test]
fn a_trash_directory_that_is_not_there_is_told() {
    let sandbox = Sandbox::new();
    let clean = || sandbox.command(["--trash-dir", "missing", "clean"]);
    clean().run().ok().silent();
    let told = clean().on_terminal(80, "");
    told.ok().out_contains("nothing to delete: there is no trash directory '").out_contains("hint: rrm stats shows");
}

// [29] What was not there when the question was asked is not in the answer.
#[test]
fn what_is_removed_while_clean_asks_survives_it() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["old"], "30d");
    let run = sandbox.command(["clean", "--all"]).on_terminal_after(80, "for good?", || {
        removed(&sandbox, &["new", "due"], "0");
        "y\n".to_owned()
    });
    run.ok().out_contains("deleted 1 item");
    assert_eq!(listed(&sandbox), ["due", "new"]);
}

// [29] Of a restore and a clean of one item at once exactly one wins, and gets all of it.
#[test]
fn of_restore_and_clean_at_once_exactly_one_wins() {
    for round in 0..24 {
        let sandbox = Sandbox::new();
        let path = match round % 3 {
            0 => sandbox.file("x", "content"),
            1 => sandbox.tree("x", &[("a", "1"), ("b/c", "2"), ("b/d", "3")]),
            _ => sandbox.symlink("x", "nowhere"),
        };
        let before = snapshot(&path);
        sandbox.rrm(["rm", "x"]).ok();
        let restore = sandbox.command(["restore", "x"]).spawn();
        let clean = sandbox.command(["clean", "--yes", "x"]).spawn();
        let restored = restore.wait_with_output().unwrap();
        let cleaned = clean.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&restored.stderr).into_owned() + &String::from_utf8_lossy(&cleaned.stderr);
        assert_eq!(restored.status.success(), is_there(&path), "round {round}: {told}");
        // The loser finds nothing, or what the winner has begun.
        assert!([&restored, &cleaned].iter().all(|run| matches!(run.status.code(), Some(0 | 1))), "{told}");
        assert!(restored.status.success() || cleaned.status.success(), "round {round}: {told}");
        if is_there(&path) {
            before.assert_is_at(&path);
        }
        assert_eq!(names_in_trash(&sandbox), [""; 0], "{told}");
        assert_eq!(fs::read_dir(sandbox.trash().join(".doomed")).map_or(0, Iterator::count), 0, "{told}");
    }
}

// [30] Links are deleted, never what they lead to.
#[test]
fn clean_follows_no_link() {
    let sandbox = Sandbox::ordinary();
    let live = sandbox.tree("live", &[("file", "precious"), ("below/file", "precious")]);
    let before = snapshot(&live);
    sandbox.symlink("itself", &live);
    sandbox.tree("tree", &[("a", "1")]);
    for name in ["tree/absolute", "tree/below/deep"] {
        sandbox.symlink(name, &live);
    }
    sandbox.symlink("tree/relative", "../live");
    sandbox.symlink("tree/up", "..");
    sandbox.hard_link("tree/same-file", live.join("file"));
    let before_with_link = snapshot(&live);
    sandbox.rrm(["rm", "-g", "0", "itself", "tree"]).ok();
    before_with_link.assert_is_at(&live);
    sandbox.rrm(["clean"]).ok().silent();
    assert_eq!(names_in_trash(&sandbox), [""; 0]);
    before.assert_is_at(&live);
}

// [31] What is ours goes whatever its mode: no read-only module cache keeps a trash from being emptied.
#[test]
fn directories_closed_by_their_mode_are_deleted() {
    let sandbox = Sandbox::ordinary();
    for mode in [0o555, 0o000, 0o300, 0o400] {
        sandbox.tree("tree", &[("closed/a", "1"), ("closed/below/b", "2")]);
        sandbox.chmod("tree/closed/below", mode);
        sandbox.chmod("tree/closed", mode);
        sandbox.chmod("tree", mode);
        sandbox.rrm(["rm", "-g", "0", "tree"]).ok().silent();
        sandbox.rrm(["clean"]).ok().silent();
        assert_eq!(names_in_trash(&sandbox), [""; 0]);
    }
}

// [31] What is not ours to delete is named, and the rest goes on.
#[test]
fn other_peoples_directories_are_reported_and_the_rest_goes_on() {
    if !is_root() {
        skip!("root", "to make a directory of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    sandbox.tree("tree", &[("theirs/file", "1"), ("ours/file", "2")]);
    sandbox.chown("tree/theirs", 1234);
    removed(&sandbox, &["before", "zz-after"], "0");
    sandbox.rrm(["rm", "-g", "0", "tree"]).ok();
    sandbox
        .rrm(["clean"])
        .fails(1)
        .err_contains("theirs/file")
        .err_contains("Permission denied")
        .err_lacks("ours/file'");
    let item = sandbox.trash().join(&names_in_trash(&sandbox)[0]);
    assert_eq!(snapshot(&item).paths().len(), 3, "itself, and what is theirs");
    sandbox.chown(item.join("theirs"), sandbox.user().ids().0);
    sandbox.rrm(["clean", "--yes", "tree"]).ok();
    assert!(names_in_trash(&sandbox).is_empty());
    assert_eq!(fs::read_dir(sandbox.trash().join(".doomed")).unwrap().count(), 0);
}

// [49, 105] What cannot be deleted is listed as far as it is left, can be restored, and fails no clean of anything else.
#[test]
fn what_cannot_be_deleted_is_an_item_again_and_fails_no_other_clean() {
    if !is_root() {
        skip!("root", "to make a directory of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    for name in ["own-record", "enveloped"] {
        sandbox.tree(name, &[("a", "1"), ("theirs/b", "2")]);
        sandbox.chown(sandbox.path(name).join("theirs"), 0);
    }
    // Somebody's own value under one of our names.
    sandbox.set_attribute("enveloped", "user.original_path", "/elsewhere");
    removed(&sandbox, &["file"], "0");
    sandbox.rrm(["rm", "-g", "0", "own-record", "enveloped"]).ok();
    let run = sandbox.rrm(["clean"]);
    run.fails(1).err_contains("theirs/b': Permission denied");
    for name in ["own-record", "enveloped"] {
        run.err_contains(&format!("{name}': some of it cannot be deleted, and is still in the trash"));
    }
    assert_eq!(listed(&sandbox), ["enveloped", "own-record"]);
    removed(&sandbox, &["another"], "0");
    sandbox.rrm(["clean"]).ok().silent();
    assert_eq!(listed(&sandbox), ["enveloped", "own-record"]);
    sandbox.rrm(["doctor"]).ok();
    for name in ["own-record", "enveloped"] {
        sandbox.rrm(["restore", name]).ok().silent();
        let left = sandbox.path(name);
        assert!(is_there(&left.join("theirs/b")) && !is_there(&left.join("a")), "{name}");
    }
    assert!(names_in_trash(&sandbox).is_empty());
}

// [49] So is what a clean of an earlier version has left, of whose record nothing is known.
#[test]
fn what_was_claimed_and_cannot_be_deleted_is_an_item_again() {
    if !is_root() {
        skip!("root", "to make a directory of somebody else");
    }
    let sandbox = Sandbox::ordinary();
    sandbox.tree("d", &[("theirs/b", "2")]);
    sandbox.chown("d/theirs", 0);
    sandbox.set_attribute("d", "user.original_path", "/elsewhere");
    sandbox.rrm(["rm", "-g", "0", "d"]).ok();
    let id = sandbox.list_json()[0]["id"].as_str().unwrap().to_owned();
    let envelope = sandbox.trash().join(&id);
    fs::rename(envelope.join("item"), sandbox.trash().join(".doomed").join(&id)).unwrap();
    fs::remove_dir(envelope).unwrap();
    sandbox.rrm(["clean"]).fails(1).err_contains("theirs/b': Permission denied");
    sandbox.rrm(["restore", &id, "--to", "back"]).ok();
    assert!(is_there(&sandbox.path("back").join(&id).join("theirs/b")));
}

// [33] Only what is plainly past its grace period goes; whatever cannot be right is named and stays.
#[test]
fn a_doubtful_date_is_reported_and_never_deletes() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["due"], "0");
    removed(&sandbox, &["kept"], "30d");
    let past = ("deletion_date", "2001-01-01T00:00:00Z");
    let recent = ("deletion_date", "2026-03-01T00:00:00Z");
    let doubtful: [&[(&str, &str)]; 13] = [
        &[],
        &[("deletion_date", "tomorrow")],
        &[("deletion_date", "")],
        &[("deletion_date", "2001-02-30T00:00:00Z")],
        &[("deletion_date", "1970-01-01T00:00:00Z")],
        &[("deletion_date", "1969-12-31T23:00:00-01:00")],
        &[past, ("trashed_date", "2999-01-01T00:00:00Z")],
        &[past, ("trashed_date", "2002-01-01T00:00:00Z")],
        &[past, ("trashed_date", "then")],
        // A clock that was never set, or that begins on the day on which its machine was built.
        &[("deletion_date", "1970-01-02T00:00:01Z")],
        &[("deletion_date", "1970-02-01T00:00:01.5Z"), ("trashed_date", "1970-01-02T00:00:01.5Z")],
        &[("deletion_date", "2020-02-01T00:00:01.5Z"), ("trashed_date", "2020-01-02T00:00:01.5Z")],
        &[recent, ("trashed_date", "2020-01-02T00:00:01.5Z")],
    ];
    for (number, attributes) in doubtful.iter().enumerate() {
        let path = planted(&sandbox, number, attributes);
        sandbox.set_attribute(path, "user.original_path", format!("/origin/{number}"));
    }
    let run = sandbox.rrm(["clean"]);
    for number in 0..doubtful.len() {
        run.err_contains(&format!("'/origin/{number}'"));
    }
    run.fails(1).err_contains("was not deleted").err_contains("rrm restore");
    assert_eq!(listed(&sandbox).len(), doubtful.len() + 1, "the due one is gone, all others stay");
    for item in sandbox.list_json().iter().filter(|item| item["original_path"].as_str().unwrap().starts_with("/origin"))
    {
        assert_eq!(item["state"], "doubtful");
    }
    sandbox.rrm(["clean", "--yes", "00000000"]).ok();
    assert_eq!(listed(&sandbox).len(), doubtful.len());
}

// [33] The far future is a date like any other.
#[test]
fn a_date_in_the_far_future_is_not_due() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["other"], "7000y");
    let future = [("original_path", "/origin"), ("deletion_date", "9999-12-31T23:59:59Z")];
    planted(&sandbox, 1, &future);
    sandbox.rrm(["clean"]).ok().silent();
    assert_eq!(listed(&sandbox).len(), 2);
    sandbox.rrm(["list"]).ok().out_contains(" 7000y ").out_contains("/origin");
}

// [33] Around a change of daylight saving a local time names the earlier of two instants, or the hour after none.
#[test]
fn times_around_a_change_of_daylight_saving_are_understood() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["make-the-trash"], "30d");
    for (number, instant) in ["2025-10-26T00:20:00Z", "2025-10-26T00:40:00Z", "2025-10-26T01:40:00Z"].iter().enumerate()
    {
        let path = format!("/autumn/{number}");
        let record = [("original_path", &*path), ("trashed_date", instant), ("deletion_date", "2099-01-01T00:00:00Z")];
        planted(&sandbox, number, &record);
    }
    let berlin = |arguments: &[&str]| {
        let run = sandbox.command(arguments).with("TZ", "CET-1CEST,M3.5.0,M10.5.0/3").run();
        run.ok().stdout().lines().count()
    };
    let listing = |filter: &str, time: &str| berlin(&["list", "--format=plain", "--under=/autumn", filter, time]);
    assert_eq!(listing("--since", "2025-10-26 02:30"), 2, "02:30 comes twice, the first at 00:30 UTC");
    assert_eq!(listing("--before", "2025-10-26 02:30"), 1);
    assert_eq!(listing("--since", "2025-03-30 02:30"), 3, "02:30 did not come at all");
    assert_eq!(listing("--since", "2025-10-26"), 3);
}

/// A user database in which the sandbox's user has a home that is not there.
fn homeless(sandbox: &Sandbox) -> Result<Mount, Missing> {
    let (user, group) = sandbox.user().ids();
    let database = sandbox.file("passwd", format!("somebody:x:{user}:{group}::/nonexistent:/bin/sh\n"));
    Mount::file(&database, "/etc/passwd".as_ref())
}

// [34] Cron's environment is enough, and a clean there is silent.
#[test]
fn a_poor_environment_is_enough() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let _database = or_skip!(homeless(&sandbox));
    removed(&sandbox, &["due"], "0");
    let poor = sandbox.command(["clean"]).without("PATH").without("TERM").without("LC_ALL").without("TZ");
    poor.within("/").run().ok().silent();
    assert_eq!(listed(&sandbox), [""; 0]);
    sandbox.file("x", "");
    let run = sandbox.command(["rm", "x"]).without("HOME").with("RRM_TRASH_DIR", sandbox.trash()).run();
    run.ok().silent();
    assert_eq!(listed(&sandbox), ["x"]);
}

// [34] Without any home the places tried are named, and the file stays.
#[test]
fn without_a_home_the_file_stays_and_the_places_are_named() {
    in_mount_namespace!();
    let sandbox = Sandbox::ordinary();
    let _database = or_skip!(homeless(&sandbox));
    let file = sandbox.file("x", "");
    let run = sandbox.command(["rm", "--into-home", "x"]).without("HOME").run();
    run.fails(1).err_contains("cannot remove 'x'").err_contains("/nonexistent");
    assert!(is_there(&file));
}

// [34] Root with a user's HOME, as some sudo leave it, touches nothing in that user's trash.
#[test]
fn root_with_the_home_of_a_user_leaves_that_users_trash_alone() {
    in_mount_namespace!();
    if !is_root() {
        skip!("root", "to act as another user");
    }
    let sandbox = Sandbox::ordinary();
    let disk = Mount::tmpfs("mode=1777", &sandbox.path("disk")).unwrap();
    removed(&sandbox, &["theirs"], "0");
    let trash = snapshot(sandbox.trash());
    sandbox.file(disk.path().join("file"), "content");
    let as_root = |arguments: &[&str]| sandbox.command(arguments).by(User::Caller).run();
    as_root(&["rm", "disk/file"]).ok();
    let listing = as_root(&["list", "--format", "plain"]);
    listing.fails(1).out_contains("disk/file").err_contains("belongs to user");
    assert!(!listing.stdout().contains("theirs"), "{listing}");
    as_root(&["clean"]).fails(1).err_contains("belongs to user");
    as_root(&["restore", "disk/file"]).fails(1);
    assert!(is_there(&disk.path().join("file")));
    trash.assert_is_at(sandbox.trash());
    drop(disk);
}

// clean without words deletes what is due: silently, without a question; -v and -n tell.
#[test]
fn clean_deletes_what_is_due_and_tells_when_asked() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["due", "too"], "0");
    removed(&sandbox, &["kept"], "1h");
    let run = sandbox.rrm(["clean", "--dry-run"]);
    run.ok().out_contains("would delete 2 items").out_contains("due");
    assert!(!run.stdout().contains("kept"), "{run}");
    assert_eq!(listed(&sandbox), ["due", "kept", "too"]);
    sandbox.rrm(["clean", "-v"]).ok().out_contains("deleted 2 items");
    sandbox.rrm(["clean"]).ok().silent();
    assert_eq!(listed(&sandbox), ["kept"]);
}

// --older-than, a word, and filters choose; --all takes no other choice beside it.
#[test]
fn clean_takes_the_same_selection_as_list() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["a", "b", "d/c"], "30d");
    sandbox.tree("tree", &[("x", "1")]);
    sandbox.rrm(["rm", "tree"]).ok();
    sandbox.rrm(["clean", "--yes", "--older-than", "1h"]).ok().silent();
    assert_eq!(listed(&sandbox).len(), 4);
    sandbox.rrm(["clean", "--yes", "a"]).ok().silent();
    sandbox.rrm(["clean", "--yes", "--kind", "directory"]).ok().silent();
    assert_eq!(listed(&sandbox), ["b", "d/c"]);
    sandbox.rrm(["clean", "--yes", "--under", "d", "--older-than", "0s"]).ok().silent();
    assert_eq!(listed(&sandbox), ["b"]);
    sandbox.rrm(["clean", "--all", "b"]).fails(2);
    sandbox.rrm(["clean", "--yes", "none"]).fails(1).err_contains("'none'");
    assert_eq!(listed(&sandbox), ["b"]);
}

// [58] One clean at a time in one trash; the second deletes nothing. A schedule need not hear of it, a person does.
#[test]
fn a_second_clean_at_the_same_time_is_refused() {
    let sandbox = Sandbox::new();
    removed(&sandbox, &["due"], "0");
    let held = fs::File::open(sandbox.trash()).unwrap();
    held.try_lock().unwrap();
    sandbox.rrm(["clean"]).ok().silent();
    sandbox.rrm(["clean", "--max-size", "0", "--yes"]).ok().silent();
    sandbox.rrm(["clean", "-v"]).ok().err_contains("another clean is running");
    sandbox.rrm(["clean", "--all", "--yes"]).fails(1).err_contains("another clean is running");
    sandbox.rrm(["clean", "--yes", "due"]).fails(1).err_contains("another clean is running");
    assert_eq!(listed(&sandbox), ["due"]);
    let id = id_of(&sandbox, "due");
    // In so many words: a program that another test starts at this moment has the descriptor until its exec.
    held.unlock().unwrap();
    sandbox.rrm(["clean", "--yes", &id]).ok();
}
