//! What names tell: which removal was the last, whatever the records say or the clock did.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use rrm::attributes::{ExtendedAttributes, SystemAttributes};
use rrm::item::{ItemId, State};
use rrm::manager::{Builder, TrashManager};
use rrm::ops::clean::CleanOptions;
use rrm::ops::list::ListOptions;
use rrm::ops::remove::{Directories, Place, RemoveOptions};
use rrm::ops::remove::{RemoveStep, Removed};
use rrm::ops::restore::{Restorable, RestoreOptions, RestorePlan};
use rrm::progress::Silent;
use rrm::rules::selection::Selection;

use crate::common::{Sandbox, strace};

const MANY: usize = 200;

fn many(sandbox: &Sandbox) {
    let names: Vec<_> = (0..MANY).map(|number| format!("file-{number}")).collect();
    names.iter().for_each(|name| drop(sandbox.file(name, "x")));
    sandbox.command(["rm"]).args(&names).run().ok();
    sandbox.file("last", "x");
    sandbox.rrm(["rm", "last"]).ok();
}

/// The ID of what was removed last, as its name tells.
fn last_id(sandbox: &Sandbox) -> String {
    let names = fs::read_dir(sandbox.trash()).unwrap().map(|entry| entry.unwrap().file_name());
    let removed = |id: &ItemId| id.told().unwrap().removed;
    names.filter_map(|name| ItemId::from_name(&name)).max_by_key(removed).unwrap().to_string()
}

/// How many records were read.
fn records_read(log: &str) -> usize {
    log.lines().filter(|line| line.contains("getxattr(") && line.contains("user.original_path")).count()
}

#[test]
fn who_asks_for_the_newest_reads_no_other_record() {
    or_skip!(strace::available());
    for words in [
        &["undo"][..],
        &["restore", "--last", "1"],
        &["restore", "--since", "2100-01-01"],
        &["list", "--limit", "1"],
        &["list", "--last", "1"],
        &["list", "--before", "2020-01-01"],
        &["restore", "id:LAST"],
        &["keep", "id:LAST"],
        &["complete", "zsh", "--", "rrm", "restore", "id:LAST"],
        &["complete", "zsh", "--", "rrm", "show", "id:LAST"],
        &["clean", "--yes", "--older-than", "10d"],
    ] {
        let sandbox = Sandbox::new();
        many(&sandbox);
        let last = last_id(&sandbox);
        let words: Vec<_> = words.iter().map(|word| word.replace("LAST", &last[..8])).collect();
        let (_, log) = strace::log_of(&sandbox.command(&words));
        // A clean sweeps what was abandoned, and looks at all for that.
        let own = if words[0] == "clean" { MANY + 1 } else { 0 };
        let read = records_read(&log);
        assert!(read <= own + 1, "{words:?} read {read} records");
    }
}

#[test]
fn undo_never_takes_an_older_removal_for_one_that_cannot_be_read() {
    let sandbox = Sandbox::ordinary();
    for name in ["older", "newest"] {
        sandbox.file(name, name);
        sandbox.rrm(["rm", name]).ok();
    }
    let items = sandbox.list_json();
    let newest = items.iter().find(|item| item["original_path"].as_str().unwrap().ends_with("newest")).unwrap();
    let place = sandbox.trash().join(newest["id"].as_str().unwrap());
    xattr::remove(&place, "user.original_path").unwrap();
    for _ in 0..2 {
        sandbox.rrm(["undo"]).fails(1).err_contains(newest["id"].as_str().unwrap());
        assert!(!sandbox.path("older").exists());
    }
    sandbox.chmod(&place, 0o000);
    sandbox.rrm(["undo"]).fails(1);
    assert!(!sandbox.path("older").exists());
    assert_eq!(sandbox.list_json().len(), 2, "what cannot be read is listed");
    sandbox.rrm(["restore", "--to", "out", newest["id"].as_str().unwrap()]).ok();
    sandbox.rrm(["undo"]).ok();
    assert!(sandbox.path("older").exists());
}

/// Of a record that cannot be read the item is listed, open. Of an envelope that cannot be entered there is no item at all.
#[test]
fn undo_never_takes_an_older_removal_for_an_envelope_that_cannot_be_entered() {
    let sandbox = Sandbox::ordinary();
    let older = sandbox.file("older", "older");
    sandbox.rrm(["rm", "older"]).ok();
    let newest = sandbox.symlink("newest", "nowhere");
    sandbox.rrm(["rm", "newest"]).ok();
    let items = sandbox.list_json();
    let id = items.iter().find(|item| item["kind"] == "symlink").unwrap()["id"].as_str().unwrap();
    let envelope = sandbox.trash().join(id);
    sandbox.chmod(&envelope, 0o000);
    sandbox.rrm(["undo"]).fails(1).err_contains(id);
    assert!(!older.exists());
    sandbox.chmod(&envelope, 0o700);
    sandbox.rrm(["undo"]).ok();
    assert!(newest.symlink_metadata().is_ok() && !older.exists());
}

