//! Directories are opened without following a link, know where they are, and give each of their entries once.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::io::Errno;

use super::{is_there, kernel_tells, link, name, place, refused};
use crate::sys::{Batch, Dir, EntryBuffer, FileKind, Listing, MountRoot, metadata_at, mount_of, mounts};

#[test]
fn no_link_is_opened_as_a_directory() {
    let (root, dir) = place();
    fs::create_dir(root.path().join("directory")).expect("a directory");
    fs::write(root.path().join("file"), "x").expect("a file");
    link("directory", &root.path().join("link"));
    for text in ["link", "file"] {
        refused(dir.open_dir(name(text)), Errno::NOTDIR);
        refused(dir.open_dir_on_this_mount(name(text)), Errno::NOTDIR);
        refused(dir.open_place_on_this_mount(name(text)), Errno::NOTDIR);
        refused(Dir::open(&root.path().join(text)), Errno::NOTDIR);
    }
    refused(dir.open_file(name("link")), Errno::LOOP);
    refused(dir.open_file_keeping_access_time(name("link")), Errno::LOOP);
    refused(dir.open_file_to_append(name("link")), Errno::LOOP);
    refused(dir.open_dir(name("nothing")), Errno::NOENT);
    let followed = Dir::open_following(&root.path().join("link")).expect("it says so in its name");
    assert_eq!(followed.metadata().expect("looked at").id, dir.metadata_of(name("directory")).expect("looked at").id);
}

#[test]
fn a_handle_stays_with_its_directory() {
    let (root, dir) = place();
    fs::create_dir(root.path().join("old")).expect("a directory");
    let held = dir.open_dir(name("old")).expect("opened");
    crate::sys::rename_no_replace(&dir, name("old"), &dir, name("new")).expect("renamed");
    fs::create_dir(root.path().join("old")).expect("another");
    held.create_file(name("file")).expect("made");
    assert!(is_there(&root.path().join("new/file")) && !is_there(&root.path().join("old/file")));
    let real = fs::canonicalize(root.path()).expect("a path");
    assert_eq!(held.path().expect("told"), real.join("new"));
    let above = held.open_parent_on_this_mount().expect("opened").metadata().expect("looked at");
    assert_eq!(above.id, dir.metadata().expect("looked at").id);
}

/// Whoever owns a directory can hold its place, whatever its mode, and give it another by that.
#[test]
fn a_place_may_be_closed_even_to_its_owner() {
    for mode in [0o300, 0o100, 0] {
        let (root, dir) = place();
        if !kernel_tells() {
            return;
        }
        let path = root.path().join("closed");
        fs::create_dir(&path).expect("a directory");
        fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("it is ours");
        let closed = dir.open_dir(name("closed")).expect("opened");
        assert_eq!(closed.metadata().expect("looked at").mode, mode, "{mode:o}");
        closed.set_mode(0o700).expect("it is ours");
        closed.create_file(name("file")).expect("made");
        assert!(is_there(&path.join("file")), "{mode:o}");
    }
}

/// Whoever may read a directory but not search it learns the names in it.
#[test]
fn a_directory_that_may_only_be_read_is_listed() {
    let (root, dir) = place();
    let path = root.path().join("read");
    fs::create_dir(&path).expect("a directory");
    let names = fill(&path, 3);
    fs::set_permissions(&path, PermissionsExt::from_mode(0o400)).expect("it is ours");
    let read = dir.open_dir_on_this_mount(name("read")).expect("opened");
    let (mut listing, mut listed) = (Listing::default(), BTreeSet::new());
    while let Some(entry) = listing.next(&read).expect("listed") {
        listed.insert(entry.name);
    }
    let mut batch = BTreeSet::new();
    let put = |entry: crate::sys::Name<'_>, _| {
        batch.insert(entry.as_os_str().to_owned());
        ControlFlow::Continue(())
    };
    read.rewind().expect("rewound");
    read.read_batch(&mut EntryBuffer::default(), put).expect("read");
    fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).expect("it is ours");
    assert_eq!((&listed, &batch), (&names, &names));
}

/// Whoever may search a directory but not read it can work in it.
#[test]
fn what_is_in_a_directory_that_may_be_searched_is_reached() {
    let (root, dir) = place();
    let path = root.path().join("searched");
    fs::create_dir(&path).expect("a directory");
    fs::set_permissions(&path, PermissionsExt::from_mode(0o300)).expect("it is ours");
    let searched = dir.open_dir(name("searched")).expect("opened");
    searched.create_file(name("file")).expect("made");
    assert_eq!(searched.metadata_of(name("file")).expect("looked at").size, 0);
}

#[test]
fn a_mode_is_set_through_the_handle_of_a_place() {
    let (_root, dir) = place();
    let made = dir.create_private_dir(name("made")).expect("made");
    for mode in [0o500, 0o755, 0o1700] {
        made.set_mode(mode).expect("it is ours");
        assert_eq!(made.metadata().expect("looked at").mode, mode, "{mode:o}");
    }
}

