//! What an import would do: looking into the trashes of other programs, and touching nothing.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, SubsecRound as _, Utc};

use crate::error::{Error, ErrorKind, Result};
use crate::freedesktop::{self, Entry, ForeignTrash, IMPORT, Removed};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::copy::Copying;
use crate::ops::list::is_only_a_warning;
use crate::ops::remove::options::{Place, RemoveOptions};
use crate::sys::{self, Dir, MountsBelow};
use crate::text::quoted;
use chrono::NaiveDateTime;

/// Take over what other programs removed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ImportOptions {
    /// From where.
    pub sources: Sources,
    /// Where to.
    pub place: Place,
    /// What may be copied where nothing can be moved.
    pub copying: Copying,
    /// Tells which instant a clock on the wall showed: other programs note only that.
    pub local: LocalTime,
    /// The time of the command.
    pub now: DateTime<Utc>,
    /// When the grace period of what is imported ends.
    pub deletion: DateTime<Utc>,
}

impl ImportOptions {
    /// Into the trash of its own volume, for 30 days from `now` on.
    #[must_use]
    pub fn new(sources: Sources, local: LocalTime, now: DateTime<Utc>) -> Self {
        let RemoveOptions { place, copying, deletion, .. } = RemoveOptions::new(now);
        Self { sources, place, copying, local, now, deletion }
    }
}

/// The instant that a time by the clock on the wall means, if there was one.
pub type LocalTime = fn(NaiveDateTime) -> Option<DateTime<Utc>>;

/// The trashes of other programs to import from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sources {
    /// The one in this directory for a user's data, and those at the top of every mount.
    All(Option<PathBuf>),
    /// Those at these paths, without links.
    At(Vec<PathBuf>),
}

/// What an import would do.
#[non_exhaustive]
pub struct ImportPlan {
    /// What was asked for. Whoever agrees to something later changes it here.
    pub options: ImportOptions,
    /// One step a thing.
    pub steps: Vec<ImportStep>,
    /// What is left alone, and why.
    pub problems: Vec<Error>,
}

/// One thing in the trash of another program, to be taken over.
#[derive(Clone)]
pub struct ImportStep {
    /// The trash that it is in.
    pub(crate) from: Arc<ForeignTrash>,
    /// What is told of it there.
    pub(crate) entry: Entry,
    /// Where it was: an absolute path.
    pub original: PathBuf,
    /// When it was removed.
    pub trashed: DateTime<Utc>,
    /// The item that an import which was interrupted made of it: then only what that left is to be tidied up.
    pub begun: Option<TrashItem>,
}

/// What an entry, and the item that it became, are known by: its name in the other trash, its path, and its date.
type Trace = (OsString, PathBuf, DateTime<Utc>);

impl TrashManager {
    /// Looks into the trashes of other programs and tells what would be taken over. Nothing is touched.
    #[must_use]
    pub fn plan_import(&self, request: &ImportOptions) -> ImportPlan {
        let mut plan = ImportPlan { options: request.clone(), steps: Vec::new(), problems: Vec::new() };
        let trashes = open_sources(&request.sources, self.volumes().root(), &mut plan.problems);
        if trashes.is_empty() {
            return plan;
        }
        let begun = self.begun_imports(&mut plan.problems);
        let mounts =
            MountsBelow::read(self.volumes().root()).map_err(|error| Error::system("read", sys::MOUNT_TABLE, error));
        let Ok(mounts) = mounts.map_err(|error| plan.problems.push(error)) else { return plan };
        for trash in trashes {
            match trash.contents() {
                Ok(contents) => {
                    plan.problems.extend(contents.problems);
                    for entry in contents.entries {
                        match plan_entry(&trash, entry, request, &begun, &mounts) {
                            Ok(step) => plan.steps.push(step),
                            Err(error) => plan.problems.push(error),
                        }
                    }
                }
                Err(error) => plan.problems.push(error),
            }
        }
        plan
    }

    /// The items whose import is not complete as far as they know, by what an entry is known by.
    fn begun_imports(&self, problems: &mut Vec<Error>) -> HashMap<Trace, TrashItem> {
        let listing = self.everything();
        problems.extend(listing.problems.into_iter().filter(|error| !is_only_a_warning(error.kind)));
        let mut begun = HashMap::new();
        for item in listing.items.into_iter().filter(|item| !item.is_open()) {
            let name = self.trash_of(&item).ok().and_then(|trash| trash.imported_as(&item).ok().flatten());
            if let (Some(name), Some(path), Some(date)) = (name, item.original_path(), item.trashed.instant())
                && !name.is_empty()
            {
                begun.insert((name, path.to_owned(), date), item);
            }
        }
        begun
    }
}

