//! Telling all that is known of items, or of parts of them.

pub(super) mod preview;

use std::cmp::Reverse;
use std::fs::File;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::item::RecordPlace;
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::list::listing::Listing;
use crate::ops::list::options::Sizes;
use crate::ops::show::preview::{READ, path_inside};
use crate::preview::Limits;
use crate::progress::Progress;
use crate::rules::retention::Fate;
use crate::rules::retention::Standing;
use crate::rules::selection::Chosen;
use crate::rules::selection::Selection;
use crate::sys::{FileKind, Name, metadata_of_file};
use chrono::{DateTime, Utc};
use std::path::PathBuf;

pub use self::preview::Preview;

/// Tell all about items, or parts of them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ShowOptions {
    /// Which ones; of several that were at one path, the newest.
    pub selection: Selection,
    /// Whether to find out how large directories are.
    pub sizes: Sizes,
    /// How much of them to look at.
    pub limits: Limits,
    /// The rules by which items will go.
    pub standing: Standing,
    /// The time of the command.
    pub now: DateTime<Utc>,
}

impl ShowOptions {
    /// What a person asks for: sizes as they are known, and the first of the content.
    #[must_use]
    pub fn new(selection: Selection, standing: Standing, now: DateTime<Utc>) -> Self {
        Self { selection, sizes: Sizes::default(), limits: Limits::default(), standing, now }
    }
}

/// All about some items, and what could not be told.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Showing {
    /// One for each item, or part of one, that was chosen.
    pub shown: Vec<Shown>,
    /// What was not found, and volumes that did not answer.
    pub problems: Vec<Error>,
}

/// All about an item, or about a part of one.
#[derive(Debug)]
#[non_exhaustive]
pub struct Shown {
    /// The item.
    pub item: TrashItem,
    /// The part below a trashed directory that the rest is about; empty for the item itself.
    pub part: PathBuf,
    /// The path that it had; for an item of unknown origin, the one it has in the trash.
    pub path: PathBuf,
    /// Where it is now.
    pub place: PathBuf,
    /// Where the item's record is.
    pub record: RecordPlace,
    /// What will become of the item.
    pub fate: Fate,
    /// The other items that were at the item's path, the one removed last first.
    pub others: Vec<TrashItem>,
    /// What it is and what is in it.
    pub preview: Preview,
}

impl TrashManager {
    /// Finds what is selected, of several versions of one path the newest, and tells all about it, in the order in which
    /// it was removed. What cannot be told costs the rest nothing.
    #[must_use]
    pub fn show(&self, request: &ShowOptions, progress: &dyn Progress) -> Showing {
        let mut listing = self.everything();
        listing.fates = Some(self.fates(&listing.items, &request.standing, request.now, &mut listing.problems));
        let mut choice = self.choose_existing(&request.selection, &listing.items);
        choice.chosen.sort_by_key(|chosen| {
            let item = &listing.items[chosen.index];
            (item.trashed.instant(), item.original_path(), chosen.part.clone())
        });
        let mut showing = Showing { shown: Vec::new(), problems: std::mem::take(&mut listing.problems) };
        showing.problems.extend(choice.problems);
        for chosen in choice.chosen {
            match self.show_one(&listing, chosen, request, progress) {
                Ok(shown) => showing.shown.push(shown),
                Err(error) => showing.problems.push(error),
            }
        }
        showing
    }

    fn show_one(
        &self,
        listing: &Listing,
        Chosen { index, part }: Chosen,
        request: &ShowOptions,
        progress: &dyn Progress,
    ) -> Result<Shown> {
        let part = part.unwrap_or_default();
        let mut item = listing.items[index].clone();
        if request.sizes == Sizes::Measured && part.as_os_str().is_empty() {
            self.measure(std::slice::from_mut(&mut item), progress)?;
        }
        let trash = self.trash_of(&item)?;
        let record =
            trash.record_place(&item).map_err(|error| Error::system(READ, path_inside(&item, &part), error))?;
        let place = trash.place_of(&item);
        Ok(Shown {
            fate: listing.fates.as_ref().map_or(Fate::Doubtful, |fates| fates.of(&item)),
            record,
            path: path_inside(&item, &part),
            place: if part.as_os_str().is_empty() { place } else { place.join(&part) },
            others: other_versions(&listing.items, index),
            preview: self.preview(&item, &part, &request.limits)?,
            part,
            item,
        })
    }

    /// Opens a trashed file, or a file in a trashed directory, to be read from its start. An empty `part` is the item
    /// itself.
    ///
    /// # Errors
    /// [`NotAFile`](ErrorKind::NotAFile) where it is anything else; that is not opened.
    pub fn open(&self, item: &TrashItem, part: &Path) -> Result<File> {
        let path = path_inside(item, part);
        let failed = |error| Error::system(READ, &path, error);
        let (holding, name) = self.trash_of(item)?.holding_part(item, part).map_err(failed)?;
        let name = Name::new(&name).map_err(|error| failed(error.into()))?;
        check_is_file(holding.metadata_of(name).map_err(failed)?.kind, &path)?;
        let file = holding.open_file_keeping_access_time(name).map_err(failed)?;
        // Another command may have put something else there since.
        check_is_file(metadata_of_file(&file).map_err(failed)?.kind, &path)?;
        Ok(file)
    }
}

fn check_is_file(kind: FileKind, path: &Path) -> Result<()> {
    let reason = match kind {
        FileKind::File => return Ok(()),
        FileKind::Directory => "it is a directory",
        FileKind::Symlink => "it is a symbolic link, which rrm does not follow",
        _ => "it is not a regular file; reading it could block",
    };
    Err(Error::new(ErrorKind::NotAFile, READ, path, reason))
}

/// The other items that were at the path of this one, the one removed last first.
fn other_versions(items: &[TrashItem], index: usize) -> Vec<TrashItem> {
    let Some(path) = items[index].original_path() else { return Vec::new() };
    let others = items.iter().enumerate().filter(|(at, other)| *at != index && other.original_path() == Some(path));
    let mut others: Vec<TrashItem> = others.map(|(_, other)| other.clone()).collect();
    others.sort_by_key(|other| Reverse(other.trashed.instant()));
    others
}
