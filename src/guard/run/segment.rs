//! What a run keeps until its next end, on whichever volumes that is.

use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::super::volume::Volume;
use crate::error::Result;
use crate::item::ItemId;
use crate::sys::FileId;

/// How long an end waits for what is being kept at that moment: longer than a disk that answers needs.
const AT_MOST: Duration = Duration::from_secs(5);

/// How often it looks.
const PACE: Duration = Duration::from_millis(1);

/// As far as a link reaches: a mount, and a device.
pub(super) type Place = (Option<u64>, (u32, u32));

/// What is kept until the next end; then another begins.
pub(super) struct Segment {
    /// How its directories are called.
    pub(super) id: ItemId,
    pub(super) places: Volumes<Place>,
    /// By their trash directories: two mounts of one file system may have the same.
    pub(super) trashes: Volumes<FileId>,
    last: Mutex<Option<Last>>,
}

/// The directory that a name went from last, of which all is written down: most often the next goes from there, too.
struct Last {
    path: PathBuf,
    mount: Option<u64>,
    volume: Arc<Volume>,
}

impl Segment {
    pub(super) fn new(id: ItemId) -> Self {
        Self { id, places: Volumes::default(), trashes: Volumes::default(), last: Mutex::default() }
    }

    /// The volume of a directory that is the last.
    pub(super) fn last(&self, path: &Path, mount: Option<u64>) -> Option<Arc<Volume>> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|last| last.path == path && last.mount == mount).map(|last| last.volume.clone())
    }

    pub(super) fn remember(&self, path: &Path, mount: Option<u64>, volume: &Arc<Volume>) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|last| last.path != path || last.mount != mount) {
            *last = Some(Last { path: path.to_owned(), mount, volume: volume.clone() });
        }
    }

    /// A directory may be another by now than the last of that path.
    pub(super) fn forget_last(&self) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The same for a process that has inherited it and is alone with it, with what can go on.
    pub(super) fn renewed(&self, id: ItemId) -> Self {
        let segment = Self::new(id);
        self.forget_last();
        let places = self.places.take().into_iter().map(|(place, volume)| (place, volume.trash.id()));
        let places: Vec<_> = places.collect();
        for (trash, volume) in self.trashes.take() {
            let Some(again) = Arc::try_unwrap(volume).ok().and_then(Volume::renewed).map(Arc::new) else { continue };
            for (place, _) in places.iter().filter(|(_, known)| *known == trash) {
                segment.places.put(*place, again.clone());
            }
            segment.trashes.put(trash, again);
        }
        segment
    }

    /// Ends it: the volumes, and those that somebody still waits for, of which nobody knows for how long.
    pub(super) fn end(self: Arc<Self>) -> (Vec<Volume>, Vec<Arc<Volume>>) {
        let since = Instant::now();
        while Arc::strong_count(&self) > 1 && since.elapsed() < AT_MOST {
            std::thread::sleep(PACE);
        }
        drop(self.places.take());
        self.forget_last();
        let (mut free, mut held) = (Vec::new(), Vec::new());
        for (_, volume) in self.trashes.take() {
            match Arc::try_unwrap(volume) {
                Ok(volume) => free.push(volume),
                Err(volume) => held.push(volume),
            }
        }
        (free, held)
    }
}

/// A volume for each key, opened by whoever asks first. Others who ask for the same wait, and nobody else does: it may be on
/// a server that does not answer.
pub(super) struct Volumes<K>(Mutex<HashMap<K, Arc<Opened>>>);

/// Nothing where it cannot be had.
type Opened = OnceLock<Option<Arc<Volume>>>;

impl<K> Default for Volumes<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Volumes<K> {
    fn locked(&self) -> MutexGuard<'_, HashMap<K, Arc<Opened>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The volume of `key`; `None` where it could not be had before.
    pub(super) fn get_or(&self, key: K, open: impl FnOnce() -> Result<Arc<Volume>>) -> Result<Option<Arc<Volume>>> {
        let opened = self.locked().entry(key).or_default().clone();
        let mut failed = None;
        let volume = opened.get_or_init(|| open().map_err(|error| failed = Some(error)).ok());
        failed.map_or_else(|| Ok(volume.clone()), Err)
    }

    /// What is there for `key` already.
    pub(super) fn known(&self, key: &K) -> Option<Arc<Volume>> {
        self.locked().get(key).and_then(|opened| opened.get().cloned().flatten())
    }

    pub(super) fn put(&self, key: K, volume: Arc<Volume>) {
        self.locked().insert(key, Arc::new(Some(volume).into()));
    }

    pub(super) fn all(&self) -> Vec<Arc<Volume>> {
        self.locked().values().filter_map(|opened| opened.get().cloned().flatten()).collect()
    }

    /// All of them, which are forgotten.
    fn take(&self) -> Vec<(K, Arc<Volume>)> {
        let opened = std::mem::take(&mut *self.locked());
        let known = opened.into_iter().filter_map(|(key, opened)| Some((key, opened.get().cloned().flatten()?)));
        known.collect()
    }
}
