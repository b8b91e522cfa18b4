//! Faithful copies between real file systems: what a copy keeps, what it says it cannot, and how it fails.

use std::collections::{BTreeMap, HashMap};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileExt, MetadataExt, PermissionsExt, chown, lchown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use proptest::prelude::*;
use rrm::progress::{Activity, Amount, Progress, Silent};
use rrm::sys::{self, Dir, FileKind, Name, Timestamp};
use rrm::transfer::{Copied, Failure, Loss, Losses, Route, Survey, TransferError, copy, survey};
use tempfile::TempDir;

use crate::common::random_tree::{Owners, access_list, build, node, set_mode, set_times};
use crate::common::{Format, Missing, Mount, User, is_root, say_skipped, strace};

const COPY: &str = "the-copy";

// ---------------------------------------------------------------------------------------------------------- helpers

/// A file system in a directory of its own, open to all.
struct Mounted {
    mount: Mount,
    _point: TempDir,
}

impl Mounted {
    /// `None`, said aloud, where this machine or user cannot mount it.
    ///
    /// Reads leave no trace on it (noatime), because the comparing itself reads.
    fn new(kind: &str, mebibytes: u64) -> Option<Self> {
        Self::with(kind, mebibytes, "noatime")
    }

    fn with(kind: &str, mebibytes: u64, option: &str) -> Option<Self> {
        let point = tempfile::tempdir().unwrap();
        let image = |format| Mount::image(format, mebibytes, point.path());
        let mount = match kind {
            _ if !is_root() => Err(Missing::new("root", "to mount")),
            "tmpfs" => Mount::tmpfs(&format!("size={mebibytes}m"), point.path()),
            "ramfs" => Mount::ramfs(point.path()),
            "xfs" => image(Format::Xfs),
            "btrfs" => image(Format::Btrfs),
            "vfat" => image(Format::Vfat),
            _ => image(Format::Ext4),
        };
        let mount = mount.and_then(|mount| mount.again_as(option).map(|()| mount));
        let mount = mount.map_err(|why| say_skipped(&why)).ok()?;
        fs::set_permissions(mount.path(), Permissions::from_mode(0o777)).unwrap();
        Some(Self { mount, _point: point })
    }

    fn path(&self) -> &Path {
        self.mount.path()
    }
}

/// Two directories on two file systems, or `None` where they cannot be had.
fn two(from: &str, to: &str) -> Option<(Mounted, Mounted)> {
    Some((Mounted::new(from, 320)?, Mounted::new(to, 320)?))
}

fn name(text: &str) -> Name<'_> {
    Name::new(text).unwrap()
}

fn surveyed(from: &Path, to: &Path) -> Result<Survey, TransferError> {
    let (source, target) = (Dir::open(from).unwrap(), Dir::open(to).unwrap());
    survey(Route::between((&source, name("it")), (&target, name(COPY))), &Silent)
}

fn copied_with(from: &Path, to: &Path, found: &Survey, progress: &dyn Progress) -> Result<Copied, TransferError> {
    let (source, target) = (Dir::open(from).unwrap(), Dir::open(to).unwrap());
    copy(Route::between((&source, name("it")), (&target, name(COPY))), found, progress)
}

/// Without which entry was met first, in which a copy differs: it finishes directories after what is in them.
fn counts(losses: &Losses) -> Vec<(Loss, u64)> {
    losses.iter().map(|(loss, lost)| (loss, lost.entries)).collect()
}

/// Surveys and copies `from/it`; the survey must have left nothing and promised what the copy then does.
fn copied(from: &Path, to: &Path) -> Result<Copied, TransferError> {
    let found = surveyed(from, to)?;
    assert!(fs::symlink_metadata(to.join(COPY)).is_err(), "the survey left its trials behind");
    let copied = copied_with(from, to, &found, &Silent)?;
    assert_eq!(counts(&copied.losses), counts(&found.losses), "what the survey named");
    if found.losses.get(Loss::HardLinks).is_none() {
        assert_eq!(copied.total, found.total, "what the survey counted");
    }
    Ok(copied)
}

/// All that can be seen of an entry from outside.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(crate) struct Seen {
    mode: u32,
    owner: (u32, u32),
    links: u64,
    size: u64,
    device: u64,
    times: (i64, i64, i64, i64),
    attributes: BTreeMap<OsString, Vec<u8>>,
    content: Vec<u8>,
    data: Vec<std::ops::Range<u64>>,
    /// The first path of the same inode.
    same_as: PathBuf,
}

/// Blocks differ in size between file systems: only whole stretches of this size count as holes.
const GRAIN: u64 = 64 * 1024;

