//! Summing up what is in the trash of each volume.

use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::manager::TrashManager;
use crate::ops::list::options::ListOptions;
use crate::progress::Progress;
use crate::rules::retention::Fates;
use crate::rules::statistics::{Items, Place, Statistics};
use crate::sys::{Space, mount_of, mounts};

/// Sum up what each volume's trash holds.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StatsOptions {
    /// Of which items, and by which rules they will go.
    pub list: ListOptions,
    /// How many of the largest items of each volume to name.
    pub largest: usize,
}

impl StatsOptions {
    /// Sums of what this list tells.
    #[must_use]
    pub fn new(list: ListOptions, largest: usize) -> Self {
        Self { list, largest }
    }
}

/// What each volume's trash holds, and what could not be counted.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Summary {
    /// One for each volume with a trash on it.
    pub volumes: Vec<Statistics>,
    /// What will become of the items that were summed up.
    pub fates: Option<Fates>,
    /// Volumes that did not answer, items that could not be read.
    pub problems: Vec<Error>,
}

impl TrashManager {
    /// Sums up what is selected, volume by volume. Directories are measured; their sizes are noted on them. What all of it
    /// occupies on the disk is looked at each time.
    #[must_use]
    pub fn stats(&self, request: &StatsOptions, progress: &dyn Progress) -> Summary {
        let listing = self.list(&request.list, progress);
        let mut problems = listing.problems;
        if problems.iter().any(|problem| problem.kind == ErrorKind::Interrupted) {
            return Summary { problems, ..Summary::default() };
        }
        let on_disk = match self.bytes_on_disk(&listing.items, progress) {
            Ok(on_disk) => on_disk,
            Err(error) => return Summary { problems: vec![error], ..Summary::default() },
        };
        let places = self.places(&mut problems);
        let items = Items { all: &listing.items, on_disk: &on_disk, fates: listing.fates.as_ref() };
        let sum = |place| Statistics::of(place, &items, request.largest, request.list.now);
        let mut volumes: Vec<Statistics> = places.into_iter().map(sum).collect();
        if !request.list.selection.is_everything() {
            volumes.retain(|volume| volume.total.items > 0);
        }
        Summary { volumes, fates: listing.fates, problems }
    }

    fn space_of(&self, trashes: &[Arc<Path>]) -> Option<Space> {
        trashes.iter().find_map(|trash| self.trash_at(trash).ok()?.dir().space().ok()?)
    }

    /// The volumes of the known trash directories. One that does not tell its space is among them without it.
    fn places(&self, problems: &mut Vec<Error>) -> Vec<Place> {
        // Without the table the volumes are as they are, only nobody knows what they are called.
        let table = mounts(self.volumes().root()).unwrap_or_default();
        let known = self.volumes_with_space(problems);
        let counted = known.into_iter().map(|volume| Place {
            mount: volume.trashes.first().and_then(|trash| mount_of(&table, trash)).cloned(),
            space: self.space_of(&volume.trashes),
            trashes: volume.trashes,
        });
        let mut places: Vec<Place> = counted.collect();
        for trash in self.known_trashes() {
            let path = trash.path();
            if !places.iter().any(|place| place.trashes.contains(path)) {
                places.push(Place { trashes: vec![path.clone()], mount: mount_of(&table, path).cloned(), space: None });
            }
        }
        places
    }
}
