//! Taking the last undo back. The home trash notes what it brought back, and which file each thing was.

pub(super) mod again;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::item::{ItemId, TrashItem};
use crate::manager::TrashManager;
use crate::ops::remove::operand::REMOVE;
use crate::ops::remove::options::RemoveOptions;
use crate::ops::restore::step::{Merged, RestorePlan};
use crate::ops::undo::again::{check_unchanged, seen_at};
use crate::progress::Progress;
use crate::store::Undone;
use crate::sys::FileId;

pub use self::again::Returned;
pub use crate::store::Past;

/// What a redo would remove again.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct RedoPlan {
    /// What is as the undo left it. What is inside something else comes before that.
    pub steps: Vec<Returned>,
    /// How many things are not there any more.
    pub gone: usize,
    /// What was changed since, and stays.
    pub problems: Vec<Error>,
}

/// What an undo brings back, to be noted for a redo once all of it is there.
pub struct Undoing<'a> {
    manager: &'a TrashManager,
    before: HashMap<ItemId, FileId>,
    back: Vec<(PathBuf, Past, Option<FileId>)>,
}

impl<'a> Undoing<'a> {
    /// An undo by this plan that is about to begin. The one before is no more the last: killed, this one leaves nothing to
    /// redo.
    #[must_use]
    pub fn begin(manager: &'a TrashManager, plan: &RestorePlan) -> Self {
        // Where that fails, the end will tell.
        manager.forget_undo().ok();
        let id_of = |item: &TrashItem| Some((item.id, manager.trash_of(item).ok()?.metadata_of(item).ok()?.id));
        Self { manager, before: plan.steps.iter().filter_map(|step| id_of(&step.item)).collect(), back: Vec::new() }
    }

    /// Takes down that `item` was restored to `path`.
    pub fn brought_back(&mut self, item: &TrashItem, path: &Path) {
        self.back.push((path.to_owned(), Past::of(item), self.before.get(&item.id).copied()));
    }

    /// Takes down what came back of `item` in a merge: a redo removes each piece as an item of its own.
    pub fn merged(&mut self, item: &TrashItem, merged: &Merged) {
        let pieces = merged.back.iter();
        self.back.extend(pieces.map(|piece| (piece.path.clone(), Past::of_part(item, &piece.part), piece.id)));
    }

    /// Notes what came back, instead of what the undo before brought; nothing, if nothing did. Looked at only now: what came
    /// back later may have changed what was there, a directory by a name in it, a file by another link to it.
    ///
    /// # Security
    /// Whoever owns a directory on the way may have put something else there since. What was renamed is the very file that
    /// it was in the trash. A copy is another one, of which nothing could tell it from what somebody exchanged it for: it is
    /// not noted.
    pub fn note(self) -> Result<()> {
        let back: Vec<Undone> = self
            .back
            .into_iter()
            .filter_map(|(path, past, before)| {
                let seen = seen_at(&path).ok()?;
                let is_it = before == Some(seen.0);
                is_it.then_some(Undone { path, seen, past })
            })
            .collect();
        if back.is_empty() {
            return Ok(());
        }
        let home = self.manager.volumes().home()?;
        home.note_undone(&back).map_err(|error| Error::system("note what was undone in", &**home.path(), error))
    }
}

impl TrashManager {
    /// Looks at each thing that the last undo brought back. Nothing is touched.
    pub fn plan_redo(&self) -> Result<RedoPlan> {
        let mut plan = RedoPlan::default();
        let Some(home) = self.volumes().home_if_there()? else { return Ok(plan) };
        let noted =
            home.undone().map_err(|error| Error::system("read the note of the last undo in", &**home.path(), error))?;
        for Undone { path, seen, past } in noted {
            let back = Returned { past, path, seen: Some(seen) };
            match check_unchanged(&back) {
                Ok(()) => plan.steps.push(back),
                Err(error) if is_gone(&error) => plan.gone += 1,
                Err(error) => plan.problems.push(error),
            }
        }
        // What stays would go with the directory that it is in.
        let above: HashSet<&Path> = plan.problems.iter().flat_map(|problem| problem.path.ancestors()).collect();
        let (holders, steps): (Vec<Returned>, _) = plan.steps.into_iter().partition(|step| above.contains(&*step.path));
        plan.steps = steps;
        plan.problems.extend(holders.iter().map(|step| holds_changed(&step.path)));
        plan.steps.sort_by(|a, b| Reverse(&a.path).cmp(&Reverse(&b.path)));
        Ok(plan)
    }

    /// Removes again what the steps tell; each result is told to `each`. Says how many were done, which is all unless a
    /// person interrupts.
    ///
    /// Each becomes the item that it was, but as one that was removed now, with all the others: none is due before a grace
    /// period that begins now is over, and the next undo takes back these.
    ///
    /// # After a crash
    /// As after [`Self::remove`]; the next redo goes on with the rest.
    pub fn redo(
        &self,
        steps: &[Returned],
        request: &RemoveOptions,
        progress: &dyn Progress,
        mut each: impl FnMut(&Returned, Result<(TrashItem, Option<Error>)>),
    ) -> usize {
        let mut done = 0;
        for step in steps.iter().take_while(|_| !progress.interrupted()) {
            let deletion = step.past.deletion.max(Some(request.deletion));
            let past = Past { trashed: Some(request.now), deletion, ..step.past.clone() };
            let again = Returned { past, ..step.clone() };
            // What was inside is gone from it by now, which is a change of ours.
            each(step, self.remove_back(&again, request, progress));
            done += 1;
        }
        done
    }

    /// Forgets the last undo: it was taken back.
    pub fn forget_undo(&self) -> Result<()> {
        let Some(home) = self.volumes().home_if_there()? else { return Ok(()) };
        home.forget_undone().map_err(|error| Error::system("clear the note of the last undo in", &**home.path(), error))
    }
}

fn holds_changed(path: &Path) -> Error {
    Error::new(ErrorKind::Changed, REMOVE, path, "something in it was changed after it was restored")
}

fn is_gone(error: &Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    error.kind == ErrorKind::NotFound
        || error.source.as_ref().is_some_and(|source| matches!(source.kind(), NotFound | NotADirectory))
}
