//! The examples of the library do what they say.

#[allow(dead_code, reason = "its main is not run here")]
#[path = "../examples/list_for_file_manager.rs"]
mod list_for_file_manager;
#[allow(dead_code, reason = "its main is not run here")]
#[path = "../examples/own_attributes.rs"]
mod own_attributes;
#[allow(dead_code, reason = "its main is not run here")]
#[path = "../examples/progress.rs"]
mod progress;
#[allow(dead_code, reason = "its main is not run here")]
#[path = "../examples/purge_from_cron.rs"]
mod purge_from_cron;
#[allow(dead_code, reason = "its main is not run here")]
#[path = "../examples/trash_and_restore.rs"]
mod trash_and_restore;

use std::fs::{self, File};

use chrono::{TimeDelta, Utc};
use rrm::attributes::ExtendedAttributes as _;
use rrm::item::Holder;
use rrm::ops::remove::Removed;

use crate::common::Sandbox;

#[test]
fn a_file_goes_to_the_trash_and_comes_back() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("file", "content");
    trash_and_restore::trash_and_restore(&sandbox.manager().build(), &file, Utc::now()).expect("it is back");
    assert_eq!(fs::read(file).expect("it is there"), b"content");
    assert!(list_for_file_manager::items(&sandbox.manager().build(), Utc::now()).is_empty());
}

#[test]
fn a_list_has_the_newest_first_and_cron_deletes_what_is_due() {
    let sandbox = Sandbox::new();
    sandbox.file("old", "12");
    sandbox.file("new/file", "123");
    sandbox.rrm(["rm", "-g", "0", "old"]).ok();
    sandbox.rrm(["rm", "-r", "new"]).ok();
    let sizes = |items: Vec<rrm::item::TrashItem>| items.iter().map(|item| item.size).collect::<Vec<_>>();
    let list = || sizes(list_for_file_manager::items(&sandbox.manager().build(), Utc::now()));
    assert_eq!(list(), [Some(3), Some(2)]);
    let (deleted, problems) = purge_from_cron::purge(&sandbox.manager().build(), Utc::now() + TimeDelta::minutes(1));
    assert_eq!((deleted, problems.len()), (1, 0), "{problems:?}");
    assert_eq!(list(), [Some(3)]);
}

#[test]
fn a_bar_hears_of_what_is_deleted() {
    let sandbox = Sandbox::new();
    sandbox.file("file", "content");
    sandbox.rrm(["rm", "file"]).ok();
    let cleaned = progress::empty(&sandbox.manager().build(), Utc::now(), &progress::Bar::default());
    assert_eq!((cleaned.deleted.len(), cleaned.problems.len()), (1, 0), "{:?}", cleaned.problems);
}

#[test]
fn records_are_kept_by_whatever_keeps_them() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("file", "content");
    let removed = own_attributes::remove(sandbox.manager(), &file, Utc::now()).expect("it is removed");
    let Removed::Trashed(item) = removed else { panic!("it is in the trash") };
    // Where a file system keeps no attributes, the record is a file.
    if item.holder == Holder::Item {
        let kept = File::open(sandbox.trash().join(item.spot().path())).expect("it is there");
        let names = own_attributes::Prefixed("example").list(&kept).expect("its attributes can be listed");
        assert!(names.iter().any(|name| name == "original_path"), "{names:?}");
    }
}
