//! Many files in one command, in two threads: the next ones get their records while one is removed, or lose them while
//! the next ones are restored. Nothing of that may show.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::common::fault::{Point, each_point_of};
use crate::common::{Fault, Invocation, Run, Sandbox, Tree, Way, snapshot, strace};

/// More than are worth a second thread.
const FILES: usize = 100;

fn name(number: usize) -> String {
    format!("f{number:03}")
}

/// A directory with many files, all different.
struct Scene {
    sandbox: Sandbox,
    before: Tree,
}

impl Scene {
    fn new() -> Self {
        Self::by_way_of(Way::Program)
    }

    /// For a sweep.
    fn here() -> Self {
        Self::by_way_of(Way::Here)
    }

    fn by_way_of(way: Way) -> Self {
        let sandbox = Sandbox::new().by_way_of(way);
        for number in 0..FILES {
            sandbox.file(format!("d/{}", name(number)), name(number));
        }
        let before = look_at(&sandbox.path("d"));
        Self { sandbox, before }
    }

    fn removed() -> Self {
        let scene = Self::new();
        scene.remove().run().ok();
        scene
    }

    fn removed_here() -> Self {
        let scene = Self::here();
        scene.remove().run().ok();
        scene
    }

    fn restore(&self) -> Invocation {
        self.sandbox.command(["restore", "glob:**"])
    }

    fn files(&self) -> impl Iterator<Item = PathBuf> {
        let directory = self.sandbox.path("d");
        (0..FILES).map(move |number| directory.join(name(number)))
    }

    fn remove(&self) -> Invocation {
        self.sandbox.command(["rm"]).args(self.files())
    }

    /// Which files are in place, and which are listed, each with its content.
    #[track_caller]
    fn found(&self) -> (BTreeSet<PathBuf>, BTreeSet<PathBuf>) {
        let in_place = self.files().filter(|path| path.symlink_metadata().is_ok()).collect();
        let items = self.sandbox.list_json();
        let listed: BTreeSet<PathBuf> = items.iter().map(original_path).collect();
        assert_eq!(items.len(), listed.len(), "something is listed twice");
        (in_place, listed)
    }

    /// Each file is in place or listed, and not both.
    #[track_caller]
    fn assert_each_is_somewhere(&self) {
        let (in_place, listed) = self.found();
        let all: BTreeSet<PathBuf> = self.files().collect();
        assert_eq!(in_place.intersection(&listed).count(), 0);
        assert_eq!(in_place.union(&listed).cloned().collect::<BTreeSet<_>>(), all);
    }

    /// What the whole directory is, once all of it is back.
    ///
    /// A program that another test starts at that moment has all open files for an instant, and with them the lock of one
    /// that was killed in this process. A removal then leaves alone what is on the file; the next one does not.
    #[track_caller]
    fn assert_all_comes_back(&self) {
        let mut difference = String::new();
        for _ in 0..3 {
            let (in_place, _) = self.found();
            if !in_place.is_empty() {
                self.sandbox.command(["rm"]).args(&in_place).run().ok();
            }
            self.restore().run().ok();
            difference = self.before.difference(&look_at(&self.sandbox.path("d")));
            if difference.is_empty() {
                return;
            }
        }
        panic!("it is not as it was:\n{difference}");
    }
}

fn original_path(item: &serde_json::Value) -> PathBuf {
    item["original_path"].as_str().expect("its origin is known").into()
}

/// What a directory is but for when it was changed last: whatever moves in it changes that.
fn look_at(directory: &Path) -> Tree {
    let long_ago = fs::FileTimes::new().set_modified(SystemTime::UNIX_EPOCH);
    fs::File::open(directory).and_then(|directory| directory.set_times(long_ago)).expect("it is ours");
    snapshot(directory)
}

/// No file in place has anything of ours, though it may have had it for a moment.
#[track_caller]
fn assert_unlabelled(files: impl IntoIterator<Item = PathBuf>) {
    for path in files {
        let names: Vec<_> = xattr::list(&path).expect("it is there").collect();
        assert!(names.iter().all(|name| !name.to_string_lossy().starts_with("user.")), "{path:?} carries {names:?}");
    }
}

/// All calls but those that come once a file, and of these a few.
fn sampled(point: &Point) -> bool {
    !matches!(point.call.as_str(), "fsetxattr" | "renameat2") || point.number.is_multiple_of(23)
}

#[test]
fn killed_at_any_call_each_file_is_in_place_or_listed() {
    let check = |scene: &Scene, _: &Point, _: &Run| {
        scene.assert_each_is_somewhere();
        scene.assert_all_comes_back();
    };
    let points = each_point_of(sampled, Fault::Kill, Scene::here, Scene::remove, check);
    assert!(points > FILES / 12, "only {points} points");
}