pub(crate) fn seen(root: &Path) -> BTreeMap<PathBuf, Seen> {
    let mut all = BTreeMap::new();
    let mut first = HashMap::new();
    let mut left = vec![PathBuf::new()];
    while let Some(relative) = left.pop() {
        let path = if relative.as_os_str().is_empty() { root.to_owned() } else { root.join(&relative) };
        let m = fs::symlink_metadata(&path).unwrap();
        let mut data = Vec::new();
        let mut content = Vec::new();
        let attributes = xattr::list(&path).map(|names| {
            // xfs shows root its access lists a second time; a label is the target's own.
            let shown_twice = |n: &OsString| n.as_bytes().starts_with(b"trusted.SGI_ACL_");
            let label = |n: &OsString| n.as_bytes().starts_with(b"security.") && n != "security.capability";
            let kept = names.filter(|n| !shown_twice(n) && !label(n));
            kept.map(|n| (n.clone(), xattr::get(&path, &n).unwrap().unwrap_or_default())).collect()
        });
        if m.is_file() {
            let holder = Dir::open(path.parent().unwrap()).unwrap();
            let file = holder.open_file_keeping_access_time(Name::new(path.file_name().unwrap()).unwrap()).unwrap();
            let mut at = 0;
            while let Some(range) = sys::next_data(&file, at, m.len()).unwrap() {
                let range = range.start / GRAIN * GRAIN..range.end.next_multiple_of(GRAIN).min(m.len());
                at = range.end;
                // What lies side by side is told in one piece or in two, as the file system happens to hold it.
                let start = data.last().map_or(range.start, |last: &std::ops::Range<u64>| range.start.max(last.end));
                let mut part = vec![0; usize::try_from(range.end.saturating_sub(start)).unwrap()];
                file.read_exact_at(&mut part, start).unwrap();
                content.extend(part);
                match data.last_mut() {
                    Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
                    _ => data.push(range),
                }
            }
        } else if m.is_symlink() {
            content = fs::read_link(&path).unwrap().into_os_string().into_vec();
        } else if m.is_dir() {
            let mut names: Vec<_> = fs::read_dir(&path).unwrap().map(|e| e.unwrap().file_name()).collect();
            names.sort();
            names.reverse();
            left.extend(names.into_iter().map(|n| relative.join(n)));
        }
        let same_as =
            if m.is_dir() { relative.clone() } else { first.entry(m.ino()).or_insert(relative.clone()).clone() };
        let seen = Seen {
            mode: m.mode(),
            owner: (m.uid(), m.gid()),
            links: if m.is_dir() { 0 } else { m.nlink() },
            size: if m.is_dir() { 0 } else { m.len() },
            device: if m.is_dir() { 0 } else { m.rdev() },
            times: (m.atime(), m.atime_nsec(), m.mtime(), m.mtime_nsec()),
            attributes: attributes.unwrap_or_default(),
            content,
            data,
            same_as,
        };
        all.insert(relative, seen);
    }
    all
}

/// Compares entry by entry, so that a failure shows the one that differs.
pub(crate) fn assert_same(before: &BTreeMap<PathBuf, Seen>, after: &BTreeMap<PathBuf, Seen>) {
    let (old, new): (Vec<_>, Vec<_>) = (before.keys().collect(), after.keys().collect());
    assert_eq!(old, new);
    for (path, was) in before {
        assert!(was == &after[path], "{} differs:\n{}\n{}", path.display(), short(was), short(&after[path]));
    }
}

fn short(seen: &Seen) -> String {
    let mut seen = seen.clone();
    seen.content.truncate(16);
    format!("{seen:?}")
}

/// An access control list as the kernel takes it (acl(5)): owner, the user 1234, group, mask, others.
fn special(parent: &Path, it: &str, kind: FileKind, device: (u32, u32)) {
    Dir::open(parent).unwrap().create_special(name(it), kind, device).unwrap();
}

/// A tree with one of everything that an ordinary user can make.
fn one_of_everything(it: &Path) {
    fs::create_dir(it).unwrap();
    fs::create_dir_all(it.join("a/b/c")).unwrap();
    fs::write(it.join("a/plain"), "plain").unwrap();
    fs::write(it.join("a/empty"), "").unwrap();
    fs::hard_link(it.join("a/plain"), it.join("a/b/c/second name")).unwrap();
    fs::hard_link(it.join("a/plain"), it.join("third name")).unwrap();
    fs::write(it.join("secret"), "secret").unwrap();
    set_mode(&it.join("secret"), 0o600);
    fs::write(it.join("tool"), "tool").unwrap();
    set_mode(&it.join("tool"), 0o6755);
    symlink("a/plain", it.join("link")).unwrap();
    symlink("nowhere/at/all", it.join("dangling")).unwrap();
    symlink("/", it.join("link to a directory")).unwrap();
    special(it, "fifo", FileKind::Fifo, (0, 0));
    special(it, "socket", FileKind::Socket, (0, 0));
    fs::write(it.join(OsStr::from_bytes(b"\xff\n\x1b[31m")), "bytes").unwrap();
    fs::write(it.join("n".repeat(255)), "long").unwrap();
    let sparse = File::create(it.join("sparse")).unwrap();
    sparse.write_all_at(b"start", 0).unwrap();
    sparse.write_all_at(&[1; 10_000], 4 << 20).unwrap();
    sparse.set_len(100 << 20).unwrap();
    File::create(it.join("all hole")).unwrap().set_len(10 << 20).unwrap();
    fs::write(it.join("a/big"), (0..3_000_000u32).map(|i| i.to_le_bytes()[1]).collect::<Vec<_>>()).unwrap();
    // Enough for a copy that flushes the file system as a whole, and for one by two threads.
    (0..100).for_each(|i| fs::write(it.join(format!("a/b/{i}")), "one of many").unwrap());
    fs::create_dir(it.join("sticky")).unwrap();
    set_mode(&it.join("sticky"), 0o3777);
}

fn with_attributes(it: &Path) {
    xattr::set(it.join("a/plain"), "user.note", b"a note").unwrap();
    xattr::set(it.join("a/b"), "user.empty", b"").unwrap();
    xattr::set(it.join("secret"), "system.posix_acl_access", &access_list()).unwrap();
    xattr::set(it.join("a/b"), "system.posix_acl_default", &access_list()).unwrap();
    fs::write(it.join("locked"), "locked").unwrap();
    xattr::set(it.join("locked"), "user.note", b"on a file that nobody may write").unwrap();
    set_mode(&it.join("locked"), 0o444);
}

/// Last, because it shuts directories: odd times on everything, and a directory that may not be written.
fn finish(it: &Path) {
    for path in seen(it).keys().rev() {
        set_times(&if path.as_os_str().is_empty() { it.to_owned() } else { it.join(path) }, 1_000_000_000);
    }
    set_mode(&it.join("a/b"), 0o555);
    set_times(&it.join("a/b"), -5);
}

