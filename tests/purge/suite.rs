//! Every kind of file, any depth and width, and whatever others do to the tree meanwhile.
//!
//! What needs another user, a limit or a mount runs in a process of its own: [`Purger`] starts this test binary again,
//! with [`purger`] as its only test, under `setpriv`, `prlimit` or `unshare`.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rrm::progress::{Activity, Amount, Progress, Silent};
use rrm::purge::{Ending, Measure, Purged, Workers, purge_by};
use rrm::sys::{Dir, Name, effective_uid};
use rustix::fs::{Mode, OFlags};
use tempfile::TempDir;

use super::WORKERS;
use crate::common::place_of_sandboxes;
use crate::common::platform::{Node, exchange, make_node};

/// Nobody, on every distribution.
const ORDINARY: u32 = 65534;

fn sandbox() -> TempDir {
    crate::common::settle_in();
    let dir = TempDir::new_in(place_of_sandboxes()).expect("a temporary directory");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("searchable");
    dir
}

/// A sandbox in memory, where there is such a place: making a large tree on a disk takes far longer than removing it.
fn roomy_sandbox() -> TempDir {
    TempDir::new_in("/dev/shm").unwrap_or_else(|_| sandbox())
}

fn purge_at(path: &Path, measure: Measure, progress: &dyn Progress) -> Purged {
    let dir = Dir::open_following(path.parent().expect("a parent")).expect("opened");
    purge_by(WORKERS, &dir, Name::new(path.file_name().expect("a name")).expect("plain"), measure, progress)
}

fn is_gone(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// A tree that must not change: two files and a directory.
fn precious(path: &Path) {
    fs::create_dir_all(path.join("below")).expect("made");
    fs::write(path.join("file"), "precious").expect("written");
    fs::write(path.join("below/file"), "precious").expect("written");
}

fn assert_precious(path: &Path) {
    for file in ["file", "below/file"] {
        assert_eq!(fs::read(path.join(file)).expect("still there"), b"precious", "{}", path.display());
    }
    assert_eq!(fs::read_dir(path).expect("read").count(), 2);
}

/// Makes a chain of `depth` directories named `d` below `path`, whose path no system call could take.
fn deep(path: &Path, depth: usize) {
    fs::create_dir(path).expect("made");
    let open = |at: &rustix::fd::OwnedFd, name: &str| rustix::fs::openat(at, name, OFlags::DIRECTORY, Mode::empty());
    let mut at = rustix::fs::open(path, OFlags::DIRECTORY, Mode::empty()).expect("opened");
    for _ in 0..depth {
        rustix::fs::mkdirat(&at, "d", Mode::RWXU).expect("made");
        at = open(&at, "d").expect("opened");
    }
}

/// A purge in a process of its own.
struct Purger {
    command: Command,
}

/// What it printed.
struct Report {
    text: String,
    errors: String,
}

impl Purger {
    /// `wrapper` is a command that runs the command behind it.
    fn new(wrapper: &[&str], path: &Path) -> Self {
        let myself = std::env::current_exe().expect("this test binary");
        let mut words = wrapper.iter().map(OsString::from).chain([myself.into()]);
        let mut command = Command::new(words.next().expect("a word"));
        let (_, here) = module_path!().split_once("::").expect("a test of a crate");
        command.args(words).args(["--exact", &format!("{here}::purger"), "--ignored", "--nocapture"]);
        command.env("RRM_TEST_PURGE", path);
        Self { command }
    }

    fn run(mut self) -> Report {
        let output = self.command.output().expect("started");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        Report { text, errors }
    }
}

impl Report {
    /// The rest of each line that begins so.
    fn lines(&self, start: &str) -> Vec<&str> {
        self.text.lines().filter_map(|line| line.strip_prefix(start)).collect()
    }

    fn number(&self, start: &str) -> u64 {
        let [number] = self.lines(start)[..] else { panic!("{start} in {}\n{}", self.text, self.errors) };
        number.parse().expect("a number")
    }
}

/// No test but the program of [`Purger`].
#[test]
#[ignore = "started by the tests that need a process of their own"]
fn purger() {
    let Some(path) = std::env::var_os("RRM_TEST_PURGE") else { return };
    let purged = purge_at(Path::new(&path), Measure::Entries, &Silent);
    println!("\nremoved {}", purged.removed.entries);
    for failure in &purged.failures {
        println!("failed {} {}", failure.path.display(), failure.error.raw_os_error().unwrap_or(0));
    }
    let status = fs::read_to_string("/proc/self/status").expect("status");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    println!("peak {}", peak.trim().trim_end_matches(" kB"));
}

/// The wrapper that makes a command run as an ordinary user.
fn ordinary() -> &'static [&'static str] {
    if effective_uid() == 0 { &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] } else { &["env"] }
}