#[test]
fn a_failing_call_costs_one_file_at_most() {
    for error in ["EIO", "ENOSPC", "EPERM", "EMFILE"] {
        let check = |scene: &Scene, point: &Point, run: &Run| {
            scene.assert_each_is_somewhere();
            let (in_place, _) = scene.found();
            assert!(in_place.len() <= 1, "{} stay after {error} at {point}: {run}", in_place.len());
            assert_eq!(run.status.success(), in_place.is_empty(), "{run}");
            assert_unlabelled(in_place);
            scene.assert_all_comes_back();
        };
        let sampled = |point: &Point| matches!(point.call.as_str(), "fsetxattr" | "renameat2") && sampled(point);
        each_point_of(sampled, Fault::Error(error), Scene::here, Scene::remove, check);
    }
}

#[test]
fn a_restore_killed_at_any_call_leaves_each_file_in_place_or_listed() {
    let check = |scene: &Scene, _: &Point, _: &Run| {
        scene.assert_each_is_somewhere();
        scene.assert_all_comes_back();
    };
    let sampled = |point: &Point| match point.call.as_str() {
        "fremovexattr" | "renameat2" => point.number.is_multiple_of(23),
        _ => true,
    };
    let points = each_point_of(sampled, Fault::Kill, Scene::removed_here, Scene::restore, check);
    assert!(points > FILES / 12, "only {points} points");
}

#[test]
fn a_restore_that_fails_for_one_file_is_a_restore_of_the_others() {
    let scene = Scene::removed();
    let in_the_way = scene.sandbox.file(format!("d/{}", name(70)), "somebody's");
    let run = scene.restore().run();
    run.fails(1).err_contains(&name(70));
    assert_eq!(scene.sandbox.list_json().len(), 1);
    fs::remove_file(in_the_way).expect("it is ours");
    scene.assert_all_comes_back();
    assert_unlabelled(scene.files());
}

#[test]
fn an_interrupted_restore_stops_between_two_files() {
    or_skip!(strace::available());
    let scene = Scene::removed();
    let run = scene.restore().held_before("renameat2", 60).interrupted().released();
    run.fails(130).err_contains("interrupted");
    scene.assert_each_is_somewhere();
    let (in_place, listed) = scene.found();
    assert!(!in_place.is_empty() && !listed.is_empty(), "it was interrupted in the middle");
    assert_unlabelled(in_place);
    scene.assert_all_comes_back();
}

/// What one step brings out is moved to the trash again by the next, before its old record is off it.
#[test]
fn what_is_swapped_out_at_once_keeps_its_record() {
    let scene = Scene::removed();
    for path in scene.files() {
        scene.sandbox.file(path, "second");
    }
    scene.remove().run().ok();
    let ids: Vec<String> =
        scene.sandbox.list_json().iter().map(|item| format!("id:{}", item["id"].as_str().expect("an ID"))).collect();
    assert_eq!(ids.len(), 2 * FILES);
    scene.sandbox.command(["restore", "--conflict", "swap"]).args(&ids).run().ok();
    let items = scene.sandbox.list_json();
    assert_eq!(items.iter().map(original_path).collect::<BTreeSet<_>>(), scene.files().collect());
    assert!(items.iter().all(|item| item["trashed_date"].is_string()), "a date was lost");
}

/// A restore at one end and a removal at the other: whatever is in the trash then has a record.
#[test]
fn what_is_removed_while_it_is_restored_has_a_record() {
    for _ in 0..5 {
        let scene = Scene::removed();
        std::thread::scope(|scope| {
            let restore = scope.spawn(|| _ = scene.restore().run().does_or_says());
            while !restore.is_finished() {
                let there: Vec<PathBuf> = scene.files().filter(|path| path.symlink_metadata().is_ok()).collect();
                scene.sandbox.command(["rm", "-f"]).args(there.iter().rev().take(20)).run().does_or_says();
            }
        });
        scene.assert_each_is_somewhere();
        scene.assert_all_comes_back();
    }
}

/// An editor saves one of the files between its record and its rename: what is moved then gets the record too.
#[test]
fn what_takes_the_place_of_a_file_meanwhile_gets_its_record() {
    or_skip!(strace::available());
    let scene = Scene::new();
    let words = ["strace", "-f", "-q", "-o", "/dev/null", "-e", "inject=renameat2:delay_enter=2000"];
    let saved = std::thread::scope(|scope| {
        let removal = scope.spawn(|| scene.remove().through(words.map(std::ffi::OsString::from)).run());
        let mut saved = 0;
        while !removal.is_finished() {
            for path in scene.files().filter(|path| path.symlink_metadata().is_ok()).take(8) {
                let new = path.with_extension("new");
                fs::write(&new, "saved").expect("ours");
                // Once it is gone a save would make it anew, which is no part of this.
                if path.symlink_metadata().is_ok() {
                    fs::rename(&new, &path).expect("ours");
                    saved += 1;
                }
            }
        }
        saved
    });
    assert!(saved > 0, "nothing was saved in time");
    let items = scene.sandbox.list_json();
    assert!(items.iter().all(|item| item["original_path"].is_string()), "something is of unknown origin");
}

