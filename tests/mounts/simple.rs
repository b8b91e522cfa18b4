//! Sticks and cards as a desktop mounts them: vfat and exfat, which have no modes, owners, links or attributes, and NTFS,
//! whose server has the last two. All on one belongs to one user and has one mode, by the options of its mount.

use std::fs;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Mutex;

use super::{assert_no_rest, listed, users};
use crate::common::fault::{Point, each_point};
use crate::common::mounts::Format;
use crate::common::{Fault, Missing, Mount, Run, Sandbox, User, Way, say_skipped, snapshot};

const FORMATS: [Format; 3] = [Format::Vfat, Format::Exfat, Format::Ntfs];

/// A mounted stick with a file and a directory on it.
struct Stick {
    // Dropped first, so that nothing is mounted any more when the sandbox goes.
    mount: Mount,
    sandbox: Sandbox,
}

impl Stick {
    fn new(format: Format, user: User, umask: &str) -> Result<Self, Missing> {
        let sandbox = Sandbox::of(user);
        let mount = Mount::stick(format, user, umask, &sandbox.path("stick"))?;
        let stick = Self { mount, sandbox };
        stick.fill();
        Ok(stick)
    }

    fn fill(&self) {
        self.sandbox.file("stick/file", "content");
        self.sandbox.file("stick/dir/sub/inner", "more");
    }

    /// As it was when it was new, mounted as it is: a mount costs more than any command.
    fn refill(&self) {
        for directory in [self.mount.path(), &self.sandbox.home()] {
            for entry in fs::read_dir(directory).expect("it is listed") {
                let path = entry.expect("it is listed").path();
                fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path)).expect("a stick can be emptied");
            }
        }
        self.fill();
    }

    /// Each kind that there is, closed to others as far as it can be, and open to all.
    fn each(test: impl Fn(&Self)) {
        for format in FORMATS {
            for umask in ["022", "000"] {
                for user in users() {
                    match Self::new(format, user, umask) {
                        Ok(stick) => test(&stick),
                        Err(why) => say_skipped(&why),
                    }
                }
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.mount.path().join(name)
    }

    fn paths(&self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.path(name).display().to_string()).collect()
    }

    fn content(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("it is there")
    }
}

#[test]
fn a_stick_has_a_trash_of_its_own() {
    in_mount_namespace!();
    Stick::each(|stick| {
        let before = [snapshot(stick.path("file")), snapshot(stick.path("dir"))];
        stick.sandbox.rrm(["rm", "stick/file", "stick/dir"]).ok().silent();
        let names: Vec<_> =
            fs::read_dir(stick.mount.path()).expect("listed").flatten().map(|e| e.file_name()).collect();
        assert!(matches!(&names[..], [trash] if trash.to_string_lossy().starts_with(".rrm-")), "{names:?}");
        assert_eq!(listed(&stick.sandbox), stick.paths(&["dir", "file"]));
        for item in stick.sandbox.list_json() {
            let id = item["id"].as_str().expect("an ID");
            assert!(stick.mount.path().join(&names[0]).join(id).exists(), "{id} is not in the stick's trash");
        }
        stick.sandbox.rrm(["doctor"]).ok();
        stick.sandbox.rrm(["keep", "stick/file"]).ok();
        stick.sandbox.rrm(["restore", "stick/dir", "stick/file"]).ok();
        before[0].assert_is_at(stick.path("file"));
        before[1].assert_is_at(stick.path("dir"));
        stick.sandbox.rrm(["rm", "stick/dir"]).ok().silent();
        stick.sandbox.rrm(["clean", "--all", "--yes"]).ok();
        assert_eq!(listed(&stick.sandbox), Vec::<String>::new());
        assert_no_rest(&stick.sandbox);
    });
}

/// Where the kernel cannot be asked to replace nothing.
#[test]
fn nothing_on_a_stick_is_replaced() {
    in_mount_namespace!();
    Stick::each(|stick| {
        stick.sandbox.rrm(["rm", "stick/file", "stick/dir"]).ok().silent();
        stick.sandbox.file("stick/file", "new");
        stick.sandbox.file("stick/dir", "a file now");
        let in_the_way = stick.sandbox.rrm(["restore", "stick/file", "stick/dir"]).fails(1).stderr();
        assert_eq!(in_the_way.matches("it already exists").count(), 2, "{in_the_way}");
        assert_eq!((stick.content("file"), stick.content("dir")), ("new".to_owned(), "a file now".to_owned()));
        stick.sandbox.rrm(["restore", "stick/file", "--conflict", "swap"]).ok();
        assert_eq!(stick.content("file"), "content");
        stick.sandbox.rrm(["restore", "stick/dir", "--conflict", "rename"]).ok();
        assert_eq!(stick.content("dir"), "a file now");
        assert_eq!(listed(&stick.sandbox), stick.paths(&["file"]));
    });
}