/// Opens the trashes, each once: two mounts may show the same one.
fn open_sources(sources: &Sources, root: &Path, problems: &mut Vec<Error>) -> Vec<Arc<ForeignTrash>> {
    let places = Arc::new(places_of(sources, root, problems));
    let mut seen = HashSet::new();
    let mut trashes = Vec::new();
    for (place, opened) in places.iter().zip(freedesktop::open_each(&places)) {
        let silent = || Error::new(ErrorKind::Unreachable, IMPORT, place.path(), "its volume does not answer");
        match opened.unwrap_or_else(|| Err(silent())) {
            Ok(Some(trash)) => match trash.files().metadata() {
                Ok(is) if seen.insert(is.id) => trashes.push(Arc::new(trash)),
                Ok(_) => {}
                Err(error) => problems.push(Error::system(IMPORT, place.path(), error)),
            },
            Ok(None) if matches!(sources, Sources::At(_)) => problems.push(no_trash(place.path())),
            Ok(None) => {}
            Err(error) => problems.push(error),
        }
    }
    trashes
}

fn places_of(sources: &Sources, root: &Path, problems: &mut Vec<Error>) -> Vec<freedesktop::Place> {
    match sources {
        Sources::At(paths) => paths.iter().map(|path| freedesktop::at(path)).collect(),
        Sources::All(data_home) => {
            let mounts = sys::mounts(root).map_err(|error| Error::system("read", sys::MOUNT_TABLE, error));
            let mounts = mounts.map_err(|error| problems.push(error)).unwrap_or_default();
            freedesktop::places(data_home.as_deref(), mounts.into_iter().map(|mount| mount.point))
        }
    }
}

fn no_trash(path: &Path) -> Error {
    if let Err(error) = sys::metadata_following(path) {
        return Error::system(IMPORT, path, error);
    }
    Error::new(ErrorKind::NotFound, IMPORT, path, "it is not a trash: it has no directories files and info")
}

fn plan_entry(
    trash: &Arc<ForeignTrash>,
    entry: Entry,
    request: &ImportOptions,
    begun: &HashMap<Trace, TrashItem>,
    mounts: &MountsBelow,
) -> Result<ImportStep> {
    let shown = trash.path_of(&entry.name);
    let refused = |kind, reason: String| Err(Error::new(kind, IMPORT, &shown, reason));
    let trashed = match entry.removed {
        Removed::ByTheClock(time) => (request.local)(time),
        Removed::At(instant) => Some(instant),
    };
    // As an item's name tells it.
    let Some(trashed) = trashed.map(|at| at.trunc_subsecs(6)) else {
        return refused(ErrorKind::UntrustedRecord, "its date is invalid".to_owned());
    };
    let original = original(trash, &entry);
    let begun = begun.get(&(entry.name.clone(), original.clone(), trashed)).cloned();
    match &entry.metadata {
        None if begun.is_none() => return Err(trash.without_thing(&entry.name)),
        Some(is) if is.is_dir() => {
            if let Some(point) = mounts.below(is.id) {
                let reason = format!("a file system is mounted inside it, at {}; unmount it first", quoted(point));
                return refused(ErrorKind::HoldsMount, reason);
            }
        }
        _ => {}
    }
    Ok(ImportStep { from: trash.clone(), entry, original, trashed, begun })
}

/// Where the thing was. In one's own home, links on the way are resolved, as they are when something is removed, because
/// not every program does it; on a volume, a link could lead anywhere.
fn original(trash: &ForeignTrash, entry: &Entry) -> PathBuf {
    let resolved = trash.serves_everything().then(|| nearest(&entry.original)).flatten();
    resolved.map_or_else(|| entry.original.clone(), |(_, path)| path)
}

/// The nearest directory above a path that is there, and the path by the way that leads there without links.
pub(crate) fn nearest(path: &Path) -> Option<(Dir, PathBuf)> {
    path.ancestors().skip(1).find_map(|above| {
        let dir = Dir::open_following(above).ok()?;
        let real = dir.path().ok()?.join(path.strip_prefix(above).ok()?);
        Some((dir, real))
    })
}
