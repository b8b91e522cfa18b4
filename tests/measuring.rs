//! Finding out how large trashed directories are: noted once, and given up when somebody asks for that.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::DateTime;
use rrm::error::ErrorKind;
use rrm::manager::TrashManager;
use rrm::ops::clean::{CleanOptions, Trashes};
use rrm::ops::list::{ListOptions, Sizes};
use rrm::ops::stats::StatsOptions;
use rrm::progress::{Activity, Amount, Progress};
use rrm::rules::retention::{Policy, Rule, Standing};
use rrm::rules::selection::{Filter, Selection};

use crate::common::Sandbox;

/// Asks to stop once so many entries were met.
struct StopAfter {
    entries: AtomicU64,
}

impl StopAfter {
    fn new(entries: u64) -> Self {
        Self { entries: AtomicU64::new(entries) }
    }
}

impl Progress for StopAfter {
    fn begin(&self, _: Activity, _: Option<Amount>) {}
    fn advance(&self, done: Amount) {
        let left = |entries: u64| Some(entries.saturating_sub(done.entries));
        self.entries.fetch_update(Ordering::Relaxed, Ordering::Relaxed, left).expect("it always changes");
    }
    fn end(&self) {}
    fn interrupted(&self) -> bool {
        self.entries.load(Ordering::Relaxed) == 0
    }
}

/// Two removed directories with ten files each.
fn two_directories() -> (Sandbox, TrashManager) {
    let sandbox = Sandbox::new();
    for directory in ["one", "two"] {
        (0..10).for_each(|number| drop(sandbox.file(format!("{directory}/{number}"), "four")));
    }
    sandbox.rrm(["rm", "one", "two"]).ok();
    let manager = sandbox.manager().build();
    (sandbox, manager)
}

/// The sizes noted on the items in the trash.
fn noted(sandbox: &Sandbox) -> Vec<Option<Vec<u8>>> {
    let places = sandbox.list_json().into_iter().filter(|item| item["trash_dir"] == *sandbox.trash().to_string_lossy());
    let places = places.map(|item| sandbox.trash().join(item["id"].as_str().expect("an ID is text")));
    places.map(|place: PathBuf| xattr::get(place, "user.rrm_size").expect("it can be read")).collect()
}

#[test]
fn measuring_stops_when_asked_and_keeps_what_it_found() {
    let (sandbox, manager) = two_directories();
    let selection = Selection { filters: vec![Filter::Under(sandbox.work())], ..Selection::default() };
    let mut request = ListOptions::new(selection, DateTime::default());
    request.sizes = Sizes::Measured;
    request.standing = Some(Standing::default());
    let listing = manager.list(&request, &StopAfter::new(15));
    assert!(listing.items.is_empty());
    assert_eq!(listing.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ErrorKind::Interrupted]);
    let sums = manager.stats(&StatsOptions::new(request.clone(), 1), &StopAfter::new(5));
    assert!(sums.volumes.is_empty() && sums.problems.iter().any(|problem| problem.kind == ErrorKind::Interrupted));
    let mut sizes = noted(&sandbox);
    sizes.sort();
    assert_eq!(sizes, [None, Some(b"40".to_vec())], "the first was measured whole");
    assert_eq!(manager.list(&request, &StopAfter::new(15)).items.len(), 2, "and is not measured again");
}

/// What was not measured would look as if it used no space.
#[test]
fn a_clean_whose_plan_is_interrupted_plans_nothing() {
    let (sandbox, manager) = two_directories();
    let trashes = Trashes::At(vec![sandbox.trash()]);
    let policy = Policy::Rules(vec![Rule::MaxSize(1)]);
    let mut request = CleanOptions::expired(DateTime::default());
    (request.policy, request.trashes) = (policy, trashes);
    let plan = manager.plan_clean(&request, &StopAfter::new(15));
    assert!(plan.items.is_empty() && plan.held.is_empty());
    assert_eq!(plan.problems.iter().map(|problem| problem.kind).collect::<Vec<_>>(), [ErrorKind::Interrupted]);
}

#[test]
fn only_what_is_listed_is_measured() {
    let (sandbox, _) = two_directories();
    sandbox.rrm(["list", "--size", "one"]).ok().out_contains("  40  d  ");
    let mut sizes = noted(&sandbox);
    sizes.sort();
    assert_eq!(sizes, [None, Some(b"40".to_vec())]);
    sandbox.rrm(["list", "--larger-than", "30", "two"]).ok().out_contains("  40  d  ");
    assert!(noted(&sandbox).iter().all(Option::is_some));
}