fn as_root_only(it: &Path) {
    special(it, "device", FileKind::CharDevice, (1, 3));
    special(it, "disk", FileKind::BlockDevice, (250, 77));
    for (n, path) in (1000..).zip(["a/plain", "a/b/c", "tool", "fifo", "device"]) {
        chown(it.join(path), Some(n), Some(n + 1)).unwrap();
    }
    set_mode(&it.join("tool"), 0o6755);
    set_mode(&it.join("device"), 0o666);
    lchown(it.join("link"), Some(77), Some(78)).unwrap();
    fs::write(it.join("capable"), "capable").unwrap();
    let net_raw = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    xattr::set(it.join("capable"), "security.capability", &net_raw).unwrap();
    xattr::set(it.join("capable"), "trusted.note", b"root's").unwrap();
    xattr::set(it.join("device"), "trusted.note", b"on a device").unwrap();
}

/// Makes the whole tree on `from`, copies it to `to`, and expects to see no difference.
fn round(from: &Path, to: &Path) {
    let it = from.join("it");
    one_of_everything(&it);
    with_attributes(&it);
    if is_root() {
        as_root_only(&it);
    }
    finish(&it);
    let before = seen(&it);
    let copied = copied(from, to).unwrap();
    assert_same(&before, &seen(&to.join(COPY)));
    assert_same(&before, &seen(&it));
    assert!(copied.losses.is_empty(), "{:?}", copied.losses);
}

// ------------------------------------------------------------------------------------------------- everything is kept

#[test]
fn everything_is_kept_between_any_two_file_systems() {
    in_mount_namespace!();
    for (from, to) in [("ext4", "tmpfs"), ("tmpfs", "ext4"), ("xfs", "btrfs"), ("btrfs", "xfs"), ("tmpfs", "tmpfs")] {
        if let Some((from, to)) = two(from, to) {
            round(from.path(), to.path());
        }
    }
}

/// Runs the test `inner` of this file behind the words of another program, told of `from` and `to`.
fn run_behind(words: &[&str], inner: &str, from: &Path, to: &Path) -> String {
    let out = Command::new(words[0])
        .args(&words[1..])
        .arg(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", &format!("transfer::{inner}")])
        .env("RRM_TEST_FROM", from)
        .env("RRM_TEST_TO", to)
        .output()
        .unwrap();
    String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned()
}

#[track_caller]
fn passes_behind(words: &[&str], inner: &str, from: &Path, to: &Path) {
    let said = run_behind(words, inner, from, to);
    assert!(said.contains("test result: ok. 1 passed"), "{said}");
}

fn as_ordinary_user(inner: &str, from: &Path, to: &Path) {
    passes_behind(User::Nobody.prefix(), inner, from, to);
}

/// Where [`run_behind`] says to work.
fn told() -> (PathBuf, PathBuf) {
    let told = |key| PathBuf::from(std::env::var_os(key).expect("run by another test"));
    (told("RRM_TEST_FROM"), told("RRM_TEST_TO"))
}

#[test]
fn an_ordinary_user_keeps_everything_of_their_own() {
    in_mount_namespace!();
    for (from, to) in [("ext4", "tmpfs"), ("tmpfs", "ext4"), ("xfs", "btrfs")] {
        if let Some((from, to)) = two(from, to) {
            as_ordinary_user("inner_everything", from.path(), to.path());
        }
    }
}

#[test]
#[ignore = "run by an_ordinary_user_keeps_everything_of_their_own"]
fn inner_everything() {
    assert!(!is_root());
    let (from, to) = told();
    round(&from, &to);
}

#[test]
fn an_ordinary_user_is_told_that_an_owner_is_lost_and_passes_no_right_on() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    let it = from.path().join("it");
    fs::create_dir(&it).unwrap();
    fs::write(it.join("tool"), "tool").unwrap();
    chown(it.join("tool"), Some(1000), Some(1000)).unwrap();
    set_mode(&it.join("tool"), 0o6775);
    set_mode(&it, 0o777);
    chown(&it, Some(65534), Some(65534)).unwrap();
    as_ordinary_user("inner_owner_lost", from.path(), to.path());
}

#[test]
#[ignore = "run by an_ordinary_user_is_told_that_an_owner_is_lost_and_passes_no_right_on"]
fn inner_owner_lost() {
    let (from, to) = told();
    let refused = {
        let mut blind = surveyed(&from, &to).unwrap();
        blind.losses = Losses::default();
        copied_with(&from, &to, &blind, &Silent).unwrap_err()
    };
    assert_eq!((refused.failure, refused.path), (Failure::Lose, PathBuf::from("it/tool")));
    fs::remove_dir_all(to.join(COPY)).unwrap();
    let copied = copied(&from, &to).unwrap();
    let lost = copied.losses.get(Loss::Owner).unwrap();
    assert_eq!((lost.entries, lost.first.as_path()), (1, Path::new("it/tool")));
    assert_eq!(fs::metadata(to.join(COPY).join("tool")).unwrap().mode() & 0o7777, 0o755);
}

// --------------------------------------------------------------------------------------- what cannot be kept is named

