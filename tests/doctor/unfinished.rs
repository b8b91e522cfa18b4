//! What killed commands leave; and a repair that finds data in every odd place, and leaves all of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::{ID, clean, doctor, findings, found, left_alone, repaired, with_trash};
use crate::common::{Mount, Sandbox, snapshot, strace};

/// An envelope in the staging directory whose command was killed, for what was at `original`.
fn staged(sandbox: &Sandbox, original: &str, content: Option<&str>) -> PathBuf {
    let envelope = sandbox.dir(sandbox.trash().join(".staging").join(ID));
    sandbox.chmod(&envelope, 0o700);
    let date = "2031-01-01T00:00:00Z";
    let record = [("rrm_envelope", "1"), ("original_path", original), ("deletion_date", date), ("trashed_date", date)];
    record.iter().for_each(|(name, value)| drop(sandbox.set_attribute(&envelope, &format!("user.{name}"), value)));
    content.into_iter().for_each(|content| drop(sandbox.file(envelope.join("item"), content)));
    envelope
}

#[test]
fn a_killed_copy_is_left_to_clean_unless_it_may_be_the_only_one() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let source = sandbox.file("source", "content");
    let copy = staged(&sandbox, source.to_str().expect("text"), Some("cont"));
    let remedy = found(&sandbox, &[], "warning", "interrupted-copy", &copy);
    assert_eq!(remedy, "rrm clean deletes the copy");
    left_alone(&sandbox, &[]);

    fs::remove_file(&source).expect("ours");
    let remedy = found(&sandbox, &[], "error", "interrupted-copy", &copy);
    assert_eq!(remedy, format!("mv '{}' DEST", copy.join("item").display()));
    left_alone(&sandbox, &[]);
    fs::write(&source, "content").expect("it is back");
    sandbox.rrm(["clean"]).ok();
    clean(&sandbox, &[]);

    let envelope = staged(&sandbox, source.to_str().expect("text"), None);
    found(&sandbox, &[], "warning", "interrupted-copy", &envelope);
    repaired(&sandbox, &[]);
    assert!(!envelope.exists());
    let unknown = sandbox.file(sandbox.trash().join(".staging/mine"), "mine");
    found(&sandbox, &[], "error", "interrupted-copy", &unknown);
    left_alone(&sandbox, &[]);
}

/// The states above, made by the kills that they stand for.
#[test]
fn what_a_real_kill_leaves_is_found_and_mended_by_what_is_said() {
    in_mount_namespace!();
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    let _disk = or_skip!(Mount::tmpfs("", &sandbox.path("disk"))).owned_by(sandbox.user());
    let trash = with_trash(&sandbox);
    for (call, finding) in [("renameat2", "interrupted-copy"), ("unlinkat", "interrupted-move")] {
        let source = sandbox.tree("disk/tree", &[("a", "1"), ("b", "2")]);
        let before = snapshot(&source);
        // The unlinkat that counts is the first of the source; those before it are of the survey's trials.
        let nth = (1..20).find(|nth| {
            let inject = format!("inject={call}:signal=KILL:when={nth}");
            let words = ["strace", "-f", "-q", "-o", "/dev/null", "-e", &inject];
            sandbox.command(["rm", "--into-home", "disk/tree"]).through(words).run().killed(9);
            findings(&sandbox, &[], 1).iter().any(|found| found["finding"] == finding)
        });
        assert!(nth.is_some(), "no {call} leaves an {finding}");
        sandbox.rrm(["clean"]).ok();
        clean(&sandbox, &[]);
        before.assert_is_at(&source);
        assert_eq!(sandbox.list_json().len(), 1, "only what was there before: {}", trash.display());
        fs::remove_dir_all(source).expect("ours");
    }
}

/// A copy that somebody works on is locked.
#[test]
fn a_copy_that_is_being_made_is_no_finding() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let envelope = staged(&sandbox, "/nonexistent", Some("cont"));
    let holder = fs::File::open(&envelope).expect("a directory");
    rustix::fs::flock(&holder, rustix::fs::FlockOperation::LockExclusive).expect("locked");
    clean(&sandbox, &[]);
    doctor(&sandbox, &["--repair"]).run().ok();
    drop(holder);
    found(&sandbox, &[], "error", "interrupted-copy", &envelope);
}

/// Notes that the item `ID` is copied from or to this path.
fn noted(sandbox: &Sandbox, outside: impl AsRef<std::path::Path>) {
    let staging = sandbox.trash().join(".staging");
    if !staging.exists() {
        sandbox.dir(&staging);
    }
    symlink(outside, staging.join(format!("{ID}.elsewhere"))).expect("a link");
}

