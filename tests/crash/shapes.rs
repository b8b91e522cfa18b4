//! What is removed, restored and cleaned: one maker for each kind of item.

use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use crate::common::{Fault, Sandbox, User, Way, is_root};

/// A kind of item, or several of them in one command.
pub(super) struct Shape {
    pub(super) name: &'static str,
    /// Who removes it.
    pub(super) user: User,
    needs: Needs,
    /// How the commands about it are carried out.
    pub(super) way: Way,
    pub(super) faults: &'static [Fault],
    /// Makes the things to remove, and whatever has to be beside them.
    pub(super) make: fn(&Sandbox) -> Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Root,
}

const KILLED_AND_FAILED: &[Fault] = &[Fault::Kill, Fault::Error("EIO")];
/// The errors that attributes are refused with, too: then an envelope takes the item.
const EVERY_FAULT: &[Fault] =
    &[Fault::Kill, Fault::Error("EIO"), Fault::Error("ENOSPC"), Fault::Error("EDQUOT"), Fault::Error("EACCES")];

impl Shape {
    pub(super) const fn of(name: &'static str, make: fn(&Sandbox) -> Vec<PathBuf>) -> Self {
        Self { name, user: User::Nobody, needs: Needs::Nothing, way: Way::Here, faults: KILLED_AND_FAILED, make }
    }

    /// The same shape, for the program.
    pub(super) const fn by_the_program(self) -> Self {
        Self { way: Way::Program, ..self }
    }

    const fn by_root(self) -> Self {
        Self { user: User::Caller, needs: Needs::Root, ..self }
    }

    /// Why the shape cannot be had here, if it cannot.
    pub(super) fn missing(&self) -> Option<&'static str> {
        (self.needs == Needs::Root && !is_root()).then_some("to make such a thing")
    }
}

pub(super) fn plain_file() -> Shape {
    let make = |sandbox: &Sandbox| vec![attributed(sandbox, "plain")];
    Shape { faults: EVERY_FAULT, ..Shape::of("plain file", make) }
}

pub(super) fn directory_tree() -> Shape {
    Shape::of("directory tree", |sandbox| vec![tree(sandbox, "tree")])
}

pub(super) fn symlink() -> Shape {
    Shape::of("symlink", |sandbox| {
        sandbox.file("pointed-to", "stays");
        vec![sandbox.symlink("link", "pointed-to")]
    })
}

pub(super) fn dangling_link() -> Shape {
    Shape::of("dangling link", |sandbox| vec![sandbox.symlink("dangling", "/no/such/place")])
}

pub(super) fn fifo() -> Shape {
    Shape::of("FIFO", |sandbox| vec![sandbox.fifo("fifo")])
}

pub(super) fn socket() -> Shape {
    Shape::of("socket", |sandbox| vec![sandbox.socket("socket")])
}

pub(super) fn device() -> Shape {
    Shape::of("device", |sandbox| vec![sandbox.device("null")]).by_root()
}

/// Both names of one file, in one command.
pub(super) fn hard_linked_pair() -> Shape {
    Shape::of("hard-linked pair", |sandbox| {
        let one = attributed(sandbox, "one");
        vec![one, sandbox.hard_link("other", "one")]
    })
}

pub(super) fn read_only_file() -> Shape {
    Shape::of("read-only file", |sandbox| {
        attributed(sandbox, "read-only");
        vec![sandbox.chmod("read-only", 0o444)]
    })
}

pub(super) fn unreadable_file() -> Shape {
    Shape::of("unreadable file", |sandbox| {
        sandbox.file("unreadable", "secret");
        vec![sandbox.chmod("unreadable", 0o000)]
    })
}

pub(super) fn closed_directory() -> Shape {
    Shape::of("0555 directory", |sandbox| {
        tree(sandbox, "closed");
        vec![sandbox.chmod("closed", 0o555)]
    })
}

pub(super) fn locked_directory() -> Shape {
    Shape::of("0000 directory", |sandbox| {
        tree(sandbox, "locked");
        vec![sandbox.chmod("locked", 0o000)]
    })
}

pub(super) fn file_of_another() -> Shape {
    let make = |sandbox: &Sandbox| {
        sandbox.file("theirs", "of root");
        vec![sandbox.chown("theirs", 0)]
    };
    Shape { needs: Needs::Root, ..Shape::of("file of another", make) }
}

/// A file with so many attributes that no record fits; where the file system has more room than that, one more shape
/// with an own record.
pub(super) fn full_attributes() -> Shape {
    Shape::of("full attributes", |sandbox| {
        let path = sandbox.file("full", "content");
        let sizes = (1..=4060).rev().step_by(8);
        let filled = sizes.into_iter().any(|size| xattr::set(&path, "user.filling", &vec![b'x'; size]).is_ok());
        assert!(filled, "the file takes some attribute");
        vec![path]
    })
}

