//! A run whose program is this test.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{TimeDelta, Utc};
use rrm::guard::{Change, Found, GuardOptions, GuardedRun, Keeper as _, Loss, Otherwise, Summary, Verdict, Writes};
use rrm::manager::TrashManager;
use rrm::rules::retention::Free;
use rrm::sys::{Dir, Name, Timestamp, metadata_and_birth_at};

use crate::common::Sandbox;
use crate::common::platform::{Node, exchange, make_node};

/// Longer than the clock that file systems take their times from stands still.
const TICK: Duration = Duration::from_millis(12);

/// A run in a sandbox.
pub(super) struct Guarded<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) run: GuardedRun,
}

fn timestamp(time: Duration) -> Timestamp {
    Timestamp { seconds: time.as_secs().try_into().expect("not that late"), nanoseconds: time.subsec_nanos() }
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970")
}

/// The clock of a run in which nothing grows old.
pub(super) fn now() -> Timestamp {
    timestamp(since_epoch())
}

/// The clock of one in which all that it made is old at once.
fn in_an_hour() -> Timestamp {
    timestamp(since_epoch() + Duration::from_hours(1))
}

/// How long what the run made is there before it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// No time.
    Quick,
    /// An hour.
    Slow,
}

pub(super) fn manager(sandbox: &Sandbox) -> TrashManager {
    sandbox.manager().grace_period(TimeDelta::days(30)).build()
}

pub(super) fn options(sandbox: &Sandbox, pace: Pace) -> GuardOptions {
    GuardOptions {
        began: now(),
        clock: if pace == Pace::Quick { now } else { in_an_hour },
        here: vec![sandbox.work()],
        session: Some("guard".into()),
        grace: TimeDelta::days(30),
        limit: 1 << 20,
        floor: Free::Bytes(0),
        writes: Writes::Small,
        otherwise: Otherwise::Named,
    }
}

impl<'a> Guarded<'a> {
    pub(super) fn begin(sandbox: &'a Sandbox) -> Self {
        Self::at(sandbox, Pace::Quick)
    }

    pub(super) fn at(sandbox: &'a Sandbox, pace: Pace) -> Self {
        Self::with(sandbox, options(sandbox, pace))
    }

    pub(super) fn with(sandbox: &'a Sandbox, options: GuardOptions) -> Self {
        sleep(TICK);
        let run = GuardedRun::begin(Arc::new(manager(sandbox)), options).expect("it begins");
        sleep(TICK);
        Self { sandbox, run }
    }

    #[track_caller]
    pub(super) fn end(&self) -> Summary {
        let summary = self.run.end(Utc::now());
        assert!(summary.problems.is_empty(), "{:?}", summary.problems);
        summary
    }

    /// Ends the run, and undoes it.
    #[track_caller]
    pub(super) fn end_and_undo(&self) -> Summary {
        let summary = self.end();
        self.sandbox.rrm(["undo"]).ok();
        summary
    }

