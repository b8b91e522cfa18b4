//! rrm where a rename does not reach: other file systems, subvolumes, overlays, bind mounts, media that come and go.

mod costs;
pub(crate) mod exchange;
mod failures;
mod power;
mod property;
mod quota;
mod races;
mod rooms;
mod round_trip;
mod saves;
mod shared;
mod simple;
mod sweep;
mod volumes;

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::mounts::Format;
use crate::common::{Missing, Mount, Sandbox, is_root};

/// Where an operand can lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ext4,
    Xfs,
    Btrfs,
    /// A subvolume that is not mounted by itself.
    Subvolume,
    Tmpfs,
    Ramfs,
    Bind,
    /// What an overlay's upper layer holds.
    Upper,
    /// What only its lower layer holds: a directory of it cannot be renamed.
    Lower,
}

impl Kind {
    pub(crate) const ALL: [Self; 9] = [
        Self::Ext4,
        Self::Xfs,
        Self::Btrfs,
        Self::Subvolume,
        Self::Tmpfs,
        Self::Ramfs,
        Self::Bind,
        Self::Upper,
        Self::Lower,
    ];
}

/// A mount in a sandbox's working directory, and a directory on it that belongs to the sandbox's user.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) dir: PathBuf,
    /// Unmounted in this order.
    _mounts: Vec<Mount>,
}

/// Mounts, with what `fill` makes in the directory that it is given.
pub(crate) fn place(kind: Kind, sandbox: &Sandbox, fill: impl FnOnce(&Path)) -> Result<Place, Missing> {
    let at = sandbox.path("m");
    let format = match kind {
        Kind::Ext4 => Some(Format::Ext4),
        Kind::Xfs => Some(Format::Xfs),
        Kind::Btrfs | Kind::Subvolume => Some(Format::Btrfs),
        _ => None,
    };
    let mounts = match kind {
        Kind::Tmpfs => vec![Mount::tmpfs("", &at)?],
        Kind::Ramfs => vec![Mount::ramfs(&at)?],
        Kind::Bind => vec![Mount::bind(&sandbox.dir("bound"), &at)?],
        Kind::Upper | Kind::Lower => return overlay(kind, sandbox, fill),
        _ => vec![Mount::image(format.expect("a format"), 16, &at)?],
    };
    let root = if kind == Kind::Subvolume { subvolume(&at.join("sub"))? } else { at };
    sandbox.give(&root);
    let dir = sandbox.dir(root.join("d"));
    fill(&dir);
    Ok(Place { dir, _mounts: mounts })
}

fn overlay(kind: Kind, sandbox: &Sandbox, fill: impl FnOnce(&Path)) -> Result<Place, Missing> {
    // Of their own file system, because not every one will do for an upper layer.
    let layers = Mount::tmpfs("", &sandbox.path("layers"))?;
    sandbox.give(layers.path());
    let [lower, upper, work] = ["lower", "upper", "work"].map(|name| sandbox.dir(layers.path().join(name)));
    let at = sandbox.path("m");
    let filled = sandbox.dir(lower.join("d"));
    let mut fill = Some(fill);
    if kind == Kind::Lower {
        fill.take().expect("not used yet")(&filled);
    }
    let merged = Mount::overlay(&lower, &upper, &work, &at)?;
    if let Some(fill) = fill {
        fill(&at.join("d"));
    }
    Ok(Place { dir: at.join("d"), _mounts: vec![merged, layers] })
}

/// Makes a subvolume of btrfs.
pub(crate) fn subvolume(at: &Path) -> Result<PathBuf, Missing> {
    let output = crate::common::mounts::system("btrfs").args(["subvolume", "create"]).arg(at).output();
    match output {
        Ok(output) if output.status.success() => Ok(at.to_owned()),
        Ok(output) => Err(Missing::new("subvolumes", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(Missing::new("btrfs-progs", error.to_string())),
    }
}

/// A tree with one of everything that any user can make and every file system but the simplest can hold.
pub(crate) fn fill(sandbox: &Sandbox, top: &Path) {
    sandbox.file(top.join("file"), "content");
    sandbox.chmod(top.join("file"), 0o640);
    let sparse = sandbox.file(top.join("sparse"), "");
    fs::File::options().write(true).open(&sparse).and_then(|file| file.set_len(1 << 20)).expect("a hole");
    sandbox.file(top.join("sub/one"), "1");
    sandbox.hard_link(top.join("sub/two"), top.join("sub/one"));
    sandbox.symlink(top.join("sub/dangling"), "nowhere");
    sandbox.symlink(top.join("up"), "..");
    sandbox.fifo(top.join("fifo"));
    sandbox.socket(top.join("socket"));
    sandbox.file(top.join("private"), "secret");
    sandbox.chmod(top.join("private"), 0o400);
    sandbox.file(top.join("shut/inside"), "x");
    sandbox.chmod(top.join("shut"), 0o555);
    for (path, seconds) in [("sub/one", 1_000_000_007), ("file", 1_234_567_890), ("sub", 999_999_999)] {
        set_times(&top.join(path), seconds);
    }
}

/// An attribute on a file and a directory, where the file system has them.
pub(crate) fn label(top: &Path) {
    for path in [top.join("file"), top.join("sub")] {
        xattr::set(path, "user.colour", b"blue").ok();
    }
}

pub(crate) fn set_times(path: &Path, seconds: i64) {
    use rustix::fs::{AtFlags, CWD, Timespec, Timestamps};
    let time = Timespec { tv_sec: seconds, tv_nsec: 123_456_789 };
    let times = Timestamps { last_access: time, last_modification: time };
    rustix::fs::utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).expect("the times can be set");
}

/// The number of bytes that a file occupies.
pub(crate) fn on_disk(path: &Path) -> u64 {
    std::os::unix::fs::MetadataExt::blocks(&fs::symlink_metadata(path).expect("it is there")) * 512
}

/// What interrupted copies left: nothing may be in `.staging` or `.doomed` of any trash, and no room beside a target.
#[track_caller]
pub(crate) fn assert_no_rest(sandbox: &Sandbox) {
    let mut found = Vec::new();
    look_for_rests(sandbox.root(), &mut found);
    assert!(found.is_empty(), "rests: {found:?}");
}

fn look_for_rests(directory: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if [".staging", ".doomed"].contains(&name.as_str()) {
            found.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
        } else if name.starts_with(".rrm-") && name.len() > 36 {
            found.push(path);
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            look_for_rests(&path, found);
        }
    }
}

/// The original paths that `rrm list` shows.
#[track_caller]
pub(crate) fn listed(sandbox: &Sandbox) -> Vec<String> {
    let path = |item: serde_json::Value| item["original_path"].as_str().unwrap_or("?").to_owned();
    let mut paths: Vec<_> = sandbox.list_json().into_iter().map(path).collect();
    paths.sort();
    paths
}

/// Both who may own a sandbox: the tests' own user, and where that is root also an ordinary one.
pub(crate) fn users() -> Vec<crate::common::User> {
    use crate::common::User;
    if is_root() { vec![User::Caller, User::Nobody] } else { vec![User::Caller] }
}