/// Gives a tree to the user of [`ordinary`].
fn hand_over(path: &Path) {
    if effective_uid() == 0 {
        let done = Command::new("chown").args(["-R", "65534:65534"]).arg(path).status().expect("started");
        assert!(done.success());
    }
}

#[test]
fn every_kind_of_file_and_name_goes_and_no_link_is_followed() {
    let root = sandbox();
    let (tree, outside) = (root.path().join("tree"), root.path().join("outside"));
    precious(&outside);
    fs::create_dir_all(tree.join("a/b/c")).expect("made");
    let odd: [&[u8]; 4] = [b"\xff\xfe", b"line\nbreak", b"-rf", &[b'x'; 255]];
    for name in odd {
        fs::write(tree.join("a").join(OsStr::from_bytes(name)), "x").expect("written");
        fs::create_dir(tree.join("a/b").join(OsStr::from_bytes(name))).expect("made");
    }
    symlink(&outside, tree.join("to a directory")).expect("linked");
    symlink(outside.join("file"), tree.join("a/b/to a file")).expect("linked");
    symlink("nowhere", tree.join("dangling")).expect("linked");
    symlink("..", tree.join("a/up")).expect("linked");
    make_node(&tree.join("fifo"), Node::Fifo).expect("made");
    let _socket = UnixListener::bind(tree.join("socket")).expect("bound");
    let purged = purge_at(&tree, Measure::Entries, &Silent);
    assert!(purged.is_complete(), "{:?}", purged.failures);
    assert_eq!(purged.removed, Amount { entries: 18, bytes: 0 });
    assert!(is_gone(&tree));
    assert_precious(&outside);
}

#[test]
fn one_file_or_one_link_is_a_tree_too_and_what_is_gone_is_no_failure() {
    let root = sandbox();
    precious(&root.path().join("outside"));
    fs::write(root.path().join("file"), "").expect("written");
    symlink("outside", root.path().join("link")).expect("linked");
    for (name, entries) in [("file", 1), ("link", 1), ("file", 0)] {
        let purged = purge_at(&root.path().join(name), Measure::Entries, &Silent);
        assert!(purged.is_complete(), "{name}: {:?}", purged.failures);
        assert_eq!(purged.removed.entries, entries, "{name}");
        assert!(is_gone(&root.path().join(name)));
    }
    assert_precious(&root.path().join("outside"));
}

#[test]
fn bytes_count_when_the_last_name_goes() {
    use std::os::unix::fs::MetadataExt;
    let root = sandbox();
    let tree = root.path().join("tree");
    fs::create_dir(&tree).expect("made");
    let blocks = |path: &Path| fs::symlink_metadata(path).expect("there").blocks() * 512;
    for name in ["alone", "once", "kept"] {
        fs::write(tree.join(name), vec![1; 100_000]).expect("written");
        fs::File::open(tree.join(name)).expect("opened").sync_all().expect("allocated");
    }
    fs::hard_link(tree.join("once"), tree.join("twice")).expect("linked");
    fs::hard_link(tree.join("kept"), root.path().join("kept")).expect("linked");
    let expected = blocks(&tree.join("alone")) + blocks(&tree.join("once")) + blocks(&tree);
    let purged = purge_at(&tree, Measure::Bytes, &Silent);
    assert_eq!(purged.removed, Amount { entries: 5, bytes: expected });
    assert_eq!(fs::read(root.path().join("kept")).expect("the other name stays").len(), 100_000);
}

