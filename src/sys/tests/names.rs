//! A rename replaces nothing, a removal takes only what it names, and no link is followed.

use std::fs;

use rustix::io::Errno;

use super::{is_there, link, name, place, refused};
use crate::sys::{rename_no_replace, rename_replacing, rename_to_own_name};

/// A file, a link, a directory, each with something of its own under the name `old`.
fn each_kind(test: impl Fn(&std::path::Path, &super::Dir, &str)) {
    for kind in ["file", "link", "directory"] {
        let (root, dir) = place();
        let old = root.path().join("old");
        match kind {
            "file" => fs::write(&old, "x").expect(kind),
            "link" => link("nowhere", &old),
            _ => fs::create_dir_all(old.join("full")).expect(kind),
        }
        test(root.path(), &dir, kind);
    }
}

#[test]
fn a_rename_moves_any_kind_and_replaces_none() {
    each_kind(|root, dir, kind| {
        fs::write(root.join("file"), "precious").expect("a file");
        fs::create_dir(root.join("empty")).expect("a directory");
        link("file", &root.join("link"));
        for taken in ["file", "empty", "link"] {
            refused(rename_no_replace(dir, name("old"), dir, name(taken)), Errno::EXIST);
        }
        assert_eq!(fs::read(root.join("link")).expect("still there"), b"precious", "{kind}");
        assert!(is_there(&root.join("empty")) && is_there(&root.join("old")), "{kind}");
        rename_no_replace(dir, name("old"), dir, name("new")).expect(kind);
        assert!(is_there(&root.join("new")) && !is_there(&root.join("old")), "{kind}");
    });
}

#[test]
fn a_rename_to_a_name_of_our_own_moves_any_kind() {
    each_kind(|root, dir, kind| {
        rename_to_own_name(dir, name("old"), dir, name("new")).expect(kind);
        assert!(is_there(&root.join("new")) && !is_there(&root.join("old")), "{kind}");
    });
}

#[test]
fn what_is_not_there_is_not_renamed() {
    let (root, dir) = place();
    for rename in [rename_no_replace, rename_to_own_name] {
        refused(rename(&dir, name("nothing"), &dir, name("new")), Errno::NOENT);
    }
    assert_eq!(fs::read_dir(root.path()).expect("read").count(), 0);
}

#[test]
fn a_record_takes_the_place_of_the_one_before() {
    let (root, dir) = place();
    fs::write(root.path().join("old"), "1").expect("a file");
    fs::write(root.path().join("new"), "2").expect("a file");
    rename_replacing(&dir, name("new"), name("old")).expect("renamed");
    assert_eq!(fs::read(root.path().join("old")).expect("a file"), b"2");
}

#[test]
fn a_link_is_removed_and_what_it_leads_to_stays() {
    let (root, dir) = place();
    fs::create_dir(root.path().join("directory")).expect("a directory");
    link("directory", &root.path().join("link"));
    refused(dir.remove_dir(name("link")), Errno::NOTDIR);
    dir.remove_file(name("link")).expect("removed");
    assert!(is_there(&root.path().join("directory")));
}

#[test]
fn each_removal_takes_its_own_kind_only() {
    let (root, dir) = place();
    fs::create_dir_all(root.path().join("full/inner")).expect("a directory");
    fs::write(root.path().join("file"), "x").expect("a file");
    refused(dir.remove_file(name("full")), Errno::ISDIR);
    refused(dir.remove_dir(name("full")), Errno::NOTEMPTY);
    refused(dir.remove_dir(name("file")), Errno::NOTDIR);
    refused(dir.remove_file(name("nothing")), Errno::NOENT);
    assert!(is_there(&root.path().join("full/inner")) && is_there(&root.path().join("file")));
}

#[test]
fn what_is_made_is_new_private_and_no_link_is_followed_to_make_it() {
    let (root, dir) = place();
    link("elsewhere", &root.path().join("link"));
    refused(dir.create_file(name("link")), Errno::EXIST);
    refused(dir.create_symlink(name("link"), std::path::Path::new("x")), Errno::EXIST);
    assert!(dir.create_private_dir(name("link")).is_err() && !is_there(&root.path().join("elsewhere")));
    dir.create_file(name("file")).expect("made");
    let private = dir.create_private_dir(name("private")).expect("made");
    assert_eq!(dir.metadata_of(name("file")).expect("looked at").mode & 0o077, 0);
    assert_eq!(private.metadata().expect("looked at").mode & 0o777, 0o700);
    assert_eq!(dir.read_link(name("link")).expect("read"), std::path::Path::new("elsewhere"));
}

#[test]
fn a_second_name_is_the_same_file_and_replaces_none() {
    let (root, dir) = place();
    fs::write(root.path().join("one"), "x").expect("a file");
    dir.link(name("one"), &dir, name("two")).expect("linked");
    let [one, two] = ["one", "two"].map(|text| dir.metadata_of(name(text)).expect("looked at"));
    assert_eq!((one.id, one.links), (two.id, 2));
    refused(dir.link(name("one"), &dir, name("two")), Errno::EXIST);
}
