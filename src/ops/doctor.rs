//! Finding problems in every trash directory and on files outside the trash, and fixing them without losing data.

pub(super) mod diagnosis;
mod live;
mod mend;
mod notes;
mod registrations;

use std::io;

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::Error;
use crate::finding::{At, Finding};
use crate::item::{Spot, State, TrashItem};
use crate::manager::TrashManager;
use crate::ops::doctor::diagnosis::CHECK;
use crate::progress::{Activity, Amount, Progress, begin};
use crate::store::{Reading, TrashDir};

pub use self::diagnosis::{Diagnosis, ExamineOptions};

/// How long after the end of an item's grace period it is plain that nobody cleans: whoever does it by hand or once a
/// month does it more often than that, give or take a holiday.
const OVERDUE_AFTER: TimeDelta = TimeDelta::days(60);

impl TrashManager {
    /// Finds problems in every trash directory and in the named files. Changes nothing; [`Self::mend`] fixes one finding.
    #[must_use]
    pub fn examine(&self, request: &ExamineOptions, progress: &dyn Progress) -> Diagnosis {
        let _ending = begin(progress, Activity::Checking, None);
        let found = self.discover();
        let mut diagnosis = Diagnosis::default();
        for problem in found.problems {
            diagnosis.sort_in(problem);
        }
        let of_others = found.of_others.into_iter();
        diagnosis.findings.extend(of_others.map(|(trash, owner)| Finding::OfAnother { trash, owner }));
        let out_of_reach = self.volumes().why_out_of_reach();
        diagnosis.findings.extend(out_of_reach.map(|error| Finding::NoHome {
            trash: self.volumes().main_path().to_owned(),
            reason: error.reason.into_owned(),
        }));
        let mut overdue = Overdue::default();
        for trash in found.trashes.iter().take_while(|_| !progress.interrupted()) {
            diagnosis.trashes.push(trash.path().clone());
            check_trash(trash, request.now, &mut overdue, &mut diagnosis, progress);
        }
        if let Ok(Some(home)) = self.volumes().home_if_there() {
            let checked = registrations::check(&home, self.volumes().root(), &found.vacant, &mut diagnosis.findings);
            diagnosis.note(home.path(), checked);
        }
        diagnosis.findings.extend(overdue.told());
        live::check(self, request, &mut diagnosis, progress);
        if progress.interrupted() {
            let path = self.volumes().main_path();
            diagnosis.problems.push(Error::interrupted(CHECK, path));
        }
        diagnosis
    }
}

fn check_trash(
    trash: &TrashDir,
    now: DateTime<Utc>,
    overdue: &mut Overdue,
    diagnosis: &mut Diagnosis,
    progress: &dyn Progress,
) {
    let checked = trash.check_places(&mut diagnosis.findings);
    diagnosis.note(trash.path(), checked);
    let walked = trash.for_each(|reading| {
        if let Ok(Reading::Item(item)) = &reading {
            diagnosis.items += 1;
            overdue.count(item, now);
        }
        trash.check_entry(&reading, now, &mut diagnosis.findings);
        progress.advance(Amount { entries: 1, bytes: 0 });
    });
    diagnosis.problems.extend(walked.err());
    match trash.check_doomed() {
        Ok(finding) => diagnosis.findings.extend(finding),
        failed => diagnosis.note(trash.path(), failed.map(|_| ())),
    }
    let checked = check_staging(trash, &mut diagnosis.findings);
    diagnosis.note(trash.path(), checked);
}

/// Looks at copies, on their way in and out.
fn check_staging(trash: &TrashDir, found: &mut Vec<Finding>) -> io::Result<()> {
    let Some(staging) = trash.staging()? else { return Ok(()) };
    for name in staging.copies {
        found.extend(trash.check_staged(&staging.dir, &name)?);
    }
    for (id, outside) in staging.notes {
        if let Some((left, place)) = notes::check(trash, id, &outside)? {
            let at = At { trash: trash.path().clone(), spot: Spot::in_trash(id) };
            found.push(Finding::InterruptedMove { at, place, left });
        }
    }
    Ok(())
}

/// Items whose grace period is over for long.
#[derive(Default)]
struct Overdue {
    items: usize,
    longest: TimeDelta,
}

impl Overdue {
    fn count(&mut self, item: &TrashItem, now: DateTime<Utc>) {
        let over = item.deletion.instant().map_or(TimeDelta::zero(), |end| now - end);
        if item.state(now) == State::Expired && over > OVERDUE_AFTER {
            self.items += 1;
            self.longest = self.longest.max(over);
        }
    }

    fn told(&self) -> Option<Finding> {
        (self.items > 0).then_some(Finding::Overdue { items: self.items, longest: self.longest })
    }
}
