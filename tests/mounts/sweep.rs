//! Killed, or failing, at every call of a removal and a restore that copy: at every moment there is a whole copy, in its
//! place or listed, and the next commands leave no rest.

use std::path::PathBuf;

use super::{Kind, Place, assert_no_rest, listed, place, set_times};
use crate::common::strace::{Point, available, each_point};
use crate::common::{Fault, Invocation, Run, Sandbox, Tree, snapshot};

/// A small tree on another mount.
struct Scene {
    // Dropped first, so that nothing is mounted any more when the sandbox goes.
    place: Place,
    sandbox: Sandbox,
    before: Tree,
}

impl Scene {
    fn new(kind: Kind) -> Self {
        let sandbox = Sandbox::new();
        let place = place(kind, &sandbox, |dir| {
            sandbox.file(dir.join("t/f"), "content");
            sandbox.hard_link(dir.join("t/g"), dir.join("t/f"));
            sandbox.symlink(dir.join("t/link"), "nowhere");
            sandbox.file(dir.join("t/sub/h"), "more");
            sandbox.chmod(dir.join("t/sub"), 0o555);
            sandbox.file(dir.join("t/open/part"), "part");
            set_times(&dir.join("t"), 7);
        })
        .expect("the mount was possible a moment ago");
        let before = snapshot(place.dir.join("t"));
        Self { place, sandbox, before }
    }

    /// With the tree in the home trash already.
    fn trashed(kind: Kind) -> Self {
        let scene = Self::new(kind);
        scene.sandbox.command(["rm", "--into-home"]).args([scene.tree()]).run().ok();
        scene
    }

    /// With the tree in the trash of its own mount.
    fn trashed_there(kind: Kind) -> Self {
        let scene = Self::new(kind);
        scene.sandbox.command(["rm"]).args([scene.tree()]).run().ok();
        scene
    }

    fn tree(&self) -> PathBuf {
        self.place.dir.join("t")
    }

    /// Whether all of the tree is there; a removal that was killed may have left its record on it, which the next one
    /// overwrites.
    fn is_whole_at(&self, path: PathBuf) -> bool {
        let ours = ["original_path", "deletion_date", "trashed_date"];
        let is_ours =
            |line: &str| ours.iter().any(|name| line.starts_with(&format!("changed: : attribute user.{name}:")));
        path.symlink_metadata().is_ok() && self.before.difference(&snapshot(path)).lines().all(is_ours)
    }

    /// How many whole copies are listed; each that is listed must be whole, unless an unfinished clearing up may have
    /// begun on it.
    #[track_caller]
    fn restore_all_listed(&self) -> usize {
        let items = self.sandbox.list_json();
        for (number, item) in items.iter().enumerate() {
            let to = self.sandbox.dir(format!("out{number}")).display().to_string();
            let id = item["id"].as_str().expect("an ID");
            self.sandbox.rrm(["restore", "--yes", "--to", &to, id]).ok();
            self.before.assert_is_at(self.sandbox.path(format!("out{number}/t")));
        }
        items.len()
    }

    /// What must hold after a fault, wherever the removal or restore wanted the tree to be.
    #[track_caller]
    fn assert_nothing_lost(&self, places: &[PathBuf]) -> (usize, usize) {
        self.sandbox.rrm(["clean"]).ok();
        assert_no_rest(&self.sandbox);
        let in_place = places.iter().filter(|path| self.is_whole_at((*path).clone())).count();
        let listed = self.restore_all_listed();
        assert!(in_place + listed >= 1, "no whole copy is left");
        assert_eq!(self.sandbox.list_json().len(), 0);
        assert_no_rest(&self.sandbox);
        (in_place, listed)
    }
}

/// Sweeps a command over both kinds of fault; `at_most` says how many whole copies there may be where it was killed.
fn sweep(
    scene: impl Fn() -> Scene + Sync,
    command: impl Fn(&Scene) -> Invocation + Sync,
    places: impl Fn(&Scene) -> Vec<PathBuf> + Sync,
) {
    for fault in [Fault::Kill, Fault::Error("EIO")] {
        let check = |scene: &Scene, point: &Point, run: &Run| {
            let (in_place, listed) = scene.assert_nothing_lost(&places(scene));
            if fault != Fault::Kill && run.status.success() {
                assert_eq!(in_place + listed, 1, "success, and as many copies, at {}: {run}", point.shown);
            }
            assert!(in_place + listed <= 2, "at {}: {run}", point.shown);
        };
        let points = each_point(fault, &scene, &command, check);
        assert!(points > 10, "a copy makes more calls than {points}");
    }
}

#[test]
fn a_copied_removal_at_every_call() {
    in_mount_namespace!();
    or_skip!(available());
    sweep(
        || Scene::new(Kind::Tmpfs),
        |scene| scene.sandbox.command(["rm", "--into-home"]).args([scene.tree()]),
        |scene| vec![scene.tree()],
    );
}

#[test]
fn a_removal_of_an_overlays_lower_directory_at_every_call() {
    in_mount_namespace!();
    or_skip!(available());
    sweep(
        || Scene::new(Kind::Lower),
        |scene| scene.sandbox.command(["rm"]).args([scene.tree()]),
        |scene| vec![scene.tree()],
    );
}

#[test]
fn a_restore_to_another_mount_at_every_call() {
    in_mount_namespace!();
    or_skip!(available());
    let to = |scene: &Scene| scene.sandbox.path("target");
    sweep(
        || {
            let scene = Scene::trashed_there(Kind::Tmpfs);
            scene.sandbox.dir("target");
            scene
        },
        |scene| scene.sandbox.command(["restore", "--to"]).args([to(scene), scene.tree()]),
        |scene| vec![to(scene).join("t")],
    );
}

#[test]
fn a_restore_of_a_copied_item_at_every_call() {
    in_mount_namespace!();
    or_skip!(available());
    sweep(
        || Scene::trashed(Kind::Tmpfs),
        |scene| scene.sandbox.command(["restore"]).args([scene.tree()]),
        |scene| vec![scene.tree()],
    );
}

/// A part that is copied out: it is whole in the item or whole in its place, and all else of the item stays.
#[test]
fn a_restore_of_a_part_at_every_call() {
    in_mount_namespace!();
    or_skip!(available());
    for fault in [Fault::Kill, Fault::Error("EIO")] {
        let check = |scene: &Scene, point: &Point, run: &Run| {
            scene.sandbox.rrm(["clean"]).ok();
            assert_no_rest(&scene.sandbox);
            let part = scene.tree().join("open/part");
            let is_back = std::fs::read(&part).is_ok_and(|content| content == b"part");
            assert!(is_back || part.symlink_metadata().is_err(), "torn at {}: {run}", point.shown);
            assert_eq!(listed(&scene.sandbox).len(), 1);
            let out = scene.sandbox.dir("out").display().to_string();
            scene.sandbox.command(["restore", "--to", &out]).args([scene.tree()]).run().ok();
            let is_there = std::fs::read(scene.sandbox.path("out/t/open/part")).is_ok_and(|content| content == b"part");
            assert!(is_back || is_there, "lost at {}: {run}", point.shown);
            assert_eq!(std::fs::read(scene.sandbox.path("out/t/g")).expect("the rest"), b"content");
        };
        let points = each_point(
            fault,
            || Scene::trashed(Kind::Tmpfs),
            |scene| scene.sandbox.command(["restore"]).args([scene.tree().join("open/part")]),
            check,
        );
        assert!(points > 5, "{points}");
    }
}
