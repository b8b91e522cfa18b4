//! One line about long work: how much is done, how fast, and how long the rest will take.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use rrm::progress::{Activity, Amount};

use crate::output::text::{count, size};

/// Some work that is under way.
pub(super) struct Task {
    pub(super) activity: Activity,
    pub(super) done: Amount,
    /// How many works of the same kind inside of it are under way.
    pub(super) parts: u32,
    total: Option<Amount>,
    since: Instant,
}

/// By what the length of a bar is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Entries,
    Bytes,
}

impl Task {
    pub(super) fn new(activity: Activity, total: Option<Amount>) -> Self {
        Self { activity, done: Amount::default(), parts: 0, total, since: Instant::now() }
    }

    /// Bytes where they are known and take the time; else there is a name at a time.
    fn unit(&self) -> Unit {
        match (self.activity, self.total) {
            (Activity::Copying, _) => Unit::Bytes,
            (Activity::Deleting, Some(total)) if total.entries == 0 => Unit::Bytes,
            _ => Unit::Entries,
        }
    }

    fn length(&self) -> Option<u64> {
        let total = self.total?;
        Some(match self.unit() {
            Unit::Bytes => total.bytes,
            Unit::Entries => total.entries,
        })
    }

    fn position(&self) -> u64 {
        let position = match self.unit() {
            Unit::Bytes => self.done.bytes,
            Unit::Entries => self.done.entries,
        };
        // What is freed on disk may be more than the length of the files.
        self.length().map_or(position, |length| position.min(length))
    }

    /// How much is done, and how fast.
    fn summary(&self) -> String {
        let mut summary = match (self.activity, self.total.map(|total| total.entries).filter(|all| *all > 0)) {
            (Activity::Moving, Some(all)) => format!("{} of {}, ", self.done.entries, count(all, "item")),
            (_, Some(1)) => String::new(),
            (_, Some(all)) => format!("{} of {all} entries, ", self.done.entries),
            (_, None) if self.done.entries == 1 => "1 entry, ".to_owned(),
            (_, None) => format!("{} entries, ", self.done.entries),
        };
        let seconds = self.since.elapsed().as_secs().max(1);
        // Writing to a string cannot fail.
        let _ = match (self.unit(), self.done.bytes) {
            (Unit::Bytes, bytes) => {
                // What deletion frees may be more than it was thought to be.
                let all = self.length().filter(|_| self.activity == Activity::Copying);
                let all = all.map_or_else(String::new, |all| format!(" of {}", size(all)));
                write!(summary, "{}{all}, {}/s", size(bytes), size(bytes / seconds))
            }
            (Unit::Entries, 0) => write!(summary, "{}/s", self.done.entries / seconds),
            (Unit::Entries, bytes) => {
                write!(summary, "{}, {}/s", size(bytes), self.done.entries / seconds)
            }
        };
        summary
    }
}

/// How far work has come, in words, for who draws by themselves.
#[cfg(feature = "browse")]
pub(crate) fn progress_words(activity: Activity, done: Amount) -> String {
    let done = match activity {
        Activity::Copying => size(done.bytes),
        _ if done.entries == 1 => "1 entry".to_owned(),
        _ => format!("{} entries", done.entries),
    };
    format!("{}, {done}", verb(activity))
}

/// The verb of a line.
fn verb(activity: Activity) -> &'static str {
    match activity {
        Activity::Measuring => "measuring",
        Activity::Copying => "copying",
        Activity::Deleting => "deleting",
        Activity::Importing => "importing",
        Activity::Moving => "moving",
        Activity::Checking => "checking",
    }
}

/// A line about `work`, drawn on `target`.
pub(super) fn bar(task: &Task, target: ProgressDrawTarget) -> ProgressBar {
    let length = task.length().filter(|length| *length > 0);
    let template = match length {
        Some(_) => "{prefix} {wide_bar} {msg}, {left} left",
        None => "{prefix} {msg}, {passed}",
    };
    let bar = ProgressBar::with_draw_target(length, target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("left", left).with_key("passed", passed));
    }
    bar.with_prefix(verb(task.activity)).with_elapsed(task.since.elapsed())
}

/// Brings the line up to date.
pub(super) fn update(bar: &ProgressBar, task: &Task) {
    bar.set_message(task.summary());
    bar.set_position(task.position());
}

fn passed(state: &ProgressState, text: &mut dyn std::fmt::Write) {
    let _ = text.write_str(&clock(state.elapsed()));
}

/// At the mean speed so far, the rest takes so long.
fn left(state: &ProgressState, text: &mut dyn std::fmt::Write) {
    let (done, all) = (state.pos(), state.len().unwrap_or(0));
    let millis = state.elapsed().as_millis().saturating_mul(u128::from(all.saturating_sub(done)));
    let left = millis.checked_div(u128::from(done)).and_then(|millis| u64::try_from(millis).ok());
    let _ = text.write_str(&left.map_or_else(|| "?".to_owned(), |millis| clock(Duration::from_millis(millis))));
}

/// `7s`, `1:07`, `2:01:07`.
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}:{seconds:02}"),
        (hours, minutes, seconds) => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(activity: Activity, total: Option<Amount>, done: Amount) -> Task {
        Task { done, ..Task::new(activity, total) }
    }

    #[test]
    fn each_kind_of_work_tells_counts_bytes_and_rates() {
        let (some, all) = (Amount { entries: 3, bytes: 2048 }, Amount { entries: 9, bytes: 8192 });
        for (activity, total, summary, position) in [
            (Activity::Copying, Some(all), "3 of 9 entries, 2.0 KiB of 8.0 KiB, 2.0 KiB/s", 2048),
            (Activity::Deleting, Some(all), "3 of 9 entries, 2.0 KiB, 3/s", 3),
            (Activity::Deleting, Some(Amount { entries: 0, bytes: 1024 }), "3 entries, 2.0 KiB, 2.0 KiB/s", 1024),
            (Activity::Deleting, None, "3 entries, 2.0 KiB, 3/s", 3),
            (Activity::Measuring, None, "3 entries, 2.0 KiB, 3/s", 3),
        ] {
            let task = task(activity, total, some);
            assert_eq!((task.summary().as_str(), task.position()), (summary, position), "{activity:?}");
        }
        let moving = task(Activity::Moving, Some(all), Amount { entries: 3, bytes: 0 });
        assert_eq!(moving.summary(), "3 of 9 items, 3/s");
    }

    #[test]
    fn times_are_short() {
        for (seconds, text) in [(0, "0s"), (67, "1:07"), (7267, "2:01:07")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
    }
}
