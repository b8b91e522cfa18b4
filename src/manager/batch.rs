//! Removing many: what one file costs is paid for all of them at once where that can be.

use std::sync::Arc;

use super::TrashManager;
use super::operand::{Parent, split};
use super::place::is_another_mount;
use super::threads::{Writers, work_ahead};
use super::trash::{record_for, trashed};
use crate::error::Result;
use crate::item::Record;
use crate::outcome::{Removal, Removed};
use crate::progress::Progress;
use crate::request::{Place, TrashRequest};
use crate::store::{Labelled, Source, TrashDir};
use crate::sys::{FileKind, Name};

impl TrashManager {
    /// Does the removals of a plan, one after the other; each result is told to `each`. Says how many were done, which
    /// is all unless a person interrupts.
    ///
    /// # After a crash
    /// As after [`Self::trash`]; but of files in one directory up to 40 that come next may have their record already.
    /// They are in place, and the next removal of them writes it anew.
    pub fn trash_each(
        &self,
        removals: &[Removal],
        request: &TrashRequest,
        progress: &dyn Progress,
        mut each: impl FnMut(&Removal, Result<Removed>),
    ) -> usize {
        let mut done = 0;
        let mut finish = |removal: &Removal, moved: Option<Removed>| {
            // Where the short way fails, the ordinary one finds another or says why.
            each(removal, moved.map_or_else(|| self.trash(removal, request, progress), Ok));
            done += 1;
        };
        for run in removals.chunk_by(are_beside_each_other) {
            match self.ahead(run, request) {
                Some(ahead) => ahead.move_all(run, progress, &mut finish),
                None => run.iter().take_while(|_| !progress.interrupted()).for_each(|removal| finish(removal, None)),
            }
        }
        done
    }

    /// Where a run of files goes, if it is long enough and their records are worth to be written ahead.
    fn ahead<'a>(&self, run: &[Removal], request: &'a TrashRequest) -> Option<Ahead<'a>> {
        let (first, Place::OwnVolume | Place::Home) = (run.first()?, request.place) else { return None };
        let parent = self.parents().find(split(&first.operand).ok()?.parent).ok()?;
        let home = self.volumes().home().ok()?;
        let trash = match request.place {
            _ if !is_another_mount(&home, &first.metadata) => home,
            Place::OwnVolume => self.volumes().of_volume(&parent.dir).ok()?,
            Place::Home | Place::Nowhere => return None,
        };
        if Writers::worthwhile(run.len(), trash.dir()) == Writers::One {
            return None;
        }
        self.know(trash.clone());
        Some(Ahead { trash, parent, request })
    }
}

/// Whether two removals are of files in one directory. What is a directory may hold the next operand, so that nothing is
/// done ahead of its removal.
fn are_beside_each_other(one: &Removal, next: &Removal) -> bool {
    let are_files = [one, next].iter().all(|removal| removal.metadata.kind == FileKind::File);
    are_files
        && one.metadata.mount == next.metadata.mount
        && matches!((split(&one.operand), split(&next.operand)), (Ok(one), Ok(next)) if one.parent == next.parent)
}

/// A run of files of one directory that go to one trash directory.
struct Ahead<'a> {
    trash: Arc<TrashDir>,
    parent: Arc<Parent>,
    request: &'a TrashRequest,
}

impl Ahead<'_> {
    /// Moves each file of `run`, and tells `finish` what became of it; `None` where it is as it was.
    fn move_all(&self, run: &[Removal], progress: &dyn Progress, mut finish: impl FnMut(&Removal, Option<Removed>)) {
        work_ahead(
            run,
            |removal| self.label(removal),
            |removal, labelled| {
                self.source(removal).into_iter().for_each(|source| self.trash.unlabel(source, labelled));
            },
            || progress.interrupted(),
            |removal, labelled| finish(removal, labelled.and_then(|labelled| self.commit(removal, &labelled))),
        );
    }

    fn source<'s>(&'s self, removal: &'s Removal) -> Option<Source<'s>> {
        let name = Name::new(split(&removal.operand).ok()?.name).ok()?;
        Some(Source { parent: &self.parent.dir, name, metadata: &removal.metadata })
    }

    fn record(&self, removal: &Removal) -> Option<Record> {
        let original = self.parent.path.join(split(&removal.operand).ok()?.name);
        record_for(&self.trash, &original, self.request)
    }

    fn label(&self, removal: &Removal) -> Option<Labelled> {
        self.trash.label(self.source(removal)?, self.record(removal)?)
    }

    /// Moves what is labelled; `None` where that fails, and then it is not labelled any more.
    fn commit(&self, removal: &Removal, labelled: &Labelled) -> Option<Removed> {
        let source = self.source(removal)?;
        let placed = self.trash.place_labelled(source, labelled).ok()?;
        Some(trashed(placed, removal, self.parent.path.join(source.name.as_os_str()), self.request))
    }
}
