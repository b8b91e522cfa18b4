//! Doing what was asked, by the same verbs as the commands.

use std::collections::HashSet;
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rrm::error::ErrorKind;
use rrm::item::{ItemId, Keep};
use rrm::manager::Returned;
use rrm::outcome::{CleanPlan, RestoreEnd, Restored as Outcome};
use rrm::progress::{Activity, Amount, Progress};
use rrm::request::{CleanRequest, KeepRequest, RestoreRequest, TrashRequest};
use rrm::sys::metadata_at;

use super::{Desk, Report};
use crate::browse::entries::Entries;
use crate::browse::order::Restore;
use crate::browse::report::{Kept, Restored};
use crate::terminal::progress_words;

/// How often a word of progress is sent at most.
const OFTEN: Duration = Duration::from_millis(100);

/// Something to do, one after the other.
#[derive(Debug)]
pub(in crate::browse) enum Job {
    Restore(Restore, RestoreRequest),
    /// Each request, for the items that it concerns and what held for them before.
    Keep {
        requests: Vec<(KeepRequest, Vec<(ItemId, Keep)>)>,
        undoable: bool,
    },
    Plan(CleanRequest),
    Delete(Box<CleanPlan>, Box<CleanRequest>),
    TakeBack(Vec<Returned>, TrashRequest),
}

pub(super) fn work(desk: &Desk, jobs: &Receiver<Job>) {
    while let Ok(job) = jobs.recv() {
        if desk.stopped() {
            return;
        }
        match job {
            Job::Restore(asked, request) => restore(desk, asked, &request),
            Job::Keep { requests, undoable } => keep(desk, requests, undoable),
            Job::Plan(request) => {
                let plan = desk.manager.plan_clean(&request, &Watcher::new(desk));
                desk.trouble(&plan.problems);
                desk.report(Report::Planned(Box::new(plan), Box::new(request)));
            }
            Job::Delete(plan, request) => delete(desk, &plan, &request),
            Job::TakeBack(back, request) => take_back(desk, back, &request),
        }
    }
}

fn restore(desk: &Desk, asked: Restore, request: &RestoreRequest) {
    let plan = desk.manager.plan_restore(request);
    let mut problems = plan.problems.iter().map(|error| desk.messages.words(error)).collect::<Vec<_>>();
    let mut restored = Restored { asked, back: Vec::new(), in_the_way: HashSet::new(), unagreed: Vec::new() };
    let RestoreEnd { made_anew, .. } =
        desk.manager.restore(&plan, request, &Watcher::new(desk), |step, result| match result {
            Ok(Outcome::At(path)) => restored.back.push(Returned::new(&step.item, path)),
            Ok(Outcome::Skipped(_)) => {}
            Ok(Outcome::Marked(path, problem)) => {
                problems.push(desk.messages.words(&problem));
                restored.back.push(Returned::new(&step.item, path));
            }
            Err(error) if error.kind == ErrorKind::TargetExists => drop(restored.in_the_way.insert(step.item.id)),
            Err(error) if matches!(error.kind, ErrorKind::NeedsConsent | ErrorKind::OpenRecord) => {
                restored.unagreed.push((step.item.id, desk.messages.words(&error)));
            }
            Err(error) => problems.push(desk.messages.words(&error)),
        });
    problems.extend(made_anew.iter().map(|anew| crate::view::made_anew(anew, desk.messages.charset)));
    desk.report(Report::Restored(restored));
    desk.tell(problems);
}

fn keep(desk: &Desk, requests: Vec<(KeepRequest, Vec<(ItemId, Keep)>)>, undoable: bool) {
    let mut changed = Vec::new();
    for (request, items) in requests {
        let mut marked = HashSet::new();
        let problems = desk.manager.keep(&request, |item| marked.extend([item.id]));
        let marked = items.into_iter().filter(|(id, _)| marked.contains(id));
        changed.extend(marked.map(|(id, before)| (id, before, request.keep)));
        desk.trouble(&problems);
    }
    desk.report(Report::Kept(Kept { changed, undoable }));
}

fn delete(desk: &Desk, plan: &CleanPlan, request: &CleanRequest) {
    let cleaned = desk.manager.clean(plan, request, &Watcher::new(desk));
    // Whatever the clean left, because it was kept or is in use, is there still.
    let is_gone = |path: &std::path::Path| metadata_at(path).is_err();
    let gone = plan.items.iter().filter(|item| is_gone(&item.trash.join(item.spot().path()))).map(|item| item.id);
    let gone: HashSet<ItemId> = gone.collect();
    let problems = cleaned.problems.iter().map(|error| desk.messages.words(error)).collect::<Vec<_>>();
    desk.report(Report::Deleted(cleaned, gone));
    desk.tell(problems);
}

/// The last that came back goes first: what was inside another is in its place only while that is.
fn take_back(desk: &Desk, back: Vec<Returned>, request: &TrashRequest) {
    let (mut items, mut problems) = (Vec::new(), Vec::new());
    let watcher = Watcher::new(desk);
    for returned in back.into_iter().rev().take_while(|_| !desk.stopped()) {
        match desk.manager.trash_again(&returned, request, &watcher) {
            Ok((item, problem)) => {
                items.push(item);
                problems.extend(problem);
            }
            Err(error) => problems.push(error),
        }
    }
    let entries = Entries::new(items, desk.home.as_deref(), desk.messages.charset);
    desk.report(Report::TakenBack(entries));
    desk.trouble(&problems);
}

/// Tells the screen how far work has come, and the work when to stop.
pub(super) struct Watcher<'a> {
    desk: &'a Desk,
    current: Option<Mutex<(Activity, Amount, Instant)>>,
}

impl<'a> Watcher<'a> {
    pub(super) fn new(desk: &'a Desk) -> Self {
        let nothing = (Activity::Measuring, Amount::default(), Instant::now());
        Self { desk, current: Some(Mutex::new(nothing)) }
    }

    /// One that tells nothing.
    pub(super) fn silent(desk: &'a Desk) -> Self {
        Self { desk, current: None }
    }

    fn with(&self, change: impl FnOnce(&mut (Activity, Amount, Instant))) {
        if let Some(current) = &self.current {
            change(&mut current.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

impl Progress for Watcher<'_> {
    fn begin(&self, activity: Activity, _: Option<Amount>) {
        self.with(|current| *current = (activity, Amount::default(), Instant::now()));
    }

    fn advance(&self, done: Amount) {
        self.with(|(activity, sum, since)| {
            *sum += done;
            if since.elapsed() >= OFTEN {
                *since = Instant::now();
                self.desk.report(Report::Progress(progress_words(*activity, *sum)));
            }
        });
    }

    fn end(&self) {}

    fn interrupted(&self) -> bool {
        self.desk.stopped()
    }
}
