//! Makers of every kind of file, all belonging to the sandbox's user. Paths are below the working directory.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rrm::item::{ItemId, Told};

use super::platform::{Identity, Node, identity, make_node};
use super::sandbox::Sandbox;

impl Sandbox {
    /// A regular file; missing parents are made.
    pub(crate) fn file(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        self.made(path, |path| fs::write(path, content))
    }

    /// A directory; missing parents are made.
    pub(crate) fn dir(&self, path: impl AsRef<Path>) -> PathBuf {
        self.made(path, |path| fs::create_dir(path))
    }

    /// A directory with regular files below it: `tree("d", &[("a", "1"), ("sub/b", "2")])`.
    pub(crate) fn tree(&self, path: impl AsRef<Path>, files: &[(&str, &str)]) -> PathBuf {
        let top = self.dir(path);
        for (name, content) in files {
            self.file(top.join(name), content);
        }
        top
    }

    /// A private directory beside `outside` as a restore leaves it that is killed, and what is noted of it in a trash's
    /// staging directory: that the item `id` was to go there.
    pub(crate) fn left_room(&self, staging: &Path, id: &str, outside: &Path) -> PathBuf {
        let room = self.dir(outside.with_file_name(format!(".rrm-{}", "c0ffee00".repeat(4))));
        self.chmod(&room, 0o1700);
        self.symlink(staging.join(format!("{id}.elsewhere")), outside);
        let line = format!("\ncopy {} {}", room.file_name().expect("a name").display(), trace(&room));
        self.file(staging.join(format!("{id}.made")), line);
        room
    }

    pub(crate) fn symlink(&self, path: impl AsRef<Path>, target: impl AsRef<Path>) -> PathBuf {
        self.made(path, |path| symlink(target, path))
    }

    pub(crate) fn hard_link(&self, path: impl AsRef<Path>, existing: impl AsRef<Path>) -> PathBuf {
        let existing = self.path(existing);
        self.made(path, |path| fs::hard_link(existing, path))
    }

    pub(crate) fn fifo(&self, path: impl AsRef<Path>) -> PathBuf {
        self.node(path, Node::Fifo)
    }

    /// A socket's name.
    pub(crate) fn socket(&self, path: impl AsRef<Path>) -> PathBuf {
        self.node(path, Node::Socket)
    }

    /// A character device with the numbers of `/dev/null`; for the machine's root only.
    pub(crate) fn device(&self, path: impl AsRef<Path>) -> PathBuf {
        self.node(path, Node::Null)
    }

    fn node(&self, path: impl AsRef<Path>, node: Node) -> PathBuf {
        self.made(path, |path| make_node(path, node))
    }

    /// Sets the permission bits.
    pub(crate) fn chmod(&self, path: impl AsRef<Path>, mode: u32) -> PathBuf {
        let path = self.path(path);
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("the mode can be set");
        path
    }

    /// Sets an attribute, its name given whole (`user.colour`).
    pub(crate) fn set_attribute(&self, path: impl AsRef<Path>, name: &str, value: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(path);
        xattr::set(&path, name, value.as_ref()).expect("the attribute can be set");
        path
    }

    /// Gives what is at `path` to another user and group; for the machine's root only.
    pub(crate) fn chown(&self, path: impl AsRef<Path>, owner: u32) -> PathBuf {
        let path = self.path(path);
        lchown(&path, Some(owner), Some(owner)).expect("the owner can be set");
        path
    }

    /// Gives what is at `path` to the sandbox's user.
    pub(crate) fn give(&self, path: &Path) {
        if self.user().is_other() {
            let (user, group) = self.user().ids();
            lchown(path, Some(user), Some(group)).expect("root can give a file away");
        }
    }

    fn made(&self, path: impl AsRef<Path>, make: impl FnOnce(&Path) -> std::io::Result<()>) -> PathBuf {
        let path = self.path(path);
        if let Some(parent) = path.parent().filter(|parent| parent.symlink_metadata().is_err()) {
            self.dir(parent);
        }
        make(&path).unwrap_or_else(|error| panic!("cannot make {}: {error}", path.display()));
        self.give(&path);
        path
    }
}

/// What a ledger says of a directory.
pub(crate) fn trace(directory: &Path) -> String {
    let Identity { device: (major, minor), inode, born } = identity(directory).expect("it is there");
    let born = born.map_or_else(|| "-".to_owned(), |(seconds, nanoseconds)| format!("{seconds}.{nanoseconds}"));
    format!("{major}:{minor} {inode} {born};")
}

/// What a file in the sandbox holds.
#[track_caller]
pub(crate) fn content(sandbox: &Sandbox, path: &str) -> String {
    fs::read_to_string(sandbox.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Renames an item so that it was removed at this time, and says where it is then.
pub(crate) fn removed_at(item: &Path, removed: DateTime<Utc>) -> PathBuf {
    let id = item.file_name().and_then(ItemId::from_name).expect("an item has an ID");
    let told = id.told().expect("it is not of an older version");
    let renamed = ItemId::new(*b"renamed.", Told { removed, ..told });
    let place = item.with_file_name(renamed.to_string());
    fs::rename(item, &place).expect("the name is free");
    place
}

/// The names in a directory, sorted.
#[track_caller]
pub(crate) fn names_in(directory: impl AsRef<Path>) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("it can be read");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

/// The sources below a directory, in the order of their paths.
pub(crate) fn sources(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut found = Vec::new();
    for path in entries.map(|entry| entry.expect("a directory can be read to its end").path()) {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    // What is in a directory stands where its name does.
    found.sort_unstable();
    found
}