#[test]
fn what_goes_to_a_stick_or_comes_from_it_is_whole() {
    in_mount_namespace!();
    Stick::each(|stick| {
        let before = snapshot(stick.path("dir"));
        stick.sandbox.rrm(["rm", "--into-home", "--yes", "stick/dir", "stick/file"]).ok().silent();
        stick.sandbox.rrm(["restore", "--yes", "stick/dir", "stick/file"]).ok();
        let difference = before.difference(&snapshot(stick.path("dir")));
        assert!(difference.lines().all(|line| line.contains("modified")), "more than a time: {difference}");
        assert_eq!((stick.content("file"), stick.content("dir/sub/inner")), ("content".into(), "more".into()));

        stick.sandbox.file("here/sub/inner", "mine");
        stick.sandbox.rrm(["rm", "here"]).ok().silent();
        let named = stick.sandbox.rrm(["restore", "here", "--to", "stick"]).fails(1).stderr();
        // It has no attributes but its record, which nobody misses.
        assert!(named.contains("cannot keep the permissions") && !named.contains("extended attributes"), "{named}");
        stick.sandbox.rrm(["restore", "here", "--to", "stick", "--yes"]).ok();
        assert_eq!(stick.content("here/sub/inner"), "mine");
        assert_eq!(listed(&stick.sandbox), Vec::<String>::new());
        assert_no_rest(&stick.sandbox);
    });
}

/// A stick that goes back to the others once it is no longer used.
struct Lent<'a> {
    stick: Option<Stick>,
    back: &'a Mutex<Vec<Stick>>,
}

impl Deref for Lent<'_> {
    type Target = Stick;

    fn deref(&self) -> &Stick {
        self.stick.as_ref().expect("it is here until it is dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        self.back.lock().expect("no holder panics").extend(self.stick.take());
    }
}

/// Killed at each call, or let down by it: what was there is in its place or listed. Beside what is listed there may be the
/// empty file or directory that keeps its place for it.
#[test]
fn a_removal_and_a_restore_on_a_stick_at_every_call() {
    in_mount_namespace!();
    for format in FORMATS {
        match Stick::new(format, User::Caller, "022") {
            Ok(_) => at_every_call(format),
            Err(why) => say_skipped(&why),
        }
    }
}

fn at_every_call(format: Format) {
    let sticks = Mutex::new(Vec::new());
    let scene = || {
        let used = sticks.lock().expect("no holder panics").pop();
        let stick = used.inspect(Stick::refill).unwrap_or_else(|| {
            let Stick { mount, sandbox } =
                Stick::new(format, User::Caller, "022").expect("the mount was possible a moment ago");
            Stick { mount, sandbox: sandbox.by_way_of(Way::Here) }
        });
        Lent { stick: Some(stick), back: &sticks }
    };
    let trashed = || {
        let stick = scene();
        stick.sandbox.rrm(["rm", "stick/file", "stick/dir"]).ok();
        stick
    };
    let check = |stick: &Lent<'_>, point: &Point, run: &Run| {
        for (name, content) in [("file", "content"), ("dir/sub/inner", "more")] {
            let at = stick.path(name);
            if fs::read_to_string(&at).is_ok_and(|found| found == content) {
                continue;
            }
            let top = stick.path(name.split('/').next().expect("a name"));
            if fs::metadata(&top).is_ok_and(|is| is.is_dir() || is.len() == 0) {
                fs::remove_dir(&top).or_else(|_| fs::remove_file(&top)).expect("it is empty");
            }
            stick.sandbox.command(["restore"]).args([&top]).run().ok();
            assert_eq!(fs::read_to_string(&at).ok().as_deref(), Some(content), "{name} at {point}: {run}");
        }
    };
    for fault in [Fault::Kill, Fault::Error("EIO")] {
        let words = ["stick/file", "stick/dir"];
        let remove = |stick: &Lent<'_>| stick.sandbox.command(["rm"]).args(words);
        assert!(each_point(fault, scene, remove, check) > 10);
        let restore = |stick: &Lent<'_>| stick.sandbox.command(["restore"]).args(words);
        assert!(each_point(fault, trashed, restore, check) > 5);
    }
}
