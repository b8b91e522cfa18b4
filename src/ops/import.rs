//! Importing: from the trashes of other programs to a plan, and from the plan to our own.
//!
//! Each thing keeps the path and the date that it has there. Its grace period begins with the import, so that no `clean`
//! takes tomorrow what nobody was about to delete today.
//!
//! It is placed as anything that is removed, by the same code and with the same order of writes; its record says besides
//! under what name it was in the other trash. `files` and `info` are that trash's two directories.
//!
//! | last step done | on the disk | what the next import does |
//! |---|---|---|
//! | **by a rename** | | |
//! | each attribute is set, or an envelope is made | in `files` and `info`; attributes, or an empty envelope | the same import again, which replaces the attributes |
//! | RENAME into our trash | listed, with that name in its record; in `info` | takes it out of `info` |
//! | it is taken out of `info` | listed, with that name in its record | nothing: there is nothing of that name |
//! | the name in its record is emptied | listed | nothing |
//! | **by a copy** | | |
//! | the copy in `.staging`, flushed and compared | in `files` and `info`; a copy that nobody lists | the same import again; `clean` deletes the copy |
//! | RENAME out of `.staging`, flushed | in `files` and `info`; listed, whole, with that name in its record | removes from `files` what is the same in the copy, byte by byte, and goes on |
//! | each removal from `files` | the same, with less in `files`, and one entry perhaps moved aside there | moves that back, and then the same |
//! | the rest | as by a rename | as by a rename |
//!
//! So the thing is never in neither trash, and an item is known to be what an entry became by its path, its date and that
//! name. If an item is restored before the next import, what is left of its entry is an orphan, or an entry of its own.

pub(super) mod plan;

use std::path::PathBuf;
use std::sync::Arc;

use self::plan::nearest;
use crate::error::{Error, ErrorKind, Result};
use crate::freedesktop::IMPORT;
use crate::item::{Record, TrashItem};
use crate::manager::TrashManager;
use crate::ops::remove::copy_in::{Incoming, not_all_removed};
use crate::progress::{Activity, Amount, Progress, begin};
use crate::store::{Note, Noted, Source};
use crate::sys::{self, Dir, Metadata, Name, if_there};
use crate::transfer::{Proof, Route, bring_back, remove_source};

pub use self::plan::{ImportOptions, ImportPlan, ImportStep, LocalTime, Sources};

/// What became of a thing that was to be imported.
#[derive(Debug)]
pub enum Imported {
    /// It is in our trash, and not in the other any more.
    Done(TrashItem),
    /// It was not there any more: another program restored or deleted it.
    Gone,
}

impl TrashManager {
    /// Does the steps of a plan, one after the other; each result is told to `each`. A step that fails costs only
    /// itself. See this module for what a crash leaves.
    pub fn import(
        &self,
        plan: &ImportPlan,
        progress: &dyn Progress,
        mut each: impl FnMut(&ImportStep, Result<Imported>),
    ) {
        let _ending = begin(progress, Activity::Importing, Some(Amount { entries: plan.steps.len() as u64, bytes: 0 }));
        for steps in plan.steps.chunk_by(|one, next| Arc::ptr_eq(&one.from, &next.from)) {
            let _lock = match steps[0].from.lock(IMPORT) {
                Ok(lock) => lock,
                Err(error) => {
                    each(&steps[0], Err(error));
                    continue;
                }
            };
            for step in steps {
                if progress.interrupted() {
                    let stopped = Error::interrupted(IMPORT, step.shown());
                    each(step, Err(stopped));
                    return;
                }
                each(step, self.import_one(step, &plan.options, progress));
                progress.advance(Amount { entries: 1, bytes: 0 });
            }
        }
    }

    fn import_one(&self, step: &ImportStep, request: &ImportOptions, progress: &dyn Progress) -> Result<Imported> {
        let item = match &step.begun {
            Some(item) => {
                self.remove_copied(step, item, progress)?;
                item.clone()
            }
            None => match self.take_over(step, request, progress)? {
                Some(item) => item,
                None => return Ok(Imported::Gone),
            },
        };
        let failed = |error| Error::system("remove the .trashinfo of", step.shown(), error);
        step.from.forget(&step.entry.name).map_err(failed)?;
        // The name in the record means nothing any more; that it could not be emptied is no failure.
        self.trash_of(&item)?.complete_import(&item).ok();
        Ok(Imported::Done(item))
    }

