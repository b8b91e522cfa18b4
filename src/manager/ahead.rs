//! Working ahead: while one thread renames, another writes the records of what comes next.
//!
//! Ten thousand files of one directory, microseconds a file, one thread and two (two cores; `benches/compare`):
//!
//! | | ext4 | xfs | tmpfs | btrfs |
//! |---|---|---|---|---|
//! | one thread | 60 | 49 | 20.7 | 85 |
//! | two threads | 38 | 33 | 12 | 100 |
//!
//! On btrfs a record and a rename change the same tree and wait for each other, so there one thread does both.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::sys::{Dir, FileSystem};

/// How many files are worth a second thread.
pub(super) const WORTHWHILE: usize = 64;

/// How many things are handed over at once: a thread that waits is woken for each.
const AT_ONCE: usize = 8;

/// How many hand-overs may wait. With what is in both hands, fewer than 40 files are open.
const WAITING: usize = 2;

/// Whether two threads are faster than one in this directory.
pub(super) fn is_faster(dir: &Dir) -> bool {
    let gains = matches!(dir.file_system(), Ok(FileSystem::Ext | FileSystem::Xfs | FileSystem::Tmpfs));
    gains && thread::available_parallelism().is_ok_and(|cores| cores.get() > 1)
}

/// Calls `each` with every item in its order and with what `prepare` made of it, in a thread of its own, shortly before.
///
/// When it is `over` early, what is prepared already is handed to `undo`, and nothing more is prepared.
pub(super) fn work_ahead<T: Sync, P: Send>(
    items: &[T],
    prepare: impl Fn(&T) -> Option<P> + Send,
    undo: impl Fn(&P),
    over: impl Fn() -> bool,
    mut each: impl FnMut(&T, Option<P>),
) {
    let stopped = &AtomicBool::new(false);
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(WAITING);
        let ahead = move || prepare_all(items, stopped, prepare, &sender);
        // Where no thread can be had nothing is prepared, and all is left to this one.
        drop(thread::Builder::new().spawn_scoped(scope, ahead));
        let mut prepared = receiver.into_iter().flatten();
        for item in items.iter().take_while(|_| !over()) {
            each(item, prepared.next().flatten());
        }
        stopped.store(true, Ordering::Relaxed);
        prepared.flatten().for_each(|prepared| undo(&prepared));
    });
}

fn prepare_all<T, P>(
    items: &[T],
    stopped: &AtomicBool,
    prepare: impl Fn(&T) -> Option<P>,
    sender: &SyncSender<Vec<Option<P>>>,
) {
    for some in items.chunks(AT_ONCE) {
        if stopped.load(Ordering::Relaxed) || sender.send(some.iter().map(&prepare).collect()).is_err() {
            return;
        }
    }
}
