//! One worker or two.

use std::collections::HashSet;
use std::panic::resume_unwind;
use std::thread;

use super::share::{Crew, Share, Worker};
use super::{Ending, Purged};
use crate::sys::door::spawn_beside;
use crate::sys::{Dir, FileSystem};

/// How many threads delete one tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    /// One; once the tree has shown to be large a second one joins, where the file system gains from that.
    AsItPays,
    /// One.
    One,
    /// Two, as soon as there is anything to do.
    Two,
}

/// How many entries are removed before a second worker joins: in less time than they take no thread has started.
const LARGE: u64 = 1000;

impl Workers {
    /// Lets `walk` go over the tree that is in `dir`, once for each worker; it tells how many entries it has removed so far.
    /// The share is what a worker takes of `dir` itself.
    pub(super) fn send(
        self,
        dir: &Dir,
        walk: impl Fn(Worker<'_>, Share, &mut dyn FnMut(u64)) -> Purged + Sync,
    ) -> Purged {
        let crew = Crew::default();
        // Its one entry is both workers'.
        let share = if self == Self::One { Share::Whole } else { Share::Rest };
        thread::scope(|scope| {
            let mut second = None;
            let mut wanted = self.second_after();
            let mut purged = walk(crew.first(), share, &mut |removed| {
                if wanted.take_if(|after| removed >= *after).is_some() && self.gains_on(dir) {
                    let work = || walk(crew.second(), share, &mut |_| ());
                    // Where there can be no second thread, one does it all.
                    second = spawn_beside(scope, work);
                }
            });
            match second.map(thread::ScopedJoinHandle::join) {
                Some(Ok(more)) => purged.add(more),
                Some(Err(panic)) => resume_unwind(panic),
                None => {}
            }
            purged
        })
    }

    /// After how many removed entries to think about a second worker, if ever.
    fn second_after(self) -> Option<u64> {
        match self {
            Self::AsItPays => Some(LARGE),
            Self::One => None,
            Self::Two => Some(0),
        }
    }

    fn gains_on(self, dir: &Dir) -> bool {
        self == Self::Two || dir.gains_by_two_threads(&[FileSystem::Ext, FileSystem::Tmpfs])
    }
}

impl Purged {
    /// Adds what another worker did to the same tree; what neither could remove is told once.
    fn add(&mut self, other: Self) {
        self.removed += other.removed;
        let known: HashSet<_> = self.failures.iter().map(|failure| failure.path.clone()).collect();
        self.failures.extend(other.failures.into_iter().filter(|failure| !known.contains(&failure.path)));
        if other.ending == Ending::Interrupted {
            self.ending = Ending::Interrupted;
        }
    }
}
