//! Exporting: from a selection to a plan, and from the plan to the trash of the desktop, which other programs share.
//!
//! Each item keeps its path and its date there, and an import takes it back with both. Our own record is gone then: the
//! session, the end of the grace period.
//!
//! `files` and `info` are the other trash's two directories.
//!
//! | last step done | on the disk | what the next export of it does |
//! |---|---|---|
//! | the `.trashinfo` of each, all flushed at once, in our `.staging` | in our trash, listed; files that `clean` deletes | the same again |
//! | RENAME of it into `info`, which replaces nothing | in our trash, listed; told of in `info` as well | finds that word for word, and goes on |
//! | what others may write is given back: `g+w`, `o+w` | the same, and open | refuses it, as every open item |
//! | RENAME of the thing into `files`, which replaces nothing | in the other trash, with attributes of ours | nothing: it is no item any more |
//! | each attribute is erased, the `u+w` that it got taken off, its envelope removed | in the other trash, as it was | nothing |
//!
//! So the thing is in exactly one of the two trashes, and told of there. A step that fails undoes those before it.

pub(super) mod plan;

use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Error, Result, cannot};
use crate::freedesktop::{Announced, ForeignTrash, Info};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::export::plan::{EXPORT, on_another_volume};
use crate::progress::{Activity, Amount, Progress, begin};
use crate::store::{Notice, Taken, TrashDir};
use crate::sys::Name;

pub use self::plan::{ExportOptions, ExportPlan, ExportStep, WallClock};

/// An item that is in the other trash now.
#[derive(Debug)]
pub struct Exported {
    /// Where.
    pub path: PathBuf,
    /// Why something of ours could not be taken off it, or its mode not be given back.
    pub problem: Option<Error>,
}

impl TrashManager {
    /// Does the steps of a plan, one after the other; each result is told to `each`. A step that fails costs only
    /// itself. See this module for what a crash leaves.
    pub fn export(
        &self,
        plan: &ExportPlan,
        progress: &dyn Progress,
        mut each: impl FnMut(&ExportStep, Result<Exported>),
    ) {
        let all = Amount { entries: plan.steps.len() as u64, bytes: 0 };
        let _ending = begin(progress, Activity::Moving, Some(all));
        for steps in plan.steps.chunk_by(|one, next| one.item.trash == next.item.trash) {
            let opened = self.trash_of(&steps[0].item).and_then(|from| {
                let to = steps[0].to.open_or_create().map_err(as_export)?;
                let lock = to.lock(EXPORT)?;
                let moving = Moving { from, to };
                moving.write_notices(steps).map(|()| (moving, lock))
            });
            match opened {
                Ok((moving, _lock)) => {
                    if moving.each(steps, progress, &mut each).is_break() {
                        return;
                    }
                }
                Err(error) => each(&steps[0], Err(error)),
            }
        }
    }
}

/// From one of our trashes to one of other programs.
struct Moving {
    from: Arc<TrashDir>,
    to: ForeignTrash,
}

impl Moving {
    /// Writes what is to be told of all of them, and brings it to the disk.
    fn write_notices(&self, steps: &[ExportStep]) -> Result<()> {
        for step in steps {
            self.from
                .notice(step.item.id, step.text().as_bytes())
                .write()
                .map_err(|error| failed(&step.item, error))?;
        }
        self.from.flush_notices().map_err(cannot(EXPORT, self.from.path()))
    }

    /// Moves each, until somebody asks to stop.
    fn each(
        &self,
        steps: &[ExportStep],
        progress: &dyn Progress,
        each: &mut impl FnMut(&ExportStep, Result<Exported>),
    ) -> ControlFlow<()> {
        for (number, step) in steps.iter().enumerate() {
            if progress.interrupted() {
                // What is not deleted a clean deletes.
                let written = steps[number..].iter().map(|step| self.from.notice(step.item.id, b"").discard());
                written.for_each(drop);
                each(step, Err(Error::interrupted(EXPORT, step.item.shown_path())));
                return ControlFlow::Break(());
            }
            let text = step.text();
            let notice = self.from.notice(step.item.id, text.as_bytes());
            let moved = self.one(&step.item, &notice, text.as_bytes());
            if moved.is_err() {
                notice.discard().ok();
            }
            each(step, moved);
            progress.advance(Amount { entries: 1, bytes: 0 });
        }
        ControlFlow::Continue(())
    }

    fn one(&self, item: &TrashItem, notice: &Notice<'_>, text: &[u8]) -> Result<Exported> {
        let failed = |error| failed(item, error);
        let own = item.original_name().unwrap_or_default();
        let own = Name::new(own).map_err(|error| failed(error.into()))?;
        for name in ForeignTrash::names_for(own) {
            let announced = self.to.announce(&name, text, |info, name| notice.put(info, name)).map_err(failed)?;
            if announced == Announced::Taken {
                continue;
            }
            let path = self.to.path_of(&name);
            let moved = Name::new(&name).map_err(io::Error::from);
            match moved.and_then(|name| self.from.move_out(item, self.to.files(), name)) {
                Ok(moved) => {
                    if announced == Announced::Before {
                        notice.discard().ok();
                    }
                    let problem = match self.from.tidy_up(moved, &path) {
                        Taken::Whole => None,
                        Taken::Marked(error) => Some(Error::system("remove rrm's attributes from", &path, error)),
                    };
                    return Ok(Exported { path, problem });
                }
                Err(error) => {
                    self.to.forget(&name).map_err(failed)?;
                    if error.kind() != io::ErrorKind::AlreadyExists {
                        return Err(failed(error));
                    }
                }
            }
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
    }
}

impl ExportStep {
    /// What is told of it there.
    fn text(&self) -> String {
        Info::text(&self.recorded, self.removed, &self.item.id.to_string())
    }
}

fn failed(item: &TrashItem, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::CrossesDevices => on_another_volume(item),
        _ => Error::system(EXPORT, item.shown_path(), error),
    }
}

/// What opens the trash of another program says that it is for an import.
fn as_export(error: Error) -> Error {
    Error { action: EXPORT.into(), ..error }
}
