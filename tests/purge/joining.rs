//! When a second worker joins: told by the threads that report progress.

use std::collections::HashSet;
use std::fs;
use std::sync::Mutex;
use std::thread::{self, ThreadId};

use rrm::progress::{Activity, Amount, Progress};
use rrm::purge::{Measure, purge};
use rrm::sys::{Dir, FileSystem, Name};
use tempfile::TempDir;

use crate::common::mounts::Format;
use crate::common::{Missing, Mount, Sandbox};

/// Who reported.
#[derive(Default)]
struct Threads(Mutex<HashSet<ThreadId>>);

impl Progress for Threads {
    fn begin(&self, _: Activity, _: Option<Amount>) {}
    fn advance(&self, _: Amount) {
        self.0.lock().expect("unpoisoned").insert(thread::current().id());
        // The first must not be through with everything before the second has begun.
        thread::yield_now();
    }
    fn end(&self) {}
    fn interrupted(&self) -> bool {
        false
    }
}

/// How many workers delete a tree of so many directories with ten files each.
fn workers(at: &std::path::Path, directories: usize) -> usize {
    for number in 0..directories {
        let directory = at.join(format!("tree/{number}"));
        fs::create_dir_all(&directory).expect("made");
        (0..10).for_each(|file| fs::write(directory.join(file.to_string()), "").expect("written"));
    }
    let threads = Threads::default();
    let dir = Dir::open_following(at).expect("opened");
    let purged = purge(&dir, Name::fixed("tree"), Measure::Bytes, &threads);
    assert!(purged.is_complete(), "{:?}", purged.failures);
    assert_eq!(purged.removed.entries, 1 + directories as u64 * 11);
    threads.0.into_inner().expect("unpoisoned").len()
}

#[test]
fn a_large_tree_gets_a_second_worker_in_memory() {
    let memory = or_skip!(TempDir::new_in("/dev/shm").map_err(|error| Missing::new("/dev/shm", error.to_string())));
    let kind = Dir::open_following(memory.path()).and_then(|dir| dir.file_system());
    if !matches!(kind, Ok(FileSystem::Tmpfs)) || thread::available_parallelism().is_ok_and(|count| count.get() < 2) {
        skip!("two processors", "and a tmpfs at /dev/shm");
    }
    assert_eq!((workers(memory.path(), 10), workers(memory.path(), 2000)), (1, 2));
}

#[test]
fn where_two_are_slower_there_is_one() {
    in_mount_namespace!();
    for format in [Format::Xfs, Format::Btrfs] {
        let sandbox = Sandbox::new();
        let mount = or_skip!(Mount::image(format, 320, &sandbox.path("m")));
        assert_eq!(workers(mount.path(), 500), 1);
    }
}
