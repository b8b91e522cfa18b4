//! What is done beside the screen, in threads that may wait for a disk as long as they must.
//!
//! One loads, one measures, one does what is asked, one after the other; and for each trash directory one looks into
//! items, so that a volume that does not answer keeps only its own previews waiting.

mod act;
mod load;
mod measure;
mod preview;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use chrono::{DateTime, Utc};
use rrm::error::Error;
use rrm::item::TrashItem;
use rrm::manager::TrashManager;
use rrm::rules::retention::Standing;

use super::report::Report;
use crate::output::Messages;

pub(super) use act::Job;
pub(super) use load::Delivery;

/// Something that the screen has to hear of.
#[derive(Debug)]
pub(super) enum Event {
    Key(ratatui::crossterm::event::Event),
    /// The terminal does not answer any more.
    NoTerminal,
    Signal(i32),
    Report(Report),
    /// A thread has ended by a panic; its message has been written.
    Panic,
}

/// What every thread knows.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) manager: Arc<TrashManager>,
    pub(super) messages: Messages,
    pub(super) home: Option<std::path::PathBuf>,
    pub(super) standing: Standing,
    pub(super) now: DateTime<Utc>,
    events: Sender<Event>,
    /// Whether work shall stop between two items.
    stop: Arc<AtomicBool>,
}

impl Shared {
    pub(super) fn new(
        manager: TrashManager,
        messages: Messages,
        home: Option<std::path::PathBuf>,
        standing: Standing,
        now: DateTime<Utc>,
    ) -> (Self, Receiver<Event>) {
        let (events, received) = channel();
        (Self { manager: Arc::new(manager), messages, home, standing, now, events, stop: Arc::default() }, received)
    }

    /// Tells the screen. Where that is gone already, nobody has to hear it.
    fn send(&self, event: Event) {
        drop(self.events.send(event));
    }

    fn report(&self, report: Report) {
        self.send(Event::Report(report));
    }

    fn trouble(&self, errors: &[Error]) {
        self.tell(errors.iter().map(|error| self.messages.words(error)).collect());
    }

    fn tell(&self, problems: Vec<String>) {
        if !problems.is_empty() {
            self.report(Report::Trouble(problems));
        }
    }

    /// Has work stop between two items.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Starts a thread whose panic the screen hears of.
    fn spawn(&self, work: impl FnOnce(Self) + Send + 'static) -> std::io::Result<JoinHandle<()>> {
        let shared = self.clone();
        thread::Builder::new().spawn(move || {
            let _guard = PanicGuard(shared.events.clone());
            work(shared);
        })
    }
}

/// Rings when a panic unwinds past it.
struct PanicGuard(Sender<Event>);

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if thread::panicking() {
            drop(self.0.send(Event::Panic));
        }
    }
}

/// The threads that wait for work.
pub(super) struct Workers {
    shared: Shared,
    jobs: Sender<Job>,
    /// Ends once the jobs have.
    actor: JoinHandle<()>,
    measure: Sender<Vec<TrashItem>>,
    previews: preview::Previews,
    /// While the terminal is ours.
    keys: Option<watch::Keys>,
}

impl Workers {
    /// Starts them all, the loading first.
    pub(super) fn start(shared: Shared) -> std::io::Result<Self> {
        load::start(&shared, Delivery::InParts)?;
        watch::signals(&shared)?;
        let keys = Some(watch::Keys::read(&shared)?);
        let (jobs, to_do) = channel();
        let (measure, to_measure) = channel();
        let actor = shared.spawn(move |shared| act::work(&shared, &to_do))?;
        shared.spawn(move |shared| measure::work(&shared, &to_measure))?;
        Ok(Self { previews: preview::Previews::new(shared.clone()), shared, jobs, actor, measure, keys })
    }

    pub(super) fn reload(&self) -> std::io::Result<()> {
        load::start(&self.shared, Delivery::AtOnce)
    }

    pub(super) fn act(&self, job: Job) {
        drop(self.jobs.send(job));
    }

    pub(super) fn measure(&self, items: Vec<TrashItem>) {
        drop(self.measure.send(items));
    }

    pub(super) fn preview(&mut self, item: &TrashItem) -> std::io::Result<()> {
        self.previews.preview(item)
    }

    /// Leaves what is typed to others, before they have the terminal.
    pub(super) fn leave_keys(&mut self) {
        self.keys.take().into_iter().for_each(watch::Keys::leave);
    }

    /// Reads what is typed again.
    pub(super) fn take_keys(&mut self) -> std::io::Result<()> {
        self.keys = Some(watch::Keys::read(&self.shared)?);
        Ok(())
    }

    /// Has what is being done stop between two items.
    pub(super) fn stop(&self) {
        self.shared.stop();
    }

    /// Waits until what is being done is done, or has stopped between two items.
    pub(super) fn finish(self) {
        self.shared.stop();
        drop(self.jobs);
        drop(self.actor.join());
    }
}
