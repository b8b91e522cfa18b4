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

use crate::error::{Error, Result, cannot};
use crate::freedesktop::{Announced, ForeignTrash, Info};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::export::plan::{EXPORT, on_another_volume};
use crate::progress::{Activity, Amount, Progress, begin};
use crate::store::{Notices, Taken, TrashDir};
use crate::sys::{Dir, Name};

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
    /// Does the steps of a plan, one after the other; each result is told to `each`. A step that fails costs only itself;
    /// where one of the two trashes cannot be used, the first step of those between them is told so for all. See this module
    /// for what a crash leaves.
    pub fn export(
        &self,
        plan: &ExportPlan,
        progress: &dyn Progress,
        mut each: impl FnMut(&ExportStep, Result<Exported>),
    ) {
        let all = Amount { entries: plan.steps.len() as u64, bytes: 0 };
        let _ending = begin(progress, Activity::Moving, Some(all));
        for steps in plan.steps.chunk_by(|one, next| one.item.trash == next.item.trash) {
            match self.export_all(steps, progress, &mut each) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return,
                Err(error) => each(&steps[0], Err(error)),
            }
        }
    }

    /// Does steps that lead from one trash to one other, until somebody asks to stop. An error is about all of them.
    fn export_all(
        &self,
        steps: &[ExportStep],
        progress: &dyn Progress,
        each: &mut impl FnMut(&ExportStep, Result<Exported>),
    ) -> Result<ControlFlow<()>> {
        let from = &*self.trash_of(&steps[0].item)?;
        let to = steps[0].to.open_or_create(EXPORT)?;
        let _lock = to.lock(EXPORT)?;
        let notices = from.notices().map_err(cannot(EXPORT, from.path()))?;
        let moving = Moving { from, to, notices };
        let noted = moving.write_notices(steps, each)?;
        Ok(moving.each(&noted, progress, each))
    }
}

/// From one of our trashes to one of other programs.
struct Moving<'a> {
    from: &'a TrashDir,
    to: ForeignTrash,
    notices: Notices<'a>,
}

impl Moving<'_> {
    /// Writes what is to be told of each, and brings it to the disk. Returns the steps of which it is there.
    fn write_notices<'a>(
        &self,
        steps: &'a [ExportStep],
        each: &mut impl FnMut(&ExportStep, Result<Exported>),
    ) -> Result<Vec<&'a ExportStep>> {
        let mut noted = Vec::new();
        for step in steps {
            match self.notices.write(step.item.id, step.text().as_bytes()) {
                Ok(()) => noted.push(step),
                Err(error) => each(step, Err(failed(&step.item, error))),
            }
        }
        self.notices.flush().map_err(|error| {
            self.discard(&noted);
            cannot(EXPORT, self.from.path())(error)
        })?;
        Ok(noted)
    }

    /// What is not deleted a clean deletes.
    fn discard(&self, steps: &[&ExportStep]) {
        steps.iter().map(|step| self.notices.discard(step.item.id)).for_each(drop);
    }

    /// Moves each, until somebody asks to stop.
    fn each(
        &self,
        steps: &[&ExportStep],
        progress: &dyn Progress,
        each: &mut impl FnMut(&ExportStep, Result<Exported>),
    ) -> ControlFlow<()> {
        for (number, step) in steps.iter().enumerate() {
            if progress.interrupted() {
                self.discard(&steps[number..]);
                each(step, Err(Error::interrupted(EXPORT, step.item.shown_path())));
                return ControlFlow::Break(());
            }
            let moved = self.one(&step.item, step.text().as_bytes());
            if moved.is_err() {
                self.discard(&[step]);
            }
            each(step, moved);
            progress.advance(Amount { entries: 1, bytes: 0 });
        }
        ControlFlow::Continue(())
    }

    fn one(&self, item: &TrashItem, text: &[u8]) -> Result<Exported> {
        let failed = |error| failed(item, error);
        let own = item.original_name().unwrap_or_default();
        let own = Name::new(own).map_err(|error| failed(error.into()))?;
        for name in ForeignTrash::names_for(own) {
            let put = |info: &Dir, name: Name<'_>| self.notices.put(item.id, text, (info, name));
            let announced = self.to.announce(&name, text, put).map_err(failed)?;
            if announced == Announced::Taken {
                continue;
            }
            let path = self.to.path_of(&name);
            let moved = Name::new(&name).map_err(io::Error::from);
            match moved.and_then(|name| self.from.move_out(item, self.to.files(), name)) {
                Ok(moved) => {
                    if announced == Announced::Before {
                        self.notices.discard(item.id).ok();
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
