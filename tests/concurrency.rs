//! Several at once on one trash: whatever happens first, every file goes exactly one way, and goes whole.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rrm::manager::TrashManager;
use rrm::ops::clean::{CleanOptions, Trashes};
use rrm::ops::remove::RemoveOptions;
use rrm::ops::remove::RemoveStep;
use rrm::ops::restore::Restored;
use rrm::ops::restore::{Restorable, RestoreOptions};
use rrm::progress::{Activity, Amount, Progress, Silent};
use rrm::rules::selection::{Selection, Term};

use crate::common::platform::exchange;
use crate::common::{Run, Sandbox, Tree, snapshot};

/// How long the crowd is let loose: so many seconds, or as many as `RRM_TEST_SECONDS` says.
const SECONDS: u64 = 1;

/// How much longer, until all have had a turn.
const PATIENCE: Duration = Duration::from_mins(1);

fn how_long() -> Duration {
    let told = std::env::var("RRM_TEST_SECONDS").ok();
    Duration::from_secs(told.map_or(SECONDS, |text| text.parse().expect("a number of seconds")))
}

/// Removers, listers, restorers, undoers and cleaners, each a process after the other, all at once.
#[test]
fn a_crowd_loses_nothing() {
    let sandbox = Sandbox::ordinary();
    let [made, restored, deleted] = [const { AtomicU64::new(0) }; 3];
    let end = Instant::now() + how_long();
    // On a machine that is busy with other things nobody may have had a turn yet.
    let idle = || [&restored, &deleted].iter().any(|count| count.load(Ordering::Relaxed) == 0);
    let busy = || Instant::now() < end || idle() && Instant::now() < end + PATIENCE;
    for remover in 0..3 {
        sandbox.dir(format!("r{remover}"));
    }
    std::thread::scope(|scope| {
        for remover in 0..3 {
            let (sandbox, made, busy) = (&sandbox, &made, &busy);
            scope.spawn(move || {
                for number in 0.. {
                    if !busy() {
                        break;
                    }
                    let path = sandbox.file(format!("r{remover}/{number}"), format!("r{remover}/{number}"));
                    made.fetch_add(1, Ordering::Relaxed);
                    removed(sandbox, &path);
                }
            });
        }
        scope.spawn(|| repeat(busy, || assert_all_known(&sandbox)));
        scope.spawn(|| repeat(busy, || add(&restored, restore_some(&sandbox))));
        scope.spawn(|| repeat(busy, || add(&restored, tolerated(&sandbox, ["undo", "--session", "crowd"]).1)));
        scope.spawn(|| repeat(busy, || add(&deleted, clean_some(&sandbox))));
    });
    let [made, restored, deleted] = [made, restored, deleted].map(AtomicU64::into_inner);
    let (live, listed) = (live_files(&sandbox), listed(&sandbox));
    println!("{made} made, {restored} restored, {} listed, {deleted} deleted", listed.len());
    assert!(restored > 0 && deleted > 0, "some are restored, and some deleted");
    // Nobody removes the same file twice.
    assert_eq!(live.len() as u64, restored, "in their places, and said to be restored");
    for (origin, place) in live.iter().map(|path| (path, path)).chain(&listed) {
        let content = fs::read_to_string(place).expect("what is there can be read");
        assert_eq!(sandbox.path(content), *origin, "a file under another's name");
    }
    assert!(listed.keys().all(|origin| !live.contains(origin)), "a file in two places");
    assert_eq!(restored + listed.len() as u64 + deleted, made, "accounted for, and made");
}

fn add(count: &AtomicU64, more: u64) {
    count.fetch_add(more, Ordering::Relaxed);
}

fn repeat(busy: impl Fn() -> bool, work: impl Fn()) {
    while busy() {
        work();
    }
}

fn removed(sandbox: &Sandbox, path: &Path) {
    // Undone the moment before, it may be there again; but it was ours to remove once.
    sandbox.rrm(["rm".as_ref(), "--session".as_ref(), "crowd".as_ref(), path.as_os_str()]).ok();
}