/// The file system's attributes, and how many records were read.
#[derive(Default)]
struct Counting(AtomicUsize);

impl ExtendedAttributes for Counting {
    fn list(&self, file: &File) -> io::Result<Vec<OsString>> {
        SystemAttributes.list(file)
    }

    fn get(&self, file: &File, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.0.fetch_add(usize::from(name == "original_path"), Ordering::Relaxed);
        SystemAttributes.get(file, name)
    }

    fn create(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        SystemAttributes.create(file, name, value)
    }

    fn set(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        SystemAttributes.set(file, name, value)
    }

    fn remove(&self, file: &File, name: &str) -> io::Result<()> {
        SystemAttributes.remove(file, name)
    }
}

/// What completes IDs reads as much as it offers. Of items that no name dates, it reads what there is room for.
#[test]
fn the_newest_are_found_by_their_names() {
    const MOST: usize = 5;
    let place = AtAnyTime::new();
    let now = at("2026-05-01T12:00:00Z");
    let older = |number| {
        let id = place.remove(&format!("older-{number}"), now);
        let name = format!("0b0a7a4e-9b1c-4c8e-8f57-{number:012}");
        fs::rename(place.sandbox.trash().join(id.to_string()), place.sandbox.trash().join(name)).unwrap();
    };
    (0..2 * MOST).for_each(older);
    let ids: Vec<_> = (0..20).map(|age| place.remove(&format!("f{age}"), now - TimeDelta::hours(age))).collect();
    let counting = Arc::new(Counting::default());
    let manager = AtAnyTime::manager_of(&place.sandbox).attributes(counting.clone()).build();
    let newest = |most, is_wanted: &dyn Fn(&ItemId) -> bool| {
        let found: Vec<_> = manager.newest_items(most, is_wanted).into_iter().map(|item| item.id).collect();
        (found, counting.0.swap(0, Ordering::Relaxed))
    };
    assert_eq!(newest(MOST, &|_| true), (ids[..MOST].to_vec(), MOST));
    assert_eq!(newest(MOST, &|id| *id == ids[17]), (vec![ids[17]], 1));
    assert_eq!(newest(MOST, &|id| ids[15..].contains(id)), (ids[15..].to_vec(), MOST));
    let (found, read) = newest(20 + MOST, &|_| true);
    assert_eq!((found.len(), read), (20 + MOST, 20 + MOST));
    assert!(ids.iter().all(|id| found.contains(id)));
}

// [68] A manager that lives on asks anew what a path means.
#[test]
fn a_path_means_to_each_command_what_is_there_now() {
    let place = AtAnyTime::new();
    let now = at("2026-05-01T12:00:00Z");
    place.remove("d/first", now);
    fs::rename(place.sandbox.path("d"), place.sandbox.path("e")).unwrap();
    place.sandbox.file("e/second", "another");
    place.remove("d/second", now);
    assert!(place.sandbox.path("e/second").exists() && !place.sandbox.path("d/second").exists());
}

// [76] A plan is carried out by whichever manager it is given to, or that one says why not.
#[test]
fn what_one_manager_has_planned_another_carries_out() {
    let place = AtAnyTime::new();
    let now = at("2026-05-01T12:00:00Z");
    let another = || AtAnyTime::manager_of(&place.sandbox).build();
    let deleting = CleanOptions::chosen(Selection::default(), now);
    let plan = |name: &str| {
        place.remove(name, now);
        place.manager.plan_clean(&deleting, &Silent)
    };
    let done = another().clean(&plan("first"), &Silent);
    assert_eq!((done.deleted.len(), done.problems.len()), (1, 0), "{done:?}");
    place.remove("second", now);
    let mut told = 0;
    another().restore(&place.undoing(now), &Silent, |_, result| {
        result.unwrap();
        told += 1;
    });
    assert_eq!((told, place.states(now).len()), (1, 0));
    let plan = plan("third");
    let moved = place.sandbox.path("elsewhere");
    fs::rename(place.sandbox.trash(), &moved).unwrap();
    let done = another().clean(&plan, &Silent);
    assert_eq!((done.deleted.len(), done.problems.len()), (0, 1), "{done:?}");
    assert_eq!(done.problems[0].path, place.sandbox.trash());
    fs::rename(&moved, place.sandbox.trash()).unwrap();
}

/// A trash in a sandbox, used at any time.
struct AtAnyTime {
    sandbox: Sandbox,
    manager: TrashManager,
}

