//! From what a run has kept to items in the trash.
//!
//! | step | what the disk holds if it is the last |
//! |---|---|
//! | an envelope for each item in the directory of the run, with its record | numbers and journal; envelopes that the next one discards |
//! | what an undo has to do beside, flushed | the same |
//! | **the plan, flushed** | numbers and journal; from now on the next one does what is in the plan |
//! | directories made, numbers moved into them, and what they had given to them | the same |
//! | **RENAME of an envelope among the items** | that item, whole and listed; the others as before |
//! | numbers that nobody needs removed, the journal, the plan | all items |
//!
//! An envelope that the plan names and that is not in the directory of the run has become an item, so nothing becomes one twice.

mod fill;
mod look;

use std::ffi::OsString;
use std::io;
use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::journal::{Entry, entries};
use super::plan::{Plan, PlannedUnit};
use super::promote::{Part, Promotion, Unit, Uses, What, promote};
use super::summary::Summary;
use crate::error::{Error, ErrorKind, Result};
use crate::item::{Before, Guarded, Record};
use crate::store::{Guard, Reading, Run, TrashDir};
use fill::fill;
use look::OnDisk;

/// When what a run has kept counts as removed, and by whom.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) at: DateTime<Utc>,
    pub(crate) deletion: Option<DateTime<Utc>>,
    pub(crate) session: Option<OsString>,
}

impl Batch {
    /// That of a run that nobody owns any more, by the first line of its journal: it was over when that was last written to.
    pub(crate) fn of_journal(first_line: &[u8], at: DateTime<Utc>) -> Self {
        let (session, grace) = match entries(first_line).into_iter().next() {
            Some(Entry::Run { session, grace }) => (session, TimeDelta::try_seconds(grace)),
            _ => (None, None),
        };
        Self { at, deletion: grace.and_then(|grace| at.checked_add_signed(grace)), session }
    }

    fn record(&self, trash: &TrashDir, origin: &Path, generation: usize) -> Record {
        let earlier = TimeDelta::microseconds(i64::try_from(generation).unwrap_or(i64::MAX));
        Record {
            // What cannot be said is of unknown origin.
            original_path: trash.recorded_path(origin).unwrap_or_default(),
            trashed: self.at.checked_sub_signed(earlier).unwrap_or(self.at),
            deletion: self.deletion,
            session: self.session.clone(),
            imported_as: None,
        }
    }
}

/// The batch that an aftermath belongs to.
pub(crate) fn batch_of(aftermath: &[u8]) -> Option<DateTime<Utc>> {
    let first = aftermath.split(|byte| *byte == b'\n').next()?;
    DateTime::from_timestamp_micros(std::str::from_utf8(first).ok()?.parse().ok()?)
}

/// Makes items of what a run has kept on one volume. What fails is named, and left to the next command.
pub(crate) fn carry_out(trash: &TrashDir, guard: &Guard, batch: &Batch) -> Summary {
    let mut summary = Summary::default();
    let done = planned(trash, guard, batch, &mut summary).and_then(|plan| execute(trash, guard, &plan, &mut summary));
    if let Err(error) = done {
        summary.problems.push(Error::system(
            "move to the trash what the guarded command lost, in",
            &**trash.path(),
            error,
        ));
    }
    summary
}

