//! What other users, or a program that knows how rrm works, could make of it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

use super::doing::{Guarded, plant};
use crate::common::{Sandbox, is_root, snapshot};

/// A link that stands on the way of an undo leads nothing there.
#[test]
fn no_undo_goes_through_a_link_that_came_since() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.rename("d/e/y", "y");
    run.chmod("d/e", 0o711);
    run.unlink("d/e/odd \n");
    run.end();
    fs::rename(sandbox.path("d/e"), sandbox.path("real")).expect("moved");
    fs::create_dir(sandbox.path("trap")).expect("made");
    symlink(sandbox.path("trap"), sandbox.path("d/e")).expect("linked");
    let before = snapshot(sandbox.path("trap"));
    let mode = fs::metadata(sandbox.path("real")).expect("there").mode();
    let undone = sandbox.rrm(["undo"]);
    assert!(!undone.status.success(), "{undone}");
    before.assert_is_at(sandbox.path("trap"));
    assert!(sandbox.path("y").exists());
    assert_eq!(fs::metadata(sandbox.path("real")).expect("there").mode(), mode);
}

/// Another inode under the old name keeps the permissions that it has.
#[test]
fn permissions_go_back_to_the_very_inode_only() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.chmod("b", 0o666);
    run.unlink("a");
    run.end();
    fs::rename(sandbox.path("b"), sandbox.path("c")).expect("moved");
    fs::write(sandbox.path("b"), "another").expect("written");
    fs::set_permissions(sandbox.path("b"), fs::Permissions::from_mode(0o600)).expect("ours");
    sandbox.rrm(["undo"]).ok();
    assert_eq!(fs::metadata(sandbox.path("b")).expect("there").mode() & 0o777, 0o600);
}

/// What belongs to another user comes back as theirs, and what it is cannot be opened in the trash by anybody else.
#[test]
fn what_belongs_to_another_comes_back_as_theirs() {
    if !is_root() {
        skip!("root", "who gives things to another user");
    }
    let sandbox = Sandbox::new();
    plant(&sandbox);
    for path in ["d", "d/e", "d/e/y", "b"] {
        std::os::unix::fs::chown(sandbox.path(path), Some(65_534), Some(65_534)).expect("root may");
    }
    fs::set_permissions(sandbox.path("b"), fs::Permissions::from_mode(0o4755)).expect("root may");
    let before = snapshot(sandbox.work());
    let run = Guarded::begin(&sandbox);
    run.remove("d");
    run.unlink("b");
    run.end();
    for entry in fs::read_dir(sandbox.trash()).expect("read") {
        let entry = entry.expect("an entry");
        if entry.file_name().len() == 36 {
            let is = entry.metadata().expect("there");
            assert_eq!((is.uid(), is.mode() & 0o077), (0, 0), "{}", entry.path().display());
        }
    }
    sandbox.rrm(["undo"]).ok();
    before.assert_is_at(sandbox.work());
}

/// Once its items are gone, a clean forgets the rest of a run.
#[test]
fn a_clean_forgets_a_run_whose_items_are_gone() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.rename("b", "c");
    run.unlink("a");
    run.end();
    let left = || fs::read_dir(sandbox.trash().join(".guarded")).map_or(0, Iterator::count);
    sandbox.rrm(["clean"]).ok();
    // That of the run that goes on, and that of its first end.
    assert_eq!(left(), 1, "there is an item to undo");
    sandbox.rrm(["clean", "--all", "--yes"]).ok();
    sandbox.rrm(["clean"]).ok();
    assert_eq!(left(), 0);
}