/// Runs a command that may come too late for what it was meant for; tells how often it did that, once or not at all.
fn tolerated<const N: usize>(sandbox: &Sandbox, words: [&str; N]) -> (Run, u64) {
    let run = sandbox.rrm(words);
    run.does_or_says();
    let done = u64::from(run.status.success());
    (run, done)
}

fn assert_all_known(sandbox: &Sandbox) {
    for item in sandbox.list_json() {
        assert!(item["original_path"].is_string(), "listed without its origin: {item}");
    }
}

/// Restores two items, perhaps, and tells how many are back.
fn restore_some(sandbox: &Sandbox) -> u64 {
    let items = sandbox.list_json();
    let some = items.iter().take(2).map(|item| item["id"].as_str().expect("an ID"));
    some.map(|id| tolerated(sandbox, ["restore", id]).1).sum()
}

/// Deletes an item, perhaps, and tells how many went.
fn clean_some(sandbox: &Sandbox) -> u64 {
    let root = sandbox.root().to_string_lossy();
    let (run, _) = tolerated(sandbox, ["clean", "--yes", "--verbose", "--last", "1", "--under", &root]);
    let told = run.stdout();
    told.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{run}"))
}

fn live_files(sandbox: &Sandbox) -> Vec<PathBuf> {
    let entries = |path: PathBuf| fs::read_dir(path).expect("a directory").map(|entry| entry.expect("an entry").path());
    entries(sandbox.work()).flat_map(entries).collect()
}

/// The place of each item in the trash, by its origin; each origin must be there once.
fn listed(sandbox: &Sandbox) -> BTreeMap<PathBuf, PathBuf> {
    let mut places = BTreeMap::new();
    for item in sandbox.list_json() {
        let text = |key: &str| PathBuf::from(item[key].as_str().expect("a text"));
        if text("trash_dir").starts_with(sandbox.root()) {
            let twice = places.insert(text("original_path"), text("trash_dir").join(text("id")));
            assert!(twice.is_none(), "in the trash twice: {item}");
        }
    }
    places
}

/// While clean after clean deletes trees, threads exchange the directories in them for links to a victim, in the trash and
/// among what is claimed.
#[test]
fn directories_that_become_links_lead_no_clean_outside() {
    let sandbox = Sandbox::ordinary();
    let victim = sandbox.tree("victim", &[("file", "precious"), ("below/file", "precious")]);
    let before = snapshot(&victim);
    let (stop, swaps, end) = (AtomicBool::new(false), AtomicU64::new(0), Instant::now() + how_long());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    swaps.fetch_add(swap_in(&sandbox.trash()), Ordering::Relaxed);
                }
            });
        }
        let mut rounds = 0;
        while Instant::now() < end || rounds < 3 {
            make_swappable(&sandbox, &victim);
            sandbox.rrm(["rm", "--session", "swapped", "tree"]).ok();
            // What is a link at the wrong moment may stay, and be named; the next clean goes on.
            tolerated(&sandbox, ["clean", "--yes", "--session", "swapped"]);
            rounds += 1;
        }
        stop.store(true, Ordering::Relaxed);
        println!("{rounds} cleans");
    });
    before.assert_is_at(&victim);
    println!("{swaps:?} swaps");
    assert!(swaps.into_inner() > 0);
    sandbox.rrm(["clean", "--trash", &sandbox.trash().to_string_lossy()]).ok();
    assert_eq!(fs::read_dir(sandbox.trash().join(".doomed")).expect("the claimed").count(), 0);
}

/// How many pairs of a directory and a link a tree has.
const PAIRS: u32 = 100;

/// A tree of directories that hold what the victim holds, each beside a link to the victim.
fn make_swappable(sandbox: &Sandbox, victim: &Path) {
    for pair in 0..PAIRS {
        for file in ["file", "below/file"] {
            sandbox.file(format!("tree/dir{pair}/{file}"), "worthless");
        }
        sandbox.symlink(format!("tree/link{pair}"), victim);
    }
}

