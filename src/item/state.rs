//! How an item stands to its grace period, and which of its dates cannot be right.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use super::{Arrival, Stamp, TrashItem};

/// How an item stands to its grace period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// A person keeps it, whatever its dates say.
    Kept,
    /// Others may have written its record, or it has none that can be read: nobody but a person who names it decides.
    Open,
    /// Inside its grace period.
    Trashed,
    /// Past it: the next `clean` deletes it.
    Expired,
    /// Its dates are missing, unreadable or cannot be right; `clean` leaves it alone.
    Doubtful,
}

impl State {
    /// The state's name in every output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Open => "open",
            Self::Trashed => "trashed",
            Self::Expired => "expired",
            Self::Doubtful => "doubtful",
        }
    }
}

impl TrashItem {
    /// How it stands at `now`.
    ///
    /// Whatever is not plainly past its grace period is not: a missing or unreadable date, a removal in the future (a
    /// clock that jumped), a grace period that ended before it began, a date before there was an rrm (an empty battery).
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> State {
        if self.is_open() {
            return State::Open;
        }
        if self.keep.holds(now) {
            return State::Kept;
        }
        let Some(deletion) = self.deletion.instant() else { return State::Doubtful };
        let consistent = match &self.trashed {
            Stamp::At(trashed) => {
                let of_this_command = trashed.signed_duration_since(now) <= MEANWHILE;
                *trashed <= deletion && of_this_command && !self.is_before_rrm(*trashed) && deletion >= FIRST_RECORD
            }
            Stamp::Missing => deletion >= FIRST_TRASH,
            Stamp::Unreadable => false,
        };
        match (consistent, deletion <= now) {
            (false, _) => State::Doubtful,
            (true, true) => State::Expired,
            (true, false) => State::Trashed,
        }
    }

    /// Whether nobody can have removed it at this instant. What was imported carries the date on which another program
    /// removed it, which may be years ago; where the name does not tell that, a whole second does: such programs note no
    /// more, and rrm always did.
    fn is_before_rrm(&self, trashed: DateTime<Utc>) -> bool {
        let is_imported = match self.id.told() {
            Some(told) => told.arrival == Arrival::Import,
            None => trashed.nanosecond() == 0,
        };
        trashed < if is_imported { FIRST_TRASH } else { FIRST_RECORD }
    }
}

/// How far in the future of a command a removal may be: a clean takes its time, and others go on removing things. What is
/// removed meanwhile is no clock that jumped, and its grace period is not over either.
const MEANWHILE: TimeDelta = TimeDelta::minutes(10);

/// The start of 2026: no record in this form is older, so what says so was written under a clock that was never set, or
/// that shows the day on which its machine was built.
const FIRST_RECORD: DateTime<Utc> = start_of_day(1_767_225_600);

/// The start of 2000: neither the first rrm, which wrote no date of removal, nor any other program's trash is older.
const FIRST_TRASH: DateTime<Utc> = start_of_day(946_684_800);

const fn start_of_day(seconds: i64) -> DateTime<Utc> {
    match DateTime::from_timestamp(seconds, 0) {
        Some(instant) => instant,
        None => DateTime::UNIX_EPOCH,
    }
}