/// A path ten times as long as any that a call takes, and a stack that a frame a level would overflow.
#[test]
fn twenty_thousand_levels_go_with_64_descriptors() {
    const LEVELS: usize = 20_000;
    let root = roomy_sandbox();
    let tree = root.path().join("tree");
    deep(&tree, LEVELS);
    let mut purger = Purger::new(&["prlimit", "--nofile=64"], &tree);
    purger.command.env("RUST_MIN_STACK", "1000000");
    let report = purger.run();
    assert_eq!(report.number("removed "), LEVELS as u64 + 1, "{}", report.errors);
    assert!(report.lines("failed ").is_empty(), "{}", report.text);
}

/// A wide directory with branches deeper than the window of open directories: the way back up meets levels that were
/// left before they were read to the end.
#[test]
fn branches_deeper_than_the_open_levels_are_found_again() {
    let root = sandbox();
    let tree = root.path().join("tree");
    fs::create_dir(&tree).expect("made");
    for branch in 0..20 {
        deep(&tree.join(branch.to_string()), 60);
        let middle = tree.join(branch.to_string()).join("d/".repeat(30));
        deep(&middle.join("e"), 40);
        fs::write(middle.join("file"), "").expect("written");
    }
    let purged = purge_at(&tree, Measure::Entries, &Silent);
    assert!(purged.is_complete(), "{:?}", purged.failures);
    assert_eq!(purged.removed.entries, 1 + 20 * (61 + 41 + 1));
}

/// The names together are three times as long as what may be added.
#[test]
fn memory_does_not_grow_with_the_number_of_files() {
    const MANY: u64 = 50_000;
    let root = roomy_sandbox();
    let peak = |files: u64| {
        let tree = root.path().join("tree");
        fs::create_dir(&tree).expect("made");
        let dir = rustix::fs::open(&tree, OFlags::DIRECTORY, Mode::empty()).expect("opened");
        for file in 0..files {
            let name = format!("{file:0>250}");
            rustix::fs::openat(&dir, name, OFlags::CREATE | OFlags::WRONLY, Mode::RWXU).expect("made");
        }
        let report = Purger::new(&["env"], &tree).run();
        assert_eq!(report.number("removed "), files + 1, "{}", report.text);
        report.number("peak ")
    };
    let (few, many) = (peak(10), peak(MANY));
    // A batch of names is all that it takes, for each worker.
    assert!(many < few + 4096, "{few} kB for 10 files, {many} kB for {MANY}");
}

#[test]
fn our_own_locked_directories_are_opened_on_the_way() {
    let root = sandbox();
    let tree = root.path().join("tree");
    let modes = [0o555, 0o000, 0o600, 0o300, 0o111, 0o700];
    for outer in modes {
        for inner in modes {
            let dir = tree.join(format!("{outer:o}/{inner:o}"));
            fs::create_dir_all(dir.join("empty")).expect("made");
            fs::write(dir.join("file"), "").expect("written");
            fs::set_permissions(dir.join("file"), fs::Permissions::from_mode(0o000)).expect("changed");
            fs::set_permissions(dir, fs::Permissions::from_mode(inner)).expect("changed");
        }
        fs::set_permissions(tree.join(format!("{outer:o}")), fs::Permissions::from_mode(outer)).expect("changed");
    }
    hand_over(root.path());
    fs::set_permissions(&tree, fs::Permissions::from_mode(0o555)).expect("changed");
    let report = Purger::new(ordinary(), &tree).run();
    assert!(report.lines("failed ").is_empty(), "{}", report.text);
    assert_eq!(report.number("removed "), 1 + 6 + 36 * 3, "{}", report.errors);
    assert!(is_gone(&tree));
}

