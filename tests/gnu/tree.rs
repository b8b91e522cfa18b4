//! The tree in which every case runs: one of each kind of operand.

use std::ffi::OsStr;
use std::fs::{self, Metadata, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use crate::common::platform::{Node, make_node};

/// Every operand in it, and what it shows.
pub(super) const OPERANDS: &[&str] = &[
    "empty",
    "f",
    "ro",
    "l",
    "dl",
    "dangling",
    "p",
    "socket",
    "ed",
    "d",
    "rod",
    "rodx",
    "closed",
    "deep",
    "-foo",
    "--force-me",
    "two words",
    "new\nline",
    "it's",
    "ü",
    "tab\t'",
];

/// Makes the tree at `root`, everything in it of this owner.
pub(super) fn make(root: &Path, owner: Option<u32>) {
    let at = |name: &str| root.join(name);
    for directory in ["", "ed", "d", "d/s", "rod", "rodx", "closed", "deep", "deep/one", "deep/one/two", "deep/ro"] {
        fs::create_dir(at(directory)).expect("a directory");
    }
    for file in ["empty", "-foo", "--force-me", "two words", "new\nline", "it's", "ü", "tab\t'", "d/a", "d/s/b"] {
        fs::write(at(file), "").expect("an empty file");
    }
    for file in ["f", "ro", "d/full", "rodx/x", "closed/x", "deep/one/two/x", "deep/one/y", "deep/ro/z"] {
        fs::write(at(file), "content").expect("a file");
    }
    fs::write(root.join(OsStr::from_bytes(b"bytes\xff\xe2\x82")), "").expect("a file");
    for (link, target) in [("l", "f"), ("dl", "d"), ("dangling", "nosuch"), ("d/l", "a")] {
        symlink(target, at(link)).expect("a link");
    }
    make_node(&at("p"), Node::Fifo).expect("a fifo");
    drop(UnixListener::bind(at("socket")).expect("a socket"));
    for (name, mode) in [("ro", 0o444), ("rod", 0o555), ("rodx", 0o555), ("closed", 0), ("deep/ro", 0o555)] {
        fs::set_permissions(at(name), Permissions::from_mode(mode)).expect("a mode");
    }
    if let Some(owner) = owner {
        walk(root, &mut |path, _| lchown(path, Some(owner), Some(owner)).expect("an owner"));
    }
}

/// Everything below `root` with its type, mode and content, in order; a directory that we may not read, without.
pub(super) fn describe(root: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    walk(root, &mut |path, metadata| {
        let name = path.strip_prefix(root).expect("below").as_os_str().as_bytes();
        let content = if metadata.is_symlink() {
            fs::read_link(path).expect("a target").into_os_string().into_encoded_bytes()
        } else if metadata.is_file() {
            fs::read(path).unwrap_or_default()
        } else {
            Vec::new()
        };
        let mode = metadata.permissions().mode();
        lines.push(format!("\"{}\" {mode:o} \"{}\"", name.escape_ascii(), content.escape_ascii()));
    });
    lines
}

/// Removes the tree, whatever its modes.
pub(super) fn remove(root: &Path) {
    walk(root, &mut |path, metadata| {
        if metadata.is_dir() {
            fs::set_permissions(path, Permissions::from_mode(0o755)).expect("a mode");
        }
    });
    fs::remove_dir_all(root).expect("removed");
}

fn walk(path: &Path, visit: &mut dyn FnMut(&Path, &Metadata)) {
    let metadata = fs::symlink_metadata(path).expect("metadata");
    visit(path, &metadata);
    if metadata.is_dir() {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(path).into_iter().flatten().map(|entry| entry.expect("an entry").path()).collect();
        entries.sort();
        for entry in &entries {
            walk(entry, visit);
        }
    }
}
