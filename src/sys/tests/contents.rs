//! Content goes where it should, and is on the disk when a flush returns without an error.

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;

use super::{name, place};
use crate::sys::{
    Locked, Offer, copy_in_kernel, flush, flush_file, flush_file_system, next_data, set_length, share_content, write,
    write_at,
};

fn two_files() -> (tempfile::TempDir, File, File) {
    let (root, dir) = place();
    fs::write(root.path().join("from"), vec![7; 100_000]).expect("a file");
    let from = dir.open_file(name("from")).expect("opened");
    let to = dir.create_file(name("to")).expect("made");
    (root, from, to)
}

/// An offer that says that it was kept has been; any other has done nothing that shows after the file is cut.
#[test]
fn shared_content_is_the_same_content() {
    let (root, from, to) = two_files();
    if let Offer::Done(()) = share_content(&from, &to) {
        assert_eq!(fs::read(root.path().join("to")).expect("read"), vec![7; 100_000]);
    }
    set_length(&to, 0).expect("cut");
    assert_eq!(fs::read(root.path().join("to")).expect("read"), b"");
}

#[test]
fn what_the_kernel_copies_is_where_it_was() {
    let (root, from, to) = two_files();
    if let Offer::Done(copied) = copy_in_kernel(&from, &to, 1000, 50_000) {
        let content = fs::read(root.path().join("to")).expect("read");
        assert_eq!(content.len(), 1000 + copied);
        assert!(content[..1000].iter().all(|byte| *byte == 0) && content[1000..].iter().all(|byte| *byte == 7));
    }
}

#[test]
fn what_is_written_is_there_and_flushed() {
    let (root, dir) = place();
    let file = dir.create_file(name("file")).expect("made");
    write(&file, b"one").expect("written");
    write_at(&file, b"two", 10).expect("written");
    write(&dir.open_file_to_append(name("file")).expect("opened"), b"!").expect("written");
    flush_file(&file).expect("flushed");
    flush(&dir).expect("flushed");
    flush_file_system(&dir.readable().expect("opened")).expect("flushed");
    assert_eq!(fs::read(root.path().join("file")).expect("read"), b"one\0\0\0\0\0\0\0two!");
}

/// Where there may be a hole, what is told to be data covers all that is.
#[test]
fn no_data_is_taken_for_a_hole() {
    const END: u64 = 4 << 20;
    let (root, dir) = place();
    let file = dir.create_file(name("file")).expect("made");
    set_length(&file, END).expect("filled up");
    write_at(&file, b"data", 2 << 20).expect("written");
    let file = File::open(root.path().join("file")).expect("opened");
    let (mut at, mut found) = (0, false);
    while let Some(data) = next_data(&file, at, END).expect("asked") {
        assert!(data.start >= at && data.end <= END && data.start < data.end);
        found |= data.contains(&(2 << 20));
        at = data.end;
    }
    assert!(found);
    let mut byte = [0];
    file.read_exact_at(&mut byte, 2 << 20).expect("read");
    assert_eq!(&byte, b"d");
}

#[test]
fn a_lock_is_one_handles_alone_until_it_is_dropped() {
    let (_root, dir) = place();
    dir.create_file(name("lock")).expect("made");
    let open = || dir.open_file(name("lock")).expect("opened");
    let held = Locked::take(open()).expect("asked").expect("free");
    assert!(Locked::take(open()).expect("asked").is_none());
    drop(held);
    assert!(Locked::take(open()).expect("asked").is_some());
    assert!(Locked::take(dir.readable().expect("opened")).expect("a directory has one too").is_some());
}
