//! Killed, or failing, at every call of a removal and a restore that copy: at every moment there is a whole copy, in its
//! place or listed; exactly one once the next command has run, whichever that is; and no rest is left.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{Kind, Place, assert_no_rest, listed, place, set_times};
use crate::common::fault::{Point, each_point, each_point_of, points, run_to};
use crate::common::{Fault, Invocation, Run, Sandbox, Tree, Way, snapshot};

/// A small tree on another mount.
struct Scene {
    // Dropped first, so that nothing is mounted any more when the sandbox goes.
    place: Place,
    sandbox: Sandbox,
    before: Tree,
}

impl Scene {
    /// What `fill` makes in a directory on a mount of that kind is a tree called `t`.
    fn with(kind: Kind, fill: impl FnOnce(&Sandbox, &Path)) -> Self {
        let sandbox = Sandbox::new().by_way_of(Way::Here);
        let place = place(kind, &sandbox, |dir| fill(&sandbox, dir)).expect("the mount was possible a moment ago");
        let before = snapshot(place.dir.join("t"));
        Self { place, sandbox, before }
    }

    fn new(kind: Kind) -> Self {
        Self::with(kind, |sandbox, dir| {
            sandbox.file(dir.join("t/f"), "content");
            sandbox.hard_link(dir.join("t/g"), dir.join("t/f"));
            sandbox.symlink(dir.join("t/link"), "nowhere");
            sandbox.file(dir.join("t/sub/h"), "more");
            sandbox.chmod(dir.join("t/sub"), 0o555);
            sandbox.file(dir.join("t/open/part"), "part");
            set_times(&dir.join("t"), 7);
        })
    }

    /// So many files that two threads copy and remove them.
    fn large() -> Self {
        Self::with(Kind::Tmpfs, |sandbox, dir| {
            for number in 0..300 {
                sandbox.file(dir.join(format!("t/{}/file{number}", number % 2)), format!("content {number}"));
            }
            sandbox.hard_link(dir.join("t/0/linked"), dir.join("t/1/file1"));
            sandbox.symlink(dir.join("t/link"), "nowhere");
        })
    }

