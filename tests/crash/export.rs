//! `rrm export`, faulted at each of its calls: what was in our trash is whole in exactly one of the two, it is told of there,
//! and the next export finishes what was begun.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::scene::{Scene, assert_honest};
use super::shapes::{self, Shape};
use super::{Allowed, accounts};
use crate::common::fault::{Point, each_point};
use crate::common::{Fault, Invocation, Run, Sandbox};

fn desktop(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".local/share/Trash")
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).map_or_else(|_| Vec::new(), Iterator::collect);
    entries.into_iter().map(|entry| entry.expect("it can be read").path()).collect()
}

fn names(directory: &Path) -> BTreeSet<String> {
    let name = |path: &PathBuf| path.file_name().expect("a name").to_string_lossy().replace(".trashinfo", "");
    entries(directory).iter().map(name).collect()
}

/// What is in one of the two trashes is whole there, and nothing is in the other without being told of.
fn assert_accounted(scene: &Scene) {
    let (files, info) = (desktop(&scene.sandbox).join("files"), desktop(&scene.sandbox).join("info"));
    let listed = scene.listed();
    accounts::assert_accounted(&scene.things, &listed, &entries(&files), Allowed { unlinked: true, ..Allowed::BOTH });
    let announced: BTreeSet<String> = names(&info).difference(&names(&files)).cloned().collect();
    assert!(names(&files).is_subset(&names(&info)), "something is in files that nothing tells of");
    // Where there is more told of than is there, a command was killed just before the move.
    let is_listed = |name: &String| listed.iter().any(|item| item.origin.ends_with(name));
    assert!(announced.len() <= 1 && announced.iter().all(is_listed), "told of and nowhere: {announced:?}");
    for path in entries(&info) {
        let text = fs::read_to_string(&path).expect("it can be read");
        assert!(text.starts_with("[Trash Info]\nPath=/") && text.ends_with('\n'), "{}: {text}", path.display());
    }
}

fn export(scene: &Scene) -> Invocation {
    scene.about_all(&["export"])
}

fn check(scene: &Scene, fault: Fault, point: &Point, run: &Run) {
    let sandbox = &scene.sandbox;
    if fault != Fault::Kill {
        assert_honest(run);
    }
    assert_accounted(scene);
    // What a kill left open goes nowhere but by a person's word.
    let again = export(scene).run();
    assert_accounted(scene);
    let desktop = desktop(sandbox);
    if scene.listed().len() == 1 {
        assert_eq!(names(&desktop.join("files")), names(&desktop.join("info")), "the next export finishes it");
    } else {
        again.fails(1).err_contains("others could have written its record");
    }
    sandbox.command(["import".as_ref(), desktop.as_os_str()]).run().ok();
    scene.about_all(&["restore", "--yes"]).run().ok();
    scene.assert_in_place(Allowed { unlinked: true, ..Allowed::at_last(fault, point) });
    scene.assert_swept();
    sandbox.rrm(["clean"]).ok();
    assert_eq!(entries(&sandbox.trash().join(".staging")), [""; 0].map(PathBuf::from), "clean leaves no notice");
}

fn sweep(shape: &Shape, fault: Fault) {
    let points =
        each_point(fault, || Scene::trashed(shape), export, |scene, point, run| check(scene, fault, point, run));
    println!("{points} points: export of {}, {fault:?}", shape.name);
    assert!(points > 5, "an export that changes nothing exports nothing");
}

#[test]
fn things_are_handed_over_to_the_desktop() {
    for shape in [shapes::batch(), shapes::closed_directory(), shapes::hard_linked_pair(), shapes::file_of_a_group()] {
        sweep(&shape, Fault::Kill);
    }
    sweep(&shapes::batch(), Fault::Error("EIO"));
    sweep(&shapes::plain_file(), Fault::Error("ENOSPC"));
}

#[test]
fn the_program_hands_things_over_to_the_desktop() {
    sweep(&shapes::closed_directory().by_the_program(), Fault::Kill);
}
