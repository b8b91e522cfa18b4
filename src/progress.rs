//! What long work reports while it runs, and how it learns that it should stop.

use std::ops::AddAssign;

/// How much work: totals and steps are both told in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Amount {
    /// Files, directories and everything else that has a name.
    pub entries: u64,
    /// Bytes of content: as copied, or as freed on disk.
    pub bytes: u64,
}

impl AddAssign for Amount {
    fn add_assign(&mut self, more: Self) {
        // Files of holes may be of any length, and together of more than can be counted.
        self.entries = self.entries.saturating_add(more.entries);
        self.bytes = self.bytes.saturating_add(more.bytes);
    }
}

/// What kind of long work has begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Finding out how much there is.
    Measuring,
    /// Copying to or from another file system.
    Copying,
    /// Deleting for good.
    Deleting,
    /// Taking over what other programs removed.
    Importing,
    /// Moving items to the trash or back, one rename each.
    Moving,
    /// Looking for problems.
    Checking,
}

/// Listens to long work.
///
/// Called often and from the thread that works, so an implementation returns quickly and never fails.
pub trait Progress: Send + Sync {
    /// Work of this kind begins; `total` is known only where it was measured before, and what is 0 in it is not known.
    ///
    /// It may be inside of other work, which goes on after its end; inside of work of the same kind it is a part of that.
    fn begin(&self, activity: Activity, total: Option<Amount>);

    /// This much more is done.
    fn advance(&self, done: Amount);

    /// The work that began last has ended, well or not.
    fn end(&self);

    /// Whether a person asked to stop. Work stops at the next point where nothing is half-done.
    fn interrupted(&self) -> bool;
}

/// Tells `progress` of the end of what has begun, also where an error leaves early.
#[must_use = "the end is told when this is dropped"]
pub(crate) struct Ending<'a>(&'a dyn Progress);

/// Tells `progress` that work of this kind begins, and of its end when what is returned is dropped.
pub(crate) fn begin(progress: &dyn Progress, activity: Activity, total: Option<Amount>) -> Ending<'_> {
    progress.begin(activity, total);
    Ending(progress)
}

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Listens to nothing and never interrupts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: Activity, _: Option<Amount>) {}
    fn advance(&self, _: Amount) {}
    fn end(&self) {}
    fn interrupted(&self) -> bool {
        false
    }
}