    /// One file, whose directory is not removed.
    fn of_a_file() -> Self {
        Self::with(Kind::Tmpfs, |sandbox, dir| {
            sandbox.file(dir.join("t"), "content");
        })
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

    /// How many whole copies are listed. Each item is restored to a directory of its own; what is not whole is the rest
    /// of a source, removed by itself.
    #[track_caller]
    fn restore_all_listed(&self) -> usize {
        let items = self.sandbox.list_json();
        let restored = items.iter().enumerate().map(|(number, item)| {
            let to = self.sandbox.dir(format!("out{number}")).display().to_string();
            self.sandbox.rrm(["restore", "--yes", "--to", &to, item["id"].as_str().expect("an ID")]).ok();
            usize::from(self.is_whole_at(self.sandbox.path(format!("out{number}/t"))))
        });
        restored.sum()
    }

    /// How many whole copies there are, listed or at one of `places`; nothing else may be left.
    #[track_caller]
    fn whole_copies(&self, places: &[PathBuf]) -> usize {
        let in_place = places.iter().filter(|path| self.is_whole_at((*path).clone())).count();
        let listed = self.restore_all_listed();
        assert_eq!(self.sandbox.list_json().len(), 0);
        self.sandbox.rrm(["clean"]).ok();
        assert_no_rest(&self.sandbox);
        in_place + listed
    }
}

/// Sweeps a command over both kinds of fault, with each of `next` as the command that comes after a kill.
fn sweep(
    scene: impl Fn() -> Scene + Sync,
    command: impl Fn(&Scene) -> Invocation + Sync,
    places: impl Fn(&Scene) -> Vec<PathBuf> + Sync,
    next: &[&(dyn Fn(&Scene) -> Invocation + Sync)],
) {
    for next in next {
        let check = |scene: &Scene, point: &Point, run: &Run| {
            // It may find nothing to do, or the rest of a source in its way: what counts is what is there afterwards.
            let after = next(scene).run();
            let copies = scene.whole_copies(&places(scene));
            assert_eq!(copies, 1, "killed at {point}: {run}\nthen: {after}");
        };
        let points = each_point(Fault::Kill, &scene, &command, check);
        assert!(points > 10, "a copy makes more calls than {points}");
    }
    let check = |scene: &Scene, point: &Point, run: &Run| {
        let copies = scene.whole_copies(&places(scene));
        let allowed = if run.status.success() { 1..=1 } else { 1..=2 };
        assert!(allowed.contains(&copies), "{copies} copies after a failure at {point}: {run}");
    };
    each_point(Fault::Error("EIO"), &scene, &command, check);
}

fn clean(scene: &Scene) -> Invocation {
    scene.sandbox.command(["clean"])
}

fn undo(scene: &Scene) -> Invocation {
    scene.sandbox.command(["undo"])
}

#[test]
fn a_copied_removal_at_every_call() {
    in_mount_namespace!();
    let remove = |scene: &Scene| scene.sandbox.command(["rm", "--into-home"]).args([scene.tree()]);
    sweep(|| Scene::new(Kind::Tmpfs), remove, |scene| vec![scene.tree()], &[&clean, &undo, &remove]);
}

/// Two threads are at work here, so that their calls come in another order each time: it is killed at moments instead, all
/// over the time that it takes.
#[test]
fn a_copied_removal_by_two_threads_at_any_moment() {
    in_mount_namespace!();
    let remove = |scene: &Scene| scene.sandbox.command(["rm", "--into-home"]).args([scene.tree()]);
    let whole = Scene::large();
    let begin = Instant::now();
    remove(&whole).run().ok();
    let takes = begin.elapsed();
    let mut killed = 0;
    for moment in 0..60 {
        let scene = Scene::large();
        let mut child = remove(&scene).spawn();
        std::thread::sleep(takes * moment / 50);
        child.kill().expect("it is ours, and not waited for yet");
        let run = Run::of(child.wait_with_output().expect("it ends"));
        killed += usize::from(run.status.signal().is_some());
        let after = [clean, undo, remove][moment as usize % 3](&scene).run();
        let copies = scene.whole_copies(&[scene.tree()]);
        assert_eq!(copies, 1, "killed at moment {moment}: {run}\nthen: {after}");
    }
    assert!(killed > 10, "only {killed} were at work still");
}

#[test]
fn a_copied_removal_of_a_file_at_every_call() {
    in_mount_namespace!();
    let remove = |scene: &Scene| scene.sandbox.command(["rm", "--into-home"]).args([scene.tree()]);
    sweep(Scene::of_a_file, remove, |scene| vec![scene.tree()], &[&clean, &undo, &remove]);
}

/// A power cut right after the removal leaves one of the two: the name in the trash is on the disk before anything goes.
#[test]
fn the_source_of_a_copy_goes_once_the_copy_is_listed_on_the_disk() {
    in_mount_namespace!();
    let remove = |scene: &Scene| scene.sandbox.command(["rm", "--into-home"]).args([scene.tree()]);
    let (run, calls) = points(&remove(&Scene::of_a_file()));
    run.ok();
    let listed = calls.iter().position(|point| point.call == "renameat2").expect("a rename lists it");
    assert_eq!(calls[listed + 1].call, "fsync", "{calls:?}");
    let check = |scene: &Scene, point: &Point, run: &Run| {
        assert!(!run.status.success() && scene.is_whole_at(scene.tree()), "{point}: {run}");
    };
    let flushes = each_point_of(|point| point.call == "fsync", Fault::Error("EIO"), Scene::of_a_file, remove, check);
    assert!(flushes > 1, "the copy is flushed, and its name");
}

#[test]
fn a_removal_of_an_overlays_lower_directory_at_every_call() {
    in_mount_namespace!();
    let remove = |scene: &Scene| scene.sandbox.command(["rm"]).args([scene.tree()]);
    sweep(|| Scene::new(Kind::Lower), remove, |scene| vec![scene.tree()], &[&clean, &undo]);
}

#[test]
fn a_restore_to_another_mount_at_every_call() {
    in_mount_namespace!();
    let to = |scene: &Scene| scene.sandbox.path("target");
    let restore = |scene: &Scene| scene.sandbox.command(["restore", "--to"]).args([to(scene), scene.tree()]);
    let trashed = || {
        let scene = Scene::trashed_there(Kind::Tmpfs);
        scene.sandbox.dir("target");
        scene
    };
    sweep(trashed, restore, |scene| vec![to(scene).join("t")], &[&clean, &restore]);
}

/// Killed with a ledger that has no note yet, or with a note, and then once more at every call.
#[test]
fn a_restore_killed_twice_leaves_nothing_that_a_clean_does_not_find() {
    in_mount_namespace!();
    let to = |scene: &Scene| scene.sandbox.path("target");
    let restore = |scene: &Scene| scene.sandbox.command(["restore", "--to"]).args([to(scene), scene.tree()]);
    let trashed = || {
        let scene = Scene::with(Kind::Tmpfs, |sandbox, dir| drop(sandbox.file(dir.join("t"), "content")));
        scene.sandbox.command(["rm"]).args([scene.tree()]).run().ok();
        scene.sandbox.dir("target");
        scene
    };
    let (run, calls) = points(&restore(&trashed()));
    run.ok();
    let noted = calls.iter().position(|point| point.call == "symlinkat").expect("a note is left");
    for first in &calls[noted..=noted + 1] {
        let killed = || {
            let scene = trashed();
            run_to(Fault::Kill, first, &restore(&scene));
            scene
        };
        let check = |scene: &Scene, point: &Point, run: &Run| {
            let after = clean(scene).run();
            assert_no_rest(&scene.sandbox);
            let copies = scene.whole_copies(&[to(scene).join("t")]);
            assert_eq!(copies, 1, "killed at {first} and {point}: {run}\nthen: {after}");
        };
        let points = each_point(Fault::Kill, killed, restore, check);
        assert!(points > 5, "{points}");
    }
}

#[test]
fn a_restore_of_a_copied_item_at_every_call() {
    in_mount_namespace!();
    let restore = |scene: &Scene| scene.sandbox.command(["restore"]).args([scene.tree()]);
    sweep(|| Scene::trashed(Kind::Tmpfs), restore, |scene| vec![scene.tree()], &[&clean, &restore]);
}

/// And the item goes once its copy's name is on the disk.
#[test]
fn the_item_goes_once_its_copy_is_on_the_disk() {
    in_mount_namespace!();
    let restore = |scene: &Scene| scene.sandbox.command(["restore"]).args([scene.tree()]);
    let (run, calls) = points(&restore(&Scene::trashed(Kind::Tmpfs)));
    run.ok();
    let renames: Vec<_> = calls.iter().filter(|point| point.call == "renameat2").collect();
    let [.., release, claim] = &renames[..] else { panic!("{calls:?}") };
    let flushed = calls[release.number..claim.number].iter().any(|point| point.call == "fsync");
    assert!(flushed, "between {release} and {claim}: {calls:?}");
}

/// What cannot be flushed once it is committed is no failure of the restore, and its source stays: it is there twice.
#[test]
fn a_restore_that_cannot_be_flushed_is_told_as_done() {
    in_mount_namespace!();
    let trashed = || {
        let scene = Scene::trashed(Kind::Tmpfs);
        scene.sandbox.dir("target");
        scene
    };
    let restore = |scene: &Scene| scene.sandbox.command(["restore"]).args([scene.tree()]);
    let (_, calls) = points(&restore(&trashed()));
    let renames: Vec<_> = calls.iter().filter(|point| point.call == "renameat2").collect();
    let [.., release, _claim] = &renames[..] else { panic!("{calls:?}") };
    let flush = calls[release.number..].iter().find(|point| point.call == "fsync").expect("it is flushed");
    let scene = trashed();
    let run = run_to(Fault::Error("EIO"), flush, &restore(&scene));
    run.fails(1).err_contains("cannot delete the trash copy of").err_contains("the copy stays in the trash");
    assert_eq!(scene.whole_copies(&[scene.tree()]), 2, "{run}");
    assert_no_rest(&scene.sandbox);
}

/// A copy that is not known to be on the disk is no item.
#[test]
fn a_removal_whose_copy_cannot_be_flushed_leaves_nothing_in_the_trash() {
    in_mount_namespace!();
    let remove = |scene: &Scene| scene.sandbox.command(["rm", "--into-home"]).args([scene.tree()]);
    let (_, calls) = points(&remove(&Scene::of_a_file()));
    let listed_at = calls.iter().position(|point| point.call == "renameat2").expect("a rename lists it");
    let flush = calls[listed_at..].iter().find(|point| point.call == "fsync").expect("it is flushed");
    let scene = Scene::of_a_file();
    let run = run_to(Fault::Error("EIO"), flush, &remove(&scene));
    run.fails(1).err_contains("cannot write the copy");
    assert_eq!(listed(&scene.sandbox), [""; 0], "{run}");
    assert_eq!(scene.whole_copies(&[scene.tree()]), 1, "{run}");
    assert_no_rest(&scene.sandbox);
}

/// A removal was killed when its copy was listed, and so is the clean that settles it.
#[test]
fn a_clean_of_a_second_copy_at_every_call() {
    in_mount_namespace!();
    let remove = |scene: &Scene| scene.sandbox.command(["rm", "--into-home"]).args([scene.tree()]);
    let (_, calls) = points(&remove(&Scene::of_a_file()));
    let listed = calls.iter().position(|point| point.call == "renameat2").expect("a rename lists it");
    let twice = || {
        let scene = Scene::of_a_file();
        run_to(Fault::Kill, &calls[listed + 1], &remove(&scene));
        scene
    };
    let check = |scene: &Scene, point: &Point, run: &Run| {
        let after = clean(scene).run();
        assert_eq!(scene.whole_copies(&[scene.tree()]), 1, "killed at {point}: {run}\nthen: {after}");
    };
    let points = each_point(Fault::Kill, twice, clean, check);
    assert!(points > 3, "{points}");
}

/// A part that is copied out: it is whole in the item or whole in its place, and all else of the item stays.
#[test]
fn a_restore_of_a_part_at_every_call() {
    in_mount_namespace!();
    for fault in [Fault::Kill, Fault::Error("EIO")] {
        let check = |scene: &Scene, point: &Point, run: &Run| {
            scene.sandbox.rrm(["clean"]).ok();
            assert_no_rest(&scene.sandbox);
            let part = scene.tree().join("open/part");
            let is_back = std::fs::read(&part).is_ok_and(|content| content == b"part");
            assert!(is_back || part.symlink_metadata().is_err(), "torn at {point}: {run}");
            assert_eq!(listed(&scene.sandbox).len(), 1);
            let out = scene.sandbox.dir("out").display().to_string();
            scene.sandbox.command(["restore", "--to", &out]).args([scene.tree()]).run().ok();
            let is_there = std::fs::read(scene.sandbox.path("out/t/open/part")).is_ok_and(|content| content == b"part");
            let copies = usize::from(is_back) + usize::from(is_there);
            assert!(copies == 1 || (copies == 2 && fault != Fault::Kill), "{copies} copies at {point}: {run}");
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