#[test]
fn what_a_file_system_cannot_hold_is_named_by_the_survey() {
    in_mount_namespace!();
    for (kind, expected) in
        [("ramfs", vec![Loss::AccessList, Loss::Capabilities, Loss::Attributes]), ("vfat", vec![Loss::Entry])]
    {
        let Some((from, to)) = two("ext4", kind) else { continue };
        let it = from.path().join("it");
        one_of_everything(&it);
        with_attributes(&it);
        as_root_only(&it);
        let found = surveyed(from.path(), to.path()).unwrap();
        for loss in expected {
            assert!(found.losses.get(loss).is_some(), "{kind}: {loss} in {:?}", found.losses);
        }
        assert!(fs::read_dir(to.path()).unwrap().next().is_none_or(|e| e.unwrap().file_name() != COPY));
        if kind == "ramfs" {
            let lost = found.losses.get(Loss::Capabilities).unwrap();
            assert_eq!((lost.entries, lost.first.as_path()), (1, Path::new("it/capable")));
            let copied = copied_with(from.path(), to.path(), &found, &Silent).unwrap();
            assert_eq!(counts(&copied.losses), counts(&found.losses));
        }
    }
}

// [50] A label that may be set is kept, and one that may not is named.
#[test]
fn labels_are_kept_or_named() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    let it = from.path().join("it");
    fs::create_dir(&it).unwrap();
    fs::write(it.join("file"), "content").unwrap();
    let labels = [("file", "security.ima"), ("file", "security.SMACK64"), ("", "security.SMACK64")];
    for (below, label) in labels {
        xattr::set(it.join(below), label, b"label").unwrap();
    }
    let copied = copied(from.path(), to.path()).unwrap();
    assert!(copied.losses.is_empty(), "{:?}", copied.losses);
    for (below, label) in labels {
        assert_eq!(xattr::get(to.path().join(COPY).join(below), label).unwrap().unwrap(), b"label", "{label}");
    }
    fs::remove_dir_all(to.path().join(COPY)).unwrap();
    for path in [from.path(), &it, &it.join("file"), to.path()] {
        chown(path, Some(65534), Some(65534)).unwrap();
    }
    as_ordinary_user("inner_labels_lost", from.path(), to.path());
}

#[test]
#[ignore = "run by labels_are_kept_or_named"]
fn inner_labels_lost() {
    let (from, to) = told();
    let lost = surveyed(&from, &to).unwrap().losses;
    assert_eq!(lost.get(Loss::Label).unwrap().entries, 2, "{lost:?}");
    assert_eq!(counts(&copied(&from, &to).unwrap().losses), counts(&lost));
}

#[test]
fn a_device_that_may_not_be_made_is_named_and_stops_the_copy() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    special(from.path(), "it", FileKind::CharDevice, (1, 3));
    as_ordinary_user("inner_device", from.path(), to.path());
}

#[test]
#[ignore = "run by a_device_that_may_not_be_made_is_named_and_stops_the_copy"]
fn inner_device() {
    let (from, to) = told();
    let found = surveyed(&from, &to).unwrap();
    assert_eq!(found.losses.get(Loss::Entry).unwrap().entries, 1);
    let error = copied_with(&from, &to, &found, &Silent).unwrap_err();
    assert_eq!(error.failure, Failure::Make);
}

// ------------------------------------------------------------------------------------------------------ before it begins

#[test]
fn the_survey_finds_what_could_not_be_read_or_removed() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    for case in ["unreadable", "shut", "kept", "sticky"] {
        let place = from.path().join(case);
        fs::create_dir_all(place.join("it/sub")).unwrap();
        fs::write(place.join("it/sub/file"), "x").unwrap();
        for path in ["", "it", "it/sub", "it/sub/file"] {
            chown(place.join(path), Some(65534), Some(65534)).unwrap();
        }
    }
    let at = |path: &str| from.path().join(path);
    chown(at("unreadable/it/sub/file"), Some(0), Some(0)).unwrap();
    set_mode(&at("unreadable/it/sub/file"), 0o600);
    chown(at("shut/it/sub"), Some(0), Some(0)).unwrap();
    set_mode(&at("shut/it/sub"), 0o700);
    chown(at("kept/it/sub"), Some(0), Some(0)).unwrap();
    chown(at("sticky/it/sub"), Some(0), Some(0)).unwrap();
    set_mode(&at("sticky/it/sub"), 0o1777);
    chown(at("sticky/it/sub/file"), Some(0), Some(0)).unwrap();
    let before = seen(from.path());
    as_ordinary_user("inner_survey", from.path(), to.path());
    assert_same(&before, &seen(from.path()));
}

#[test]
#[ignore = "run by the_survey_finds_what_could_not_be_read_or_removed"]
fn inner_survey() {
    let (from, to) = told();
    for (case, failure, path) in [
        ("unreadable", Failure::Read, "it/sub/file"),
        ("shut", Failure::Read, "it/sub"),
        ("kept", Failure::Remove, "it/sub/file"),
        ("sticky", Failure::Remove, "it/sub/file"),
    ] {
        let error = surveyed(&from.join(case), &to).unwrap_err();
        assert_eq!((error.failure, error.path.as_path()), (failure, Path::new(path)), "{case}");
        assert_eq!(fs::read_dir(&to).unwrap().count(), 0, "{case}: the trials are gone");
    }
}

#[test]
fn another_mount_below_is_found_before_anything_is_copied() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    let point = from.path().join("it/sub/mounted");
    fs::create_dir_all(point.parent().unwrap()).unwrap();
    fs::write(to.path().join("file"), "over there").unwrap();
    for over_there in [to.path().to_owned(), to.path().join("file")] {
        if over_there.is_dir() {
            fs::create_dir(&point).unwrap();
        } else {
            fs::write(&point, "below the mount").unwrap();
        }
        assert!(Command::new("mount").arg("--bind").args([&over_there, &point]).status().unwrap().success());
        let found = surveyed(from.path(), to.path());
        Command::new("umount").arg(&point).status().unwrap();
        let error = found.unwrap_err();
        assert_eq!((error.failure, error.path.as_path()), (Failure::Mount, Path::new("it/sub/mounted")));
        fs::remove_file(&point).or_else(|_| fs::remove_dir(&point)).unwrap();
    }
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("it"), "source").unwrap();
    let found = surveyed(root.path(), root.path()).unwrap();
    fs::write(root.path().join(COPY), "precious").unwrap();
    assert_eq!(surveyed(root.path(), root.path()).unwrap_err().failure, Failure::Exists);
    let error = copied_with(root.path(), root.path(), &found, &Silent).unwrap_err();
    assert_eq!(error.failure, Failure::Exists);
    assert_eq!(fs::read(root.path().join(COPY)).unwrap(), b"precious");
}

