//! Items that older versions of rrm made, with all about them in attributes: made here by hand.

use std::fs;
use std::path::PathBuf;

use crate::common::fault::{Point, each_point_of};
use crate::common::{Fault, Sandbox};

const DATE: &str = "2026-03-01T10:00:00.123456789Z";
const DUE: &str = "2026-04-01T10:00:00.123456789Z";

struct Older {
    sandbox: Sandbox,
}

impl Older {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        sandbox.file("first", "makes the trash");
        sandbox.rrm(["rm", "first"]).ok();
        sandbox.rrm(["undo"]).ok();
        Self { sandbox }
    }

    /// A file in the trash, with its mode and the attributes of its record.
    fn file(&self, number: u8, mode: u32, record: &[(&str, &str)]) -> PathBuf {
        let path = self.sandbox.trash().join(id(number));
        fs::write(&path, format!("content {number}")).unwrap();
        record.iter().for_each(|(name, value)| xattr::set(&path, format!("user.{name}"), value.as_bytes()).unwrap());
        self.sandbox.chmod(&path, mode);
        path
    }

    fn origin(&self, name: &str) -> String {
        self.sandbox.path(name).to_str().unwrap().to_owned()
    }
}

fn id(number: u8) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

#[test]
fn they_are_listed_restored_and_undone_beside_newer_ones() {
    let older = Older::new();
    let [a, b] = ["a", "b"].map(|name| older.origin(name));
    older.file(1, 0o644, &[("original_path", &a), ("deletion_date", "2999-01-01T00:00:00Z"), ("trashed_date", DATE)]);
    older.file(2, 0o644, &[("original_path", &b), ("deletion_date", "2999-01-01T00:00:00Z")]);
    older.sandbox.file("new", "new");
    older.sandbox.rrm(["rm", "new"]).ok();
    let listed = older.sandbox.list_json();
    assert!(listed.iter().all(|item| item["state"] == "trashed"), "{listed:?}");
    assert_eq!(listed.len(), 3);
    older.sandbox.rrm(["undo"]).ok().out_contains("new");
    older.sandbox.rrm(["undo"]).ok().out_contains("/a'");
    older.sandbox.rrm(["restore", &b]).ok();
    assert_eq!(fs::read_to_string(&b).unwrap(), "content 2");
    for path in [&a, &b] {
        assert_eq!(xattr::list(path).unwrap().count(), 0, "nothing of the record is left on {path}");
    }
}

#[test]
fn an_envelope_and_a_mode_are_read() {
    let older = Older::new();
    let (link, dir) = (older.origin("link"), older.origin("dir"));
    let envelope = older.sandbox.trash().join(id(3));
    fs::create_dir(&envelope).unwrap();
    older.sandbox.chmod(&envelope, 0o700);
    std::os::unix::fs::symlink("nowhere", envelope.join("item")).unwrap();
    let record = [("rrm_envelope", "1"), ("original_path", &link), ("deletion_date", DUE), ("trashed_date", DATE)];
    record.iter().for_each(|(name, value)| xattr::set(&envelope, format!("user.{name}"), value.as_bytes()).unwrap());
    let trashed = older.sandbox.trash().join(id(4));
    fs::create_dir(&trashed).unwrap();
    let record = [("original_path", &*dir), ("rrm_mode", "0555"), ("deletion_date", DUE), ("trashed_date", DATE)];
    record.iter().for_each(|(name, value)| xattr::set(&trashed, format!("user.{name}"), value.as_bytes()).unwrap());
    older.sandbox.chmod(&trashed, 0o755);
    older.sandbox.rrm(["undo"]).ok();
    assert_eq!(fs::read_link(&link).unwrap(), PathBuf::from("nowhere"));
    assert_eq!(super::mode_of(dir.as_ref()), 0o555);
    assert!(!envelope.exists());
}

/// It gets `u+w` to be moved; where it is not moved, it has its mode again.
#[test]
fn what_fails_to_leave_has_its_mode_again() {
    for verb in [&["undo"][..], &["clean", "--yes", "dir"], &["keep", "dir"]] {
        let scene = || {
            let older = Older::new();
            let dir = older.origin("dir");
            let trashed = older.sandbox.dir(older.sandbox.trash().join(id(9)));
            let record = [("original_path", &*dir), ("deletion_date", DUE), ("trashed_date", DATE)];
            record.iter().for_each(|(name, value)| {
                xattr::set(&trashed, format!("user.{name}"), value.as_bytes()).unwrap();
            });
            older.sandbox.chmod(&trashed, 0o555);
            (older, trashed)
        };
        let is_move = |point: &Point| point.call == "renameat2";
        let command = |(older, _): &(Older, PathBuf)| older.sandbox.command(verb);
        let points = each_point_of(is_move, Fault::Error("EROFS"), scene, command, |(_, trashed), _, run| {
            assert!(!run.status.success(), "{run}");
            assert_eq!(super::mode_of(trashed), 0o555, "{verb:?}: {run}");
        });
        assert_eq!(points, 1, "{verb:?}");
    }
}

