//! What the kernel tells of this process.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::{name, place};
use crate::sys::{Dir, create_private_dirs, effective_uid, is_fixed, is_group_of_ours, may_write, random_bytes, umask};

#[test]
fn random_bytes_differ() {
    let bytes = || {
        let mut buffer = [0; 16];
        random_bytes(&mut buffer).expect("told");
        buffer
    };
    assert_eq!((0..100).map(|_| bytes()).collect::<HashSet<_>>().len(), 100);
}

#[test]
fn the_umask_is_told_and_stays() {
    let (first, second) = (umask(), umask());
    assert_eq!((first, first & !0o777), (second, 0));
    let (root, _) = place();
    fs::create_dir(root.path().join("made")).expect("a directory");
    let mode = root.path().join("made").metadata().expect("looked at").permissions().mode();
    // A directory with a default access list would do without a umask; a temporary one has none.
    assert_eq!(mode & 0o777, 0o777 & !first);
}

#[test]
fn what_we_make_is_ours_and_may_be_written() {
    let (root, dir) = place();
    let is = dir.metadata().expect("looked at");
    assert_eq!(is.uid, effective_uid());
    assert!(is_group_of_ours(is.gid) || is.gid == 0);
    assert!(dir.is_writable() && may_write(root.path()) && !is_fixed(root.path()));
    let space = dir.space().expect("told");
    assert!(space.is_none_or(|space| space.size >= space.available));
}

#[test]
fn missing_directories_are_made_private() {
    let (root, dir) = place();
    create_private_dirs(&root.path().join("a/b")).expect("made");
    for held in [dir.open_dir(name("a")), Dir::open(&root.path().join("a/b"))] {
        assert_eq!(held.expect("opened").metadata().expect("looked at").mode & 0o077, 0);
    }
    create_private_dirs(&root.path().join("a/b")).expect("it is there");
}
