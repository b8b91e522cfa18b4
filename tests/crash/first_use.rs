//! The first removal of all, when no trash directory is there yet: in the home, and on another mount.

use std::path::PathBuf;

use super::Allowed;
use super::accounts::{Thing, assert_accounted, listed};
use super::scene::{assert_honest, label};
use crate::common::fault::each_point;
use crate::common::{Fault, Invocation, Mount, Run, Sandbox, User, Way};

/// A file system in memory in a sandbox, with one file to remove.
struct Fresh {
    // Dropped first: the sandbox removes only what is its own.
    _mount: Mount,
    sandbox: Sandbox,
    home: PathBuf,
    thing: Thing,
}

#[derive(Clone, Copy)]
enum Home {
    /// On the mount of what is removed.
    Beside,
    /// On another, so that the mount gets a trash directory of its own.
    Elsewhere,
}

impl Fresh {
    fn new(home: Home) -> Self {
        let sandbox = Sandbox::of(User::Nobody).by_way_of(Way::Here);
        let mount = Mount::tmpfs("", &sandbox.path("mount")).expect("it was tried before").owned_by(User::Nobody);
        let home = match home {
            Home::Beside => sandbox.dir("mount/home"),
            Home::Elsewhere => sandbox.home(),
        };
        let thing = Thing::at(&sandbox.file("mount/there/file", "content"));
        Self { _mount: mount, sandbox, home, thing }
    }

    fn command(&self, words: &[&str]) -> Invocation {
        self.sandbox
            .command(words)
            .with("HOME", &self.home)
            .with("RRM_TRASH_DIR", self.home.join("rrm/trash"))
            .with("RRM_SESSION", label(&self.sandbox))
    }

    fn rm(&self) -> Invocation {
        self.command(&["rm", "mount/there/file"])
    }

    #[track_caller]
    fn assert_accounted(&self, allowed: Allowed) {
        let listed = listed(&self.sandbox, &self.command(&[]));
        assert_accounted(std::slice::from_ref(&self.thing), &listed, std::slice::from_ref(&self.thing.origin), allowed);
    }
}

fn sweep(home: Home) {
    for fault in [Fault::Kill, Fault::Error("EIO"), Fault::Error("ENOSPC"), Fault::Error("EACCES")] {
        let points = each_point(fault, || Fresh::new(home), Fresh::rm, |scene, _, run| check(fault, scene, run));
        println!("{points} points: first use {fault:?}");
    }
}

fn check(fault: Fault, scene: &Fresh, run: &Run) {
    if fault == Fault::Kill {
        scene.assert_accounted(Allowed::BOTH);
    } else {
        assert_honest(run);
        scene.assert_accounted(Allowed::NOTHING);
        let left = scene.thing.origin.exists();
        assert_eq!(left, !run.status.success(), "the status does not tell what happened: {run}");
    }
    scene.command(&["rm", "-f", "mount/there/file"]).run().ok();
    assert!(!scene.thing.origin.exists(), "not removed the second time");
    scene.assert_accounted(Allowed::NOTHING);
    scene.command(&["undo", "--session", &label(&scene.sandbox)]).run().ok();
    let damage = scene.thing.damage(&scene.thing.origin, Allowed::NOTHING);
    assert!(damage.is_empty(), "{damage}");
}

#[test]
fn the_first_removal_at_each_call() {
    in_mount_namespace!();
    sweep(Home::Beside);
}

#[test]
fn the_first_removal_on_another_mount_at_each_call() {
    in_mount_namespace!();
    sweep(Home::Elsewhere);
}
