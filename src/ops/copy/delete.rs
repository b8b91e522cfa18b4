//! Deleting what a copy made needless, and the end of every claim.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use crate::error::Error;
use crate::item::TrashItem;
use crate::progress::Silent;
use crate::purge::{Ending, Measure, Purged, purge};
use crate::store::{Claim, TrashDir};
use crate::sys::{Dir, Name};

/// What is tried, in every error about what a purge left standing.
const REMOVE: &str = "remove";

/// Deletes what was copied out from the trash; what stays of it, if anything. The copy is where it was wanted, so that
/// nothing interrupts this.
pub(crate) fn delete_original(trash: &TrashDir, item: &TrashItem, part: Option<&Path>) -> Option<Error> {
    let purged = match part {
        Some(part) => trash.holding_part(item, part).and_then(|(holding, held)| purge_all(&holding, &held)),
        None => trash.claim(item).and_then(|claim| match claim {
            Claim::Taken => purge_claimed(trash, item.id.to_string().as_ref()),
            Claim::Kept => Err(io::Error::other("it was kept meanwhile, so it also stays in the trash")),
        }),
    };
    match purged {
        Ok(purged) => remains(purged, &item.trash),
        Err(error) => Some(Error::system("delete", &*item.trash, error)),
    }
}

fn purge_claimed(trash: &TrashDir, name: &OsStr) -> io::Result<Purged> {
    let doomed = trash.doomed_dir()?;
    let purged = purge_all(&doomed, name)?;
    end_claim(trash, &doomed, name, &purged);
    Ok(purged)
}

pub(crate) fn purge_all(holder: &Dir, name: &OsStr) -> io::Result<Purged> {
    let name = Name::new(name)?;
    Ok(purge(holder, name, Measure::Entries, &Silent))
}

/// What a purge left standing, each of it with its reason.
pub(crate) fn remains(purged: Purged, holder: &Path) -> Option<Error> {
    if purged.is_complete() {
        return None;
    }
    let failures = purged.failures.into_iter();
    let failed = failures.map(|failure| Error::system(REMOVE, holder.join(failure.path), failure.error));
    Error::of_all(failed).or_else(|| Some(Error::interrupted(REMOVE, holder)))
}

/// What becomes of a claim once all was purged that can be: what cannot be deleted is an item again.
pub(crate) fn end_claim(trash: &TrashDir, doomed: &Dir, name: &OsStr, purged: &Purged) -> Option<TrashItem> {
    match purged.ending {
        Ending::Finished if purged.failures.is_empty() => {
            trash.forget_claimed(name);
            None
        }
        Ending::Finished => trash.give_back(doomed, name).ok(),
        Ending::Interrupted => None,
    }
}
