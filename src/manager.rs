//! The trash as a whole: where it is, which trash directories it has, and which of them an item is in.
//!
//! What can be done with it is in [`crate::ops`].

pub(crate) mod builder;
pub(crate) mod parents;
pub(crate) mod trash_ids;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;

pub use self::builder::Builder;
use self::parents::Parents;
use crate::attributes::ExtendedAttributes;
use crate::error::{Error, ErrorKind, Result};
use crate::item::{Stamp, TrashItem};
use crate::store::TrashDir;
use crate::volume::{Discovery, Volumes};

/// Moves things to the trash, lists them, puts them back, and deletes them for good.
///
/// It prints nothing, reads no environment and no clock: whoever calls it tells it where and when. Any number of threads
/// may share one.
///
/// ```
/// use rrm::manager::TrashManager;
///
/// let manager = TrashManager::at("/home/ada/.local/share/rrm/trash").protect("/home/ada").build();
/// assert!(!manager.has_made_home_trash());
/// ```
pub struct TrashManager {
    /// What is never removed, nor what holds it.
    protected: Option<PathBuf>,
    /// When what has no date of its own is due.
    pub(crate) grace_period: Option<TimeDelta>,
    pub(crate) attributes: Arc<dyn ExtendedAttributes>,
    volumes: Volumes,
    parents: Parents,
    /// The trash directories that were found, by their paths in items.
    known: Mutex<HashMap<Arc<Path>, Arc<TrashDir>>>,
}

impl TrashManager {
    /// Whether the home trash is new: this is the first removal ever.
    #[must_use]
    pub fn has_made_home_trash(&self) -> bool {
        self.volumes.has_made_home()
    }

    /// The item, with the date that a full disk had no room for.
    pub(crate) fn dated(&self, mut item: TrashItem) -> TrashItem {
        if item.deletion == Stamp::Missing && item.id.told().is_some() && !item.is_open() {
            let due =
                item.trashed.instant().zip(self.grace_period).and_then(|(at, grace)| at.checked_add_signed(grace));
            item.deletion = due.map_or(Stamp::Missing, Stamp::At);
        }
        item
    }

    pub(crate) fn volumes(&self) -> &Volumes {
        &self.volumes
    }

    pub(crate) fn parents(&self) -> &Parents {
        &self.parents
    }

    pub(crate) fn home_directory(&self) -> Option<&Path> {
        self.protected.as_deref()
    }

    /// Finds all trash directories and keeps them open.
    pub(crate) fn discover(&self) -> Discovery {
        let mut found = self.volumes.discover();
        found.problems.extend(self.file_what_is_left(&found.trashes));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(found.trashes.iter().map(|trash| (trash.path().clone(), trash.clone())));
        found
    }

    /// Keeps a trash directory that was used, which may have been made for it, so that its items are found in it.
    pub(crate) fn know(&self, trash: Arc<TrashDir>) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(trash.path().clone(), trash);
    }

    /// The trash directories found so far, in the order of their paths.
    pub(crate) fn known_trashes(&self) -> Vec<Arc<TrashDir>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut trashes: Vec<_> = known.values().cloned().collect();
        trashes.sort_by(|a, b| a.path().cmp(b.path()));
        trashes
    }

    /// The trash directory that an item was found in.
    pub(crate) fn trash_of(&self, item: &TrashItem) -> Result<Arc<TrashDir>> {
        self.trash_at(&item.trash)
    }

    /// The trash directory at this path, which another manager may have found.
    pub(crate) fn trash_at(&self, path: &Arc<Path>) -> Result<Arc<TrashDir>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = match self.volumes.home_path() {
            Some(home) if home == &**path => self.volumes.home_if_there()?,
            _ => self.volumes.open_at(path)?.map(Arc::new),
        };
        let missing = || Error::new(ErrorKind::Unreachable, "use the trash directory", &**path, "it does not exist");
        let found = found.ok_or_else(missing)?;
        self.know(found.clone());
        Ok(found)
    }
}

/// One manager may serve many threads.
const _: fn() = || {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<TrashManager>();
    is_shared::<Error>();
};