/// The mode of the directory that was given is the caller's business.
#[test]
fn the_given_directory_is_never_changed() {
    let root = sandbox();
    let holder = root.path().join("holder");
    fs::create_dir_all(holder.join("tree/below")).expect("made");
    hand_over(root.path());
    fs::set_permissions(&holder, fs::Permissions::from_mode(0o555)).expect("changed");
    let report = Purger::new(ordinary(), &holder.join("tree")).run();
    assert_eq!(report.lines("failed "), ["tree 13"], "{}", report.errors);
    assert_eq!(fs::metadata(&holder).expect("there").permissions().mode() & 0o777, 0o555);
}

#[test]
fn what_others_own_is_named_once_and_the_rest_goes() {
    if effective_uid() != 0 {
        return eprintln!("SKIPPED: only root can give files to others");
    }
    let root = sandbox();
    let tree = root.path().join("tree");
    fs::create_dir_all(tree.join("a/theirs/sub")).expect("made");
    fs::create_dir_all(tree.join("b/closed")).expect("made");
    for file in ["a/theirs/one", "a/theirs/sub/two", "a/ours", "b/ours", "b/closed/three", "root's file"] {
        fs::write(tree.join(file), "").expect("written");
    }
    fs::set_permissions(tree.join("b/closed"), fs::Permissions::from_mode(0o700)).expect("changed");
    for ours in ["", "a", "b", "a/ours", "b/ours"] {
        chown(tree.join(ours), Some(ORDINARY), Some(ORDINARY)).expect("given away");
    }
    chown(root.path(), Some(ORDINARY), Some(ORDINARY)).expect("given away");
    let report = Purger::new(ordinary(), &tree).run();
    let mut failed = report.lines("failed ");
    failed.sort_unstable();
    assert_eq!(failed, ["tree/a/theirs/one 13", "tree/a/theirs/sub/two 13", "tree/b/closed 13"], "{}", report.errors);
    assert_eq!(report.number("removed "), 3);
    let purged = purge_at(&tree, Measure::Entries, &Silent);
    assert!(purged.is_complete(), "the next run goes on: {:?}", purged.failures);
}

/// Mounts are made in a namespace of the child, and end with it.
#[test]
fn mounts_below_are_named_and_left_alone() {
    let root = sandbox();
    let (tree, outside) = (root.path().join("tree"), root.path().join("outside"));
    precious(&outside);
    for dir in ["bound", "other", "deep/er/bound"] {
        fs::create_dir_all(tree.join(dir)).expect("made");
    }
    fs::write(tree.join("file"), "").expect("written");
    fs::write(tree.join("ordinary"), "").expect("written");
    hand_over(root.path());
    let script = "mount --bind outside tree/bound && mount --bind outside tree/deep/er/bound &&
        mount --bind outside/file tree/file && mount -t tmpfs none tree/other && echo x > tree/other/inside &&
        chmod 0 tree/other && echo mounted && \"$@\"; echo left $(stat -c %a tree/other) $(cat tree/other/inside)";
    let namespace = if effective_uid() == 0 { &["-m"][..] } else { &["-Urm"] };
    let wrapper = [&["unshare"], namespace, &["sh", "-c", script, "sh"]].concat();
    let mut purger = Purger::new(&wrapper, &tree);
    purger.command.current_dir(root.path());
    let report = purger.run();
    if report.lines("mounted").is_empty() {
        return eprintln!("SKIPPED: no mount namespace: {}", report.errors);
    }
    let mut failed = report.lines("failed ");
    failed.sort_unstable();
    assert_eq!(failed, ["tree/bound 18", "tree/deep/er/bound 18", "tree/file 16", "tree/other 18"]);
    assert_eq!(report.lines("left "), ["0 x"], "{}", report.text);
    assert_eq!(report.number("removed "), 1);
    assert_precious(&outside);
}

/// Calls a closure with the number of entries removed so far.
struct Hook<F: Fn(u64) + Send + Sync> {
    removed: AtomicU64,
    at: F,
    stop_after: u64,
    calls: Mutex<Vec<&'static str>>,
}

