//! `rrm restore`, faulted at each of its calls, in each of its ways.

use std::fs;
use std::path::{Path, PathBuf};

use super::accounts::{Thing, assert_accounted};
use super::scene::{assert_honest, label};
use super::{Allowed, Scene, Shape, shapes};
use crate::common::fault::each_point;
use crate::common::{Fault, Invocation, Run, Sandbox, User};

/// Back to where it was.
pub(super) fn sweep(fault: Fault, shape: &Shape) -> usize {
    each_point(
        fault,
        || Scene::trashed(shape),
        |scene| scene.about_all(&["restore"]),
        |scene, point, run| {
            scene.assert_accounted(allowed(fault, run));
            check_status(fault, scene, run);
            scene.undo_all();
            scene.assert_in_place(Allowed::BOTH);
            if scene.operands().any(|thing| !thing.damage(&thing.origin, Allowed::NOTHING).is_empty()) {
                // Whatever is left of a record on them goes with the next removal and its undo.
                scene.rm().run().ok();
                scene.undo_all();
                scene.assert_in_place(Allowed::at_last(fault, point));
            }
            scene.assert_swept();
        },
    )
}

/// A restore that was killed, or that said it could not tidy up, may leave marks; one that claims success may not.
fn allowed(fault: Fault, run: &Run) -> Allowed {
    if fault != Fault::Kill && run.status.success() { Allowed::NOTHING } else { Allowed::BOTH }
}

/// Success means that all is back.
fn check_status(fault: Fault, scene: &Scene, run: &Run) {
    if fault == Fault::Kill {
        return;
    }
    assert_honest(run);
    let back = scene.origins().iter().all(|path| path.symlink_metadata().is_ok());
    assert!(back || !run.status.success(), "success, and not all is back: {run}");
}

/// One way of restoring: what is made after the removal, the words of the command, and where things may end.
struct Way {
    name: &'static str,
    make: fn(&Sandbox) -> Vec<PathBuf>,
    /// Changes the scene once the things are in the trash; gives what else has to be accounted for.
    then: fn(&Sandbox) -> Vec<PathBuf>,
    words: &'static [&'static str],
    /// Where things may be beside their origins, below the working directory.
    elsewhere: &'static [&'static str],
}

impl Way {
    fn sweep(&self) {
        let shape = Shape::of(self.name, self.make);
        for fault in [Fault::Kill, Fault::Error("EIO")] {
            let points = each_point(
                fault,
                || self.scene(&shape),
                |scene| self.command(scene),
                |scene, _, run| {
                    self.check(fault, scene, run);
                },
            );
            println!("{points} points: {} {fault:?}", self.name);
        }
    }

    fn scene(&self, shape: &Shape) -> Scene {
        let mut scene = Scene::trashed(shape);
        let more: Vec<Thing> = (self.then)(&scene.sandbox).iter().map(|path| Thing::at(path)).collect();
        scene.things.extend(more);
        scene
    }

    fn command(&self, scene: &Scene) -> Invocation {
        let session = ["--session".to_owned(), label(&scene.sandbox)];
        scene.sandbox.command(self.words.iter().map(|word| (*word).to_owned()).chain(session))
    }

    fn check(&self, fault: Fault, scene: &Scene, run: &Run) {
        let mut live = scene.origins();
        live.extend(self.elsewhere.iter().map(|path| scene.sandbox.path(path)));
        live.sort();
        live.dedup();
        assert_accounted(&scene.things, &scene.listed(), &live, allowed(fault, run));
        if fault != Fault::Kill {
            assert_honest(run);
        }
        // The same again gets what is not back yet; what is back already is no match, or in the way of nothing.
        let again = self.command(scene).run();
        again.does_or_says();
        assert_accounted(&scene.things, &scene.listed(), &live, Allowed::BOTH);
        scene.assert_swept();
    }
}

fn nothing_more(_: &Sandbox) -> Vec<PathBuf> {
    Vec::new()
}

#[test]
fn undo_at_each_call() {
    let way = Way { name: "undo", make: shapes::batch().make, then: nothing_more, words: &["undo"], elsewhere: &[] };
    way.sweep();
}

#[test]
fn missing_parents_at_each_call() {
    let way = Way {
        name: "missing parents",
        make: |sandbox| vec![sandbox.file("above/middle/file", "x")],
        then: |sandbox| {
            fs::remove_dir_all(sandbox.path("above")).expect("only empty directories are left");
            Vec::new()
        },
        words: &["restore", "above/middle/file"],
        elsewhere: &[],
    };
    way.sweep();
}