/// The plan that is there, or a new one.
fn planned(trash: &TrashDir, guard: &Guard, batch: &Batch, summary: &mut Summary) -> io::Result<Plan> {
    let written = guard.read(Run::Plan)?.and_then(|text| Plan::from_text(&text));
    let contents = guard.contents()?;
    for number in contents.unfinished {
        guard.discard_copy(number)?;
    }
    if let Some(plan) = written {
        return Ok(plan);
    }
    for id in contents.envelopes {
        guard.discard_envelope(id)?;
    }
    // A plan that cannot be read is in the way of the new one.
    guard.drop_file(Run::Plan)?;
    guard.drop_file(Run::Aftermath)?;
    let entries = entries(&guard.journal_text()?);
    let look = OnDisk::of(guard);
    let mut promotion = promote(&entries, &look);
    summary.not_kept.extend(promotion.shared.iter().map(|path| {
        let reason = "rrm undo restores its content under this name only; its other hard links keep the new content";
        Error::new(ErrorKind::Changed, "keep", path, reason)
    }));
    let told: std::collections::HashSet<u64> = entries.iter().filter_map(Entry::number).collect();
    promotion.unknown.extend(contents.numbers.iter().copied().filter(|number| !told.contains(number)));
    write_plan(trash, guard, batch, promotion)
}

fn write_plan(trash: &TrashDir, guard: &Guard, batch: &Batch, promotion: Promotion) -> io::Result<Plan> {
    let Promotion { units, unknown, unused, aftermath, .. } = promotion;
    let mut plan = Plan { unused, ..Plan::default() };
    let unknown = unknown.into_iter().map(|number| Unit {
        origin: Path::new("").into(),
        generation: 0,
        guarded: Guarded::Removed(Before::Unchanged),
        parts: vec![Part { below: Path::new("").into(), what: What::Number { number, uses: Uses::One, had: None } }],
    });
    for unit in units.into_iter().chain(unknown) {
        let record = batch.record(trash, &unit.origin, unit.generation);
        let id = trash.make_guarded_envelope(guard, &record, unit.guarded)?;
        plan.units.push(PlannedUnit { id, parts: unit.parts });
    }
    if !plan.units.is_empty() && !aftermath.is_empty() {
        let text: String = aftermath.iter().map(Entry::to_line).collect();
        trash.making_room(|| {
            guard.write(Run::Aftermath, format!("{}\n{text}", batch.at.timestamp_micros()).as_bytes())
        })?;
    }
    trash.making_room(|| guard.write(Run::Plan, plan.to_text().as_bytes()))?;
    Ok(plan)
}

/// Does what a plan says, as far as that is not done.
fn execute(trash: &TrashDir, guard: &Guard, plan: &Plan, summary: &mut Summary) -> io::Result<()> {
    let mut failed = None;
    for unit in &plan.units {
        if let Err(error) = commit(trash, guard, unit, summary) {
            failed = Some(error);
        }
    }
    if let Some(error) = failed {
        summary.problems.push(error);
        return Ok(());
    }
    let parts = plan.units.iter().flat_map(|unit| &unit.parts);
    let shared = parts.filter_map(|part| match part.what {
        What::Number { number, uses: Uses::Several, .. } => Some(number),
        _ => None,
    });
    for number in plan.unused.iter().copied().chain(shared) {
        guard.drop_number(number)?;
    }
    guard.drop_journal()?;
    guard.drop_file(Run::Plan)?;
    if guard.read(Run::Aftermath)?.is_none() {
        trash.end_guard(guard)?;
    }
    Ok(())
}

/// Fills an envelope and puts it among the items, unless that was done before.
fn commit(trash: &TrashDir, guard: &Guard, unit: &PlannedUnit, summary: &mut Summary) -> Result<()> {
    let text = unit.id.to_string();
    let failed = |error| Error::system("file", trash.path().join(&text), error);
    let Some(lacking) = trash.making_room(|| fill(guard, unit)).map_err(failed)? else { return Ok(()) };
    trash.commit_guarded(guard, unit.id).map_err(failed)?;
    // What is there no more somebody was fast to take.
    if let Reading::Item(item) = trash.read(unit.id)? {
        let origin = item.original_path().unwrap_or(Path::new("")).to_owned();
        let reason = "its attributes could not be set";
        let lost = lacking.iter().map(|below| Error::new(ErrorKind::NoAttributes, "keep", origin.join(below), reason));
        summary.not_kept.extend(lost);
        summary.count(item);
    }
    Ok(())
}