impl<F: Fn(u64) + Send + Sync> Hook<F> {
    fn new(at: F) -> Self {
        Self { removed: AtomicU64::new(0), at, stop_after: u64::MAX, calls: Mutex::default() }
    }
}

impl<F: Fn(u64) + Send + Sync> Progress for Hook<F> {
    fn begin(&self, activity: Activity, _: Option<Amount>) {
        assert_eq!(activity, Activity::Deleting);
        self.calls.lock().expect("unpoisoned").push("begin");
    }
    fn advance(&self, done: Amount) {
        let before = self.removed.fetch_add(done.entries, Ordering::SeqCst);
        (self.at)(before + done.entries);
    }
    fn end(&self) {
        self.calls.lock().expect("unpoisoned").push("end");
    }
    fn interrupted(&self) -> bool {
        self.removed.load(Ordering::SeqCst) >= self.stop_after
    }
}

#[test]
fn an_interruption_stops_between_two_entries_and_the_next_purge_goes_on() {
    let root = sandbox();
    let tree = root.path().join("tree");
    for dir in 0..10 {
        fs::create_dir_all(tree.join(dir.to_string())).expect("made");
        for file in 0..10 {
            fs::write(tree.join(format!("{dir}/{file}")), "").expect("written");
        }
    }
    let hook = Hook { stop_after: 37, ..Hook::new(|_| ()) };
    let purged = purge_at(&tree, Measure::Entries, &hook);
    let removed = purged.removed.entries;
    // A second worker may be in the middle of a removal.
    assert!(removed == 37 || (WORKERS == Workers::Two && removed == 38), "{removed}");
    assert_eq!(purged.ending, Ending::Interrupted);
    assert!(!purged.is_complete() && purged.failures.is_empty());
    let hook = Hook::new(|_| ());
    let purged = purge_at(&tree, Measure::Entries, &hook);
    assert!(purged.is_complete());
    assert_eq!(purged.removed.entries, 111 - removed);
    assert_eq!(hook.removed.load(Ordering::SeqCst), 111 - removed);
    assert_eq!(*hook.calls.lock().expect("unpoisoned"), ["begin", "end"]);
}

/// A directory is moved beside precious files while the walk is far below it: `..` now leads there, and everything
/// has the names that the walk would look for.
///
/// A walk that believed `..` would go on upwards and delete what it meets, with all the rights of whoever runs the
/// tests. It can go up no more often than there are levels below the tree, so the sandbox lies deeper than that in a
/// directory of its own, and such a failure stays a failed test.
#[test]
fn a_level_that_is_moved_away_does_not_lead_the_walk_elsewhere() {
    const LEVELS: usize = 60;
    for moved_level in [3, 20, 30, 36, 45, 58] {
        let root = sandbox();
        let inner = root.path().join("p/".repeat(2 * LEVELS));
        let (tree, outside) = (inner.join("tree"), inner.join("outside"));
        fs::create_dir_all(&outside).expect("made");
        deep(&tree, LEVELS);
        precious(&outside.join("d"));
        precious(&outside.join("tree"));
        let from = tree.join("d/".repeat(moved_level));
        let hook = Hook::new(|removed| {
            if removed == 1 {
                fs::rename(&from, outside.join("moved")).expect("moved");
            }
        });
        let purged = purge_at(&tree, Measure::Entries, &hook);
        assert!(inner.is_dir(), "level {moved_level} led the walk out of the tree");
        assert_precious(&outside.join("d"));
        assert_precious(&outside.join("tree"));
        // Where the level above was still open, the rest of the tree goes as if nothing had happened. So it does where
        // another worker is above.
        if WORKERS == Workers::One {
            assert_eq!(purged.failures.is_empty(), is_gone(&tree), "{moved_level}: {:?}", purged.failures);
            assert_eq!(purged.failures.is_empty(), moved_level > 40, "{moved_level}: {:?}", purged.failures);
        }
        assert!(purge_at(&tree, Measure::Entries, &Silent).is_complete());
    }
}

/// How often a directory and a link change places under a purge.
const SWAPS: u64 = 20_000;

