//! A copy within one file system that can share blocks takes none: the copy is the very blocks of the source.
//!
//! A file that shared its blocks with the source before, and was left alone, is the witness of where they are.

use std::fs;
use std::path::{Path, PathBuf};

use super::{subvolume, users};
use crate::common::mounts::Format;
use crate::common::{Missing, Mount, Sandbox, User, is_root};

const LENGTH: usize = 24 << 20;

/// Where the blocks of a file are, and whether they are those of another file as well.
fn blocks(path: &Path) -> Result<String, Missing> {
    let output = crate::common::mounts::system("filefrag")
        .arg("-v")
        .arg(path)
        .output()
        .map_err(|error| Missing::new("filefrag", error.to_string()))?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_extent = |line: &&str| line.trim_start().starts_with(|first: char| first.is_ascii_digit());
    let extents: Vec<&str> = told.lines().filter(is_extent).collect();
    assert!(!extents.is_empty() && extents.iter().all(|line| line.contains("shared")), "{told}");
    Ok(extents.join("\n"))
}

/// A large file in `from`, and the witness beside it.
fn source(sandbox: &Sandbox, from: &Path) -> Result<(PathBuf, PathBuf), Missing> {
    let (file, witness) = (sandbox.file(from.join("large"), vec![7; LENGTH]), from.join("witness"));
    fs::File::open(&file).and_then(|file| file.sync_all()).expect("it can be flushed");
    let copied = sandbox.tool("cp", ["--reflink=always"]).args([&file, &witness]).run();
    if copied.status.success() { Ok((file, witness)) } else { Err(Missing::new("reflinks", copied.stderr())) }
}

/// Removes the file into the trash directory, which a rename does not reach, and brings it back.
fn there_and_back(sandbox: &Sandbox, from: &Path, trash: &Path) -> Result<(), Missing> {
    let (file, witness) = source(sandbox, from)?;
    let expected = blocks(&witness)?;
    let rrm = |words: &[&str]| sandbox.command(["--trash-dir"]).args([trash]).args(words).run();
    rrm(&["rm", "--into-home", &file.to_string_lossy()]).ok().silent();
    let listed = rrm(&["list", "--format", "json"]);
    let item: serde_json::Value = serde_json::from_slice(&listed.ok().stdout).expect("one item");
    let item = trash.join(item["id"].as_str().expect("an ID"));
    let content = if item.is_dir() { item.join("item") } else { item };
    assert_eq!(blocks(&content)?, expected, "the copy in the trash");
    rrm(&["undo"]).ok();
    assert_eq!(blocks(&file)?, expected, "the copy that came back");
    Ok(())
}

fn mounted(format: Format, sandbox: &Sandbox, user: User) -> Result<Mount, Missing> {
    Ok(Mount::image(format, 256, &sandbox.path("m"))?.owned_by(user))
}

#[test]
fn a_copy_across_btrfs_subvolumes_shares_its_blocks() {
    if !is_root() {
        skip!("root", "to have a loop device");
    }
    in_mount_namespace!();
    for user in users() {
        let sandbox = Sandbox::of(user);
        let mount = or_skip!(mounted(Format::Btrfs, &sandbox, user));
        let [from, to] = ["from", "to"].map(|name| subvolume(&mount.path().join(name)));
        let (from, to) = (or_skip!(from), or_skip!(to));
        [&from, &to].into_iter().for_each(|made| sandbox.give(made));
        or_skip!(there_and_back(&sandbox, &from, &to.join("trash")));
    }
}

/// Two mounts of one file system: a rename between them is refused, sharing is not.
#[test]
fn a_copy_between_two_mounts_of_one_xfs_shares_its_blocks() {
    if !is_root() {
        skip!("root", "to have a loop device");
    }
    in_mount_namespace!();
    for user in users() {
        let sandbox = Sandbox::of(user);
        let mount = or_skip!(mounted(Format::Xfs, &sandbox, user));
        let [from, to] = ["from", "to"].map(|name| sandbox.dir(mount.path().join(name)));
        let again = or_skip!(Mount::bind(&to, &sandbox.path("again")));
        or_skip!(there_and_back(&sandbox, &from, &again.path().join("trash")));
    }
}
