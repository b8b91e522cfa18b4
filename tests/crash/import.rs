//! `rrm import`, faulted at each of its calls: what another program removed is whole in exactly one of the two trashes,
//! and the next import brings all of it over, once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::Allowed;
use super::accounts::{Listed, Thing, assert_accounted, listed};
use super::scene::{assert_honest, label};
use super::shapes::{Shape, batch, closed_directory, directory_tree, hard_linked_pair, plain_file};
use crate::common::fault::{self, Point, each_point};
use crate::common::{Fault, Invocation, Mount, Run, Sandbox, User};

/// A trash of another program, with the things of a shape in it.
struct Foreign {
    // Dropped first: the sandbox removes only what is its own.
    mount: Option<Mount>,
    sandbox: Sandbox,
    /// The things, by the paths that they had.
    things: Vec<Thing>,
    /// Where they are in the other trash.
    files: Vec<PathBuf>,
}

/// Whether a rename leads from the one trash to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Rename,
    Copy,
}

impl Foreign {
    fn new(shape: &Shape, way: Way) -> Self {
        let sandbox = Sandbox::of(shape.user).by_way_of(shape.way);
        // There already, so that no fault at making it leads to a trash outside of the sandbox.
        sandbox.dir(sandbox.trash());
        sandbox.chmod(sandbox.trash(), 0o700);
        let mount = (way == Way::Copy).then(|| {
            let mount = Mount::tmpfs("", &sandbox.path("mount")).expect("it was tried before").owned_by(User::Nobody);
            sandbox.dir("mount/home");
            mount
        });
        let made = (shape.make)(&sandbox);
        let things = made.iter().map(|path| Thing::at(path));
        // What was on the mount is to go into the trash there, which no rename reaches from the other one.
        let place = |path: &Path| match way {
            Way::Rename => path.to_owned(),
            Way::Copy => sandbox.path("mount/was").join(path.file_name().expect("a name")),
        };
        let things = things.map(|thing| Thing { origin: place(&thing.origin), ..thing }).collect();
        let files = made.iter().map(|path| trashed(&sandbox, path, &place(path))).collect();
        Self { mount, sandbox, things, files }
    }

    fn command(&self, words: &[&str]) -> Invocation {
        let command = self.sandbox.command(words).with("RRM_SESSION", label(&self.sandbox));
        match self.mount {
            Some(_) => command.with("RRM_TRASH_DIR", self.sandbox.path("mount/home/trash")),
            None => command,
        }
    }

    fn import(&self) -> Invocation {
        self.command(&["import"]).args([foreign_trash(&self.sandbox)])
    }

    fn listed(&self) -> Vec<Listed> {
        listed(&self.sandbox, &self.command(&[]))
    }

    /// Killed, a copy may be listed before its original is gone: then both are there, and the copy is whole.
    fn assert_whole(&self, way: Way) {
        let listed = self.listed();
        let is_listed = |thing: &Thing| listed.iter().any(|item| item.origin == thing.origin);
        let pairs = self.files.iter().zip(&self.things);
        let live = pairs.filter(|(_, thing)| way == Way::Rename || !is_listed(thing)).map(|(path, _)| path.clone());
        assert_accounted(&self.things, &listed, &live.collect::<Vec<_>>(), Allowed { unlinked: true, ..Allowed::BOTH });
    }

    /// The next import leaves nothing in the other trash and everything in ours; a restore gives back what was.
    fn assert_completed(&self, allowed: Allowed) {
        self.import().run().ok();
        for part in ["files", "info"] {
            let left = fs::read_dir(foreign_trash(&self.sandbox).join(part)).expect("it can be read").count();
            assert_eq!(left, 0, "something is left in {part}");
        }
        assert_accounted(&self.things, &self.listed(), &[], Allowed { unlinked: true, ..Allowed::BOTH });
        let restore = self.command(&["restore", "--under"]).args([self.sandbox.work()]);
        restore.run().ok();
        for thing in &self.things {
            let damage = thing.damage(&thing.origin, allowed);
            assert!(damage.is_empty(), "{} is not as it was:\n{damage}", thing.origin.display());
        }
    }
}