/// A thread swaps directories for links to a victim, at full speed, while the tree is purged again and again.
#[test]
fn a_thread_that_swaps_directories_for_links_harms_nothing_outside() {
    let root = sandbox();
    let (tree, victim) = (root.path().join("tree"), root.path().join("victim"));
    precious(&victim);
    let swaps = AtomicU64::new(0);
    let removed = std::thread::scope(|scope| {
        scope.spawn(|| {
            while swaps.load(Ordering::SeqCst) < SWAPS {
                swap_for_a_while(&tree, &victim, &swaps);
            }
        });
        let mut removed = Amount::default();
        while swaps.load(Ordering::SeqCst) < SWAPS {
            removed += purge_at(&tree, Measure::Bytes, &Silent).removed;
        }
        removed
    });
    assert_precious(&victim);
    assert!(removed.entries > 0);
    eprintln!("{} swaps, {} entries removed meanwhile", swaps.load(Ordering::SeqCst), removed.entries);
    assert!(purge_at(&tree, Measure::Entries, &Silent).is_complete());
}

/// Makes a directory with the victim's names and a link to the victim, and exchanges them; the purge takes them away at
/// any moment, so that nothing here may be expected to work.
fn swap_for_a_while(tree: &Path, victim: &Path, swaps: &AtomicU64) {
    let (dir, link) = (tree.join("dir"), tree.join("link"));
    fs::create_dir_all(dir.join("below")).ok();
    fs::write(dir.join("file"), "").ok();
    fs::write(dir.join("below/file"), "").ok();
    symlink(victim, &link).ok();
    let exchange = || exchange(&dir, &link);
    while swaps.load(Ordering::SeqCst) < SWAPS && exchange() {
        swaps.fetch_add(1, Ordering::SeqCst);
    }
    fs::remove_file(&dir).ok();
}

/// Several purges of one tree at once: all of it goes, and what one finds gone is no failure.
#[test]
fn purges_at_once_do_not_disturb_one_another() {
    let root = sandbox();
    let tree = root.path().join("tree");
    for round in 0..10 {
        let mut expected = 1;
        fs::create_dir(&tree).expect("made");
        for branch in 0..6 {
            // Deeper than the open levels: what is lost above is looked for from the top again.
            deep(&tree.join(branch.to_string()), 30);
            fs::write(tree.join(format!("{branch}/file")), "").expect("written");
            expected += 32;
        }
        let all: Vec<Purged> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..3).map(|_| scope.spawn(|| purge_at(&tree, Measure::Entries, &Silent))).collect();
            started.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        assert!(is_gone(&tree), "round {round}: {all:?}");
        assert_eq!(all.iter().map(|purged| purged.removed.entries).sum::<u64>(), expected);
        let failed = all.iter().flat_map(|purged| &purged.failures).next();
        assert!(failed.is_none(), "round {round}: {failed:?}");
    }
}

/// Files that keep appearing: the purge ends, whatever it leaves.
#[test]
fn a_directory_that_is_filled_meanwhile_does_not_hold_the_purge_for_ever() {
    let root = sandbox();
    let tree = root.path().join("tree");
    fs::create_dir(&tree).expect("made");
    fs::write(tree.join("0"), "").expect("written");
    let names: PathBuf = tree.clone();
    let hook = Hook::new(move |removed| {
        fs::write(names.join(removed.to_string()), "").ok();
    });
    let purged = purge_at(&tree, Measure::Entries, &hook);
    let failed: Vec<&Path> = purged.failures.iter().map(|failure| failure.path.as_path()).collect();
    // Two may be faster than the one who fills.
    assert!(failed == [Path::new("tree")] || (WORKERS == Workers::Two && is_gone(&tree)), "{failed:?}");
    fs::create_dir_all(&tree).expect("made");
    let odd = OsString::from_vec(vec![0xff]);
    fs::write(tree.join(odd), "").expect("written");
    assert!(purge_at(&tree, Measure::Entries, &Silent).is_complete());
}
