//! Two commands at one file at the same moment: one of them has it, whole and with its record, and the other says so.

use std::fs::File;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

use crate::common::held::wait_for;
use crate::common::{Mount, Sandbox, strace};

fn has(path: &Path, attribute: &str) -> bool {
    xattr::get(path, format!("user.{attribute}")).is_ok_and(|value| value.is_some())
}

/// One item, known by its path; it comes back without anything of rrm's on it.
fn assert_one_comes_back(sandbox: &Sandbox, file: &Path) {
    let items = sandbox.list_json();
    assert_eq!(items.len(), 1, "{items:?}");
    assert_eq!(items[0]["original_path"], file.display().to_string());
    assert_eq!(items[0]["state"], "trashed", "{items:?}");
    sandbox.rrm(["undo"]).ok();
    assert_eq!(std::fs::read(file).expect("it is back"), b"content");
    assert_eq!(xattr::list(file).expect("listed").count(), 0);
}

/// The first is held up in the middle of its record; the second does not wait for it, and takes nothing from it.
#[test]
fn of_two_removals_the_quick_one_has_the_file() {
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    let first = sandbox.command(["rm", "file"]).held_before("fsetxattr", 2);
    assert_eq!(xattr::list(&file).expect("listed").count(), 1, "a part of a record");
    sandbox.rrm(["rm", "file"]).ok();
    first.released().fails(1);
    assert_one_comes_back(&sandbox, &file);
}

/// The second has opened the file before the first moved it, and comes to write its own record on what is an item now.
#[test]
fn a_removal_that_comes_too_late_leaves_the_item_its_record() {
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    let second = sandbox.command(["rm", "file"]).held_before("flock", 1);
    sandbox.rrm(["rm", "file"]).ok();
    second.released().fails(1);
    assert_one_comes_back(&sandbox, &file);
}

/// What is back has its record until the restore has erased it; a removal in that moment writes none beside it.
#[test]
fn what_is_removed_again_before_its_restore_has_ended_is_known() {
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    sandbox.rrm(["rm", "file"]).ok();
    let restore = sandbox.command(["restore", "file"]).held_before("fremovexattr", 1);
    wait_for("the file", || file.exists());
    sandbox.rrm(["rm", "file"]).ok();
    restore.released().ok();
    assert_one_comes_back(&sandbox, &file);
}

/// Stopped in the middle it is at work still: its record is no leftover.
#[test]
fn the_doctor_leaves_the_record_of_a_stopped_removal() {
    or_skip!(strace::available());
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    let removal = sandbox.command(["rm", "file"]).held_before("renameat2", 1);
    assert!(has(&file, "deletion_date"), "the record");
    sandbox.command(["doctor", "--repair", "file"]).in_a_hurry().run().fails(1);
    removal.released().ok();
    assert_one_comes_back(&sandbox, &file);
}

/// A program that locks its own file does not keep anybody from removing it.
#[test]
fn a_file_that_a_program_has_locked_is_removed_all_the_same() {
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    let locked = std::fs::File::open(&file).expect("it opens");
    locked.lock().expect("locked");
    sandbox.rrm(["rm", "file"]).ok();
    assert_one_comes_back(&sandbox, &file);
}

/// Without anything that slows them down, again and again.
#[test]
fn many_removals_of_one_file_leave_one_item() {
    let sandbox = Sandbox::ordinary();
    for _ in 0..60 {
        let file = sandbox.file("file", "content");
        let removals = [(); 3].map(|()| sandbox.command(["rm", "file"]).spawn());
        let done = removals.map(|removal| removal.wait_with_output().expect("it ends").status.success());
        assert_eq!(done.iter().filter(|done| **done).count(), 1);
        assert_one_comes_back(&sandbox, &file);
    }
}

/// A removal that had the file open takes it again, the moment that it is back: the record is that removal's.
#[test]
fn a_restore_waits_for_who_has_the_lock_of_what_is_back() {
    let sandbox = Sandbox::ordinary();
    let file = sandbox.file("file", "content");
    sandbox.rrm(["rm", "file"]).ok();
    let item = sandbox.trash().join(sandbox.list_json()[0]["id"].as_str().expect("an ID"));
    let lock = File::open(&item).expect("it can be read");
    flock(&lock, FlockOperation::LockExclusive).expect("nobody else has it");
    let restore = sandbox.command(["restore", "file"]).spawn();
    wait_for("the file", || file.exists());
    let again = sandbox.path("again");
    std::fs::rename(&file, &again).expect("it is there");
    drop(lock);
    restore.wait_with_output().expect("it ends");
    assert!(has(&again, "original_path"), "the record of another was erased");
}

/// What a look takes of the mode of an item that others could write is given back.
#[test]
fn an_item_that_was_opened_to_others_comes_back_with_its_whole_mode() {
    let sandbox = Sandbox::ordinary();
    sandbox.file("file", "content");
    sandbox.rrm(["rm", "file"]).ok();
    let id = sandbox.list_json()[0]["id"].as_str().expect("an ID").to_owned();
    sandbox.chmod(sandbox.trash().join(&id), 0o664);
    let listed = sandbox.list_json();
    assert_eq!(listed[0]["state"], "open", "{listed:?}");
    let id = listed[0]["id"].as_str().expect("an ID");
    sandbox.rrm(["restore", "--to", "out", &format!("id:{id}")]).ok();
    let mode = std::os::unix::fs::MetadataExt::mode(&sandbox.path("out/file").metadata().expect("it is back"));
    assert_eq!(mode & 0o7777, 0o664);
}

/// One directory at two places: each removal goes into a trash of its own mount, and one of them has the file.
#[test]
fn of_two_removals_through_two_mounts_one_has_the_file() {
    in_mount_namespace!();
    let sandbox = Sandbox::new();
    sandbox.dir("one");
    let _mount = or_skip!(Mount::bind(&sandbox.path("one"), &sandbox.path("other")));
    for _ in 0..20 {
        let file = sandbox.file("one/f", "content");
        let running = ["one/f", "other/f"].map(|path| sandbox.command(["rm", path]).spawn());
        let done = running.map(|child| child.wait_with_output().expect("it ends").status.success());
        assert_eq!(done.iter().filter(|is_done| **is_done).count(), 1);
        assert_one_comes_back(&sandbox, &if done[0] { file.clone() } else { sandbox.path("other/f") });
        std::fs::remove_file(&file).expect("it is back, through either");
    }
}
