//! What can be seen of a tree from outside, to say afterwards that it is as it was.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::fs::{self, File, Metadata};
use std::hash::Hasher as _;
use std::io::Read as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// All of a tree but what moving it may change: no inode number, no time of change or access, no size of directories.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    nodes: BTreeMap<PathBuf, Node>,
}

/// One file's traits by name, so that a difference can be told in words.
pub(crate) type Node = BTreeMap<String, String>;

/// Takes the picture of what is at `path` and below it, never following a link.
#[track_caller]
pub(crate) fn snapshot(path: impl AsRef<Path>) -> Tree {
    let mut shot = Shot::default();
    shot.take(path.as_ref(), Path::new(""));
    Tree { nodes: shot.nodes }
}

impl Tree {
    /// The paths of the tree, its top as the empty one.
    pub(crate) fn paths(&self) -> Vec<&Path> {
        self.nodes.keys().map(PathBuf::as_path).collect()
    }

    /// Each path with what is known of it, by name.
    pub(crate) fn traits(&self) -> impl Iterator<Item = (&Path, &Node)> {
        self.nodes.iter().map(|(path, node)| (path.as_path(), node))
    }

    /// Every difference, one a line: a path that came or went, or a trait with its two values.
    pub(crate) fn difference(&self, later: &Self) -> String {
        let mut lines = String::new();
        for (path, node) in &self.nodes {
            match later.nodes.get(path) {
                None => writeln!(lines, "gone: {}", path.display()),
                Some(other) => write!(lines, "{}", changed(path, node, other)),
            }
            .expect("a string can be written to");
        }
        for path in later.nodes.keys().filter(|path| !self.nodes.contains_key(*path)) {
            writeln!(lines, "new: {}", path.display()).expect("a string can be written to");
        }
        lines
    }

    /// Asserts that what is at `path` now is what was photographed here.
    #[track_caller]
    pub(crate) fn assert_is_at(&self, path: impl AsRef<Path>) {
        let difference = self.difference(&snapshot(path.as_ref()));
        assert!(difference.is_empty(), "{} is not as it was:\n{difference}", path.as_ref().display());
    }
}

fn changed(path: &Path, before: &Node, after: &Node) -> String {
    let absent = String::from("(none)");
    let mut lines = String::new();
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let (old, new) = (before.get(name).unwrap_or(&absent), after.get(name).unwrap_or(&absent));
        if old != new {
            writeln!(lines, "changed: {}: {name}: {old} -> {new}", path.display()).expect("a string can be written to");
        }
    }
    lines
}

#[derive(Default)]
struct Shot {
    nodes: BTreeMap<PathBuf, Node>,
    /// The first path seen of each inode that has several, so that links which no longer are links show.
    first_names: BTreeMap<(u64, u64), PathBuf>,
}

impl Shot {
    fn take(&mut self, path: &Path, relative: &Path) {
        let Ok(data) = path.symlink_metadata() else { return };
        let mut node = traits(&data);
        if !data.is_dir() && data.nlink() > 1 {
            let first = self.first_names.entry((data.dev(), data.ino())).or_insert_with(|| relative.to_owned());
            node.insert("same file as".into(), first.display().to_string());
        }
        let lifted = Lifted::new(path, &data);
        attributes(path, &mut node);
        content(path, &data, &mut node);
        if data.is_dir() {
            for name in names(path, &mut node) {
                self.take(&path.join(&name), &relative.join(&name));
            }
        }
        drop(lifted);
        self.nodes.insert(relative.to_owned(), node);
    }
}

fn traits(data: &Metadata) -> Node {
    let mut node = Node::new();
    node.insert("mode".into(), format!("{:o}", data.mode()));
    node.insert("owner".into(), format!("{}:{}", data.uid(), data.gid()));
    node.insert("modified".into(), format!("{}.{:09}", data.mtime(), data.mtime_nsec()));
    node.insert("device numbers".into(), data.rdev().to_string());
    if !data.is_dir() {
        // The directories' count of links and size belong to the file system, not to whoever uses them.
        node.insert("links".into(), data.nlink().to_string());
        node.insert("size".into(), data.size().to_string());
    }
    node
}

fn attributes(path: &Path, node: &mut Node) {
    let Ok(names) = xattr::list(path) else { return };
    for name in names {
        let name = name.to_string_lossy().into_owned();
        if !name.starts_with("security.") {
            let value = xattr::get(path, &name).map_or_else(|error| error.to_string(), |value| format!("{value:?}"));
            node.insert(format!("attribute {name}"), value);
        }
    }
}

fn content(path: &Path, data: &Metadata, node: &mut Node) {
    let told = if data.is_symlink() {
        fs::read_link(path).map(|target| format!("{}", target.display()))
    } else if data.is_file() {
        hash(path)
    } else {
        return; // A FIFO or device must not be opened.
    };
    node.insert("content".into(), told.unwrap_or_else(|error| error.to_string()));
}

fn hash(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hasher, mut part) = (File::open(path)?, DefaultHasher::new(), vec![0; 1 << 16]);
    loop {
        let length = file.read(&mut part)?;
        if length == 0 {
            return Ok(format!("hash {:016x}", hasher.finish()));
        }
        hasher.write(&part[..length]);
    }
}

fn names(path: &Path, node: &mut Node) -> Vec<std::ffi::OsString> {
    match fs::read_dir(path) {
        Ok(entries) => {
            let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
            // The first name of a file with several must not depend on the order on disk.
            names.sort_unstable();
            names
        }
        Err(error) => {
            node.insert("entries".into(), error.to_string());
            Vec::new()
        }
    }
}

/// A file of ours that we may not read, made readable while the picture is taken; only its time of change moves.
struct Lifted<'path> {
    path: &'path Path,
    mode: Option<u32>,
}

impl<'path> Lifted<'path> {
    fn new(path: &'path Path, data: &Metadata) -> Self {
        let (mode, kind) = (data.mode() & 0o7777, data.file_type());
        let wanted = if data.is_dir() { 0o500 } else { 0o400 };
        let is_plain = !kind.is_symlink() && !kind.is_fifo() && !kind.is_socket() && !kind.is_char_device();
        let lift = is_plain && mode & wanted != wanted && set_mode(path, mode | wanted);
        Self { path, mode: lift.then_some(mode) }
    }
}

impl Drop for Lifted<'_> {
    fn drop(&mut self) {
        if let Some(mode) = self.mode {
            set_mode(self.path, mode);
        }
    }
}

fn set_mode(path: &Path, mode: u32) -> bool {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).is_ok()
}