// ---------------------------------------------------------------------------------------------------- while it is copied

/// Calls a function at each report, and interrupts once so many bytes are done.
struct Acting<F: Fn(u64) + Send + Sync> {
    act: F,
    done: AtomicU64,
    stop_at: u64,
}

fn acting<F: Fn(u64) + Send + Sync>(act: F) -> Acting<F> {
    Acting { act, done: AtomicU64::new(0), stop_at: u64::MAX }
}

impl<F: Fn(u64) + Send + Sync> Progress for Acting<F> {
    fn begin(&self, _: Activity, _: Option<Amount>) {}
    fn advance(&self, done: Amount) {
        let before = self.done.fetch_add(done.bytes, Ordering::Relaxed);
        (self.act)(before + done.bytes);
    }
    fn end(&self) {}
    fn interrupted(&self) -> bool {
        self.done.load(Ordering::Relaxed) >= self.stop_at
    }
}

/// Acts once, when so many entries are done.
struct Last<'a>(&'a AtomicU64, &'a (dyn Fn() + Send + Sync));
impl Progress for Last<'_> {
    fn begin(&self, _: Activity, _: Option<Amount>) {}
    fn advance(&self, done: Amount) {
        if done.entries > 0 && self.0.fetch_sub(done.entries, Ordering::Relaxed) == 1 {
            (self.1)();
        }
    }
    fn end(&self) {}
    fn interrupted(&self) -> bool {
        false
    }
}

/// A directory with a file of some megabytes in it, on ext4, and a tmpfs to copy to.
fn a_large_file() -> Option<(Mounted, Mounted)> {
    let (from, to) = two("ext4", "tmpfs")?;
    fs::create_dir(from.path().join("it")).unwrap();
    fs::write(from.path().join("it/large"), vec![7; 8 << 20]).unwrap();
    Some((from, to))
}

#[test]
fn a_file_that_changes_once_is_copied_again() {
    in_mount_namespace!();
    let Some((from, to)) = a_large_file() else { return };
    let found = surveyed(from.path(), to.path()).unwrap();
    let file = OpenOptions::new().write(true).open(from.path().join("it/large")).unwrap();
    let changed = AtomicBool::new(false);
    let change = acting(|done| {
        if done > 4 << 20 && !changed.swap(true, Ordering::Relaxed) {
            file.write_all_at(b"changed", 0).unwrap();
        }
    });
    let _ = copied_with(from.path(), to.path(), &found, &change).unwrap();
    assert_same(&seen(&from.path().join("it")), &seen(&to.path().join(COPY)));
}

#[test]
fn a_file_that_keeps_changing_fails_after_a_few_attempts() {
    in_mount_namespace!();
    let Some((from, to)) = a_large_file() else { return };
    let found = surveyed(from.path(), to.path()).unwrap();
    let change = acting(|_| {
        let mut file = OpenOptions::new().append(true).open(from.path().join("it/large")).unwrap();
        file.write_all(b"more").unwrap();
    });
    let error = copied_with(from.path(), to.path(), &found, &change).unwrap_err();
    assert_eq!((error.failure, error.path.as_path()), (Failure::Changed, Path::new("it/large")));
}

#[test]
fn an_entry_that_comes_or_goes_behind_the_copy_is_noticed() {
    in_mount_namespace!();
    for what in ["comes", "goes"] {
        let Some((from, to)) = a_large_file() else { return };
        let it = from.path().join("it");
        fs::create_dir(it.join("done")).unwrap();
        for i in 0..100 {
            fs::write(it.join(format!("done/{i}")), "x").unwrap();
        }
        let found = surveyed(from.path(), to.path()).unwrap();
        let left = AtomicU64::new(found.total.entries);
        let act = || match what {
            "comes" => fs::write(it.join("done/new"), "new").unwrap(),
            _ => fs::remove_file(it.join("done/5")).unwrap(),
        };
        let error = copied_with(from.path(), to.path(), &found, &Last(&left, &act)).unwrap_err();
        assert_eq!(error.failure, Failure::Changed, "{error}");
    }
}

#[test]
fn an_interruption_and_a_full_disk_leave_the_source_as_it_was() {
    in_mount_namespace!();
    let Some((from, to)) = a_large_file() else { return };
    let before = seen(&from.path().join("it"));
    let found = surveyed(from.path(), to.path()).unwrap();
    let stopped = Acting { stop_at: 2 << 20, ..acting(|_| {}) };
    let error = copied_with(from.path(), to.path(), &found, &stopped).unwrap_err();
    assert_eq!((error.failure, error.path.as_path()), (Failure::Interrupted, Path::new("it/large")));
    let small = Mounted::new("tmpfs", 3).unwrap();
    let error = copied_with(from.path(), small.path(), &found, &Silent).unwrap_err();
    assert_eq!((error.failure, error.path.as_path()), (Failure::Write, Path::new("it/large")));
    assert_eq!(error.source.kind(), std::io::ErrorKind::StorageFull);
    assert_same(&before, &seen(&from.path().join("it")));
}

