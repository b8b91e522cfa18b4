//! Whatever is removed comes back as it was, in whatever order, kept meanwhile or not: contents, modes, owners, access
//! lists, attributes, times and links. The trash is empty then.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use rrm::item::ItemId;
use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, utimensat};

use crate::common::random_tree::{LONGEST_PATH, Node, Owners, build, node, set_mode};
use crate::common::{Sandbox, Tree, User, Way, is_root, random, snapshot};
use crate::mounts::assert_no_rest;

/// How many sequences are tried.
const SEQUENCES: u32 = 80;

/// What happens, with each choice still to be made among what there is.
#[derive(Debug)]
struct Sequence {
    nodes: Vec<Node>,
    /// The mode of the directory that all is in.
    top: u32,
    /// How long the path of that directory is.
    length: usize,
    /// What is removed, and by which of a few commands.
    removed: Vec<(Index, usize)>,
    keeps: Vec<(Index, Keep)>,
    restores: Vec<(Index, Restore)>,
}

#[derive(Debug, Clone, Copy)]
enum Keep {
    Keep,
    Release,
}

#[derive(Debug, Clone, Copy)]
enum Restore {
    ById,
    ByPath,
    LastRemoval,
}

const COMMANDS: usize = 3;

fn sequence() -> impl Strategy<Value = Sequence> {
    let keep = select(vec![Keep::Keep, Keep::Keep, Keep::Release]);
    let restore = select(vec![Restore::ById, Restore::ById, Restore::ByPath, Restore::LastRemoval]);
    (
        prop::collection::vec(node(1 << 14), 1..16),
        select(vec![0o755, 0o700, 0o2775, 0o1777]),
        prop_oneof![6 => Just(0), 1 => 100..=LONGEST_PATH, 1 => LONGEST_PATH - 20..=LONGEST_PATH],
        prop::collection::vec((any::<Index>(), 0..COMMANDS), 1..8),
        prop::collection::vec((any::<Index>(), keep), 0..=6),
        prop::collection::vec((any::<Index>(), restore), 8),
    )
        .prop_map(|(nodes, top, length, removed, keeps, restores)| Sequence {
            nodes,
            top,
            length,
            removed,
            keeps,
            restores,
        })
}

#[test]
fn what_root_removes_comes_back_in_any_order() {
    if !is_root() {
        skip!("root", "to make what is not one's own");
    }
    random::for_each(SEQUENCES, &sequence(), |sequence| there_and_back(&sequence, User::Caller, Owners::Any));
}

#[test]
fn what_an_ordinary_user_removes_comes_back_in_any_order() {
    let (user, group) = User::Nobody.ids();
    let owners = Owners::Mostly(user, group);
    random::for_each(SEQUENCES, &sequence(), |sequence| there_and_back(&sequence, User::Nobody, owners));
}

fn there_and_back(sequence: &Sequence, user: User, owners: Owners) {
    let sandbox = Sandbox::of(user).by_way_of(Way::Here);
    let top = directory_of_length(&sandbox, sequence.length).join("t");
    build(&top, &sequence.nodes, owners);
    set_mode(&top, sequence.top);
    let before = (snapshot(&top), times(&top));
    let commands = chosen(sequence, &before.0, |path| user == User::Caller || may_remove(&top, path));
    for command in &commands {
        sandbox.command(["rm"]).args(command.iter().map(|path| top.join(path))).run().ok();
    }
    let all: BTreeSet<&PathBuf> = commands.iter().flatten().collect();
    assert_eq!(items(&sandbox).len(), all.len());
    for path in &all {
        assert!(top.join(path).symlink_metadata().is_err(), "{} is still there", path.display());
    }
    for (choice, keep) in &sequence.keeps {
        keep_one(&sandbox, *choice, *keep);
    }
    for (choice, restore) in sequence.restores.iter().cycle() {
        if !restore_some(&sandbox, *choice, *restore, &all, &top) {
            break;
        }
    }
    for path in &all {
        let parent = path.parent().expect("it is below the top");
        set_times(&top.join(parent), before.1[parent]);
    }
    assert_eq!(times(&top), before.1);
    before.0.assert_is_at(&top);
    assert_trash_is_empty(&sandbox);
}

/// A directory whose path is so long, or as little longer as it can be.
fn directory_of_length(sandbox: &Sandbox, length: usize) -> PathBuf {
    const LONGEST_NAME: usize = 255;
    let mut directory = sandbox.work();
    // What follows has a name of one byte at least, behind a slash.
    while directory.as_os_str().len() + "/d/t/x".len() <= length.min(LONGEST_PATH) {
        let left = length - directory.as_os_str().len() - "/".len() - "/t/x".len();
        directory = sandbox.dir(directory.join("d".repeat(left.min(LONGEST_NAME))));
    }
    directory
}

