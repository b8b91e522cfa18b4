//! The calls that are being answered, where the stand-by finds them if the keeper is killed in the midst of it: nobody is
//! told of them a second time.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use crate::sys::guarded::{STOPPED_SIZE, Stopped, shared_file};

/// A place for each thread that answers.
#[derive(Debug, Clone)]
pub(super) struct Flights(Arc<File>);

const SIZE: u64 = STOPPED_SIZE as u64;

impl Flights {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(shared_file()?)))
    }

    /// Notes what thread `place` is about to answer, in place of what it has answered before.
    pub(super) fn note(&self, place: usize, stopped: &Stopped) {
        // In memory, of a few bytes: it does not fail; and if it did, a kill right now would have to come as well.
        let _ = self.0.write_all_at(&stopped.written_down(), place as u64 * SIZE);
    }

    /// All that were noted last, whether they were answered or not.
    pub(super) fn all(&self) -> Vec<Stopped> {
        let read = |place: u64| {
            let mut bytes = [0; STOPPED_SIZE];
            self.0.read_exact_at(&mut bytes, place * SIZE).ok().map(|()| Stopped::read_again(&bytes))
        };
        (0..).map_while(read).flatten().collect()
    }
}