/// Exchanges each pair in each tree of the trash; tells how many exchanges there were.
fn swap_in(trash: &Path) -> u64 {
    let items = [trash.to_owned(), trash.join(".doomed")].into_iter().flat_map(fs::read_dir).flatten().flatten();
    let pairs = items.flat_map(|item| (0..PAIRS).map(move |pair| (item.path(), pair)));
    let swapped = pairs.filter(|(item, pair)| {
        let (dir, link) = (item.join(format!("dir{pair}")), item.join(format!("link{pair}")));
        exchange(&dir, &link)
    });
    swapped.count() as u64
}

#[test]
fn two_hundred_removals_of_one_name_at_once() {
    let sandbox = Sandbox::ordinary();
    let paths: Vec<PathBuf> =
        (0..200).map(|number| sandbox.file(format!("d{number}/same"), format!("d{number}/same"))).collect();
    let words = |path: &PathBuf| ["rm".into(), OsString::from(path)];
    let children: Vec<_> = paths.iter().map(|path| sandbox.command(words(path)).spawn()).collect();
    for child in children {
        let output = child.wait_with_output().expect("it can be waited for");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let listed = listed(&sandbox);
    assert_eq!(listed.len(), paths.len());
    for (origin, place) in &listed {
        let content = fs::read_to_string(place).expect("the item is there");
        assert_eq!(sandbox.path(content), *origin);
        assert!(!origin.exists());
    }
    assert!(paths.iter().all(|path| listed.contains_key(path)));
}

/// How often each of a clean and a restore shall have had the item, and how often at most they are let loose on one for that.
const OFTEN: u32 = 5;
const ROUNDS: u32 = 300;

#[test]
fn clean_and_restore_of_one_directory() {
    race(0o755);
}

/// A directory that its owner may not read is kept in an envelope.
#[test]
fn clean_and_restore_of_one_directory_in_an_envelope() {
    race(0o300);
}

/// Many times over, a clean and a restore that have both chosen one item start at the same instant, until each was the
/// first often enough.
fn race(mode: u32) {
    let sandbox = Sandbox::new();
    let top = sandbox.path("wanted");
    let (mut restored, mut deleted) = (0, 0);
    // Who has won gives the other a start, so that both do in the end.
    let (mut wait_to_clean, mut wait_to_restore) = (0_u64, 0_u64);
    while restored.min(deleted) < OFTEN && restored + deleted < ROUNDS {
        let round = restored + deleted;
        let whole = make_tree(&sandbox, &top, mode);
        match one_race(&sandbox, &top, [wait_to_restore, wait_to_clean].map(Duration::from_micros)) {
            (true, 0) => {
                restored += 1;
                (wait_to_restore, wait_to_clean) = (wait_to_restore + STEP, wait_to_clean.saturating_sub(STEP));
                whole.assert_is_at(&top);
            }
            (false, 1) => {
                deleted += 1;
                (wait_to_restore, wait_to_clean) = (wait_to_restore.saturating_sub(STEP), wait_to_clean + STEP);
                assert!(top.symlink_metadata().is_err(), "round {round}: deleted, and some of it restored");
            }
            both => panic!("round {round}: restored {}, deleted {}", both.0, both.1),
        }
        let left = fs::read_dir(sandbox.trash()).expect("the trash is there").flatten();
        let left: Vec<_> = left.filter(|entry| entry.file_name().len() == ItemName::LENGTH).collect();
        assert!(left.is_empty(), "round {round}: {left:?}");
        fs::remove_dir_all(&top).ok();
    }
    assert!(restored > 0 && deleted > 0, "one is always first: {restored} restored, {deleted} deleted");
}

/// By how many microseconds a start grows or shrinks.
const STEP: u64 = 10;

/// The name of an item is a UUID.
struct ItemName;

impl ItemName {
    const LENGTH: usize = 36;
}

/// A directory so large that deleting it takes a while.
fn make_tree(sandbox: &Sandbox, top: &Path, mode: u32) -> Tree {
    if top.symlink_metadata().is_err() {
        sandbox.dir(top);
    }
    sandbox.chmod(top, 0o700);
    for number in 0..200 {
        fs::write(top.join(number.to_string()), number.to_string()).expect("a file can be written");
    }
    sandbox.chmod(top, mode);
    snapshot(top)
}

/// Whether the restore says that it restored the item, and how many items the clean says that it deleted.
fn one_race(sandbox: &Sandbox, top: &Path, waits: [Duration; 2]) -> (bool, usize) {
    let now = Utc::now();
    manager(sandbox, |manager| remove(manager, top, now));
    let selection = || Selection {
        terms: vec![Term::parse(top.as_os_str(), Path::new("/"), |_| None).expect("a term")],
        ..Selection::default()
    };
    let start = Barrier::new(2);
    std::thread::scope(|scope| {
        let restoring =
            scope.spawn(|| manager(sandbox, |manager| restore(manager, selection(), now, &start, waits[0])));
        let cleaning = scope.spawn(|| {
            manager(sandbox, |manager| {
                let request = CleanOptions::chosen(selection(), now);
                let plan = manager.plan_clean(&request, &Silent);
                start.wait();
                std::thread::sleep(waits[1]);
                let cleaned = manager.clean(&plan, &Silent);
                assert!(cleaned.problems.is_empty(), "{:?}", cleaned.problems);
                cleaned.deleted.len()
            })
        });
        (restoring.join().expect("the restore ends"), cleaning.join().expect("the clean ends"))
    })
}

/// Has an item kept as soon as anything asks whether to go on, which a clean does before each claim.
struct Keeps<'a>(&'a Sandbox, &'a str);

impl Progress for Keeps<'_> {
    fn begin(&self, _: Activity, _: Option<Amount>) {}
    fn advance(&self, _: Amount) {}
    fn end(&self) {}
    fn interrupted(&self) -> bool {
        self.0.rrm(["keep", self.1]).ok();
        false
    }
}

