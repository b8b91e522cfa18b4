//! Work in threads, which may wait for a disk.
//!
//! One thread reads the trash, one measures, one carries out jobs, and one per trash directory makes previews, so that
//! a volume that does not answer delays only its own previews.

mod act;
mod load;
mod measure;
mod preview;
mod watch;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use rrm::error::Error;
use rrm::item::TrashItem;
use rrm::manager::TrashManager;
use rrm::rules::retention::Standing;

use super::report::Report;
use crate::output::Messages;

pub(super) use act::Job;
pub(super) use load::Delivery;

/// An event for the screen.
#[derive(Debug)]
pub(super) enum Event {
    Key(ratatui::crossterm::event::Event),
    /// The terminal is gone.
    NoTerminal,
    Signal(i32),
    Report(Report),
    /// A thread panicked; its message has been printed.
    Panic,
}

/// What all threads share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) manager: Arc<TrashManager>,
    pub(super) messages: Messages,
    pub(super) home: Option<std::path::PathBuf>,
    pub(super) standing: Standing,
    events: Sender<Event>,
    /// Whether to stop after the current item.
    stop: Arc<AtomicBool>,
}

impl Shared {
    pub(super) fn new(
        manager: TrashManager,
        messages: Messages,
        home: Option<std::path::PathBuf>,
        standing: Standing,
    ) -> (Self, Receiver<Event>) {
        let (events, received) = channel();
        (Self { manager: Arc::new(manager), messages, home, standing, events, stop: Arc::default() }, received)
    }

    /// Sends an event. If the screen has ended, it is lost.
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

    /// Stops work after the current item.
    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Starts a thread that reports its panic.
    fn spawn(&self, work: impl FnOnce(Self) + Send + 'static) -> std::io::Result<JoinHandle<()>> {
        let shared = self.clone();
        thread::Builder::new().spawn(move || {
            let _guard = PanicGuard(shared.events.clone());
            work(shared);
        })
    }
}

/// Reports a panic that unwinds past it.
struct PanicGuard(Sender<Event>);

impl Drop for PanicGuard {
    fn drop(&mut self) {
        if thread::panicking() {
            drop(self.0.send(Event::Panic));
        }
    }
}

/// The running threads.
pub(super) struct Workers {
    shared: Shared,
    jobs: Sender<Job>,
    /// Ends with the jobs.
    actor: JoinHandle<()>,
    measure: Sender<Vec<TrashItem>>,
    previews: preview::Previews,
    /// While keys are read.
    keys: Option<watch::Keys>,
}

impl Workers {
    /// Starts the threads, the reading first.
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

    /// Stops reading keys, before another program has the terminal.
    pub(super) fn leave_keys(&mut self) {
        self.keys.take().into_iter().for_each(watch::Keys::leave);
    }

    /// Reads keys again.
    pub(super) fn take_keys(&mut self) -> std::io::Result<()> {
        self.keys = Some(watch::Keys::read(&self.shared)?);
        Ok(())
    }

    /// Stops the current work after its item.
    pub(super) fn stop(&self) {
        self.shared.stop();
    }

    /// Waits until the current work has ended or stopped.
    pub(super) fn finish(self) {
        self.shared.stop();
        drop(self.jobs);
        drop(self.actor.join());
    }
}