/// The paths that each command removes; none is in another.
fn chosen(sequence: &Sequence, tree: &Tree, may_remove: impl Fn(&Path) -> bool) -> Vec<Vec<PathBuf>> {
    let paths: Vec<_> =
        tree.paths().into_iter().filter(|path| !path.as_os_str().is_empty() && may_remove(path)).collect();
    let mut commands = vec![Vec::new(); COMMANDS];
    for (choice, command) in &sequence.removed {
        let Some(path) = paths.get(choice.index(paths.len().max(1))) else { continue };
        let is_apart = |other: &PathBuf| !path.starts_with(other) && !other.starts_with(path);
        if commands.iter().flatten().all(is_apart) {
            commands[*command].push((*path).to_owned());
        }
    }
    commands.retain(|command| !command.is_empty());
    commands
}

/// Whether every directory above the path lets its owner in, to remove and for the test to look.
fn may_remove(top: &Path, path: &Path) -> bool {
    path.ancestors().skip(1).all(|above| {
        let data = top.join(above).symlink_metadata();
        data.is_ok_and(|data| data.permissions().mode() & 0o700 == 0o700)
    })
}

fn items(sandbox: &Sandbox) -> Vec<String> {
    let mut items: Vec<_> =
        sandbox.list_json().iter().map(|item| item["id"].as_str().expect("an ID").to_owned()).collect();
    items.sort();
    items
}

fn keep_one(sandbox: &Sandbox, choice: Index, keep: Keep) {
    let items = items(sandbox);
    if items.is_empty() {
        return;
    }
    let words: &[&str] = match keep {
        Keep::Keep => &["keep"],
        Keep::Release => &["keep", "--release"],
    };
    sandbox.command(words).args([&items[choice.index(items.len())]]).run().ok();
}

/// Restores something; whether there was anything left.
fn restore_some(sandbox: &Sandbox, choice: Index, restore: Restore, removed: &BTreeSet<&PathBuf>, top: &Path) -> bool {
    let items = items(sandbox);
    if items.is_empty() {
        return false;
    }
    let gone: Vec<_> =
        removed.iter().map(|path| top.join(path)).filter(|path| path.symlink_metadata().is_err()).collect();
    let words: [OsString; 2] = match restore {
        Restore::ById => ["restore".into(), items[choice.index(items.len())].clone().into()],
        Restore::ByPath => {
            let mut word = OsString::from("path:");
            word.push(&gone[choice.index(gone.len())]);
            ["restore".into(), word]
        }
        Restore::LastRemoval => {
            sandbox.rrm(["undo"]).ok();
            return true;
        }
    };
    sandbox.rrm(words).ok();
    true
}

/// When each entry was read and changed.
fn times(top: &Path) -> BTreeMap<PathBuf, [(i64, i64); 2]> {
    let mut times = BTreeMap::new();
    let mut left = vec![PathBuf::new()];
    while let Some(path) = left.pop() {
        let place = if path.as_os_str().is_empty() { top.to_owned() } else { top.join(&path) };
        // An ordinary user does not see all that is in a closed directory.
        let Ok(data) = place.symlink_metadata() else { continue };
        if data.is_dir()
            && let Ok(entries) = fs::read_dir(&place)
        {
            left.extend(entries.map(|entry| path.join(entry.expect("an entry").file_name())));
        }
        times.insert(path, [(data.atime(), data.atime_nsec()), (data.mtime(), data.mtime_nsec())]);
    }
    times
}

fn set_times(path: &Path, [accessed, modified]: [(i64, i64); 2]) {
    let time = |(tv_sec, tv_nsec)| Timespec { tv_sec, tv_nsec };
    let times = Timestamps { last_access: time(accessed), last_modification: time(modified) };
    utimensat(CWD, path, &times, AtFlags::SYMLINK_NOFOLLOW).expect("it is ours");
}

fn assert_trash_is_empty(sandbox: &Sandbox) {
    assert_eq!(items(sandbox), Vec::<String>::new());
    for directory in [sandbox.trash(), sandbox.trash().join("kept")] {
        let names = fs::read_dir(directory).into_iter().flatten().map(|entry| entry.expect("an entry").file_name());
        assert_eq!(names.filter(|name| ItemId::from_name(name).is_some()).count(), 0);
    }
    assert_no_rest(sandbox);
}
