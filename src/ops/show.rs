//! Telling all that is known of items, or of parts of them.

pub(super) mod preview;

use std::cmp::Reverse;
use std::fs::File;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::show::preview::{READ, path_inside};
use crate::outcome::{Listing, Showing, Shown};
use crate::progress::Progress;
use crate::request::{ShowRequest, Sizes};
use crate::retention::Fate;
use crate::selection::Chosen;
use crate::sys::{FileKind, Name, metadata_of_file};

impl TrashManager {
    /// Finds what is selected, of several versions of one path the newest, and tells all about it, in the order in which
    /// it was removed. What cannot be told costs the rest nothing.
    #[must_use]
    pub fn show(&self, request: &ShowRequest, progress: &dyn Progress) -> Showing {
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
        request: &ShowRequest,
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
