//! Exporting: from a selection to a plan, and from the plan to the trash of the desktop, which other programs share.
//!
//! Each item keeps its path and its date there, and an import takes it back with both. Our own record is gone then: the
//! session, the end of the grace period.
//!
//! `files` and `info` are the other trash's two directories.
//!
//! | last step done | on the disk | what the next export of it does |
//! |---|---|---|
//! | the `.trashinfo`, flushed, in our `.staging` | in our trash, listed; a file that `clean` deletes | the same again |
//! | RENAME of it into `info`, which replaces nothing | in our trash, listed; told of in `info` as well | finds that word for word, and goes on |
//! | what others may write is given back: `g+w`, `o+w` | the same, and open | refuses it, as every open item |
//! | RENAME of the thing into `files`, which replaces nothing | in the other trash, with attributes of ours | nothing: it is no item any more |
//! | each attribute is erased, the `u+w` that it got taken off, its envelope removed | in the other trash, as it was | nothing |
//!
//! So the thing is in exactly one of the two trashes, and told of there. A step that fails undoes those before it.

pub(super) mod plan;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::freedesktop::{Announced, ForeignTrash, Info};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::export::plan::{EXPORT, on_another_volume};
use crate::progress::{Activity, Amount, Progress, begin};
use crate::store::Taken;
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
        for steps in plan.steps.chunk_by(|one, next| Arc::ptr_eq(&one.to, &next.to)) {
            let opened = steps[0].to.open_or_create().map_err(as_export);
            let opened = opened.and_then(|to| Ok((to.lock(EXPORT)?, to)));
            let (_lock, to) = match opened {
                Ok(opened) => opened,
                Err(error) => {
                    each(&steps[0], Err(error));
                    continue;
                }
            };
            for step in steps {
                if progress.interrupted() {
                    each(step, Err(Error::interrupted(EXPORT, step.item.shown_path())));
                    return;
                }
                each(step, self.export_one(step, &to));
                progress.advance(Amount { entries: 1, bytes: 0 });
            }
        }
    }

    fn export_one(&self, step: &ExportStep, to: &ForeignTrash) -> Result<Exported> {
        let item = &step.item;
        let failed = |error| failed(item, error);
        let trash = self.trash_of(item)?;
        let text = Info::text(&step.recorded, step.removed, &item.id.to_string());
        let notice = trash.notice(item.id, text.as_bytes());
        let own = item.original_name().unwrap_or_default();
        let own = Name::new(own).map_err(|error| failed(error.into()))?;
        for name in ForeignTrash::names_for(own) {
            let announced = to.announce(&name, text.as_bytes(), |info, name| notice.put(info, name));
            if announced.map_err(failed)? == Announced::Taken {
                continue;
            }
            let checked = Name::new(&name).map_err(|error| failed(error.into()))?;
            let path = to.path_of(&name);
            match trash.move_out(item, to.files(), checked) {
                Ok(moved) => {
                    let problem = match trash.tidy_up(moved, &path) {
                        Taken::Whole => None,
                        Taken::Marked(error) => Some(Error::system("remove rrm's attributes from", &path, error)),
                    };
                    return Ok(Exported { path, problem });
                }
                Err(error) => {
                    to.forget(&name).map_err(failed)?;
                    if error.kind() != io::ErrorKind::AlreadyExists {
                        return Err(failed(error));
                    }
                }
            }
        }
        Err(failed(io::ErrorKind::AlreadyExists.into()))
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
