//! The failures of other tools, each as a test that rrm passes; and what every option of every command does.
//!
//! A line above a test says what it guards, and the number in brackets is that of the case in the project's collection.

mod cleaning;
mod containers;
mod dry_runs;
mod extremes;
mod hiding;
mod homeless;
mod interrupts;
mod long_lists;
mod operands;
mod output;
mod removing;
mod restoring;
mod scripts;
mod volumes;
mod without_proc;

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::common::{Sandbox, Tree, snapshot};

/// The original paths of all that is listed, sorted; those below the working directory from there on.
#[track_caller]
fn listed(sandbox: &Sandbox) -> Vec<String> {
    let work = format!("{}/", sandbox.work().display());
    let path = |item: &serde_json::Value| {
        let path = item["original_path"].as_str().unwrap_or("(unknown)");
        path.strip_prefix(&work).unwrap_or(path).to_owned()
    };
    let mut paths: Vec<String> = sandbox.list_json().iter().map(path).collect();
    paths.sort();
    paths
}

/// The whole ID of the only item that was at this path below the working directory.
#[track_caller]
fn id_of(sandbox: &Sandbox, path: impl AsRef<Path>) -> String {
    let path = sandbox.path(path);
    let items = sandbox.list_json();
    let at_path = |item: &&serde_json::Value| item["original_path"] == *path.to_string_lossy();
    let found: Vec<_> = items.iter().filter(at_path).collect();
    assert_eq!(found.len(), 1, "items that were at {}", path.display());
    found[0]["id"].as_str().expect("an ID is text").to_owned()
}

/// The names of all attributes at `path`, without those of the system.
#[track_caller]
fn attributes(path: &Path) -> Vec<OsString> {
    let names = xattr::list(path).expect("attributes can be listed");
    names.filter(|name| name.as_bytes().starts_with(b"user.")).collect()
}

/// Whether there is anything at `path`, be it a link to nothing.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Asserts that a directory holds what it held, whatever came and went in it meanwhile.
#[track_caller]
fn holds_the_same(before: &Tree, path: &Path) {
    let difference = before.difference(&snapshot(path));
    let lasting: Vec<&str> = difference.lines().filter(|line| !line.starts_with("changed: : modified")).collect();
    assert_eq!(lasting, [""; 0], "{} is not as it was", path.display());
}

/// What there is in the trash that is named like an item.
fn names_in_trash(sandbox: &Sandbox) -> Vec<OsString> {
    let Ok(entries) = std::fs::read_dir(sandbox.trash()) else { return Vec::new() };
    let names = entries.map(|entry| entry.expect("the trash can be read").file_name());
    names.filter(|name| name.len() == 36).collect()
}
