//! Progress of long work, on a terminal, once it has lasted.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rrm::progress::{Activity, Amount, Progress};

use super::signals::listen;
use crate::view::{count, size};

/// How long work may take before it says anything.
const QUIET: Duration = Duration::from_millis(500);

/// After how many steps it is looked whether there is something to show: the clock and the bar for each of them took a sixth
/// of the time that deleting a file takes in memory.
const STEPS: u64 = 16;

/// A step of so many bytes took long enough for a look of its own.
const LARGE: u64 = 1 << 20;

/// Shows progress on standard error if that is a terminal, and learns of Ctrl-C.
///
/// What only looks lets a signal end the process as it always does, unless it takes long.
#[derive(Default)]
pub(crate) struct TerminalProgress {
    interrupted: OnceLock<Arc<AtomicBool>>,
    steps: AtomicU64,
    entries: AtomicU64,
    bytes: AtomicU64,
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    since: Option<Instant>,
    activity: Option<Activity>,
    total: Option<Amount>,
    bar: Option<ProgressBar>,
}

impl TerminalProgress {
    /// For what changes something: a signal waits until the item at hand is whole, and without a mark of ours, on one side
    /// or the other.
    pub(crate) fn listening() -> Self {
        let progress = Self::default();
        progress.interrupted.get_or_init(listen);
        progress
    }

    fn with(&self, change: impl FnOnce(&mut Current)) {
        change(&mut self.current.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Progress for TerminalProgress {
    fn begin(&self, activity: Activity, total: Option<Amount>) {
        self.interrupted.get_or_init(listen);
        self.entries.store(0, Ordering::Relaxed);
        self.bytes.store(0, Ordering::Relaxed);
        self.with(|current| {
            let since = Some(current.since.unwrap_or_else(Instant::now));
            *current = Current { since, activity: Some(activity), total, bar: current.bar.take() };
        });
    }

    fn advance(&self, done: Amount) {
        let add = |sum: &AtomicU64, more| sum.fetch_add(more, Ordering::Relaxed) + more;
        let so_far = Amount { entries: add(&self.entries, done.entries), bytes: add(&self.bytes, done.bytes) };
        if add(&self.steps, 1).is_multiple_of(STEPS) || done.bytes >= LARGE {
            self.with(|current| current.show(so_far));
        }
    }

    fn end(&self) {
        self.with(|current| {
            if let Some(bar) = current.bar.take() {
                bar.finish_and_clear();
            }
        });
    }

    fn interrupted(&self) -> bool {
        self.interrupted.get().is_some_and(|flag| flag.load(Ordering::Relaxed))
    }
}

impl Current {
    fn show(&mut self, done: Amount) {
        let lasted = self.since.is_some_and(|since| since.elapsed() >= QUIET);
        if self.bar.is_none() && lasted {
            self.bar = Some(self.new_bar());
        }
        if let Some(bar) = &self.bar {
            let in_bytes = self.activity == Some(Activity::Copying);
            bar.set_position(if in_bytes { done.bytes } else { done.entries });
        }
    }

    fn new_bar(&self) -> ProgressBar {
        if !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let (verb, template, length) = match (self.activity, self.total) {
            (Some(Activity::Copying), Some(total)) => {
                ("copying", "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}", Some(total.bytes))
            }
            (Some(Activity::Copying), None) => ("copying", "{msg} {bytes} {bytes_per_sec} {elapsed}", None),
            (Some(Activity::Measuring), _) => ("measuring", "{msg} {human_pos} entries {elapsed}", None),
            (_, Some(total)) => {
                ("deleting", "{msg} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}", Some(total.entries))
            }
            (_, None) => ("deleting", "{msg} {human_pos} entries {per_sec} {elapsed}", None),
        };
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(10));
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.with_message(verb)
    }
}

/// How far work has come, in words, for who draws by themselves.
pub(crate) fn progress_words(activity: Activity, done: Amount) -> String {
    let entries = count(done.entries, "entry").replace("entrys", "entries");
    match activity {
        Activity::Measuring => format!("measuring, {entries}"),
        Activity::Copying => format!("copying, {}", size(done.bytes)),
        Activity::Deleting => format!("deleting, {entries}"),
    }
}