    /// Moves the thing to the trash; `None` if it is not there any more.
    fn take_over(
        &self,
        step: &ImportStep,
        request: &ImportOptions,
        progress: &dyn Progress,
    ) -> Result<Option<TrashItem>> {
        let shown = step.shown();
        let name = step.name()?;
        let found = if_there(step.from.files().metadata_of(name));
        let Some(metadata) = found.map_err(|error| Error::system(IMPORT, &shown, error))? else { return Ok(None) };
        let record = Record {
            original_path: step.original.clone(),
            trashed: step.trashed,
            deletion: Some(request.deletion),
            session: None,
            imported_as: Some(step.entry.name.clone()),
        };
        let source = Source { parent: step.from.files(), name, metadata: &metadata };
        let incoming = Incoming { action: IMPORT, shown: &shown, source, record: &record, copying: request.copying };
        // Where a removal would look for a trash now. That it is on another mount says only that no rename leads there.
        let near = nearest(&step.original).map(|(dir, _)| dir).filter(|dir| is_on_mount(dir, &metadata));
        let placed = self.place(&incoming, request.place, near.as_ref(), progress)?;
        Ok(Some(placed.into_item(&metadata, record)))
    }

    /// Removes of a thing what an earlier import copied of it; nothing if it was moved. What that import saw is gone with
    /// it, so both are read: a size and a time may be the same and the content not.
    fn remove_copied(&self, step: &ImportStep, item: &TrashItem, progress: &dyn Progress) -> Result<()> {
        let failed = |error| Error::system(IMPORT, step.shown(), error);
        let trash = self.trash_of(item)?;
        let (holding, held) = trash.holding(item).map_err(failed)?;
        let held = Name::new(&held).map_err(|error| failed(error.into()))?;
        let (source, name) = (step.from.files(), step.name()?);
        if let Noted::Left(note) = trash.take_note(item.id).map_err(failed)? {
            let strange = bring_back((source, name), note.made(), Some((&holding, held))).map_err(failed)?;
            if strange.is_empty() {
                note.forget().map_err(failed)?;
            }
        }
        // Else it was moved, or all of it is removed.
        let Some(is) = if_there(source.metadata_of(name)).map_err(failed)? else { return Ok(()) };
        let copy = holding.metadata_of(held).map_err(failed)?;
        // One directory, seen in two places by a mount: it would be emptied as its own copy.
        if is.is_dir() && is.id == copy.id {
            return Err(Error::new(ErrorKind::HoldsMount, IMPORT, step.shown(), "it is also mounted in rrm's trash"));
        }
        // Its name may be younger than the last flush, and the source goes now.
        sys::flush(trash.dir()).map_err(failed)?;
        let route = Route::between((source, name), (&holding, held));
        let note = trash.leave_note(item.id, &step.shown()).ok();
        let removed = remove_source(route, Proof::Bytes, note.as_ref().and_then(Note::ledger), progress);
        if removed.asides == 0 {
            note.map(Note::forget);
        }
        if removed.left.is_empty() {
            Ok(())
        } else {
            Err(not_all_removed(IMPORT, &step.shown(), item.id, removed.left))
        }
    }
}

impl ImportStep {
    /// The thing, as a person can find it now.
    #[must_use]
    pub fn shown(&self) -> PathBuf {
        self.from.path_of(&self.entry.name)
    }

    fn name(&self) -> Result<Name<'_>> {
        Name::new(&self.entry.name)
            .map_err(|_| Error::new(ErrorKind::BadValue, IMPORT, self.shown(), "not a file name"))
    }
}

fn is_on_mount(dir: &Dir, thing: &Metadata) -> bool {
    dir.metadata().is_ok_and(|is| is.mount == thing.mount && is.id.device == thing.id.device)
}
