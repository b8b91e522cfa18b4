//! Whatever a file system answers, to whichever call, and whether it has done what it says that it has not: nothing is lost,
//! and a removal that says 0 has a way back.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::fault::{Point, each_point};
use crate::common::{Fault, Run, Sandbox, Way};
use crate::mounts::listed;

/// What servers of FUSE were seen to answer, and what they may.
const ERRNOS: [&str; 15] = [
    "EIO",
    "ERANGE",
    "EEXIST",
    "ENOTEMPTY",
    "ENOSYS",
    "ENOTSUP",
    "EINVAL",
    "EPERM",
    "EACCES",
    "ENOTCONN",
    "ETIMEDOUT",
    "ESTALE",
    "EINTR",
    "EXDEV",
    "ENOMEM",
];

fn faults() -> impl Iterator<Item = Fault> {
    ERRNOS.into_iter().flat_map(|errno| [Fault::Error(errno), Fault::Done(errno)])
}

/// Things of each shape that a record takes.
struct Scene {
    sandbox: Sandbox,
    things: [PathBuf; 4],
}

impl Scene {
    fn new() -> Self {
        let sandbox = Sandbox::new().by_way_of(Way::Here);
        let things = [
            sandbox.file("file", "content"),
            sandbox.tree("tree", &[("sub/inner", "content")]),
            sandbox.symlink("link", "content"),
            sandbox.file("twice", "content"),
        ];
        sandbox.hard_link("other", "twice");
        Self { sandbox, things }
    }

    fn removed() -> Self {
        let scene = Self::new();
        scene.sandbox.command(["rm"]).args(&scene.things).run().ok();
        scene
    }

    fn is_in_place(thing: &Path) -> bool {
        let content = match thing.file_name().and_then(|name| name.to_str()) {
            Some("tree") => fs::read(thing.join("sub/inner")),
            Some("link") => fs::read_link(thing).map(|to| to.into_os_string().into_encoded_bytes()),
            _ => fs::read(thing),
        };
        content.is_ok_and(|content| content == b"content")
    }

    /// Each is somewhere, and all come back.
    fn check(&self, point: &Point, run: &Run) {
        let known = listed(&self.sandbox);
        for thing in &self.things {
            let is_known = known.contains(&thing.display().to_string());
            assert!(Self::is_in_place(thing) || is_known, "{} is lost at {point}: {run}\n{known:?}", thing.display());
        }
        for thing in self.things.iter().filter(|thing| !Self::is_in_place(thing)) {
            // What a rename in two steps left of its first: nothing of a person's is in it.
            fs::remove_dir(thing).or_else(|_| fs::remove_file(thing)).ok();
            self.sandbox.command(["restore", "--yes"]).args([thing]).run().ok();
            assert!(Self::is_in_place(thing), "{} does not come back at {point}: {run}", thing.display());
        }
    }
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn whatever_is_answered_to_a_removal() {
    for fault in faults() {
        each_point(
            fault,
            Scene::new,
            |scene| scene.sandbox.command(["rm"]).args(&scene.things),
            |scene, point, run| {
                let left = scene.things.iter().filter(|thing| thing.symlink_metadata().is_ok()).count();
                assert!(left == 0 || !run.status.success(), "{left} are left at {point}: {run}");
                scene.check(point, run);
            },
        );
    }
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn whatever_is_answered_to_an_undo() {
    for fault in faults() {
        each_point(
            fault,
            Scene::removed,
            |scene| scene.sandbox.command(["undo"]),
            |scene, point, run| {
                let back = scene.things.iter().filter(|thing| Scene::is_in_place(thing)).count();
                assert!(back == 4 || !run.status.success(), "{back} are back at {point}: {run}");
                scene.check(point, run);
            },
        );
    }
}

#[test]
#[ignore = "takes long; RRM_CI_DAILY=1 .ci/run has it"]
fn whatever_is_answered_to_a_clean() {
    for fault in faults() {
        each_point(
            fault,
            Scene::removed,
            |scene| scene.sandbox.command(["clean", "--all", "--yes"]),
            |scene, point, run| {
                let left = listed(&scene.sandbox);
                assert!(left.is_empty() || !run.status.success(), "{left:?} at {point}: {run}");
                scene.sandbox.command(["clean", "--all", "--yes"]).run().ok();
                assert!(listed(&scene.sandbox).is_empty(), "{point}: {run}");
            },
        );
    }
}