/// Two commands with trash directories of their own: what one of them has moved keeps its record.
#[test]
fn two_trash_directories_share_the_files() {
    for _ in 0..4 {
        let scene = Scene::new();
        let other = scene.sandbox.path("other-trash").display().to_string();
        std::thread::scope(|scope| {
            scope.spawn(|| _ = scene.remove().args(["-f"]).run().ok());
            scope.spawn(|| _ = scene.remove().args(["-f", "--trash-dir", &other]).run().ok());
        });
        let (_, mut listed) = scene.found();
        let there = scene.sandbox.rrm(["list", "--format", "json", "--trash-dir", &other]);
        let lines = there.ok().stdout();
        let items = lines.lines().map(|line| serde_json::from_str(line).expect("an object a line"));
        listed.extend(items.map(|item: serde_json::Value| original_path(&item)));
        assert_eq!(listed, scene.files().collect());
    }
}

/// Interrupted at several moments: what has its record already and is not moved any more loses it.
#[test]
fn an_interrupt_leaves_no_record_on_what_stays() {
    or_skip!(strace::available());
    for after in [1, 40, 90] {
        let scene = Scene::new();
        let run = scene.remove().held_before("renameat2", after).interrupted().released();
        run.fails(130).err_contains("interrupted");
        scene.assert_each_is_somewhere();
        let (in_place, _) = scene.found();
        assert!(!in_place.is_empty(), "it was interrupted in the middle");
        assert_unlabelled(in_place);
        scene.assert_all_comes_back();
    }
}

/// A name given twice is removed once and then missing, and the record of what was removed stays whole.
#[test]
fn what_is_named_twice_is_removed_once() {
    for spelled in ["", "./", "../d/"] {
        let scene = Scene::new();
        let directory = scene.sandbox.path("d");
        let twice = (0..FILES).flat_map(|number| [name(number), format!("{spelled}{}", name(number))]);
        let run = scene.sandbox.command(["rm"]).args(twice).within(&directory).run();
        run.fails(1);
        assert_eq!(String::from_utf8_lossy(&run.stderr).matches("No such file or directory").count(), FILES, "{run}");
        let (in_place, listed) = scene.found();
        assert_eq!((in_place.len(), listed.len()), (0, FILES));
        scene.assert_all_comes_back();
    }
}

/// A file is not taken out of the directory that was removed right before it.
#[test]
fn what_is_in_a_removed_directory_stays_in_it() {
    let scene = Scene::new();
    scene.sandbox.command(["rm"]).args([scene.sandbox.path("d")]).args(scene.files()).run().fails(1);
    let items = scene.sandbox.list_json();
    assert_eq!(items.iter().map(original_path).collect::<Vec<_>>(), [scene.sandbox.path("d")]);
    scene.sandbox.rrm(["undo"]).ok();
    scene.before.assert_is_at(scene.sandbox.path("d"));
}

/// Between ordinary files: links, hard links, a directory, a FIFO, one that is missing, one that keeps a value under a
/// name of ours. Each goes the way it would go alone.
#[test]
fn what_needs_an_envelope_goes_between_the_others() {
    let scene = Scene::new();
    let odd = |at: &str| scene.sandbox.path(Path::new("d").join(at));
    scene.sandbox.symlink(odd("f020-link"), "nowhere");
    scene.sandbox.hard_link(odd("f040-hard"), odd("f040"));
    scene.sandbox.file(odd("f060-dir/inside"), "inside");
    scene.sandbox.tool("mkfifo", [odd("f080-fifo")]).run().ok();
    xattr::set(odd("f090"), "user.original_path", b"a person's own").expect("attributes are kept here");
    let before = look_at(&scene.sandbox.path("d"));
    let mut names: Vec<PathBuf> =
        fs::read_dir(odd("")).expect("readable").flatten().map(|entry| entry.path()).collect();
    names.push(odd("f095-missing"));
    names.sort();
    let run = scene.sandbox.command(["rm"]).args(&names).run();
    run.fails(1).err_contains("f095-missing");
    assert_eq!(scene.sandbox.list_json().len(), names.len() - 1);
    scene.sandbox.rrm(["undo"]).ok();
    assert_eq!(before.difference(&look_at(&scene.sandbox.path("d"))), "");
}

/// Few descriptors, one processor, no room for another thread: slower, and the same.
#[test]
fn it_works_with_next_to_nothing() {
    for limit in ["ulimit -n 48", "ulimit -u 1", "taskset -p 1 $$ >/dev/null"] {
        let scene = Scene::new();
        let script = format!("{limit}; exec \"$@\"");
        scene.remove().through(["sh", "-c", &script, "sh"].map(std::ffi::OsString::from)).run().ok();
        let (in_place, listed) = scene.found();
        assert_eq!((in_place.len(), listed.len()), (0, FILES), "{limit}");
        scene.assert_all_comes_back();
    }
}

/// Two commands with the same files: each is moved by one of them.
#[test]
fn two_at_once_share_the_files() {
    let scene = Scene::new();
    std::thread::scope(|scope| {
        for delay in [0, 2] {
            let scene = &scene;
            scope.spawn(move || {
                std::thread::sleep(Duration::from_millis(delay));
                scene.remove().args(["-f"]).run().ok();
            });
        }
    });
    let (in_place, listed) = scene.found();
    assert_eq!((in_place.len(), listed.len()), (0, FILES));
    scene.assert_all_comes_back();
}