/// A target whose default access list opens all that is made in it is a case of its own.
#[test]
fn a_private_file_is_never_open_to_others() {
    in_mount_namespace!();
    for list in [None, Some(access_list())] {
        let Some((from, to)) = a_large_file() else { return };
        if let Some(list) = list {
            xattr::set(to.path(), "system.posix_acl_default", &list).unwrap();
        }
        set_mode(&from.path().join("it/large"), 0o600);
        set_mode(&from.path().join("it"), 0o755);
        let found = surveyed(from.path(), to.path()).unwrap();
        assert_eq!(
            worst_mode_during(&to.path().join(COPY), || {
                let watch = acting(|_| {
                    let top = fs::symlink_metadata(to.path().join(COPY)).unwrap();
                    assert_eq!(top.mode() & 0o077, 0, "the directory is the last to open");
                });
                let _ = copied_with(from.path(), to.path(), &found, &watch).unwrap();
            }),
            0
        );
        assert_same(&seen(&from.path().join("it")), &seen(&to.path().join(COPY)));
    }
}

/// What others may do, at any instant of `work`, to the file `large` in `copy`.
fn worst_mode_during(copy: &Path, work: impl FnOnce()) -> u32 {
    let (worst, over) = (AtomicU32::new(0), AtomicBool::new(false));
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                if let Ok(file) = fs::symlink_metadata(copy.join("large")) {
                    worst.fetch_or(file.mode() & 0o077, Ordering::Relaxed);
                }
            }
        });
        work();
        over.store(true, Ordering::Relaxed);
    });
    worst.into_inner()
}

#[test]
fn the_access_times_of_the_source_stay() {
    in_mount_namespace!();
    let Some(from) = Mounted::with("tmpfs", 20, "strictatime") else { return };
    let Some(to) = Mounted::new("tmpfs", 20) else { return };
    fs::create_dir(from.path().join("it")).unwrap();
    fs::write(from.path().join("it/large"), "large").unwrap();
    let old = filetime(from.path(), &["it/large", "it"]);
    let _ = copied(from.path(), to.path()).unwrap();
    let accessed = |path: PathBuf| fs::symlink_metadata(path).unwrap().atime();
    for path in ["large", ""] {
        assert_eq!(accessed(from.path().join("it").join(path)), old);
        assert_eq!(accessed(to.path().join(COPY).join(path)), old);
    }
}

// [86]
#[test]
fn a_comparison_keeps_access_times() {
    in_mount_namespace!();
    let Some(from) = Mounted::with("tmpfs", 20, "strictatime") else { return };
    let Some(to) = Mounted::with("tmpfs", 20, "strictatime") else { return };
    fs::create_dir_all(from.path().join("it/sub")).unwrap();
    fs::write(from.path().join("it/sub/file"), "content").unwrap();
    let _ = copied(from.path(), to.path()).unwrap();
    let [one, other] = [from.path().join("it"), to.path().join(COPY)];
    let entries = ["", "sub", "sub/file"].iter().flat_map(|below| [one.join(below), other.join(below)]);
    let old = Timestamp { seconds: 1_000_000_000, nanoseconds: 0 };
    entries.clone().for_each(|path| set_times_of(&path, old, old));
    let dirs = (Dir::open(from.path()).unwrap(), Dir::open(to.path()).unwrap());
    let route = Route::between((&dirs.0, name("it")), (&dirs.1, name(COPY)));
    assert!(rrm::transfer::is_same(route, &Silent).unwrap());
    for path in entries {
        assert_eq!(fs::symlink_metadata(&path).unwrap().atime(), old.seconds, "{}", path.display());
    }
}

/// Sets an access time so old that any read would renew it.
fn filetime(root: &Path, paths: &[&str]) -> i64 {
    let old = Timestamp { seconds: 1_000_000_000, nanoseconds: 0 };
    let dir = Dir::open(root).unwrap();
    for path in paths {
        let (parent, it) = path.rsplit_once('/').unwrap_or((".", path));
        let parent = if parent == "." { dir.try_clone().unwrap() } else { dir.open_dir(name(parent)).unwrap() };
        parent.mark(name(it)).unwrap().set_times(old, old).unwrap();
    }
    old.seconds
}

// ----------------------------------------------------------------------------------------------------------- large trees

#[test]
fn a_deep_tree_needs_few_descriptors_and_keeps_its_hard_links() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    let mut dir = Dir::open(from.path()).unwrap();
    fs::write(from.path().join("first"), "linked").unwrap();
    dir.create_private_dir(name("it")).unwrap();
    let outside = Dir::open(from.path()).unwrap();
    dir = dir.open_dir(name("it")).unwrap();
    for level in 0..2000 {
        if level % 100 == 0 {
            outside.link(name("first"), &dir, name("linked")).unwrap();
        }
        dir.create_file(name("leaf")).unwrap();
        dir = dir.create_private_dir(name("d")).unwrap();
    }
    passes_behind(&["prlimit", "--nofile=64"], "inner_deep", from.path(), to.path());
}

#[test]
#[ignore = "run by a_deep_tree_needs_few_descriptors_and_keeps_its_hard_links"]
fn inner_deep() {
    let (from, to) = told();
    let copied = copied(&from, &to).unwrap();
    assert_eq!(copied.total, Amount { entries: 4001 + 20, bytes: 6 });
    assert_eq!(fs::metadata(to.join(COPY).join("linked")).unwrap().nlink(), 20);
}

#[test]
fn blocks_are_shared_across_btrfs_subvolumes() {
    in_mount_namespace!();
    let Some(disk) = Mounted::new("btrfs", 320) else { return };
    for subvolume in ["from", "to"] {
        let made = crate::common::mounts::system("btrfs")
            .args(["-q", "subvolume", "create"])
            .arg(disk.path().join(subvolume))
            .status();
        assert!(made.unwrap().success());
    }
    let (from, to) = (disk.path().join("from"), disk.path().join("to"));
    // Two copies of this would not fit.
    fs::write(from.join("it"), vec![9; 180 << 20]).unwrap();
    let _ = copied(&from, &to).unwrap();
    assert_eq!(fs::metadata(to.join(COPY)).unwrap().len(), 180 << 20);
}

