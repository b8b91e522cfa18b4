//! What an export would do: finding which trash takes which item, and touching nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::error::{Error, ErrorKind, Result};
use crate::freedesktop::{Place, in_home, on_volume};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::import::plan::nearest;
use crate::ops::list::choose::choose_whole;
use crate::rules::selection::{Selection, Versions};
use crate::store::{TrashDir, may_hold};
use crate::sys::{self, MountsBelow};
use crate::text::quoted;
use crate::volume::mount_point_of;

/// What is tried, in every error about it.
pub(super) const EXPORT: &str = "export";

/// Hand items over to the trash of the desktop.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExportOptions {
    /// Which ones.
    pub selection: Selection,
    /// The directory for a user's data, which holds the home trash of other programs.
    pub data_home: Option<PathBuf>,
    /// Tells what the clock on the wall showed: other programs note only that.
    pub wall_clock: WallClock,
    /// What was removed more recently than this stays: other programs could delete it at once.
    pub floor: Option<TimeDelta>,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

/// What the clock on the wall shows at an instant.
pub type WallClock = fn(DateTime<Utc>) -> NaiveDateTime;

impl ExportOptions {
    /// These, to the trash in this directory for a user's data, or to that at the top of their volume.
    #[must_use]
    pub fn new(selection: Selection, data_home: Option<PathBuf>, wall_clock: WallClock, now: DateTime<Utc>) -> Self {
        Self { selection, data_home, wall_clock, floor: None, now }
    }
}

/// What an export would do.
#[derive(Debug)]
#[non_exhaustive]
pub struct ExportPlan {
    /// What was asked for.
    pub options: ExportOptions,
    /// One step an item.
    pub steps: Vec<ExportStep>,
    /// What is left alone, and why.
    pub problems: Vec<Error>,
}

/// An item, and the trash that it would go to.
#[derive(Debug, Clone)]
pub struct ExportStep {
    /// The item.
    pub item: TrashItem,
    /// The other trash, which may be missing yet.
    pub to: Arc<Place>,
    /// Its path, as it is told there.
    pub recorded: PathBuf,
    /// When it was removed, as it is told there.
    pub removed: NaiveDateTime,
}

impl ExportStep {
    /// What goes from one trash to one other comes together.
    fn order(&self) -> (&Path, &Path, Option<&Path>) {
        (self.to.path(), &self.item.trash, self.item.original_path())
    }
}

/// From one of our trashes to the other trash that a rename reaches, if there is one.
struct Way {
    from: Arc<TrashDir>,
    to: Option<Arc<Place>>,
}

impl TrashManager {
    /// Finds the selected items, and which trash takes each. Nothing is touched.
    #[must_use]
    pub fn plan_export(&self, options: &ExportOptions) -> ExportPlan {
        let listing = self.candidates(&options.selection, Versions::All);
        let mut plan = ExportPlan { options: options.clone(), steps: Vec::new(), problems: listing.problems };
        let items = choose_whole(&options.selection, listing.items, &mut plan.problems);
        let mounts = match MountsBelow::read(self.volumes().root()) {
            Ok(mounts) => mounts,
            Err(error) => {
                plan.problems.push(Error::system("read", sys::MOUNT_TABLE, error));
                return plan;
            }
        };
        let mut by_trash = BTreeMap::<_, Vec<_>>::new();
        for item in items {
            by_trash.entry(item.trash.clone()).or_default().push(item);
        }
        for items in by_trash.into_values() {
            let way = self.way_from(&items[0], options);
            let Ok(way) = way.map_err(|error| plan.problems.push(error)) else { continue };
            for item in items {
                match way.step(item, options, &mounts) {
                    Ok(step) => plan.steps.push(step),
                    Err(error) => plan.problems.push(error),
                }
            }
        }
        plan.steps.sort_by(|one, other| one.order().cmp(&other.order()));
        plan
    }

    /// Where everything goes that is in the trash of this item.
    fn way_from(&self, item: &TrashItem, options: &ExportOptions) -> Result<Way> {
        let from = self.trash_of(item)?;
        let to = self.place_for(&from, options.data_home.as_deref())?;
        Ok(Way { from, to: to.map(Arc::new) })
    }

    /// The trash of other programs that a rename reaches from one of ours: the one in the home, or that of the volume.
    fn place_for(&self, trash: &TrashDir, data_home: Option<&Path>) -> Result<Option<Place>> {
        let failed = || crate::error::cannot(EXPORT, trash.path());
        let here = trash.dir().metadata().map_err(failed())?;
        if let Some(home) = data_home.map(in_home) {
            let near = nearest(home.path()).and_then(|(dir, _)| dir.metadata().ok());
            if near.is_some_and(|is| is.mount == here.mount && is.id.device == here.id.device) {
                return home.open(EXPORT).map(|_| Some(home));
            }
        }
        let Some((top, is)) = mount_point_of(trash.dir(), self.volumes().root()).map_err(failed())? else {
            return Ok(None);
        };
        let place = on_volume(&top, &top.path().map_err(failed())?);
        let is_there = place.open(EXPORT)?.is_some();
        let can_be_made = place.is_shared() || (may_hold(&is) && top.is_writable());
        Ok((is_there || can_be_made).then_some(place))
    }
}

impl Way {
    fn step(&self, item: TrashItem, options: &ExportOptions, mounts: &MountsBelow) -> Result<ExportStep> {
        let (original, removed) = told_of(&item, options)?;
        let inside = self.from.metadata_of(&item).ok().and_then(|is| mounts.below(is.id));
        if let Some(point) = inside {
            let reason = format!("a file system is mounted inside it, at {}; unmount it first", quoted(point));
            return Err(refused(&item, ErrorKind::HoldsMount, reason));
        }
        let to = self.to.clone().ok_or_else(|| on_another_volume(&item))?;
        let recorded = to.serves().recorded(&original).ok_or_else(|| on_another_volume(&item))?;
        Ok(ExportStep { item, to, recorded, removed: (options.wall_clock)(removed) })
    }
}

/// What is told of an item elsewhere, if it may go there: other programs keep nothing, and believe every path.
fn told_of(item: &TrashItem, options: &ExportOptions) -> Result<(PathBuf, DateTime<Utc>)> {
    if item.is_open() {
        return Err(refused(item, ErrorKind::OpenRecord, "others could have written its record"));
    }
    if item.keep.holds(options.now) {
        return Err(refused(item, ErrorKind::Kept, "it is kept, and other programs would not keep it"));
    }
    let unknown = |reason| refused(item, ErrorKind::UnknownOrigin, reason);
    let original = item.original_path().ok_or_else(|| unknown("it has no record of its original path"))?;
    let removed = item.trashed.instant().ok_or_else(|| unknown("it has no record of when it was removed"))?;
    let is_too_recent = |floor| removed.checked_add_signed(floor).is_none_or(|end| end > options.now);
    if options.floor.is_some_and(is_too_recent) {
        return Err(refused(item, ErrorKind::TooRecent, "it was removed too recently"));
    }
    Ok((original.to_owned(), removed))
}

fn refused(item: &TrashItem, kind: ErrorKind, reason: impl Into<Cow<'static, str>>) -> Error {
    Error::new(kind, EXPORT, item.shown_path(), reason)
}

/// No rename leads to a trash of other programs.
pub(super) fn on_another_volume(item: &TrashItem) -> Error {
    let reason = format!("there is no desktop trash on the volume of {}", quoted(&item.trash));
    refused(item, ErrorKind::CrossDevice, reason)
}