fn fill(root: &Path, files: usize) -> BTreeSet<OsString> {
    let names = (0..files).map(|file| OsString::from(format!("{file:0>60}")));
    names.inspect(|name| fs::write(root.join(name), "").expect("a file")).collect()
}

#[test]
fn every_entry_is_given_once_with_or_without_a_break() {
    let (root, dir) = place();
    let names = fill(root.path(), 3000);
    let read = Dir::of(&dir.readable().expect("opened")).expect("a handle");
    for every in [1, 7, 1000, usize::MAX] {
        let (mut listing, mut found) = (Listing::default(), Vec::new());
        while let Some(entry) = listing.next(&read).expect("listed") {
            assert!(matches!(entry.kind, None | Some(FileKind::File)));
            found.push(entry.name);
            assert!(found.len() <= names.len(), "it begins again");
            if found.len().is_multiple_of(every) {
                listing.set_aside();
            }
        }
        assert_eq!((found.len(), &found.into_iter().collect()), (3000, &names), "set aside after each {every}");
    }
    assert_eq!(dir.count_entries().expect("counted"), 3000);
    assert!(!dir.is_empty().expect("looked at"));
}

#[test]
fn a_listing_goes_on_by_another_handle() {
    let (root, dir) = place();
    let names = fill(root.path(), 2000);
    let handle = || Dir::of(&dir.readable().expect("opened")).expect("a handle");
    let (mut listing, mut found) = (Listing::default(), BTreeSet::new());
    let first = handle();
    found.extend((0..100).filter_map(|_| listing.next(&first).expect("listed")).map(|entry| entry.name));
    listing.set_aside();
    drop(first);
    let second = handle();
    while let Some(entry) = listing.next(&second).expect("listed") {
        found.insert(entry.name);
    }
    assert_eq!(found, names);
}

/// What is removed while it is read, in batches and as often as there is something left, is gone in the end.
#[test]
fn a_directory_is_emptied_while_it_is_read() {
    let (root, dir) = place();
    fill(root.path(), 20_000);
    let read = Dir::of(&dir.readable().expect("opened")).expect("a handle");
    let mut buffer = EntryBuffer::default();
    loop {
        let mut seen = 0;
        loop {
            let batch = read.read_batch(&mut buffer, |entry, _| {
                seen += 1;
                read.remove_file(entry).expect("removed");
                ControlFlow::Continue(())
            });
            if batch.expect("read") == Batch::End {
                break;
            }
        }
        if seen == 0 {
            break;
        }
        read.rewind().expect("rewound");
    }
    assert!(dir.is_empty().expect("looked at"));
}

#[test]
fn a_batch_goes_on_where_the_last_one_was_broken_off_and_the_end_has_none() {
    let (root, dir) = place();
    fill(root.path(), 10);
    let read = Dir::of(&dir.readable().expect("opened")).expect("a handle");
    let mut buffer = EntryBuffer::default();
    assert_eq!(read.read_batch(&mut buffer, |_, _| ControlFlow::Continue(())).expect("read"), Batch::More);
    assert_eq!(read.read_batch(&mut buffer, |_, _| panic!("the end has no entries")).expect("read"), Batch::End);
    read.rewind().expect("rewound");
    let mut count = |flow: ControlFlow<()>| {
        let mut seen = 0;
        let batch = read.read_batch(&mut buffer, |_, _| {
            seen += 1;
            flow
        });
        batch.map(|batch| (seen, batch)).expect("read")
    };
    assert_eq!(count(ControlFlow::Break(())), (1, Batch::More));
    assert_eq!(count(ControlFlow::Continue(())), (0, Batch::End));
    read.rewind().expect("rewound");
    assert_eq!(count(ControlFlow::Continue(())).0, 10);
}

#[test]
fn the_root_is_where_a_mount_begins_and_a_new_directory_is_not() {
    let (root, dir) = place();
    fs::create_dir(root.path().join("directory")).expect("a directory");
    let told = |is: crate::sys::Metadata| is.mount_root;
    assert_ne!(told(metadata_at(Path::new("/")).expect("looked at")), MountRoot::No);
    let inner = dir.open_dir(name("directory")).expect("opened");
    for is in [inner.metadata(), dir.metadata_of(name("directory")), metadata_at(&root.path().join("directory"))] {
        assert_ne!(told(is.expect("looked at")), MountRoot::Yes);
    }
    assert_eq!(inner.metadata().expect("looked at").mount, dir.metadata().expect("looked at").mount);
}

#[test]
fn every_path_is_on_a_mount() {
    let (root, _dir) = place();
    if !kernel_tells() {
        return;
    }
    let table = mounts(Path::new("/")).expect("the table is read");
    let real = fs::canonicalize(root.path()).expect("a path");
    assert!(mount_of(&table, &real).is_some_and(|mount| real.starts_with(&mount.point) && !mount.kind.is_empty()));
}