// ---------------------------------------------------------------------------------------------------------- random trees

#[test]
fn random_trees_come_out_as_they_went_in() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    proptest!(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() },
        |(nodes in prop::collection::vec(node(8 << 20), 0..60))| {
        for (a, b) in [(from.path(), to.path()), (to.path(), from.path())] {
            build(&a.join("it"), &nodes, Owners::Any);
            let before = seen(&a.join("it"));
            let result = copied(a, b);
            let after = result.is_ok().then(|| seen(&b.join(COPY)));
            fs::remove_dir_all(a.join("it")).unwrap();
            fs::remove_dir_all(b.join(COPY)).ok();
            let copied = result.unwrap();
            assert_same(&before, &after.unwrap());
            assert!(copied.losses.is_empty());
        }
    });
}

// --------------------------------------------------------------------------------------------------- failures on demand

/// Whatever call fails, the source stays as it is, and a copy that is called complete is complete.
#[test]
fn no_failing_call_is_passed_over() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    or_skip!(strace::available());
    let it = from.path().join("it");
    one_of_everything(&it);
    with_attributes(&it);
    as_root_only(&it);
    finish(&it);
    let before = seen(&it);
    let mut failed = 0;
    for call in [
        "pwrite64,ftruncate",
        "copy_file_range,ioctl",
        "pread64",
        "lseek",
        "getdents64",
        "mkdirat",
        "symlinkat",
        "mknodat",
        "linkat",
        "fchown,chown,fchownat",
        "fchmod,fchmodat",
        "utimensat",
        "fsetxattr,setxattr",
        "fgetxattr",
        "flistxattr,listxattr",
        "syncfs",
        "openat2",
        "readlinkat",
    ] {
        for when in [1, 2, 7, 30] {
            let said = failing(call, when, from.path(), to.path());
            assert_same(&before, &seen(&it));
            let not_on_disk = call == "syncfs" && when == 1;
            assert!(!not_on_disk || said.contains("REFUSED cannot flush"), "{call} {when}: {said}");
            if said.contains("COPIED") {
                assert_same(&before, &seen(&to.path().join(COPY)));
            } else if said.contains("running 1 test") {
                assert!(said.contains("REFUSED"), "{call} {when}: {said}");
                failed += 1;
            } // else the dynamic loader met the failing call before us
            fs::remove_dir_all(to.path().join(COPY)).ok();
        }
    }
    assert!(failed > 30, "the injection works: {failed}");
}

/// A small copy is flushed entry by entry, then the name of the whole; each of these counts.
#[test]
fn no_failing_flush_of_a_small_copy_is_passed_over() {
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    or_skip!(strace::available());
    let it = from.path().join("it");
    fs::create_dir(&it).unwrap();
    ["one", "two"].iter().for_each(|name| fs::write(it.join(name), name).unwrap());
    let flushes = 4; // two files, their directory, and the one that it was copied to
    for when in 1..=flushes {
        let said = failing("fsync", when, from.path(), to.path());
        assert!(said.contains("REFUSED cannot flush"), "fsync {when}: {said}");
        fs::remove_dir_all(to.path().join(COPY)).ok();
    }
    let said = failing("fsync", flushes + 1, from.path(), to.path());
    assert!(said.contains("COPIED"), "{said}");
}

/// Copies in a process whose calls of this kind fail from the given one on.
fn failing(call: &str, when: u32, from: &Path, to: &Path) -> String {
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:error=EIO:when={when}+"));
    let words = ["strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject];
    run_behind(&words, "inner_failing", from, to)
}

#[test]
#[ignore = "run by no_failing_call_is_passed_over"]
fn inner_failing() {
    let (from, to) = told();
    let Ok(source) = Dir::open(&from) else { return println!("REFUSED") };
    let Ok(target) = Dir::open(&to) else { return println!("REFUSED") };
    let route = Route::between((&source, name("it")), (&target, name(COPY)));
    match survey(route, &Silent).and_then(|found| copy(route, &found, &Silent)) {
        Ok(copied) if copied.losses.is_empty() => println!("COPIED"),
        Ok(copied) => println!("REFUSED to call it whole: {:?}", copied.losses),
        Err(error) => println!("REFUSED {error}: {}", error.source),
    }
}

// ------------------------------------------------------------------------------------------------------------- one entry

#[test]
fn an_entry_of_any_kind_can_be_the_whole_source() {
    in_mount_namespace!();
    let Some((from, to)) = two("ext4", "tmpfs") else { return };
    let it = from.path().join("it");
    let makers: [&dyn Fn(); 6] = [
        &|| fs::write(&it, "file").unwrap(),
        &|| symlink("nowhere", &it).unwrap(),
        &|| special(from.path(), "it", FileKind::Fifo, (0, 0)),
        &|| special(from.path(), "it", FileKind::Socket, (0, 0)),
        &|| fs::create_dir(&it).unwrap(),
        &|| special(from.path(), "it", FileKind::CharDevice, (1, 3)),
    ];
    for make in makers {
        make();
        set_times(&it, 77);
        let before = seen(&it);
        let copied = copied(from.path(), to.path()).unwrap();
        assert_eq!(copied.total.entries, 1);
        assert_same(&before, &seen(&to.path().join(COPY)));
        for path in [&it, &to.path().join(COPY)] {
            fs::remove_file(path).or_else(|_| fs::remove_dir(path)).unwrap();
        }
    }
}

#[test]
fn a_directory_is_not_copied_into_itself_without_end() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("it/sub/staging")).unwrap();
    let found = Survey::default();
    let error = copied_with(root.path(), &root.path().join("it/sub/staging"), &found, &Silent).unwrap_err();
    assert!(matches!(error.failure, Failure::Make | Failure::Changed), "{error}");
}