/// The keep comes after the last look at the record, and before the rename that claims the item.
#[test]
fn what_is_kept_in_the_moment_of_its_claim_stays() {
    let sandbox = Sandbox::new();
    sandbox.file("file", "x");
    sandbox.symlink("link", "nowhere");
    sandbox.tree("closed", &[("inner", "x")]);
    sandbox.chmod("closed", 0o555);
    for name in ["closed", "file", "link"] {
        let before = snapshot(sandbox.path(name));
        sandbox.rrm(["rm", "-f", "-g", "0", name]).ok();
        let cleaned = manager(&sandbox, |manager| {
            let trashes = Trashes::At(vec![sandbox.trash()]);
            let mut request = CleanOptions::expired(Utc::now() + TimeDelta::minutes(1));
            request.trashes = trashes;
            let plan = manager.plan_clean(&request, &Silent);
            assert_eq!(plan.items.len(), 1, "{plan:?}");
            manager.clean(&plan, &Keeps(&sandbox, name))
        });
        assert_eq!((cleaned.deleted.len(), cleaned.problems.len()), (0, 0), "{cleaned:?}");
        sandbox.rrm(["list"]).ok().out_contains("kept");
        sandbox.rrm(["restore", name]).ok();
        assert_eq!(snapshot(sandbox.path(name)), before, "it is as it was");
    }
}

fn manager<T>(sandbox: &Sandbox, work: impl FnOnce(&TrashManager) -> T) -> T {
    work(&sandbox.manager().build())
}

fn remove(manager: &TrashManager, path: &Path, now: DateTime<Utc>) {
    for step in manager.plan_remove(&[path], &RemoveOptions::new(now)).expect("it is not protected").steps {
        let RemoveStep::Remove(removal) = step else { panic!("{step:?}") };
        manager.remove(&removal, &Silent).expect("it can be removed");
    }
}

fn restore(manager: &TrashManager, selection: Selection, now: DateTime<Utc>, start: &Barrier, wait: Duration) -> bool {
    let request = RestoreOptions::new(Restorable::Selected(selection), now);
    let plan = manager.plan_restore(&request);
    assert_eq!(plan.steps.len(), 1, "{plan:?}");
    start.wait();
    std::thread::sleep(wait);
    let mut whole = false;
    manager.restore(&plan, &Silent, |_, result| whole = matches!(result, Ok(Restored::At(_))));
    whole
}
