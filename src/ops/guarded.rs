//! What a guarded run needs of the trash, and what becomes of one that nobody owns any more.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::error::{Error, ErrorKind, Result};
use crate::guard::{Batch, carry_out};
use crate::item::ItemId;
use crate::manager::TrashManager;
use crate::store::{Guard, Run, TrashDir};
use crate::sys::{Dir, Metadata, metadata_of_file};

impl TrashManager {
    /// All trash directories that can be found.
    pub(crate) fn trashes_for_guard(&self) -> Vec<Arc<TrashDir>> {
        self.discover().trashes
    }

    /// The trash directory that a link of what is in `dir` can go to, made if it is missing.
    pub(crate) fn trash_for_guard(&self, dir: &Dir, is: &Metadata) -> Result<Arc<TrashDir>> {
        let home = self.volumes().home();
        let trash = match home {
            Ok(home) if home.mount() == is.mount && home.id().device == is.id.device => home,
            _ => Arc::clone(&self.volumes().of_volume(dir).map_err(|reasons| {
                let first = reasons.into_iter().next();
                first.unwrap_or_else(|| Error::new(ErrorKind::NoTrash, "keep", "", "there is no trash directory"))
            })?),
        };
        self.know(trash.clone());
        Ok(trash)
    }

    /// Makes items of what runs have kept that nobody owns any more. What cannot be done now is left to the next command.
    pub(crate) fn file_what_is_left(&self, trashes: &[Arc<TrashDir>]) -> Vec<Error> {
        let mut runs: HashMap<ItemId, Vec<Left>> = HashMap::new();
        for trash in trashes {
            for id in trash.guards().unwrap_or_default() {
                if let Some(left) = Left::of(trash, id) {
                    self.know(trash.clone());
                    runs.entry(id).or_default().push(left);
                }
            }
        }
        let mut problems = Vec::new();
        for left in runs.into_values() {
            // One run is one batch, on however many volumes.
            let at = left.iter().map(|left| left.at).max().unwrap_or_default();
            for Left { trash, guard, first_line, .. } in left {
                problems.extend(carry_out(&trash, &guard, &Batch::of_journal(&first_line, at)).problems);
            }
        }
        problems
    }
}

/// Whether a run that nobody owns any more has left something there.
pub(crate) fn has_left(trash: &TrashDir) -> bool {
    let guards = trash.guards().unwrap_or_default();
    guards.into_iter().any(|id| matches!(trash.take_guard(id), Ok(Some(guard)) if is_left(&guard)))
}

/// Whether items are yet to be made of what is there.
fn is_left(guard: &Guard) -> bool {
    matches!(guard.journal(), Ok(Some(_))) || matches!(guard.read(Run::Plan), Ok(Some(_)))
}

/// What a run has left on one volume.
struct Left {
    trash: Arc<TrashDir>,
    guard: Guard,
    /// Of its journal, which tells of the run.
    first_line: Vec<u8>,
    /// When it was last at work.
    at: DateTime<Utc>,
}

impl Left {
    /// Nothing where somebody owns it, or all is done.
    fn of(trash: &Arc<TrashDir>, id: ItemId) -> Option<Self> {
        let guard = trash.take_guard(id).ok()??;
        let mut first_line = Vec::new();
        let at = match guard.journal().ok()? {
            Some(file) => {
                BufReader::new(&file).read_until(b'\n', &mut first_line).ok()?;
                let modified = metadata_of_file(&file).ok()?.modified;
                DateTime::from_timestamp(modified.seconds, modified.nanoseconds)?
            }
            None if guard.read(Run::Plan).ok()?.is_some() => DateTime::UNIX_EPOCH,
            None => {
                // It was killed while it began, or only its aftermath is left; then the directory stays.
                trash.end_guard(&guard).ok();
                return None;
            }
        };
        Some(Self { trash: trash.clone(), guard, first_line, at })
    }
}