impl AtAnyTime {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let manager = Self::manager_of(&sandbox).build();
        Self { sandbox, manager }
    }

    fn manager_of(sandbox: &Sandbox) -> Builder {
        TrashManager::at(sandbox.trash()).look_below(sandbox.root())
    }

    fn remove(&self, name: &str, now: DateTime<Utc>) -> ItemId {
        let path = self.sandbox.file(name, name);
        let mut options = RemoveOptions::new(now);
        options.directories = Directories::Refuse;
        options.place = Place::Home;
        let plan = self.manager.plan_remove(&[path], &options).unwrap();
        let [RemoveStep::Remove(removal)] = &plan.steps[..] else { panic!("one removal: {plan:?}") };
        match self.manager.remove(removal, &Silent).unwrap() {
            Removed::Trashed(item) => item.id,
            Removed::Deleted(_) => panic!("it is in the trash"),
        }
    }

    /// The plan of an undo at this time.
    fn undoing(&self, now: DateTime<Utc>) -> RestorePlan {
        let options = RestoreOptions::new(Restorable::LastBatches { most: 1, session: None }, now);
        self.manager.plan_restore(&options)
    }

    /// What an undo would bring back at this time.
    fn last(&self, now: DateTime<Utc>) -> Vec<String> {
        let plan = self.undoing(now);
        let name = |target: &Path| target.file_name().unwrap().to_string_lossy().into_owned();
        plan.steps.iter().map(|step| name(&step.target)).collect()
    }

    fn states(&self, now: DateTime<Utc>) -> Vec<State> {
        let selection = Selection::default();
        let request = ListOptions::new(selection, now);
        self.manager.list(&request, &Silent).items.iter().map(|item| item.state(now)).collect()
    }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn a_clock_that_stands_still_makes_one_batch_and_no_name_twice() {
    let place = AtAnyTime::new();
    let now = at("2026-05-01T12:00:00.000001Z");
    let ids: std::collections::HashSet<_> = (0..50).map(|number| place.remove(&format!("f{number}"), now)).collect();
    assert_eq!(ids.len(), 50);
    assert_eq!(place.last(now).len(), 50);
}

#[test]
fn a_clock_that_was_set_back_never_makes_an_older_removal_the_last() {
    let place = AtAnyTime::new();
    let now = at("2026-05-01T12:00:00Z");
    place.remove("before", now - TimeDelta::hours(1));
    place.remove("by-the-clock-that-was-ahead", now + TimeDelta::minutes(5));
    place.remove("a-year-ahead", now + TimeDelta::days(365));
    assert_eq!(place.last(now), ["before"]);
    place.remove("after", now);
    assert_eq!(place.last(now + TimeDelta::seconds(1)), ["after"]);
    // Another machine that is a second ahead.
    place.remove("beside", now + TimeDelta::seconds(2));
    assert_eq!(place.last(now + TimeDelta::seconds(1)), ["beside"]);
    // Once its time has come it is what was removed last.
    assert_eq!(place.last(now + TimeDelta::minutes(6)), ["by-the-clock-that-was-ahead"]);
}

/// Each takes its own last removal, and what is due is due by the clock of whoever removed it.
#[test]
fn two_machines_with_different_clocks_share_a_trash() {
    let place = AtAnyTime::new();
    let behind = at("2026-05-01T12:00:00Z");
    let ahead = behind + TimeDelta::minutes(5);
    let mut ids = Vec::new();
    for minute in (0..4).map(TimeDelta::minutes) {
        ids.push(place.remove(&format!("behind-{}", minute.num_minutes()), behind + minute));
        ids.push(place.remove(&format!("ahead-{}", minute.num_minutes()), ahead + minute));
        assert_eq!(place.last(behind + minute), [format!("behind-{}", minute.num_minutes())]);
        assert_eq!(place.last(ahead + minute), [format!("ahead-{}", minute.num_minutes())]);
    }
    let due = |now| {
        let plan = place.manager.plan_clean(&CleanOptions::expired(now), &Silent);
        assert_eq!(plan.problems.len(), 0, "{plan:?}");
        plan.items.iter().map(|item| item.id).collect::<std::collections::HashSet<_>>()
    };
    let later = TimeDelta::days(30) + TimeDelta::minutes(4);
    assert_eq!(due(behind + TimeDelta::days(30) - TimeDelta::microseconds(1)).len(), 0);
    assert_eq!(due(behind + later), ids.iter().copied().step_by(2).collect());
    assert_eq!(due(ahead + later), ids.into_iter().collect());
}

/// A name holds no instant after the year 2112: all of them are the last one that it can hold.
#[test]
fn what_is_removed_after_2112_is_kept_for_its_time_and_comes_back() {
    let place = AtAnyTime::new();
    let now = at("2150-05-01T12:00:00Z");
    let ids = [place.remove("a", now), place.remove("b", now + TimeDelta::hours(1))];
    assert_ne!(ids[0], ids[1]);
    let mut last = place.last(now + TimeDelta::hours(2));
    last.sort();
    assert_eq!(last, ["a", "b"]);
    assert_eq!(place.states(now + TimeDelta::hours(2)), [State::Trashed; 2]);
    let plan = place.manager.plan_clean(&CleanOptions::expired(now + TimeDelta::days(29)), &Silent);
    assert_eq!((plan.items.len(), plan.problems.len()), (0, 0), "{plan:?}");
    let plan = place.manager.plan_clean(&CleanOptions::expired(now + TimeDelta::days(31)), &Silent);
    assert_eq!(plan.items.len(), 2);
}
