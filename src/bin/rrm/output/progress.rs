//! Progress of long work, on a terminal, once it has lasted.
//!
//! It is one line at the bottom of the terminal, and the terminal is the whole process's: whatever else is written there
//! clears the line first, and the next step of the work brings it back.

mod meter;

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};
use rrm::progress::{Activity, Amount, Progress};
use rrm::sys::patience::patience;

use super::signals::{listen, listen_for_hang_up};
use super::verbosity::Verbosity;
use meter::Task;

#[cfg(feature = "browse")]
pub(crate) use meter::progress_words;

/// How long work may take before it says anything.
const DELAY: Duration = Duration::from_millis(500);

/// How often the line is brought up to date; work is told in far smaller steps.
const REFRESH: Duration = Duration::from_millis(100);

/// After how many steps it is looked whether there is something to show: the clock and the line for each of them would
/// cost a part of the time that the step takes.
const STEPS_PER_LOOK: u64 = 16;

/// A step of so many bytes took long enough for a look of its own.
const LARGE_STEP: u64 = 1 << 20;

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
    verbosity: Verbosity,
    /// Whether a person looks; asked once there is something to show.
    watched: OnceLock<bool>,
    interrupted: OnceLock<Arc<AtomicBool>>,
    /// Set once a hang-up interrupts as well.
    hang_up: OnceLock<()>,
    steps: AtomicU64,
    /// What was done since the last look.
    entries: AtomicU64,
    bytes: AtomicU64,
    tasks: Mutex<Tasks>,
}

/// What is going on: of work inside of other work, the innermost is shown.
#[derive(Default)]
struct Tasks {
    /// When the first began.
    since: Option<Instant>,
    under_way: Vec<Task>,
    /// Whether any has lasted long enough to be shown.
    lasted: bool,
    /// When the line was last brought up to date.
    drawn: Option<Instant>,
}

impl TerminalProgress {
    /// For what only looks.
    pub(super) fn new(verbosity: Verbosity) -> Self {
        let (steps, entries, bytes) = Default::default();
        let (watched, interrupted, hang_up) = Default::default();
        Self { verbosity, watched, interrupted, hang_up, steps, entries, bytes, tasks: Mutex::default() }
    }

    /// For what changes something: a signal waits until the item at hand is whole, and without a mark of ours, on one side
    /// or the other.
    pub(crate) fn listening(self) -> Self {
        self.interrupted.get_or_init(listen);
        self
    }

    /// Whether it took so long that a person saw it.
    pub(crate) fn has_lasted(&self) -> bool {
        self.tasks().lasted
    }

    fn is_watched(&self) -> bool {
        *self.watched.get_or_init(|| self.verbosity.shows_progress() && std::io::stderr().is_terminal())
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The works, with all that was done by now.
    fn up_to_date(&self) -> MutexGuard<'_, Tasks> {
        let mut tasks = self.tasks();
        let take = |sum: &AtomicU64| sum.swap(0, Ordering::Relaxed);
        tasks.advance(Amount { entries: take(&self.entries), bytes: take(&self.bytes) });
        tasks
    }
}

impl Progress for TerminalProgress {
    fn begin(&self, activity: Activity, total: Option<Amount>) {
        let interrupted = self.interrupted.get_or_init(listen);
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
        if step.is_multiple_of(STEPS_PER_LOOK) || done.bytes >= LARGE_STEP {
            let mut tasks = self.up_to_date();
            if tasks.lasted && self.is_watched() {
                tasks.show();
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

impl Tasks {
    fn begin(&mut self, activity: Activity, total: Option<Amount>) {
        self.since.get_or_insert_with(Instant::now);
        match self.under_way.last_mut() {
            // To delete one item is part of deleting all of them, with one count.
            Some(outer) if outer.activity == activity => outer.parts += 1,
            _ => self.under_way.push(Task::new(activity, total)),
        }
    }

    fn advance(&mut self, done: Amount) {
        if let Some(task) = self.under_way.last_mut() {
            task.done += done;
        }
        self.lasted |= self.since.is_some_and(|since| since.elapsed() >= patience(DELAY));
    }

    fn end(&mut self) {
        match self.under_way.last_mut() {
            Some(task) if task.parts > 0 => task.parts -= 1,
            _ => drop(self.under_way.pop()),
        }
    }

    fn show(&mut self) {
        if !self.lasted || self.drawn.is_some_and(|drawn| drawn.elapsed() < patience(REFRESH)) {
            return;
        }
        let Some(task) = self.under_way.last() else { return };
        self.drawn = Some(Instant::now());
        meter::update(shown().get_or_insert_with(|| meter::bar(task, ProgressDrawTarget::stderr())), task);
    }
}
