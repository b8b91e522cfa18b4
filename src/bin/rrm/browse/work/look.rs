//! Looking into items, with a thread for each trash directory.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rrm::item::TrashItem;
use rrm::preview::Limits;

use super::{Desk, Report};
use crate::browse::state::Preview;
use crate::output::preview;

/// The threads that look, and what each shall look at next: of several wishes only the last is of use.
pub(super) struct Looks {
    desk: Desk,
    lanes: HashMap<Arc<Path>, Lane>,
}

struct Lane {
    wanted: Arc<Mutex<Option<TrashItem>>>,
    wake: SyncSender<()>,
}

impl Looks {
    pub(super) fn new(desk: Desk) -> Self {
        Self { desk, lanes: HashMap::new() }
    }

    /// Has an item looked at as soon as its trash directory answers.
    pub(super) fn look(&mut self, item: &TrashItem) -> io::Result<()> {
        if !self.lanes.contains_key(&item.trash) {
            let lane = Lane::start(&self.desk)?;
            self.lanes.insert(item.trash.clone(), lane);
        }
        if let Some(lane) = self.lanes.get(&item.trash) {
            *lane.wanted.lock().unwrap_or_else(PoisonError::into_inner) = Some(item.clone());
            // Where it is full, the thread has yet to take what is wanted now.
            let _ = lane.wake.try_send(());
        }
        Ok(())
    }
}

impl Lane {
    fn start(desk: &Desk) -> io::Result<Self> {
        let (wake, woken) = sync_channel(1);
        let wanted = Arc::new(Mutex::new(None));
        let next = wanted.clone();
        desk.spawn(move |desk| work(&desk, &next, &woken))?;
        Ok(Self { wanted, wake })
    }
}

fn work(desk: &Desk, wanted: &Mutex<Option<TrashItem>>, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        let item = wanted.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(item) = item {
            let lines = match desk.manager.preview(&item, Path::new(""), &Limits::default()) {
                Ok(preview) => preview::lines(&preview, None, desk.messages.charset),
                Err(error) => vec![desk.messages.words(&error)],
            };
            desk.report(Report::Looked(Preview { id: item.id, lines }));
        }
    }
}