/// The two ends of a copy are compared, and each thing that can differ does.
#[test]
fn a_copy_is_the_same_as_its_source_until_anything_differs() {
    type Change = fn(&Path);
    let changes: [(&str, Change); 9] = [
        ("nothing", |_| {}),
        ("content", |at| fs::write(at.join("sub/f"), "CONTENT").unwrap()),
        ("length", |at| fs::write(at.join("sub/f"), "longer content").unwrap()),
        ("mode", |at| fs::set_permissions(at.join("sub"), Permissions::from_mode(0o700)).unwrap()),
        ("attribute", |at| xattr::set(at.join("sub/f"), "user.colour", b"red").unwrap()),
        ("one more", |at| fs::write(at.join("sub/more"), "").unwrap()),
        ("one less", |at| fs::remove_file(at.join("sub/f")).unwrap()),
        ("link", |at| {
            fs::remove_file(at.join("link")).unwrap();
            symlink("elsewhere", at.join("link")).unwrap();
        }),
        ("kind", |at| {
            fs::remove_file(at.join("link")).unwrap();
            fs::create_dir(at.join("link")).unwrap();
        }),
    ];
    for (what, change) in changes {
        let root = tempfile::tempdir().unwrap();
        let it = root.path().join("it");
        fs::create_dir_all(it.join("sub/empty")).unwrap();
        fs::write(it.join("sub/f"), "content").unwrap();
        symlink("nowhere", it.join("link")).unwrap();
        drop(copied(root.path(), root.path()).unwrap());
        // Of all that is there the times are put back, so that only the change itself can tell.
        let before = times_below(&it);
        change(&it);
        before.into_iter().for_each(|(path, accessed, modified)| set_times_of(&path, accessed, modified));
        let dir = Dir::open(root.path()).unwrap();
        let route = Route::between((&dir, name(COPY)), (&dir, name("it")));
        let verdict = rrm::transfer::is_same(route, &Silent).unwrap();
        assert_eq!(verdict, what == "nothing", "{what}");
    }
}

/// Whoever watches a comparison from its inside: when bytes are about to be read, something happens to the tree.
struct Meddler<F: Fn() + Send + Sync>(F);

impl<F: Fn() + Send + Sync> Progress for Meddler<F> {
    fn begin(&self, _: Activity, _: Option<Amount>) {}
    fn advance(&self, _: Amount) {}
    fn end(&self) {}
    fn interrupted(&self) -> bool {
        (self.0)();
        false
    }
}

/// While bytes are compared people work on: what is gone, replaced or rewritten by the end is not the same.
#[test]
fn what_changes_while_it_is_compared_is_not_the_same() {
    type Deed = fn(&Path);
    let deeds: [(&str, Deed); 4] = [
        ("nothing", |_| {}),
        ("removed", |file| drop(fs::remove_file(file))),
        ("saved over", |file| {
            fs::write(file.with_extension("new"), "content").unwrap();
            fs::rename(file.with_extension("new"), file).unwrap();
        }),
        ("rewritten", |file| {
            File::options().write(true).open(file).unwrap().write_all(b"CONTENT").unwrap();
        }),
    ];
    for (what, deed) in deeds {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("it");
        fs::write(&file, "content").unwrap();
        drop(copied(root.path(), root.path()).unwrap());
        let dir = Dir::open(root.path()).unwrap();
        let route = Route::between((&dir, name(COPY)), (&dir, name("it")));
        let same = rrm::transfer::is_same(route, &Meddler(|| deed(&file)));
        assert_eq!(same.unwrap_or(false), what == "nothing", "{what}");
    }
}

/// What is met on two ways is there once: neither a directory nor a name of a file is a copy of itself.
#[test]
fn nothing_is_a_copy_of_itself() {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("it")).unwrap();
    fs::write(root.path().join("it/f"), "content").unwrap();
    fs::create_dir(root.path().join("other")).unwrap();
    fs::hard_link(root.path().join("it/f"), root.path().join("other/f")).unwrap();
    let before = fs::metadata(root.path().join("it")).unwrap();
    let times = fs::FileTimes::new().set_modified(before.modified().unwrap());
    File::open(root.path().join("other")).unwrap().set_times(times).unwrap();
    let dir = Dir::open(root.path()).unwrap();
    for other in ["it", "other"] {
        let route = Route::between((&dir, name("it")), (&dir, name(other)));
        assert!(!rrm::transfer::is_same(route, &Silent).unwrap(), "{other}");
    }
}

fn times_below(top: &Path) -> Vec<(PathBuf, Timestamp, Timestamp)> {
    let paths = [top.to_owned(), top.join("sub"), top.join("sub/f"), top.join("link")];
    let dated = |path: PathBuf| {
        let (dir, last) = (Dir::open(path.parent().unwrap()).unwrap(), path.file_name().unwrap().to_owned());
        let is = dir.metadata_of(Name::new(&last).unwrap()).unwrap();
        (path, is.accessed, is.modified)
    };
    paths.into_iter().map(dated).collect()
}

fn set_times_of(path: &Path, accessed: Timestamp, modified: Timestamp) {
    let (dir, last) = (Dir::open(path.parent().unwrap()).unwrap(), path.file_name().unwrap());
    if let Ok(inode) = dir.mark(Name::new(last).unwrap()) {
        inode.metadata().and_then(|_| inode.set_times(accessed, modified)).unwrap();
    }
}
