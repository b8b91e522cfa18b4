//! Progress of long work on a terminal.
//!
//! There is one line per process. Everything else that is printed clears it first, and the next step draws it again.

mod meter;

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};
use rrm::progress::{Activity, Amount, Progress};
use rrm::sys::patience::patience;

use super::signals::{is_interrupted, listen, listen_for_hang_up, watch};
use super::verbosity::Verbosity;
use meter::Task;

#[cfg(feature = "browse")]
pub(crate) use meter::progress_words;

/// How long work runs before its progress is shown.
const DELAY: Duration = Duration::from_millis(500);

/// How often the line is redrawn.
const REFRESH: Duration = Duration::from_millis(100);

/// Steps between two looks at the clock: one for each step would slow the work down.
const STEPS_PER_LOOK: u64 = 16;

/// A step of this many bytes gets its own look.
const LARGE_STEP: u64 = 1 << 20;

/// The current line.
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

/// Shows progress on standard error if it is a terminal, and listens to Ctrl-C.
///
/// Work that only reads is ended by a signal, unless it takes long.
pub(crate) struct TerminalProgress {
    verbosity: Verbosity,
    /// Whether standard error is a terminal; checked when there is something to show.
    watched: OnceLock<bool>,
    steps: AtomicU64,
    /// Done since the last look.
    entries: AtomicU64,
    bytes: AtomicU64,
    tasks: Mutex<Tasks>,
}

/// Running tasks; the innermost is shown.
#[derive(Default)]
struct Tasks {
    /// Start of the first task.
    since: Option<Instant>,
    under_way: Vec<Task>,
    /// Whether any ran long enough to be shown.
    lasted: bool,
    /// When the line was last drawn.
    drawn: Option<Instant>,
}

impl TerminalProgress {
    /// For work that only reads.
    pub(super) fn new(verbosity: Verbosity) -> Self {
        let (watched, steps, entries, bytes) = Default::default();
        Self { verbosity, watched, steps, entries, bytes, tasks: Mutex::default() }
    }

    /// For work that changes something: a signal waits until the current item is complete.
    pub(crate) fn listening(self) -> Self {
        listen();
        self
    }

    /// The same, for work that may wait for a server.
    pub(crate) fn watching(self) -> Self {
        watch();
        self.listening()
    }

    /// Whether progress was shown.
    pub(crate) fn has_lasted(&self) -> bool {
        self.tasks().lasted
    }

    fn is_watched(&self) -> bool {
        *self.watched.get_or_init(|| self.verbosity.shows_progress() && std::io::stderr().is_terminal())
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tasks, with all steps counted.
    fn up_to_date(&self) -> MutexGuard<'_, Tasks> {
        let mut tasks = self.tasks();
        let take = |sum: &AtomicU64| sum.swap(0, Ordering::Relaxed);
        tasks.advance(Amount { entries: take(&self.entries), bytes: take(&self.bytes) });
        tasks
    }
}

impl Progress for TerminalProgress {
    fn begin(&self, activity: Activity, total: Option<Amount>) {
        listen();
        // One rename is over before anybody could ask.
        if activity != Activity::Moving || total.is_none_or(|total| total.entries > 1) {
            watch();
        }
        if activity == Activity::Copying {
            listen_for_hang_up();
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
        is_interrupted()
    }
}

impl Tasks {
    fn begin(&mut self, activity: Activity, total: Option<Amount>) {
        self.since.get_or_insert_with(Instant::now);
        match self.under_way.last_mut() {
            // Deleting one item is part of deleting all; they share one count.
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
