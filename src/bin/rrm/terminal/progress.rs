//! Progress of long work, on a terminal, once it has lasted.
//!
//! It is one line at the bottom of the terminal, and the terminal is the whole process's: whatever else is written there
//! clears the line first, and the next step of the work brings it back.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};
use rrm::progress::{Activity, Amount, Progress};

use super::meter::{self, Work};
use super::signals::{listen, listen_for_hang_up, watch};
use crate::translate::Voice;

/// How long work may take before it says anything.
const QUIET: Duration = Duration::from_millis(500);

/// How often the line is brought up to date; work is told in far smaller steps.
const BEAT: Duration = Duration::from_millis(100);

/// After how many steps it is looked whether there is something to show: the clock and the line for each of them would
/// cost a part of the time that the step takes.
const STEPS: u64 = 16;

/// A step of so many bytes took long enough for a look of its own.
const LARGE: u64 = 1 << 20;

/// The line that is shown.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

fn shown() -> MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Clears the line, if there is one.
pub(crate) fn clear_progress() {
    if let Some(bar) = shown().take() {
        bar.finish_and_clear();
    }
}

/// Shows progress on standard error if that is a terminal, and learns of Ctrl-C.
///
/// What only looks lets a signal end the process as it always does, unless it takes long.
pub(crate) struct TerminalProgress {
    voice: Voice,
    /// Whether a person looks; asked once there is something to show.
    watched: OnceLock<bool>,
    interrupted: OnceLock<Arc<AtomicBool>>,
    /// Set once a hang-up interrupts as well.
    hang_up: OnceLock<()>,
    steps: AtomicU64,
    /// What was done since the last look.
    entries: AtomicU64,
    bytes: AtomicU64,
    works: Mutex<Works>,
}

/// What is going on: of work inside of other work, the innermost is shown.
#[derive(Default)]
struct Works {
    /// When the first began.
    since: Option<Instant>,
    under_way: Vec<Work>,
    /// Whether any has lasted long enough to be shown.
    lasted: bool,
    /// When the line was last brought up to date.
    told: Option<Instant>,
}

impl TerminalProgress {
    /// For what only looks.
    pub(super) fn new(voice: Voice) -> Self {
        let (steps, entries, bytes) = Default::default();
        let (watched, interrupted, hang_up) = Default::default();
        Self { voice, watched, interrupted, hang_up, steps, entries, bytes, works: Mutex::default() }
    }

    /// For what changes something: a signal waits until the item at hand is whole, and without a mark of ours, on one side
    /// or the other.
    pub(crate) fn listening(self) -> Self {
        self.interrupted.get_or_init(listen);
        self
    }

    /// As [`Self::listening`], for what may wait for a server.
    pub(crate) fn watching(self) -> Self {
        watch();
        self.listening()
    }

    /// Whether it took so long that a person saw it.
    pub(crate) fn has_lasted(&self) -> bool {
        self.works().lasted
    }

    fn is_watched(&self) -> bool {
        *self.watched.get_or_init(|| self.voice.shows_progress() && std::io::stderr().is_terminal())
    }

    fn works(&self) -> MutexGuard<'_, Works> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The works, with all that was done by now.
    fn up_to_date(&self) -> MutexGuard<'_, Works> {
        let mut works = self.works();
        let take = |sum: &AtomicU64| sum.swap(0, Ordering::Relaxed);
        works.advance(Amount { entries: take(&self.entries), bytes: take(&self.bytes) });
        works
    }
}

impl Progress for TerminalProgress {
    fn begin(&self, activity: Activity, total: Option<Amount>) {
        let interrupted = self.interrupted.get_or_init(listen);
        // One rename is over before anybody could ask.
        if activity != Activity::Moving || total.is_none_or(|total| total.entries > 1) {
            watch();
        }
        if activity == Activity::Copying {
            self.hang_up.get_or_init(|| listen_for_hang_up(interrupted));
        }
        self.up_to_date().begin(activity, total);
        clear_progress();
    }

    fn advance(&self, done: Amount) {
        self.entries.fetch_add(done.entries, Ordering::Relaxed);
        self.bytes.fetch_add(done.bytes, Ordering::Relaxed);
        let step = self.steps.fetch_add(1, Ordering::Relaxed) + 1;
        if step.is_multiple_of(STEPS) || done.bytes >= LARGE {
            let mut works = self.up_to_date();
            if works.lasted && self.is_watched() {
                works.show();
            }
        }
    }

    fn end(&self) {
        self.up_to_date().end();
        clear_progress();
    }

    fn interrupted(&self) -> bool {
        self.interrupted.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
    }
}

impl Works {
    fn begin(&mut self, activity: Activity, total: Option<Amount>) {
        self.since.get_or_insert_with(Instant::now);
        match self.under_way.last_mut() {
            // To delete one item is part of deleting all of them, with one count.
            Some(outer) if outer.activity == activity => outer.parts += 1,
            _ => self.under_way.push(Work::new(activity, total)),
        }
    }

    fn advance(&mut self, done: Amount) {
        if let Some(work) = self.under_way.last_mut() {
            work.done += done;
        }
        self.lasted |= self.since.is_some_and(|since| since.elapsed() >= QUIET);
    }

    fn end(&mut self) {
        match self.under_way.last_mut() {
            Some(work) if work.parts > 0 => work.parts -= 1,
            _ => drop(self.under_way.pop()),
        }
    }

    fn show(&mut self) {
        if !self.lasted || self.told.is_some_and(|told| told.elapsed() < BEAT) {
            return;
        }
        let Some(work) = self.under_way.last() else { return };
        self.told = Some(Instant::now());
        meter::update(shown().get_or_insert_with(|| meter::bar(work, ProgressDrawTarget::stderr())), work);
    }
}
