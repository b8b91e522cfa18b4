//! Attributes of a user's are made once, found again, and their errors told apart. A file system without any leaves this out.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;

use rustix::io::Errno;

use super::{place, refused};
use crate::sys::{
    ATTRIBUTE_PREFIX, AttributeMeaning, create_attribute, is_attribute_refused, is_no_attribute, meaning_of_attribute,
};

#[test]
fn an_attribute_is_created_and_not_replaced() {
    let (root, _) = place();
    let path = root.path().join("file");
    fs::write(&path, "x").expect("a file");
    let file = File::open(&path).expect("opened");
    let full = format!("{ATTRIBUTE_PREFIX}rrm_contract");
    match create_attribute(&file, &full, b"one") {
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return,
        created => created.expect("created"),
    }
    refused(create_attribute(&file, &full, b"two"), Errno::EXIST);
    assert_eq!(xattr::get(&path, &full).expect("read"), Some(b"one".to_vec()));
    let names: Vec<OsString> = xattr::list(&path).expect("listed").collect();
    assert!(names.contains(&OsString::from(&full)));
    assert_eq!(meaning_of_attribute(full.as_ref()), AttributeMeaning::Value);
    xattr::remove(&path, &full).expect("removed");
    assert!(is_no_attribute(&xattr::remove(&path, &full).expect_err("it is gone")));
    assert_eq!(xattr::get(&path, &full).expect("read"), None);
}

/// However much a file system takes, what it does not take is a refusal and not a failure of the disk.
#[test]
fn a_value_that_is_too_large_is_refused_as_such() {
    let (root, _) = place();
    let path = root.path().join("file");
    fs::write(&path, "x").expect("a file");
    let file = File::open(&path).expect("opened");
    let full = format!("{ATTRIBUTE_PREFIX}rrm_contract");
    if let Err(error) = create_attribute(&file, &full, &vec![0; 256 << 20]) {
        assert!(is_attribute_refused(&error), "{error}");
    }
}

#[test]
fn only_refusals_are_refusals() {
    let error = |errno: Errno| io::Error::from(errno);
    for errno in
        [Errno::NOTSUP, Errno::PERM, Errno::ACCESS, Errno::NOSPC, Errno::TOOBIG, Errno::RANGE, Errno::DQUOT, Errno::IO]
    {
        assert!(is_attribute_refused(&error(errno)), "{errno}");
    }
    for errno in [Errno::NOENT, Errno::ROFS, Errno::NOMEM, Errno::EXIST, Errno::STALE] {
        assert!(!is_attribute_refused(&error(errno)), "{errno}");
    }
}
