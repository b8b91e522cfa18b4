//! Which trash directory takes a thing: each that a rename may reach is tried, and failing all of them it is copied.

use std::collections::HashSet;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result, is_about_room};
use crate::item::Record;
use crate::manager::TrashManager;
use crate::ops::remove::copy_in::{Incoming, copy_in};
use crate::ops::remove::options::Place;
use crate::progress::Progress;
use crate::store::{NotPlaced, Placed, TrashDir};
use crate::sys::{Dir, FileSystem, Metadata};
use crate::text::quoted;

impl Incoming<'_> {
    fn metadata(&self) -> &Metadata {
        self.source.metadata
    }

    /// What `trash` is to record, or `None` where it cannot say that path.
    pub(crate) fn record_in(&self, trash: &TrashDir) -> Option<Record> {
        let original_path = trash.recorded_path(&self.record.original_path)?;
        Some(Record { original_path, ..self.record.clone() })
    }

    fn finish(&self, result: std::result::Result<Placed, NotPlaced>) -> Result<Placed> {
        result.map_err(|(NotPlaced::Failed(error) | NotPlaced::CrossDevice(error))| {
            Error::system(self.action, self.shown, error)
        })
    }

    fn no_trash(&self, reasons: &[Error]) -> Error {
        let mut text = "no trash directory can take it".to_owned();
        // Each place below a volume's top needs the home trash, and would name its trouble again.
        let mut told = HashSet::new();
        for reason in reasons.iter().filter(|reason| told.insert(&reason.path)) {
            text.push_str(&format!("\n  {}: {}", quoted(&reason.path), reason.reason));
        }
        let want_of_room = reasons.iter().any(Error::is_about_room).then(|| std::io::ErrorKind::StorageFull.into());
        Error { source: want_of_room, ..Error::new(ErrorKind::NoTrash, self.action, self.shown, text) }
    }
}

impl TrashManager {
    /// Tries each trash directory that a rename may reach, the best first, and lets the kernel say which it does: equal
    /// device numbers do not promise that it works, nor do different ones forbid it. Failing all, copies.
    ///
    /// The trash of the volume is looked for above `near`, or not at all.
    pub(crate) fn place(
        &self,
        incoming: &Incoming<'_>,
        place: Place,
        near: Option<&Dir>,
        progress: &dyn Progress,
    ) -> Result<Placed> {
        let mut unreached = Unreached::default();
        match self.volumes().home() {
            Ok(home) if is_another_mount(&home, incoming.metadata()) => unreached.add(home),
            Ok(home) => match self.place_in(incoming, &home) {
                Err(NotPlaced::CrossDevice(_)) => unreached.add_near(home),
                result => {
                    self.know(home);
                    return incoming.finish(result);
                }
            },
            Err(error) => unreached.reasons.push(error),
        }
        if let Some(near) = near.filter(|_| place == Place::OwnVolume && !unreached.has_near(incoming.metadata())) {
            match self.volumes().of_volume(near) {
                Ok(trash) => match self.place_in(incoming, &trash) {
                    Err(NotPlaced::CrossDevice(_)) => unreached.add_near(trash),
                    result => {
                        self.know(trash);
                        return incoming.finish(result);
                    }
                },
                Err(more) => unreached.reasons.extend(more),
            }
        }
        for trash in &unreached.trashes {
            if let Some(record) = incoming.record_in(trash) {
                self.know(trash.clone());
                return copy_in(incoming, trash, &record, progress);
            }
        }
        Err(incoming.no_trash(&unreached.reasons))
    }

    fn place_in(&self, incoming: &Incoming<'_>, trash: &TrashDir) -> std::result::Result<Placed, NotPlaced> {
        let Some(record) = incoming.record_in(trash) else {
            return Err(NotPlaced::CrossDevice(std::io::ErrorKind::CrossesDevices.into()));
        };
        match trash.place(incoming.source, &record) {
            Err(NotPlaced::Failed(error)) if is_about_room(&error) && self.can_do_without_date(&record) => {
                trash.place_with_path_alone(incoming.source, &record).map_err(|_| NotPlaced::Failed(error))
            }
            placed => placed,
        }
    }

    /// Whether an item without its date would be due no earlier than with it.
    fn can_do_without_date(&self, record: &Record) -> bool {
        let without = self.grace_period.and_then(|grace| record.trashed.checked_add_signed(grace));
        // Where that cannot be worked out, it is never due.
        without.is_none_or(|without| record.deletion.is_some_and(|date| date <= without))
    }
}

/// The trash directories that no rename reached, those on the thing's own mount first.
#[derive(Default)]
struct Unreached {
    trashes: Vec<Arc<TrashDir>>,
    reasons: Vec<Error>,
}

impl Unreached {
    fn add(&mut self, trash: Arc<TrashDir>) {
        self.trashes.push(trash);
    }

    fn add_near(&mut self, trash: Arc<TrashDir>) {
        self.trashes.insert(0, trash);
    }

    /// Whether one is on the thing's own device: then it is the thing that cannot be renamed (a directory of an overlay's
    /// lower layer), and another trash on that device would not take it either. Not so on ext4 and xfs: they rename nothing
    /// into a directory of another project (xfs(5), *project quota*), which another trash may not have.
    fn has_near(&self, thing: &Metadata) -> bool {
        let is_near = |trash: &TrashDir| !is_another_mount(trash, thing) && trash.id().device == thing.id.device;
        self.trashes.iter().any(|trash| is_near(trash) && !may_have_projects(trash))
    }
}

fn may_have_projects(trash: &TrashDir) -> bool {
    matches!(trash.dir().file_system(), Ok(FileSystem::Ext | FileSystem::Xfs))
}

/// Between two mounts rename(2) always fails, even where both show one file system.
pub(crate) fn is_another_mount(trash: &TrashDir, thing: &Metadata) -> bool {
    thing.mount.is_some() && trash.mount().is_some() && trash.mount() != thing.mount
}
