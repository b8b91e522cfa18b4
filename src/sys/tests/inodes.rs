//! What is looked at is told as it is, and what is set is set on that inode and no other.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use rustix::io::Errno;

use super::{kernel_tells, link, makes_fifo, name, place, refused};
use crate::sys::{
    FileKind, Inode, Timestamp, effective_uid, metadata_at, metadata_following, metadata_of_file, set_mode_of_file,
};

#[test]
fn every_way_to_look_tells_the_same() {
    let (root, dir) = place();
    let path = root.path().join("file");
    fs::write(&path, "content").expect("a file");
    let open = dir.open_file(name("file")).expect("opened");
    let real = path.metadata().expect("looked at");
    for is in [dir.metadata_of(name("file")), metadata_of_file(&open), metadata_at(&path), metadata_following(&path)] {
        let is = is.expect("looked at");
        assert_eq!((is.kind, is.size, is.links, is.uid), (FileKind::File, 7, 1, effective_uid()));
        assert_eq!((is.id.inode, is.mode), (real.ino(), real.mode() & 0o7777));
        assert_eq!((is.modified.seconds, i64::from(is.modified.nanoseconds)), (real.mtime(), real.mtime_nsec()));
        assert_eq!((is.changed.seconds, i64::from(is.changed.nanoseconds)), (real.ctime(), real.ctime_nsec()));
        assert_eq!(is.blocks, real.blocks());
    }
}

#[test]
fn a_link_is_looked_at_and_not_what_it_leads_to() {
    let (root, dir) = place();
    link("file", &root.path().join("link"));
    assert_eq!(dir.metadata_of(name("link")).expect("looked at").kind, FileKind::Symlink);
    assert_eq!(metadata_at(&root.path().join("link")).expect("looked at").kind, FileKind::Symlink);
    refused(metadata_following(&root.path().join("link")), Errno::NOENT);
    refused(dir.metadata_of(name("file")), Errno::NOENT);
    fs::create_dir(root.path().join("d")).expect("a directory");
    link("nowhere", &root.path().join("d/inner"));
    assert_eq!(dir.metadata_through(name("d"), name("inner")).expect("looked at").kind, FileKind::Symlink);
}

#[test]
fn a_change_shows_in_the_change_time() {
    let (root, dir) = place();
    fs::write(root.path().join("file"), "1").expect("a file");
    let open = dir.open_file(name("file")).expect("opened");
    let was = metadata_of_file(&open).expect("looked at");
    // Longer than the coarsest clock of a file system that is used for work.
    std::thread::sleep(Duration::from_millis(20));
    set_mode_of_file(&open, 0o600 ^ (was.mode & 0o040)).expect("it is ours");
    set_mode_of_file(&open, 0o640).expect("it is ours");
    assert!(metadata_of_file(&open).expect("looked at").changed > was.changed);
}

/// What is set on a mark is set on the link itself, or on a FIFO that nobody waits for.
#[test]
fn a_mark_sets_times_and_modes_without_opening_or_following() {
    let (root, dir) = place();
    if !kernel_tells() {
        return;
    }
    fs::write(root.path().join("file"), "x").expect("a file");
    link("file", &root.path().join("link"));
    let [first, second] = [1_000_000_000, 1_100_000_000].map(|seconds| Timestamp { seconds, nanoseconds: 5000 });
    let was = dir.metadata_of(name("file")).expect("looked at");
    let marked = dir.mark(name("link")).expect("marked");
    marked.set_times(first, second).expect("it is ours");
    let is = marked.metadata().expect("looked at");
    assert_eq!((is.kind, is.accessed, is.modified), (FileKind::Symlink, first, second));
    assert_eq!(dir.metadata_of(name("file")).expect("looked at").modified, was.modified);
    if !makes_fifo(&dir, name("fifo")) {
        return;
    }
    let marked = dir.mark(name("fifo")).expect("marked");
    marked.set_mode(0o640).expect("it is ours");
    marked.set_owner(None, None).expect("nothing is asked for");
    marked.set_times(first, second).expect("it is ours");
    let is = dir.metadata_of(name("fifo")).expect("looked at");
    assert_eq!((is.kind, is.mode, is.modified), (FileKind::Fifo, 0o640, second));
}

/// Something else under the name by now is not touched.
#[test]
fn a_mark_means_its_own_inode() {
    let (root, dir) = place();
    link("one", &root.path().join("link"));
    let marked = dir.mark(name("link")).expect("marked");
    crate::sys::rename_no_replace(&dir, name("link"), &dir, name("moved")).expect("renamed");
    link("another", &root.path().join("link"));
    let was = dir.metadata_of(name("link")).expect("looked at");
    let time = Timestamp { seconds: 1_000_000_000, nanoseconds: 0 };
    let set = marked.set_times(time, time);
    assert_eq!(dir.metadata_of(name("link")).expect("looked at").modified, was.modified);
    let moved = dir.metadata_of(name("moved")).expect("looked at").modified;
    assert!(set.is_err() || moved == time);
}

#[test]
fn an_open_inode_takes_mode_and_times() {
    let (root, dir) = place();
    fs::write(root.path().join("file"), "x").expect("a file");
    let inode = Inode::Open(dir.open_file(name("file")).expect("opened"));
    let time = Timestamp { seconds: 1_234_567_891, nanoseconds: 123_456_000 };
    inode.set_mode(0o640).expect("it is ours");
    inode.set_times(time, time).expect("it is ours");
    let is = inode.metadata().expect("looked at");
    assert_eq!((is.mode, is.accessed, is.modified), (0o640, time, time));
}