#[test]
fn they_are_cleaned_when_they_are_due_and_kept_if_a_person_keeps_them() {
    let older = Older::new();
    let [due, kept] = ["due", "kept"].map(|name| older.origin(name));
    let due = older.file(5, 0o644, &[("original_path", &due), ("deletion_date", DUE), ("trashed_date", DATE)]);
    let record = [("original_path", &*kept), ("deletion_date", DUE), ("trashed_date", DATE), ("rrm_keep", "forever")];
    let kept = older.file(6, 0o644, &record);
    older.sandbox.rrm(["clean"]).ok();
    assert!(!due.exists() && kept.exists());
    older.sandbox.rrm(["keep", "--release", &id(6)]).ok();
    older.sandbox.rrm(["clean"]).ok();
    assert!(!kept.exists());
}

/// What is open in the last batch is named, and the rest of it comes back.
#[test]
fn undo_restores_the_rest_of_a_batch() {
    let older = Older::new();
    let [before, closed, shared] = ["before", "closed", "shared"].map(|name| older.origin(name));
    let record = |path| [("original_path", path), ("deletion_date", "2999-01-01T00:00:00Z"), ("trashed_date", DATE)];
    older.file(
        1,
        0o644,
        &[("original_path", &before), ("deletion_date", DUE), ("trashed_date", "2026-02-01T00:00:00.5Z")],
    );
    older.file(2, 0o644, &record(&*closed));
    older.file(3, 0o664, &record(&*shared));
    for _ in 0..2 {
        older.sandbox.rrm(["undo"]).fails(1).err_contains("shared").err_contains("others could have written");
    }
    let is_there = |path: &String| fs::symlink_metadata(path).is_ok();
    assert_eq!([&before, &closed, &shared].map(is_there), [false, true, false]);
}

/// What a group could write was open to it all the time.
#[test]
fn what_others_may_write_is_open() {
    let older = Older::new();
    let path = older.origin("shared");
    let place = older.file(
        7,
        0o664,
        &[("original_path", &path), ("deletion_date", DUE), ("trashed_date", DATE), ("rrm_mode", "6777")],
    );
    let listed = older.sandbox.list_json();
    assert_eq!(listed[0]["state"], "open");
    older.sandbox.rrm(["undo"]).fails(1);
    older.sandbox.rrm(["clean"]);
    assert!(place.exists());
    older.sandbox.rrm(["restore", &id(7)]).fails(1).err_contains("others could have written");
    older.sandbox.rrm(["restore", &id(7), "--to", "out"]).ok();
    assert_eq!(super::mode_of(&older.sandbox.path("out/shared")), 0o664);
}

/// Others could have written all of it: only the target is a person's to agree to.
#[test]
fn what_is_open_has_the_mode_that_is_seen_and_keeps_nothing() {
    let older = Older::new();
    let path = older.origin("open");
    let record = [
        ("original_path", &*path),
        ("rrm_mode", "6777"),
        ("rrm_keep", "forever"),
        ("trashed_date", DATE),
        ("deletion_date", DUE),
    ];
    older.file(5, 0o664, &record);
    let listed = older.sandbox.list_json();
    assert_eq!((&listed[0]["state"], &listed[0]["kept"]), (&"open".into(), &serde_json::Value::Null), "{listed:?}");
    older.sandbox.rrm(["restore", &id(5), "--to", "out"]).ok();
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(older.sandbox.path("out/open")).unwrap().permissions());
    assert_eq!(mode & 0o7777, 0o664, "{mode:o}");
}

/// A person may have marked a directory so: it came with a copy of an old trash.
#[test]
fn a_marked_directory_that_is_no_envelope_is_the_item() {
    let older = Older::new();
    let path = older.origin("marked");
    let trashed = older.sandbox.trash().join(id(6));
    fs::create_dir(&trashed).unwrap();
    fs::write(trashed.join("inside"), "mine").unwrap();
    let record = [("rrm_envelope", "1"), ("original_path", &*path), ("deletion_date", DUE), ("trashed_date", DATE)];
    record.iter().for_each(|(name, value)| xattr::set(&trashed, format!("user.{name}"), value.as_bytes()).unwrap());
    assert_eq!(older.sandbox.list_json().len(), 1);
    older.sandbox.rrm(["restore", &id(6)]).ok();
    assert_eq!(fs::read_to_string(older.sandbox.path("marked/inside")).unwrap(), "mine");
}

/// What was imported has the date of another program, and no removal of ours brought it.
#[test]
fn undo_passes_over_one_that_was_imported() {
    let older = Older::new();
    let imported = older.origin("imported");
    let date = "2026-03-01T10:00:00Z";
    let record =
        [("original_path", imported.as_str()), ("deletion_date", "2999-01-01T00:00:00Z"), ("trashed_date", date)];
    older.file(1, 0o644, &[record.as_slice(), &[("rrm_import", "/trash/info/imported.trashinfo")]].concat());
    older.sandbox.file("new", "new");
    older.sandbox.rrm(["rm", "new"]).ok();
    older.sandbox.rrm(["undo"]).ok().out_contains("new");
    older.sandbox.rrm(["undo"]).fails(1).err_contains("nothing to undo");
    assert_eq!(older.sandbox.list_json().len(), 1);
}
