//! One scene: things in a working directory, and a trash that already holds something.

use std::ffi::OsString;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::accounts::{Listed, Thing, assert_accounted, listed};
use super::{Allowed, Shape};
use crate::common::{Invocation, Run, Sandbox};

/// The label of all that a sandbox removes, so that its undo never meets what another test removed at that moment on a
/// mount that both can see.
pub(super) fn label(sandbox: &Sandbox) -> String {
    sandbox.root().file_name().expect("a sandbox has a name").to_string_lossy().into_owned()
}

/// The name of what was in the trash before.
const RESIDENT: &str = "resident";
const RESIDENT_ID: &str = "6f1f2a0e-5b7c-4b6e-9a55-0c9d3e8f7a21";

pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    pub(super) things: Vec<Thing>,
}

impl Scene {
    /// The things of a shape in their places, and one item in the trash already.
    pub(super) fn new(shape: &Shape) -> Self {
        let sandbox = Sandbox::of(shape.user).by_way_of(shape.way);
        let resident = make_resident(&sandbox);
        let mut things: Vec<Thing> = (shape.make)(&sandbox).iter().map(|path| Thing::at(path)).collect();
        things.push(resident);
        Self { sandbox, things }
    }

    /// The same with the things in the trash.
    pub(super) fn trashed(shape: &Shape) -> Self {
        let scene = Self::new(shape);
        scene.rm().run().ok();
        scene
    }

    /// The things that the verb is about: all but the resident.
    pub(super) fn operands(&self) -> impl Iterator<Item = &Thing> {
        self.things.iter().filter(|thing| !thing.origin.ends_with(RESIDENT))
    }

    pub(super) fn origins(&self) -> Vec<PathBuf> {
        self.operands().map(|thing| thing.origin.clone()).collect()
    }

    /// The verb with its words, about all things.
    pub(super) fn about_all(&self, words: &[&str]) -> Invocation {
        let words = words.iter().map(OsString::from);
        let words = words.chain(self.operands().map(|thing| thing.origin.clone().into()));
        self.sandbox.command(words).with("RRM_SESSION", label(&self.sandbox))
    }

    pub(super) fn rm(&self) -> Invocation {
        self.about_all(&["rm", "-f"])
    }

    /// Undoes removals until all is in its place.
    #[track_caller]
    pub(super) fn undo_all(&self) {
        for _ in 0..=self.things.len() {
            if self.operands().all(|thing| thing.origin.symlink_metadata().is_ok()) {
                return;
            }
            // A kill before an item was closed to others leaves it open: nobody takes its record's word unseen.
            if !self.sandbox.rrm(["undo", "--session", &label(&self.sandbox)]).status.success() {
                self.about_all(&["restore", "--yes"]).run().does_or_says();
            }
        }
        panic!("undo does not bring back everything: {:?}", self.listed());
    }

    #[track_caller]
    pub(super) fn listed(&self) -> Vec<Listed> {
        listed(&self.sandbox, &self.sandbox.command([""; 0]))
    }

    /// Asserts that everything is whole in exactly one place, those of the things included.
    #[track_caller]
    pub(super) fn assert_accounted(&self, allowed: Allowed) {
        assert_accounted(&self.things, &self.listed(), &self.origins(), allowed);
    }

    /// Asserts that the things are back in their places, and as they were.
    #[track_caller]
    pub(super) fn assert_in_place(&self, allowed: Allowed) {
        for thing in self.operands() {
            let damage = thing.damage(&thing.origin, allowed);
            assert!(damage.is_empty(), "{} is not as it was:\n{damage}", thing.origin.display());
        }
    }

    /// Asserts that the trash holds nothing but what is listed, in the forms that it has at rest.
    #[track_caller]
    pub(super) fn assert_trash_at_rest(&self) {
        let mut expected: Vec<PathBuf> = self.listed().iter().map(|item| held_by(&item.place)).collect();
        let mut found = items_in(&self.sandbox.trash());
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "an entry of the trash that is no item");
    }

    /// A clean of all that the sandbox removed, and of nothing else that the user may have in a trash.
    pub(super) fn clean_all(&self) -> Invocation {
        self.sandbox.command(["clean".as_ref(), "--yes".as_ref(), "--under".as_ref(), self.sandbox.root().as_os_str()])
    }

    /// Lets what was abandoned grow old, and asserts that a clean sweeps it and leaves nothing half-done.
    #[track_caller]
    pub(super) fn assert_swept(&self) {
        let doomed = || fs::read_dir(self.sandbox.trash().join(".doomed")).map_or(0, Iterator::count);
        let is_at_rest =
            doomed() == 0 && items_in(&self.sandbox.trash()).iter().all(|path| path.ends_with(RESIDENT_ID));
        if is_at_rest {
            return;
        }
        age(&self.sandbox.trash());
        self.sandbox.rrm(["clean"]).ok().silent();
        self.assert_trash_at_rest();
        assert!(doomed() == 0, "something is still doomed");
    }
}

/// Puts an item into the trash by hand, in the form that the manual tells.
fn make_resident(sandbox: &Sandbox) -> Thing {
    let origin = sandbox.file(RESIDENT, "was here before");
    let resident = Thing::at(&origin);
    let item = sandbox.dir(sandbox.trash()).join(RESIDENT_ID);
    for (name, value) in [("deletion_date", "2999-01-01T00:00:00Z"), ("trashed_date", "2026-01-01T00:00:00.0Z")] {
        sandbox.set_attribute(&origin, &format!("user.{name}"), value);
    }
    sandbox.set_attribute(&origin, "user.original_path", origin.as_os_str().as_encoded_bytes());
    sandbox.chmod(sandbox.trash(), 0o700);
    // Its first piece tells that the ballast is whole, so that no clean makes it at each point of a sweep.
    sandbox.file(sandbox.trash().join(".ballast/00"), "");
    fs::rename(&origin, item).expect("the trash is on the same file system");
    resident
}

/// The entry of the trash directory that a thing is, or is in.
fn held_by(place: &Path) -> PathBuf {
    let is_inside = place.ends_with("item");
    if is_inside { place.parent().expect("an envelope is a directory").to_owned() } else { place.to_owned() }
}

/// The entries of a trash directory that are not names of rrm's own.
pub(super) fn items_in(trash: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(trash) else { return Vec::new() };
    let names = entries.map(|entry| entry.expect("the trash can be read").path());
    let ours = [".staging", ".doomed", ".ballast", ".undone", "volumes", "CACHEDIR.TAG", ".gitignore"];
    names.filter(|path| !ours.iter().any(|name| path.ends_with(name))).collect()
}

/// Sets back the time of change of every envelope, as if two hours had gone by.
fn age(trash: &Path) {
    let then = FileTimes::new().set_modified(SystemTime::now() - Duration::from_hours(2));
    for path in items_in(trash) {
        // Not what is itself an item: its times are a person's.
        let is_empty = fs::read_dir(&path).is_ok_and(|mut entries| {
            entries.all(|entry| entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("attributes")))
        });
        if is_empty {
            File::open(&path).and_then(|directory| directory.set_times(then)).expect("the envelope's time can be set");
        }
    }
}

/// Asserts that a run that failed said so, and that one that did not succeeded.
#[track_caller]
pub(super) fn assert_honest(run: &Run) {
    match run.status.code() {
        Some(0) => {}
        Some(1) => assert!(!run.stderr.is_empty(), "failed without a word: {run}"),
        _ => panic!("neither success nor failure: {run}"),
    }
}