fn foreign_trash(sandbox: &Sandbox) -> PathBuf {
    sandbox.home().join(".local/share/Trash")
}

/// Puts what is at `path` into the other trash, as having been at `origin`.
fn trashed(sandbox: &Sandbox, path: &Path, origin: &Path) -> PathBuf {
    let trash = foreign_trash(sandbox);
    for part in ["files", "info"] {
        if !trash.join(part).exists() {
            sandbox.dir(trash.join(part));
        }
    }
    sandbox.chmod(&trash, 0o700);
    let name = path.file_name().expect("a thing has a name").to_str().expect("ours are ASCII");
    let info = format!("[Trash Info]\nPath={}\nDeletionDate=2026-01-02T03:04:05\n", origin.display());
    sandbox.file(trash.join("info").join(format!("{name}.trashinfo")), info);
    let to = trash.join("files").join(name);
    let mode = fs::symlink_metadata(path).expect("it is there").permissions().mode();
    let is_closed_dir = path.is_dir() && !path.is_symlink();
    if is_closed_dir {
        sandbox.chmod(path, 0o700);
    }
    fs::rename(path, &to).expect("both are on one file system");
    if is_closed_dir {
        sandbox.chmod(&to, mode & 0o7777);
    }
    to
}

fn sweep(shape: &Shape, way: Way, fault: Fault) {
    let points = each_point(
        fault,
        || Foreign::new(shape, way),
        Foreign::import,
        |scene, point, run| check(scene, way, fault, point, run),
    );
    println!("{points} points: import of {} by {way:?}, {fault:?}", shape.name);
    assert!(points > 0, "an import that changes nothing imports nothing");
}

fn check(scene: &Foreign, way: Way, fault: Fault, point: &Point, run: &Run) {
    if fault != Fault::Kill {
        assert_honest(run);
    }
    scene.assert_whole(way);
    scene.assert_completed(Allowed { unlinked: way == Way::Copy, ..Allowed::at_last(fault, point) });
}

#[test]
fn things_are_moved_from_one_trash_to_the_other() {
    for shape in [batch(), closed_directory(), hard_linked_pair()] {
        sweep(&shape, Way::Rename, Fault::Kill);
    }
    sweep(&batch(), Way::Rename, Fault::Error("EIO"));
}

#[test]
fn things_are_copied_from_one_trash_to_the_other() {
    in_mount_namespace!();
    let probe = Sandbox::new();
    drop(or_skip!(Mount::tmpfs("", &probe.path("probe"))));
    sweep(&directory_tree(), Way::Copy, Fault::Kill);
    sweep(&plain_file(), Way::Copy, Fault::Error("EIO"));
}

/// Killed once the copy is listed, and then a byte of the source changes: neither its size nor its time tells.
#[test]
fn what_changed_since_a_killed_import_copied_it_stays() {
    in_mount_namespace!();
    let probe = Sandbox::new();
    drop(or_skip!(Mount::tmpfs("", &probe.path("probe"))));
    let scene = || Foreign::new(&plain_file(), Way::Copy);
    let first = scene();
    let (_, points) = fault::points(&first.import());
    drop(first);
    // The last directory that is made is the one beside the source.
    let point = points.iter().rfind(|point| point.call == "mkdirat").expect("the source is moved aside");

    let scene = scene();
    fault::run_to(Fault::Kill, point, &scene.import());
    let file = &scene.files[0];
    let times = fs::metadata(file).and_then(|is| is.modified()).expect("it is there");
    let mut content = fs::read(file).expect("it can be read");
    content[0] ^= 1;
    let opened = fs::File::options().write(true).open(file).expect("ours");
    std::os::unix::fs::FileExt::write_all_at(&opened, &content, 0)
        .and_then(|()| opened.set_modified(times))
        .expect("set");
    scene.import().run().fails(1).err_contains("copied to the trash as").err_contains("added or changed");
    assert_eq!(fs::read(file).expect("it is there still"), content);
    assert_eq!(scene.listed().len(), 1);
}