#[test]
fn a_killed_restore_leaves_a_copy_or_only_a_note() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let outside = sandbox.path("outside");
    noted(&sandbox, &outside);
    found(&sandbox, &[], "warning", "interrupted-move", &outside);
    repaired(&sandbox, &[]);

    let room = sandbox.left_room(&sandbox.trash().join(".staging"), ID, &outside);
    sandbox.file(room.join("item"), "cont");
    found(&sandbox, &[], "warning", "interrupted-move", &room);
    left_alone(&sandbox, &[]);
    sandbox.rrm(["clean"]).ok();
    assert!(!room.exists());
    clean(&sandbox, &[]);

    // Somebody has put another private directory of ours in its place: nothing but a person touches that.
    let room = sandbox.left_room(&sandbox.trash().join(".staging"), ID, &outside);
    fs::rename(&room, room.with_file_name("moved")).expect("ours");
    let private = sandbox.tree(&room, &[("thesis", "x")]);
    sandbox.chmod(&private, 0o1700);
    let remedy = found(&sandbox, &[], "warning", "interrupted-move", &room);
    assert_eq!(remedy, "check it, then move or remove it; rrm clean then removes the note");
    left_alone(&sandbox, &[]);
    sandbox.rrm(["clean"]).fails(1).err_contains(&room.display().to_string());
    assert_eq!(fs::read_to_string(room.join("thesis")).expect("it stays"), "x");
    fs::rename(room, sandbox.path("private")).expect("ours");
    sandbox.rrm(["clean"]).ok();
    clean(&sandbox, &[]);

    // Its volume may come back.
    noted(&sandbox, format!("/nonexistent/{ID}/file"));
    clean(&sandbox, &[]);
}

/// Both are whole, and a repair decides nothing.
#[test]
fn what_is_both_in_the_trash_and_in_place_is_compared_by_clean() {
    let sandbox = Sandbox::ordinary();
    with_trash(&sandbox);
    let outside = sandbox.file("outside", "planted");
    let path = outside.to_str().expect("text");
    super::planted(&sandbox, &[("original_path", path), ("deletion_date", "2096-01-01T00:00:00Z")]);
    noted(&sandbox, &outside);
    found(&sandbox, &[], "warning", "interrupted-move", &outside);
    left_alone(&sandbox, &[]);
    sandbox.rrm(["clean"]).ok();
    assert!(outside.exists());
    clean(&sandbox, &[]);
}

#[test]
fn a_killed_clean_is_finished_by_the_next() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    sandbox.tree(trash.join(".doomed").join(ID), &[("a", "1")]);
    let remedy = found(&sandbox, &[], "warning", "interrupted-clean", &trash.join(".doomed"));
    assert_eq!(remedy, "rrm clean continues");
    left_alone(&sandbox, &[]);
    sandbox.rrm(["clean"]).ok();
    clean(&sandbox, &[]);
}

#[test]
fn nothing_is_repaired_while_a_clean_is_at_work() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let envelope = sandbox.dir(trash.join(ID));
    sandbox.tool("touch", ["-d", "2 hours ago", envelope.to_str().expect("text")]).run().ok();
    let holder = fs::File::open(&trash).expect("a directory");
    rustix::fs::flock(&holder, rustix::fs::FlockOperation::LockExclusive).expect("locked");
    doctor(&sandbox, &["--repair"]).run().fails(1).out_contains("it was not repaired: a clean is running there");
    assert!(envelope.exists());
    drop(holder);
    repaired(&sandbox, &[]);
}

/// Data in every place where a repair does something for want of data.
#[test]
fn a_repair_deletes_nothing_wherever_it_lies() {
    let sandbox = Sandbox::ordinary();
    let trash = with_trash(&sandbox);
    let id = |number: u32| format!("0000000{number}-0000-4000-8000-000000000000");
    let old = |path: PathBuf| {
        sandbox.tool("touch", ["-d", "2 hours ago", path.to_str().expect("text")]).run().ok().silent().status
    };
    // The only whole copy of what is gone, and what nobody knows.
    staged(&sandbox, "/nonexistent/source", Some("all that is left"));
    sandbox.tree(trash.join(".staging/unknown"), &[("a", "1")]);
    sandbox.tree(trash.join(".doomed").join(id(1)), &[("a", "1"), ("deep/b", "2")]);
    sandbox.file(trash.join("unknown"), "1");
    sandbox.tree(trash.join("unknown-directory"), &[("a", "1")]);
    sandbox.file(trash.join("volumes/unknown"), "1");
    // Envelopes, by every mark, with something in them that is no item.
    let marked = sandbox.tree(trash.join(id(2)), &[("a", "1")]);
    sandbox.set_attribute(&marked, "user.rrm_envelope", "1");
    let crowded =
        sandbox.tree(trash.join(id(3)), &[("attributes", "rrm attributes 1\noriginal_path=/x\n"), ("a", "1")]);
    let begun = sandbox.tree(trash.join(id(4)), &[("attributes.next", "rrm attr"), ("a", "1")]);
    let not_ours = sandbox.tree(trash.join(id(5)), &[("attributes", "mine")]);
    sandbox.set_attribute(&not_ours, "user.rrm_envelope", "1");
    let hollow = sandbox.dir(trash.join(id(6)).join("an empty directory"));
    sandbox.file(trash.join(id(7)), "no record");
    // A copy on its way out, and a living file with values of its person's own.
    let room = sandbox.left_room(&trash.join(".staging"), &id(8), &sandbox.path("restored"));
    sandbox.file(room.join("item"), "1");
    let own = sandbox.file("living", "x");
    sandbox.set_attribute(&own, "user.deletion_date", "never");
    sandbox.set_attribute(&own, "user.original_path", "/where/it/was/shot");
    for path in [marked, crowded, begun, not_ours, hollow.parent().expect("one").to_owned()] {
        old(path);
    }
    let before = [sandbox.home(), sandbox.work()].map(snapshot);
    let run = doctor(&sandbox, &["--repair", sandbox.work().to_str().expect("text")]).run();
    run.fails(1);
    assert!(!run.stdout().contains("repaired"), "{run}");
    before[0].assert_is_at(sandbox.home());
    before[1].assert_is_at(sandbox.work());
}
