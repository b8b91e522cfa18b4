//! Looking into items, with a thread for each trash directory.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rrm::item::TrashItem;
use rrm::preview::Limits;

use super::{Report, Shared};
use crate::browse::state::Preview;
use crate::output::preview;

/// The threads that look, and what each shall look at next: of several wishes only the last is of use.
pub(super) struct Previews {
    shared: Shared,
    queues: HashMap<Arc<Path>, Queue>,
}

struct Queue {
    wanted: Arc<Mutex<Option<TrashItem>>>,
    wake: SyncSender<()>,
}

impl Previews {
    pub(super) fn new(shared: Shared) -> Self {
        Self { shared, queues: HashMap::new() }
    }

    /// Has an item looked at as soon as its trash directory answers.
    pub(super) fn preview(&mut self, item: &TrashItem) -> io::Result<()> {
        if !self.queues.contains_key(&item.trash) {
            let queue = Queue::start(&self.shared)?;
            self.queues.insert(item.trash.clone(), queue);
        }
        if let Some(queue) = self.queues.get(&item.trash) {
            *queue.wanted.lock().unwrap_or_else(PoisonError::into_inner) = Some(item.clone());
            // Where it is full, the thread has yet to take what is wanted now.
            let _ = queue.wake.try_send(());
        }
        Ok(())
    }
}

impl Queue {
    fn start(shared: &Shared) -> io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let wanted = Arc::new(Mutex::new(None));
        let next = wanted.clone();
        shared.spawn(move |shared| work(&shared, &next, &woken))?;
        Ok(Self { wanted, wake })
    }
}

fn work(shared: &Shared, wanted: &Mutex<Option<TrashItem>>, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        let item = wanted.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(item) = item {
            let lines = match shared.manager.preview(&item, Path::new(""), &Limits::default()) {
                Ok(preview) => preview::lines(&preview, None, shared.messages.charset),
                Err(error) => vec![shared.messages.words(&error)],
            };
            shared.report(Report::Previewed(Preview { id: item.id, lines }));
        }
    }
}