    pub(super) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.sandbox.path(path)
    }

    /// Tells the run of a loss, which lets it go on.
    #[track_caller]
    pub(super) fn tell(&self, loss: Loss) {
        let verdict = self.run.keep(loss);
        assert!(matches!(verdict, Verdict::GoOn), "{verdict:?}");
    }

    pub(super) fn unlink(&self, path: &str) {
        self.tell(Loss::Removed(found(&self.path(path))));
        fs::remove_file(self.path(path)).expect(path);
    }

    pub(super) fn rmdir(&self, path: &str) {
        self.tell(Loss::RemovedDirectory(found(&self.path(path))));
        fs::remove_dir(self.path(path)).expect(path);
    }

    /// As `rm -r` does it.
    pub(super) fn remove(&self, path: &str) {
        if !self.path(path).symlink_metadata().expect(path).is_dir() {
            return self.unlink(path);
        }
        self.empty(path);
        self.rmdir(path);
    }

    /// All that is in a directory.
    pub(super) fn empty(&self, path: &str) {
        for entry in fs::read_dir(self.path(path)).expect(path) {
            let inside = entry.expect("an entry").path();
            self.remove(inside.strip_prefix(self.sandbox.work()).expect("it is below").to_str().expect("text"));
        }
    }

    pub(super) fn rename(&self, from: &str, to: &str) {
        self.announce_rename(from, to);
        fs::rename(self.path(from), self.path(to)).expect(from);
    }

    pub(super) fn announce_rename(&self, from: &str, to: &str) {
        let to = self.path(to);
        let there = Some(&to).filter(|to| to.symlink_metadata().is_ok()).map(|to| found(to));
        let target = found_or_free(&to);
        self.tell(Loss::Moved {
            from: found(&self.path(from)),
            to_parent: target.0,
            to_name: target.1,
            to_path: Some(to.clone()),
            replaced: there,
        });
    }

    pub(super) fn exchange(&self, one: &str, other: &str) {
        let (one, other) = (self.path(one), self.path(other));
        self.tell(Loss::Exchanged(found(&one), found(&other)));
        assert!(exchange(&one, &other), "they can be exchanged");
    }

    /// As a shell's `>`.
    pub(super) fn write_over(&self, path: &str, content: &str) {
        let place = self.path(path);
        if place.exists() {
            let file = File::open(&place).expect(path);
            self.tell(Loss::Shortened { file, found: Some(found(&place)), length: 0 });
        }
        File::create(&place).and_then(|mut file| file.write_all(content.as_bytes())).expect(path);
    }

    pub(super) fn truncate(&self, path: &str, length: u64) {
        let place = self.path(path);
        let file = File::open(&place).expect(path);
        self.tell(Loss::Shortened { file, found: Some(found(&place)), length });
        File::options().write(true).open(&place).and_then(|file| file.set_len(length)).expect(path);
    }

    /// Opens a file to write at its beginning.
    pub(super) fn write_into(&self, path: &str, content: &str) {
        let place = self.path(path);
        let file = File::open(&place).expect(path);
        self.tell(Loss::Written { file, found: found(&place) });
        File::options().write(true).open(&place).and_then(|mut file| file.write_all(content.as_bytes())).expect(path);
    }

    /// As most editors save.
    pub(super) fn save(&self, path: &str, content: &str) {
        let beside = format!("{path}.tmp");
        fs::write(self.path(&beside), content).expect("written");
        self.rename(&beside, path);
    }

    pub(super) fn chmod(&self, path: &str, mode: u32) {
        self.tell(Loss::Changed(found(&self.path(path)), Change::Mode));
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).expect(path);
    }
}

/// What is at a path, as a supervisor finds it.
pub(super) fn found(path: &Path) -> Found {
    let (parent, name) = found_or_free(path);
    let (metadata, birth) = metadata_and_birth_at(path).expect("it is there");
    Found { parent, name, path: Some(path.to_owned()), metadata, birth }
}

fn found_or_free(path: &Path) -> (Dir, std::ffi::OsString) {
    let parent = Dir::open_following(path.parent().expect("below the root")).expect("a directory");
    (parent, Name::new(path.file_name().expect("a name")).expect("plain").as_os_str().to_owned())
}

/// A tree to lose: each kind of thing, odd names, modes, times, links and attributes.
pub(super) fn plant(sandbox: &Sandbox) {
    let path = |path: &str| sandbox.path(path);
    for dir in ["d/e/f", "d/empty", "other"] {
        fs::create_dir_all(path(dir)).expect(dir);
    }
    for (name, content) in
        [("a", "one"), ("b", "two"), ("d/x", "three"), ("d/e/y", "four"), ("d/e/f/z", ""), ("d/e/odd \n", "five")]
    {
        fs::write(path(name), content).expect(name);
    }
    fs::hard_link(path("d/x"), path("d/e/same")).expect("linked");
    std::os::unix::fs::symlink("nowhere", path("d/link")).expect("linked");
    make_node(&path("d/fifo"), Node::Fifo).expect("a FIFO");
    xattr::set(path("d/e"), "user.kept", b"\0value").expect("an attribute");
    xattr::set(path("d/x"), "user.kept", b"value").expect("an attribute");
    for (name, mode) in [("d/e", 0o2775), ("d/x", 0o640), ("d/empty", 0o700), ("a", 0o600), ("d/e/y", 0o444)] {
        fs::set_permissions(path(name), fs::Permissions::from_mode(mode)).expect(name);
    }
    let long_ago = SystemTime::now() - Duration::from_secs(1_000_000);
    for name in ["a", "b", "d/x", "d/e/y", "d/e/f/z", "d/e/f", "d/e", "d/empty", "d", "other", ""] {
        File::open(path(name)).and_then(|file| file.set_modified(long_ago)).expect(name);
    }
}
