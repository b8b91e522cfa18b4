//! Carries out jobs, with the operations of the commands.

use std::collections::HashSet;
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rrm::error::ErrorKind;
use rrm::item::{ItemId, Keep};
use rrm::ops::Returned;
use rrm::ops::clean::CleanOptions;
use rrm::ops::clean::CleanPlan;
use rrm::ops::keep::KeepOptions;
use rrm::ops::remove::RemoveOptions;
use rrm::ops::restore::RestoreEnd;
use rrm::ops::restore::RestoreOptions;
use rrm::ops::restore::Restored as Outcome;
use rrm::progress::{Activity, Amount, Progress};
use rrm::sys::metadata_at;

use super::{Report, Shared};
use crate::browse::entries::Entries;
use crate::browse::order::Restore;
use crate::browse::report::{Kept, Restored};
use crate::output::progress_words;

/// Minimum time between progress reports.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(100);

/// A job; one runs at a time.
#[derive(Debug)]
pub(in crate::browse) enum Job {
    Restore(Restore, RestoreOptions),
    /// Requests with their items and their state before.
    Keep {
        requests: Vec<(KeepOptions, Vec<(ItemId, Keep)>)>,
        undoable: bool,
    },
    Plan(CleanOptions),
    Delete(Box<CleanPlan>),
    TakeBack(Vec<Returned>, RemoveOptions),
}

pub(super) fn work(shared: &Shared, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        if shared.stopped() {
            return;
        }
        match job {
            Job::Restore(asked, request) => restore(shared, asked, &request),
            Job::Keep { requests, undoable } => keep(shared, requests, undoable),
            Job::Plan(request) => {
                let plan = shared.manager.plan_clean(&request, &WorkProgress::new(shared));
                shared.trouble(&plan.problems);
                shared.report(Report::Planned(Box::new(plan)));
            }
            Job::Delete(plan) => delete(shared, &plan),
            Job::TakeBack(back, request) => take_back(shared, back, &request),
        }
    }
}

fn restore(shared: &Shared, asked: Restore, request: &RestoreOptions) {
    let plan = shared.manager.plan_restore(request);
    let mut problems = plan.problems.iter().map(|error| shared.messages.words(error)).collect::<Vec<_>>();
    let mut restored = Restored { asked, back: Vec::new(), in_the_way: HashSet::new(), unagreed: Vec::new() };
    let RestoreEnd { made_anew, .. } =
        shared.manager.restore(&plan, &WorkProgress::new(shared), |step, result| match result {
            Ok(Outcome::At(path)) => restored.back.push(Returned::new(&step.item, path)),
            // Browse asks for neither.
            Ok(Outcome::Skipped(_) | Outcome::Merged(_)) => {}
            Ok(Outcome::Marked(path, problem)) => {
                problems.push(shared.messages.words(&problem));
                restored.back.push(Returned::new(&step.item, path));
            }
            Err(error) if error.kind == ErrorKind::TargetExists => drop(restored.in_the_way.insert(step.item.id)),
            Err(error) if matches!(error.kind, ErrorKind::NeedsConsent | ErrorKind::OpenRecord) => {
                restored.unagreed.push((step.item.id, shared.messages.words(&error)));
            }
            Err(error) => problems.push(shared.messages.words(&error)),
        });
    problems.extend(made_anew.iter().map(|anew| crate::output::made_anew(anew, shared.messages.charset)));
    shared.report(Report::Restored(restored));
    shared.tell(problems);
}

fn keep(shared: &Shared, requests: Vec<(KeepOptions, Vec<(ItemId, Keep)>)>, undoable: bool) {
    let mut changed = Vec::new();
    for (request, items) in requests {
        let mut marked = HashSet::new();
        let plan = shared.manager.plan_keep(&request);
        let problems = shared.manager.keep(&plan, |item| marked.extend([item.id]));
        let marked = items.into_iter().filter(|(id, _)| marked.contains(id));
        changed.extend(marked.map(|(id, before)| (id, before, request.keep)));
        shared.trouble(&plan.problems);
        shared.trouble(&problems);
    }
    shared.report(Report::Kept(Kept { changed, undoable }));
}

fn delete(shared: &Shared, plan: &CleanPlan) {
    let cleaned = shared.manager.clean(plan, &WorkProgress::new(shared));
    // An item that clean skipped still exists.
    let is_gone = |path: &std::path::Path| metadata_at(path).is_err();
    let gone = plan.items.iter().filter(|item| is_gone(&item.trash.join(item.spot().path()))).map(|item| item.id);
    let gone: HashSet<ItemId> = gone.collect();
    let problems = cleaned.problems.iter().map(|error| shared.messages.words(error)).collect::<Vec<_>>();
    shared.report(Report::Deleted(cleaned, gone));
    shared.tell(problems);
}

/// In reverse order: an inner item must go before its directory.
fn take_back(shared: &Shared, back: Vec<Returned>, request: &RemoveOptions) {
    let (mut items, mut problems) = (Vec::new(), Vec::new());
    let progress = WorkProgress::new(shared);
    for returned in back.into_iter().rev().take_while(|_| !shared.stopped()) {
        match shared.manager.remove_again(&returned, request, &progress) {
            Ok((item, problem)) => {
                items.push(item);
                problems.extend(problem);
            }
            Err(error) => problems.push(error),
        }
    }
    let entries = Entries::new(items, shared.home.as_deref(), shared.messages.charset);
    shared.report(Report::TakenBack(entries));
    shared.trouble(&problems);
}

/// Reports progress to the screen and passes on the request to stop.
pub(super) struct WorkProgress<'a> {
    shared: &'a Shared,
    current: Option<Mutex<(Activity, Amount, Instant)>>,
}

impl<'a> WorkProgress<'a> {
    pub(super) fn new(shared: &'a Shared) -> Self {
        let nothing = (Activity::Measuring, Amount::default(), Instant::now());
        Self { shared, current: Some(Mutex::new(nothing)) }
    }

    /// Reports nothing.
    pub(super) fn silent(shared: &'a Shared) -> Self {
        Self { shared, current: None }
    }

    fn with(&self, change: impl FnOnce(&mut (Activity, Amount, Instant))) {
        if let Some(current) = &self.current {
            change(&mut current.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Progress for WorkProgress<'_> {
    fn begin(&self, activity: Activity, _: Option<Amount>) {
        self.with(|current| *current = (activity, Amount::default(), Instant::now()));
    }

    fn advance(&self, done: Amount) {
        self.with(|(activity, sum, since)| {
            *sum += done;
            if since.elapsed() >= PROGRESS_INTERVAL {
                *since = Instant::now();
                self.shared.report(Report::Progress(progress_words(*activity, *sum)));
            }
        });
    }

    fn end(&self) {}

    fn interrupted(&self) -> bool {
        self.shared.stopped()
    }
}
