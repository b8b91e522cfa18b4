//! Other users who may write to what is removed, with a descriptor of before the removal: whatever they write, nothing goes
//! where they say, nothing is deleted earlier, and no mode is theirs.

mod older;
mod open;
mod other_user;
mod redo;
mod space;
mod values;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::other_user::Attacker;
use crate::common::{Missing, Sandbox, Tree, User, is_root, say_skipped, snapshot};

/// The user and the group of the attacker.
const THEM: u32 = 65_533;
/// A group that the attacker is in, and what belongs to it.
const TEAM: u32 = 65_500;
/// The victim's own group, which the attacker is in too.
const OURS: u32 = 65_534;

/// What is removed, by whom, and why another may write to it.
struct Scene {
    name: &'static str,
    victim: User,
    make: fn(&Sandbox, &Path),
}

const SCENES: &[Scene] = &[
    Scene { name: "root removes a file of theirs", victim: User::Caller, make: their_file },
    Scene { name: "root removes a directory of theirs", victim: User::Caller, make: their_directory },
    Scene { name: "a file of the team, 0664", victim: User::Nobody, make: |s, p| team(s, p, 0o664) },
    Scene { name: "a file of the team, 0660", victim: User::Caller, make: |s, p| team(s, p, 0o660) },
    Scene { name: "a directory of our group, 2775", victim: User::Nobody, make: |s, p| group_directory(s, p, OURS) },
    Scene {
        name: "one of a group that is not ours, 2775",
        victim: User::Nobody,
        make: |s, p| group_directory(s, p, TEAM),
    },
    Scene { name: "a file of everybody, 0666", victim: User::Nobody, make: |s, p| team(s, p, 0o666) },
    Scene { name: "a file with an access list for them", victim: User::Nobody, make: listed_file },
    Scene { name: "a directory with an access list for them", victim: User::Caller, make: listed_directory },
];

fn their_file(sandbox: &Sandbox, path: &Path) {
    sandbox.file(path, "of them");
    chown(path, Some(THEM), Some(THEM)).unwrap();
}

fn their_directory(sandbox: &Sandbox, path: &Path) {
    sandbox.tree(path, &[("inside", "of them")]);
    chown(path, Some(THEM), Some(THEM)).unwrap();
}

fn team(sandbox: &Sandbox, path: &Path, mode: u32) {
    sandbox.file(path, "of the team");
    chown(path, None, Some(TEAM)).unwrap();
    sandbox.chmod(path, mode);
}

/// A directory that a chmod(2) of ours takes the set-group-ID bit of, if the group is not ours.
fn group_directory(sandbox: &Sandbox, path: &Path, group: u32) {
    sandbox.tree(path, &[("inside", "of the group")]);
    chown(path, None, Some(group)).unwrap();
    sandbox.chmod(path, 0o2775);
}

fn listed_file(sandbox: &Sandbox, path: &Path) {
    sandbox.file(path, "shared with them");
    allow_them(path, 6);
}

fn listed_directory(sandbox: &Sandbox, path: &Path) {
    sandbox.tree(path, &[("inside", "shared with them")]);
    xattr::set(path, "system.posix_acl_default", &list_for_them(7)).unwrap();
    allow_them(path, 7);
}

fn allow_them(path: &Path, may: u16) {
    xattr::set(path, "system.posix_acl_access", &list_for_them(may)).unwrap();
}

/// An access list that lets the attacker do this, in the kernel's form of it (acl(5)).
fn list_for_them(may: u16) -> Vec<u8> {
    let entries: [(u16, u16, u32); 5] =
        [(1, 7, u32::MAX), (2, may, THEM), (4, 5, u32::MAX), (0x10, may, u32::MAX), (0x20, 5, u32::MAX)];
    let mut list = 2_u32.to_le_bytes().to_vec();
    for (tag, may, id) in entries {
        list.extend(tag.to_le_bytes());
        list.extend(may.to_le_bytes());
        list.extend(id.to_le_bytes());
    }
    list
}

/// A removed thing that the attacker holds open.
struct Removed {
    sandbox: Sandbox,
    path: PathBuf,
    was: Tree,
    mode: u32,
    attacker: Attacker,
    /// Where the attacker wants it.
    wanted: PathBuf,
}

impl Removed {
    fn of(scene: &Scene) -> Self {
        let held = Self::held(scene);
        held.sandbox.rrm(["rm", "-rf", "thing"]).ok().silent();
        held
    }

    /// What is about to be removed, and is held open already.
    fn held(scene: &Scene) -> Self {
        let sandbox = Sandbox::of(scene.victim);
        let path = sandbox.path("thing");
        (scene.make)(&sandbox, &path);
        let wanted = sandbox.path("wanted/by-them");
        let attacker = Attacker::holding(&path);
        let was = snapshot(&path);
        let mode = mode_of(&path);
        Self { sandbox, path, was, mode, attacker, wanted }
    }

    fn listed(&self) -> Value {
        let items = self.sandbox.list_json();
        assert_eq!(items.len(), 1, "{items:?}");
        items.into_iter().next().unwrap()
    }

    /// Asserts that it is back where it was, as it was, and nowhere else.
    fn assert_back(&self, after: &str) {
        self.assert_not_wanted(after);
        self.was.assert_is_at(&self.path);
    }

    fn assert_not_wanted(&self, after: &str) {
        assert!(self.wanted.symlink_metadata().is_err(), "{after}: it went where the attacker said");
    }
}

fn needs_root() -> bool {
    if !is_root() {
        say_skipped(&Missing::new("root", "to be several users"));
    }
    is_root()
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}
