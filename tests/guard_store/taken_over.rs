//! The stand-by goes on where a keeper was killed; and a run begins and ends while others are at work.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use rrm::guard::{GuardOptions, Keeper as _, Loss};
use rrm::sys::Timestamp;
use rrm::sys::door::faults::{self, Fault};

use super::doing::{Guarded, Pace, found, now, options, plant};
use crate::common::{Sandbox, content};

/// The directories of runs in the trash.
fn runs(sandbox: &Sandbox) -> Vec<PathBuf> {
    let entries = fs::read_dir(sandbox.trash().join(".guarded")).expect("there is a run");
    entries.map(|entry| entry.expect("an entry").path()).collect()
}

// The keeper has written down a number and is killed before anything has it.
#[test]
fn a_number_is_not_given_twice() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.unlink("a");
    let [dir] = &runs(&sandbox)[..] else { panic!("one run") };
    fs::rename(dir.join("1"), sandbox.path("a")).expect("it is still there");
    run.run.take_over();
    run.unlink("b");
    assert!(dir.join("2").exists() && !dir.join("1").exists());
    run.end_and_undo();
    assert_eq!(["a", "b"].map(|name| content(&sandbox, name)), ["one", "two"]);
}

// The keeper is killed while it files what was kept: what comes later is not among it.
#[test]
fn what_is_kept_while_another_is_filed_is_for_the_next_one() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::begin(&sandbox);
    run.unlink("a");
    let [dir] = &runs(&sandbox)[..] else { panic!("one run") };
    fs::write(dir.join("plan"), "").expect("ours");
    run.run.take_over();
    run.unlink("b");
    assert_eq!(runs(&sandbox).len(), 2);
    run.end();
    drop(run);
    assert_eq!(sandbox.list_json().len(), 2);
    sandbox.rrm(["undo", "2"]).ok();
    assert_eq!(["a", "b"].map(|name| content(&sandbox, name)), ["one", "two"]);
}

// A command that looks for runs at that very moment takes one that nobody has locked, or that has no journal, for one that is
// over, and removes it.
#[test]
fn a_run_has_its_name_only_once_it_is_whole() {
    let sandbox = Sandbox::new();
    let begin = |fault| faults::run(fault, || Guarded::begin(&sandbox));
    drop(begin(None));
    sandbox.rrm(["list"]).ok();
    let calls = begin(None).calls.len();
    assert!(calls > 3, "{calls}");
    for number in 0..calls {
        drop(begin(Some((number, Fault::Kill))));
        for run in runs(&sandbox) {
            let name = run.file_name().expect("a name").to_str().expect("text").to_owned();
            assert!(name.ends_with('~') || run.join("journal").exists(), "call {number}: {name}");
        }
        sandbox.rrm(["list"]).ok();
    }
    // What was killed in the midst of that is nobody's, once it is old.
    let begun = runs(&sandbox);
    assert!(!begun.is_empty());
    sandbox.rrm(["clean"]).ok();
    assert_eq!(runs(&sandbox), begun, "they may begin still");
    for run in begun {
        let long_ago = SystemTime::now() - Duration::from_hours(2);
        fs::File::open(run).and_then(|run| run.set_modified(long_ago)).expect("ours");
    }
    sandbox.rrm(["clean"]).ok();
    assert_eq!(runs(&sandbox), [""; 0].map(PathBuf::from));
}

static HANGS: AtomicBool = AtomicBool::new(false);
static IS_THERE: AtomicBool = AtomicBool::new(false);

/// A clock that stands still, as a server does that answers nobody.
fn clock() -> Timestamp {
    while HANGS.load(Ordering::SeqCst) {
        IS_THERE.store(true, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(1));
    }
    now()
}

// Whatever something is that never answers, it holds up the end of a run for some seconds and no longer.
#[test]
fn an_end_does_not_wait_for_what_never_answers() {
    let sandbox = Sandbox::new();
    plant(&sandbox);
    let run = Guarded::with(&sandbox, GuardOptions { clock, ..options(&sandbox, Pace::Quick) });
    run.unlink("a");
    HANGS.store(true, Ordering::SeqCst);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| run.run.keep(Loss::Removed(found(&sandbox.path("b")))));
        while !IS_THERE.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(run.end().files, 1);
        HANGS.store(false, Ordering::SeqCst);
        other.join().expect("it goes on");
    });
}
