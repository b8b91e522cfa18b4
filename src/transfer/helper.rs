//! A second thread for the entries of one tree.
//!
//! Whoever walks the tree offers each entry to it, and deals with those itself for which it has no time. So neither waits
//! for the other, and where no second thread can be had, or none is wanted, all is done by the one that walks.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, channel, sync_channel};
use std::thread;

use crate::sys::door::spawn_beside;
use crate::sys::{Dir, FileSystem};

/// From how many entries on a second thread is worth its start.
const WORTHWHILE: u64 = 64;

/// How many entries wait for it. Each may hold two directories open that the walk has left, of the 64 descriptors that a
/// copy makes do with.
const WAITING: usize = 4;

/// Where two threads make files in less time than one: in 0.7 to 0.9 of it (ten thousand small files from another mount).
pub(in crate::transfer) const MAKING: &[FileSystem] =
    &[FileSystem::Ext, FileSystem::Xfs, FileSystem::Btrfs, FileSystem::Tmpfs];

/// Where two threads remove them in less time than one: on xfs they need up to half as much again, waiting for each other.
pub(in crate::transfer) const REMOVING: &[FileSystem] = &[FileSystem::Ext, FileSystem::Tmpfs];

/// Whether a second thread is worth its start for so many entries in this directory and below.
pub(in crate::transfer) fn gains(entries: u64, directory: &Dir, on: &[FileSystem]) -> bool {
    entries >= WORTHWHILE && directory.gains_by_two_threads(on)
}

/// The second thread, as the first one sees it.
pub(in crate::transfer) struct Helper<J, R> {
    line: Option<Line<J, R>>,
}

/// The way to a thread and back.
struct Line<J, R> {
    jobs: SyncSender<J>,
    results: Receiver<R>,
    under_way: usize,
}

/// Calls `first` with a helper that does `work`. Whatever was offered to it and taken is done when this returns.
pub(in crate::transfer) fn with_helper<J: Send, R: Send, T>(
    work: Option<impl FnMut(J) -> R + Send>,
    first: impl FnOnce(Helper<J, R>) -> T,
) -> T {
    thread::scope(|scope| {
        let line = work.and_then(|work| {
            let (jobs, to_do) = sync_channel(WAITING);
            let (done, results) = channel();
            // Whoever has lost interest in the results has not in what is done.
            let do_all = move || to_do.into_iter().map(work).for_each(|result| drop(done.send(result)));
            spawn_beside(scope, do_all).map(|_| Line { jobs, results, under_way: 0 })
        });
        first(Helper { line })
    })
}

impl<J, R> Helper<J, R> {
    /// Hands a job over, or gives it back if the helper has no time for it.
    pub(in crate::transfer) fn offer(&mut self, job: J) -> Option<J> {
        let Some(line) = &mut self.line else { return Some(job) };
        match line.jobs.try_send(job) {
            Ok(()) => line.under_way += 1,
            Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => return Some(job),
        }
        None
    }

    /// The results that are there by now, and were not told yet.
    pub(in crate::transfer) fn results(&mut self) -> Vec<R> {
        let Some(line) = &mut self.line else { return Vec::new() };
        let results: Vec<R> = line.results.try_iter().collect();
        line.under_way -= results.len();
        results
    }

    /// Waits until nothing is under way; all results that were not told yet.
    pub(in crate::transfer) fn wait(&mut self) -> Vec<R> {
        let Some(line) = &mut self.line else { return Vec::new() };
        let under_way = std::mem::take(&mut line.under_way);
        line.results.iter().take(under_way).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_job_is_done_once_by_one_or_the_other_and_told() {
        for work in [None, Some(|job: usize| job)] {
            let has_helper = work.is_some();
            let mut told = with_helper(work, |mut helper| {
                let mut told = Vec::new();
                for job in 0..1000 {
                    told.extend(helper.offer(job));
                    told.extend(helper.results());
                }
                if has_helper {
                    // Its line is empty now, so that it takes this one.
                    told.extend(helper.wait());
                    assert_eq!(helper.offer(1000), None);
                    assert_eq!(helper.wait(), [1000]);
                }
                told.extend(helper.wait());
                told
            });
            told.sort_unstable();
            assert!(told.into_iter().eq(0..1000), "with a helper: {has_helper}");
        }
    }

    #[test]
    fn what_was_taken_is_done_even_if_nobody_asks_for_it() {
        let mut done = Vec::new();
        with_helper(Some(|job| done.push(job)), |mut helper| assert_eq!(helper.offer("taken"), None));
        assert_eq!(done, ["taken"]);
    }
}