#[test]
fn beside_what_is_in_the_way_at_each_call() {
    let way = Way {
        name: "conflict rename",
        make: |sandbox| vec![sandbox.file("wanted", "old")],
        then: |sandbox| vec![sandbox.file("wanted", "new")],
        words: &["restore", "--conflict", "rename", "wanted"],
        elsewhere: &["wanted.~1~", "wanted.~2~"],
    };
    way.sweep();
}

#[test]
fn to_another_place_at_each_call() {
    let way = Way {
        name: "to another place",
        make: |sandbox| vec![sandbox.tree("wanted", &[("a", "1")])],
        then: nothing_more,
        words: &["restore", "--to", "made/for/it", "wanted"],
        elsewhere: &["made/for/it/wanted"],
    };
    way.sweep();
}

/// What is in the way goes to the trash first; if the item then cannot come, it comes back.
#[test]
fn swap_at_each_call() {
    let shape = Shape::of("swap", |sandbox| vec![sandbox.file("wanted", "old")]);
    for fault in [Fault::Kill, Fault::Error("EIO")] {
        let scene = || {
            let mut scene = Scene::trashed(&shape);
            let new = Thing::at(&scene.sandbox.tree("wanted", &[("a", "new")]));
            scene.things.push(new);
            scene
        };
        let words = ["restore", "--conflict", "swap", "wanted"];
        let points = each_point(
            fault,
            scene,
            |scene| scene.sandbox.command(words),
            |scene, _, run| {
                let live = [scene.sandbox.path("wanted")];
                assert_accounted(&scene.things, &scene.listed(), &live, allowed(fault, run));
                if fault != Fault::Kill {
                    assert_honest(run);
                    scene.assert_trash_at_rest();
                    assert!(live[0].exists(), "a swap that failed left nothing in the place: {run}");
                }
                scene.assert_swept();
            },
        );
        println!("{points} points: {} {fault:?}", shape.name);
    }
}

/// A part of a trashed directory, itself a directory that has to be made writable to be moved.
#[test]
fn a_part_at_each_call() {
    for fault in [Fault::Kill, Fault::Error("EIO")] {
        let words = ["restore", "tree/part"];
        let points = each_point(
            fault,
            trashed_tree,
            |(sandbox, _, _)| sandbox.command(words),
            |scene, _, run| {
                check_part(fault, scene, run);
            },
        );
        println!("{points} points: a part {fault:?}");
    }
}

/// A directory in the trash, the part that is wanted, and what else is in it.
type Parted = (Sandbox, Thing, Thing);

fn trashed_tree() -> Parted {
    let sandbox = Sandbox::of(User::Nobody).by_way_of(crate::common::Way::Here);
    sandbox.tree("tree", &[("part/a", "1"), ("rest/b", "2")]);
    sandbox.chmod("tree/part", 0o555);
    let (part, rest) = (Thing::at(&sandbox.path("tree/part")), Thing::at(&sandbox.path("tree/rest")));
    sandbox.rrm(["rm", "tree"]).ok();
    (sandbox, part, rest)
}

fn check_part(fault: Fault, (sandbox, part, rest): &Parted, run: &Run) {
    let whole_at = |thing: &Thing, place: &Path, allowed| {
        place.symlink_metadata().is_ok() && thing.damage(place, allowed).is_empty()
    };
    let in_trash = || super::accounts::listed(sandbox, &sandbox.command([""; 0]))[0].place.clone();
    let (inside, target) = (in_trash().join("part"), sandbox.path("tree/part"));
    let allowed = if fault == Fault::Kill || !run.status.success() { Allowed::BOTH } else { Allowed::NOTHING };
    let places = [&inside, &target].map(|place| whole_at(part, place, allowed));
    assert_eq!(places.iter().filter(|whole| **whole).count(), 1, "the part is in {places:?}");
    assert_ne!(inside.symlink_metadata().is_ok(), target.symlink_metadata().is_ok(), "the part twice, or torn");
    assert!(whole_at(rest, &in_trash().join("rest"), Allowed::NOTHING), "the rest of the tree is not as it was");
    if inside.symlink_metadata().is_ok() {
        sandbox.rrm(["restore", "tree/part"]).ok();
    }
    assert!(whole_at(part, &target, Allowed { loosened: true, ..Allowed::NOTHING }), "the part is not back");
}
