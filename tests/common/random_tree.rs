//! Random trees: every kind of entry, any mode, owner, access list, attribute and time, and names of any bytes.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, PermissionsExt as _, lchown, symlink};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use rrm::sys::{Dir, FileKind, Name, Timestamp};

use super::{in_namespace, is_root};

/// The longest path that a call takes.
pub(crate) const LONGEST_PATH: usize = 4095;

/// One entry of a random tree; where it goes, and what it links to, is chosen among what is there already.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    parent: Index,
    kind: u8,
    name: Vec<u8>,
    mode: u32,
    owner: (u32, u32),
    data: Vec<(u64, u8)>,
    attribute: Option<Vec<u8>>,
    has_access_list: bool,
    seconds: i64,
}

/// Whom the entries belong to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Owners {
    /// Anybody; only root can make such a tree.
    Any,
    /// This user and group; of what is no directory some is root's, if root makes the tree.
    Mostly(u32, u32),
}

/// An entry; its content, if it has any, is about so long at most.
pub(crate) fn node(longest: u64) -> impl Strategy<Value = Node> {
    let byte = any::<u8>().prop_filter("no name", |byte| !matches!(byte, 0 | b'/'));
    let bytes = prop_oneof![
        9 => prop::collection::vec(byte.clone(), 1..20),
        1 => prop::collection::vec(prop_oneof![Just(b'\n'), byte], 255),
    ];
    let modes = vec![0, 0o400, 0o555, 0o644, 0o664, 0o666, 0o755, 0o1777, 0o2555, 0o2775, 0o6777];
    (
        any::<Index>(),
        0u8..10,
        bytes,
        prop_oneof![select(modes), 0u32..0o10000],
        (0u32..4, 0u32..4),
        prop::collection::vec((0..longest, any::<u8>()), 0..4),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..60)),
        prop::bool::weighted(0.2),
        -1_000_000_000i64..4_000_000_000,
    )
        .prop_map(|(parent, kind, name, mode, owner, data, attribute, has_access_list, seconds)| Node {
            parent,
            kind,
            name,
            mode,
            owner,
            data,
            attribute,
            has_access_list,
            seconds,
        })
}

/// Makes a directory that holds these entries.
pub(crate) fn build(it: &Path, nodes: &[Node], owners: Owners) {
    fs::DirBuilder::new().mode(0o755).create(it).unwrap();
    if let Owners::Mostly(user, group) = owners {
        lchown(it, Some(user), Some(group)).unwrap();
    }
    let (mut dirs, mut files, mut made) = (vec![it.to_owned()], Vec::<PathBuf>::new(), Vec::new());
    for node in nodes {
        let parent = dirs[node.parent.index(dirs.len())].clone();
        let Ok(label) = Name::new(OsStr::from_bytes(&node.name)) else { continue };
        let path = parent.join(label.as_os_str());
        if path.as_os_str().len() > LONGEST_PATH || fs::symlink_metadata(&path).is_ok() {
            continue;
        }
        let dir = Dir::open(&parent).unwrap();
        match node.kind {
            0..=2 => {
                let file = File::create(&path).unwrap();
                node.data.iter().for_each(|(at, byte)| file.write_all_at(&[*byte; 5000], *at).unwrap());
                files.push(path.clone());
            }
            3 | 4 => {
                fs::create_dir(&path).unwrap();
                dirs.push(path.clone());
            }
            5 => symlink(OsStr::from_bytes(&node.name), &path).unwrap(),
            6 => dir.create_special(label, FileKind::Fifo, (0, 0)).unwrap(),
            7 => dir.create_special(label, FileKind::Socket, (0, 0)).unwrap(),
            8 if is_root() => dir.create_special(label, FileKind::CharDevice, (1, 3)).unwrap(),
            _ if files.is_empty() => continue,
            _ => {
                fs::hard_link(&files[node.parent.index(files.len())], &path).unwrap();
                continue;
            }
        }
        made.push((path, node));
    }
    for (path, node) in made.into_iter().rev() {
        finish(&path, node, owners);
    }
}

/// Gives an entry all that it has beside its content, the times last.
fn finish(path: &Path, node: &Node, owners: Owners) {
    let is_directory = matches!(node.kind, 3 | 4);
    let (user, group) = match owners {
        Owners::Mostly(..) if is_root() && !is_directory && node.owner.0 == 0 => (0, 0),
        Owners::Mostly(user, group) => (user, group),
        Owners::Any => node.owner,
    };
    // The root of a user namespace knows no other user, to give a file or a right to.
    let has_others = !in_namespace();
    if has_others {
        lchown(path, Some(user), Some(group)).unwrap();
    }
    if let Some(value) = node.attribute.as_ref().filter(|_| node.kind <= 4) {
        xattr::set(path, "user.random", value).unwrap();
    }
    if node.has_access_list && node.kind <= 4 && has_others {
        xattr::set(path, "system.posix_acl_access", &access_list()).unwrap();
        if is_directory {
            xattr::set(path, "system.posix_acl_default", &access_list()).unwrap();
        }
    }
    if node.kind != 5 {
        set_mode(path, node.mode);
    }
    set_times(path, node.seconds);
}

/// One that lets somebody else read.
pub(crate) fn access_list() -> Vec<u8> {
    let entries: [(u16, u16, u32); 5] =
        [(0x01, 6, u32::MAX), (0x02, 4, 1234), (0x04, 4, u32::MAX), (0x10, 4, u32::MAX), (0x20, 0, u32::MAX)];
    let mut bytes = 2u32.to_le_bytes().to_vec();
    for (tag, permissions, id) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(permissions.to_le_bytes());
        bytes.extend(id.to_le_bytes());
    }
    bytes
}

pub(crate) fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

pub(crate) fn set_times(path: &Path, seconds: i64) {
    let parent = Dir::open(path.parent().unwrap()).unwrap();
    let entry = parent.mark(Name::new(path.file_name().unwrap()).unwrap()).unwrap();
    // In the year 2100: an old one would be renewed by the reads of the test itself (mount(8), relatime).
    let accessed = Timestamp { seconds: 4_102_444_800, nanoseconds: 123_456_789 };
    entry.set_times(accessed, Timestamp { seconds, nanoseconds: 987_654_321 }).unwrap();
}
