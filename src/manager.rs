//! The trash as a whole: one verb a file, each a plan that touches nothing and its execution.

mod again;
mod batch;
mod clean;
mod copy;
mod doctor;
mod foresee;
mod guarded;
mod import;
mod inside;
mod keep;
mod likeness;
mod list;
mod measure;
mod names;
mod operand;
mod place;
mod plan;
mod preview;
mod protect;
mod redo;
mod restore;
mod room;
mod settle;
mod show;
mod stats;
mod target;
mod threads;
mod trash;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;

use crate::attributes::ExtendedAttributes;
use crate::error::{Error, ErrorKind, Result};
use crate::item::{Stamp, TrashItem};
use crate::store::TrashDir;
use crate::volume::{Discovery, Places, Volumes};

pub use again::Returned;
pub use foresee::ForeseenRemovals;
pub use list::is_only_a_warning;
pub use redo::{RedoPlan, Undoing};

/// Where things are for one user.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The home trash; made when it is first needed. `None` for whoever has no home.
    pub home_trash: Option<PathBuf>,
    /// The home directory, which is never removed.
    pub home_directory: Option<PathBuf>,
    /// Where to look for trash directories and mounts: in this directory and below it. `/` is the whole machine.
    pub root: PathBuf,
    /// Tells the working directory: what nobody could remember is looked for there and above. Few commands ask.
    pub here: fn() -> PathBuf,
}

/// Moves things to the trash, lists them, puts them back, and deletes them for good.
///
/// It prints nothing, reads no environment and no clock: whoever calls it tells it where and when.
pub struct TrashManager {
    settings: Settings,
    /// When what has no date of its own is due.
    grace_period: Option<TimeDelta>,
    attributes: Arc<dyn ExtendedAttributes>,
    volumes: Volumes,
    parents: operand::Parents,
    /// The trash directories that were found, by their paths in items.
    known: Mutex<HashMap<Arc<Path>, Arc<TrashDir>>>,
}

impl TrashManager {
    /// A manager for one user, keeping records by `attributes`.
    pub fn new(settings: Settings, attributes: Arc<dyn ExtendedAttributes>) -> Self {
        let Settings { home_trash: home, root, here, .. } = settings.clone();
        let volumes = Volumes::new(Places { home, root, here }, attributes.clone());
        Self {
            settings,
            grace_period: None,
            attributes,
            volumes,
            parents: operand::Parents::default(),
            known: Mutex::default(),
        }
    }

    /// Tells how long after its removal an item is due that a full disk had no room to note a date on. Not told, it never
    /// is.
    #[must_use]
    pub fn with_grace_period(mut self, grace_period: TimeDelta) -> Self {
        self.grace_period = Some(grace_period);
        self
    }

    /// Whether the home trash is new: this is the first removal ever.
    #[must_use]
    pub fn has_made_home_trash(&self) -> bool {
        self.volumes.has_made_home()
    }

    /// The item, with the date that a full disk had no room for.
    fn dated(&self, mut item: TrashItem) -> TrashItem {
        if item.deletion == Stamp::Missing && item.id.told().is_some() && !item.is_open() {
            let due =
                item.trashed.instant().zip(self.grace_period).and_then(|(at, grace)| at.checked_add_signed(grace));
            item.deletion = due.map_or(Stamp::Missing, Stamp::At);
        }
        item
    }

    fn volumes(&self) -> &Volumes {
        &self.volumes
    }

    fn parents(&self) -> &operand::Parents {
        &self.parents
    }

    fn home_directory(&self) -> Option<&Path> {
        self.settings.home_directory.as_deref()
    }

    /// Finds all trash directories and keeps them open.
    fn discover(&self) -> Discovery {
        let mut found = self.volumes.discover();
        found.problems.extend(self.file_what_is_left(&found.trashes));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(found.trashes.iter().map(|trash| (trash.path().clone(), trash.clone())));
        found
    }

    /// Keeps a trash directory that was used, which may have been made for it, so that its items are found in it.
    fn know(&self, trash: Arc<TrashDir>) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(trash.path().clone(), trash);
    }

    /// The trash directories found so far, in the order of their paths.
    fn known_trashes(&self) -> Vec<Arc<TrashDir>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut trashes: Vec<_> = known.values().cloned().collect();
        trashes.sort_by(|a, b| a.path().cmp(b.path()));
        trashes
    }

    /// The trash directory that an item was found in.
    fn trash_of(&self, item: &TrashItem) -> Result<Arc<TrashDir>> {
        self.trash_at(&item.trash)
    }

    /// The trash directory that was found at this path.
    fn trash_at(&self, path: &Arc<Path>) -> Result<Arc<TrashDir>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let unknown = || Error::new(ErrorKind::Unreachable, "use the trash directory", &**path, "it does not exist");
        known.get(path).cloned().ok_or_else(unknown)
    }
}