/// A path so long that its record fits into no attribute of ext4: it becomes a file in the envelope.
pub(super) fn long_path() -> Shape {
    const LENGTH: usize = 4090;
    Shape::of("long path", |sandbox| {
        let mut path = sandbox.work();
        while LENGTH - path.as_os_str().as_bytes().len() > 250 {
            path.push("d".repeat(100));
        }
        let rest = LENGTH - path.as_os_str().as_bytes().len() - 1;
        vec![sandbox.file(path.join("f".repeat(rest)), "far down")]
    })
}

/// What its group may write: closed to them in the trash, and opened again on the way back.
pub(super) fn file_of_a_group() -> Shape {
    Shape::of("file of a group", |sandbox| {
        attributed(sandbox, "shared");
        vec![sandbox.chmod("shared", 0o664)]
    })
}

/// The same of all, with bits that a change of mode may lose.
pub(super) fn directory_of_all() -> Shape {
    Shape::of("directory of all", |sandbox| {
        tree(sandbox, "open");
        vec![sandbox.chmod("open", 0o3777)]
    })
}

/// An access control list lets somebody else write.
pub(super) fn listed_file() -> Shape {
    const LIST: [(u16, u16, u32); 5] =
        [(1, 6, u32::MAX), (2, 6, 65_533), (4, 4, u32::MAX), (0x10, 6, u32::MAX), (0x20, 4, u32::MAX)];
    Shape::of("file with an access list", |sandbox| {
        let path = sandbox.file("listed", "shared with one other");
        let mut list = 2_u32.to_le_bytes().to_vec();
        for (tag, may, id) in LIST {
            list.extend([tag.to_le_bytes(), may.to_le_bytes()].concat());
            list.extend(id.to_le_bytes());
        }
        vec![sandbox.set_attribute(path, "system.posix_acl_access", list)]
    })
}

/// A path whose directory and name are recorded apart.
pub(super) fn deep_file() -> Shape {
    Shape::of("deep file", |sandbox| vec![attributed(sandbox, &format!("{}/file", "directory/".repeat(12)))])
}

/// Names of any bytes, as long as they may be.
pub(super) fn odd_names() -> Shape {
    Shape::of("odd names", |sandbox| {
        let names: [&[u8]; 4] = [b"a\nb\\", b"-rf", "\u{1b}[31mé".as_bytes(), &[b'x'; 255]];
        names.iter().map(|name| sandbox.file(std::ffi::OsStr::from_bytes(name), "odd")).collect()
    })
}

/// Nothing in it, and nothing below it.
pub(super) fn empty_ones() -> Shape {
    Shape::of("empty", |sandbox| vec![sandbox.file("empty", ""), sandbox.dir("nothing"), sandbox.dir("other")])
}

/// Bits beside those of permissions.
pub(super) fn set_id_file() -> Shape {
    Shape::of("set-user-ID file", |sandbox| {
        sandbox.file("program", "#!");
        vec![sandbox.chmod("program", 0o6755)]
    })
}

/// Directories that nobody may change, one in the other.
pub(super) fn closed_in_closed() -> Shape {
    Shape::of("closed in closed", |sandbox| {
        sandbox.tree("outer/inner", &[("a", "1")]);
        sandbox.chmod("outer/inner", 0o555);
        vec![sandbox.chmod("outer", 0o555)]
    })
}

/// Operands of several shapes in one command.
pub(super) fn batch() -> Shape {
    Shape::of("batch", |sandbox| {
        let (file, tree) = (attributed(sandbox, "file"), tree(sandbox, "tree"));
        vec![file, tree, sandbox.symlink("link", "tree"), sandbox.fifo("fifo")]
    })
}

/// What permissions forbid to others, by someone to whom they mean nothing.
pub(super) fn as_root() -> Shape {
    let make = |sandbox: &Sandbox| {
        sandbox.file("unreadable", "secret");
        tree(sandbox, "closed");
        sandbox.file("theirs", "of nobody");
        vec![sandbox.chmod("unreadable", 0o000), sandbox.chmod("closed", 0o555), sandbox.chown("theirs", 65534)]
    };
    Shape::of("as root", make).by_root()
}

/// A file with an attribute of its owner's.
fn attributed(sandbox: &Sandbox, name: &str) -> PathBuf {
    sandbox.file(name, format!("content of {name}"));
    sandbox.set_attribute(name, "user.comment", "a person's own")
}

fn tree(sandbox: &Sandbox, name: &str) -> PathBuf {
    let top = sandbox.tree(name, &[("a", "1"), ("below/b", "2")]);
    sandbox.symlink(top.join("below/link"), "../a");
    sandbox.hard_link(top.join("c"), top.join("a"));
    sandbox.set_attribute(&top, "user.comment", "a person's own")
}
