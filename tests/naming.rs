//! What names tell: which removal was the last, whatever the records say or the clock did.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rrm::attributes::SystemAttributes;
use rrm::item::{ItemId, State};
use rrm::manager::{Settings, TrashManager};
use rrm::outcome::{Removed, TrashStep};
use rrm::progress::Silent;
use rrm::request::{
    CleanRequest, Conflict, Copying, Destination, Directories, ListRequest, Mounts, Open, Place, Restorable,
    RestoreRequest, Sizes, TrashRequest,
};
use rrm::selection::Selection;

use crate::common::{Sandbox, strace};

const MANY: usize = 200;

fn many(sandbox: &Sandbox) {
    let names: Vec<_> = (0..MANY).map(|number| format!("file-{number}")).collect();
    names.iter().for_each(|name| drop(sandbox.file(name, "x")));
    sandbox.command(["rm"]).args(&names).run().ok();
    sandbox.file("last", "x");
    sandbox.rrm(["rm", "last"]).ok();
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
        &["clean", "--yes", "--older-than", "10d"],
    ] {
        let sandbox = Sandbox::new();
        many(&sandbox);
        let (_, log) = strace::log_of(&sandbox.command(words));
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

/// A trash in a sandbox, used at any time.
struct AtAnyTime {
    sandbox: Sandbox,
    manager: TrashManager,
}

impl AtAnyTime {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let settings = Settings { home_directory: None, ..sandbox.settings() };
        Self { sandbox, manager: TrashManager::new(settings, Arc::new(SystemAttributes)) }
    }

    fn remove(&self, name: &str, now: DateTime<Utc>) -> ItemId {
        let path = self.sandbox.file(name, name);
        let request = TrashRequest {
            operands: vec![path.into()],
            directories: Directories::Refuse,
            mounts: Mounts::Refuse,
            place: Place::Home,
            copying: Copying::WithinReason,
            now,
            deletion: now + TimeDelta::days(30),
            session: None,
        };
        let plan = self.manager.plan_trash(&request).unwrap();
        let [TrashStep::Remove(removal)] = &plan.steps[..] else { panic!("one removal: {plan:?}") };
        match self.manager.trash(removal, &request, &Silent).unwrap() {
            Removed::Trashed(item) => item.id,
            Removed::Deleted(_) => panic!("it is in the trash"),
        }
    }

    /// What an undo would bring back at this time.
    fn last(&self, now: DateTime<Utc>) -> Vec<String> {
        let request = RestoreRequest {
            what: Restorable::LastBatches { most: 1, session: None },
            destination: Destination::default(),
            conflict: Conflict::Fail,
            copying: Copying::WithinReason,
            open: Open::Refuse,
            now,
            deletion: now,
        };
        let plan = self.manager.plan_restore(&request);
        let name = |target: &Path| target.file_name().unwrap().to_string_lossy().into_owned();
        plan.steps.iter().map(|step| name(&step.target)).collect()
    }

    fn states(&self, now: DateTime<Utc>) -> Vec<State> {
        let selection = Selection::default();
        let request = ListRequest { selection, sizes: Sizes::AsKnown, standing: None, newest: None, now };
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
    let plan = place.manager.plan_clean(&CleanRequest::expired(now + TimeDelta::days(29)), &Silent);
    assert_eq!((plan.items.len(), plan.problems.len()), (0, 0), "{plan:?}");
    let plan = place.manager.plan_clean(&CleanRequest::expired(now + TimeDelta::days(31)), &Silent);
    assert_eq!(plan.items.len(), 2);
}
