//! Moving where a rename cannot: copy, commit, and only then remove the source.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;

use super::operand::REMOVE;
use super::target::{RESTORE, TargetDir};
use bytesize::ByteSize;

use crate::error::{Error, ErrorKind, Result, words_of};
use crate::item::{Record, TrashItem};
use crate::outcome::{Removal, Restored};
use crate::progress::Progress;
use crate::purge::{Measure, Purged, purge};
use crate::request::Copying;
use crate::store::{Placed, Source, TrashDir, layout};
use crate::sys::{self, Dir, Lock, Name};
use crate::transfer::{Failure, Loss, Route, Survey, TransferError, copy, survey};

/// What may be copied without asking, in bytes.
const WITHIN_REASON: u64 = 1 << 30;

/// What a copy is for, in every message about it.
struct Errand<'a> {
    action: &'static str,
    /// What holds the source, for the paths in messages.
    holder: &'a Path,
    copying: Copying,
    progress: &'a dyn Progress,
}

impl Errand<'_> {
    /// Surveys, asks whether that is agreed to, and copies.
    fn run(&self, route: Route<'_>) -> Result<()> {
        let found = survey(route, self.progress).map_err(|error| self.failed(error))?;
        self.agree(route, &found)?;
        copy(route, &found, self.progress).map(|_| ()).map_err(|error| self.failed(error))
    }

    /// Fails with the size and the losses of a copy that somebody has to agree to first.
    fn agree(&self, route: Route<'_>, found: &Survey) -> Result<()> {
        let path = self.holder.join(route.name.as_os_str());
        if let Some(lost) = found.losses.get(Loss::Entry) {
            let reason = "it cannot be made again on the other file system";
            return Err(Error::new(ErrorKind::CrossDevice, self.action, self.holder.join(&lost.first), reason));
        }
        let free = sys::free_space(route.target).unwrap_or(u64::MAX);
        let size = found.on_disk;
        let mut reasons = Vec::new();
        if size > WITHIN_REASON || size > free {
            let [size, free] = [size, free].map(|bytes| ByteSize::b(bytes).display().iec());
            reasons.push(format!("{size} must be copied to another file system, which has {free} free"));
        }
        for (loss, lost) in found.losses.iter() {
            let others = if lost.entries > 1 { format!(" and {} more", lost.entries - 1) } else { String::new() };
            reasons.push(format!("a copy cannot keep the {loss} of {:?}{others}", lost.first));
        }
        if reasons.is_empty() || self.copying == Copying::Whatever {
            return Ok(());
        }
        Err(Error::new(ErrorKind::NeedsConsent, self.action, path, reasons.join("; ")))
    }

    fn failed(&self, error: TransferError) -> Error {
        let path = self.holder.join(&error.path);
        let (kind, reason) = match error.failure {
            Failure::Interrupted => (ErrorKind::Interrupted, "interrupted".to_owned()),
            Failure::Mount => (ErrorKind::HoldsMount, "another file system is mounted there".to_owned()),
            Failure::Read | Failure::Remove => (ErrorKind::System, words_of(&error.source)),
            Failure::Make | Failure::Write | Failure::Keep | Failure::Flush => {
                (ErrorKind::System, format!("cannot write the copy: {}", words_of(&error.source)))
            }
            Failure::Exists | Failure::Lose | Failure::Changed => {
                (ErrorKind::System, format!("{}: {}", error.failure, words_of(&error.source)))
            }
        };
        Error { kind, action: self.action.into(), path, reason: reason.into(), source: Some(error.source) }
    }
}

/// Copies an operand into `trash`, and removes it once the copy is on the disk and listed.
pub(super) fn copy_in(
    removal: &Removal,
    source: Source<'_>,
    trash: &TrashDir,
    record: &Record,
    copying: Copying,
    progress: &dyn Progress,
) -> Result<Placed> {
    let operand = Path::new(&removal.operand);
    let holder = operand.parent().unwrap_or(Path::new(""));
    let staged = trash.stage(record).map_err(|error| Error::system(REMOVE, operand, error))?;
    let errand = Errand { action: REMOVE, holder, copying, progress };
    let route = Route { source: source.parent, name: source.name, target: staged.envelope(), to_name: layout::ITEM };
    let committed =
        errand.run(route).and_then(|()| trash.commit(&staged).map_err(|error| Error::system(REMOVE, operand, error)));
    let placed = committed.inspect_err(|_| {
        // What cannot be deleted now is found without an owner by the next clean.
        if let Ok((staging, name)) = trash.discarded(&staged) {
            delete_quietly(&staging, name.as_ref(), progress);
        }
    })?;
    let purged = purge(source.parent, source.name, Measure::Entries, progress);
    remains(purged, holder).map_or(Ok(placed.clone()), |error| {
        let reason = format!(
            "it is copied to the trash as {}, but not all of it could be removed here: {}",
            placed.id.short(),
            error.reason
        );
        Err(Error { reason: reason.into(), ..error })
    })
}

/// Copies an item, or a part of one, to `name` of `parent`, which must not exist, and deletes it from the trash once
/// the copy is there.
///
/// The copy is made in a private directory beside its target and renamed to it, so that a target appears only whole.
/// That directory is named after the item: a restore that was killed is tidied up by the next one.
pub(super) fn copy_out(
    trash: &TrashDir,
    item: &TrashItem,
    part: Option<&Path>,
    (parent, name): (&TargetDir, Name<'_>),
    copying: Copying,
    progress: &dyn Progress,
) -> Result<Restored> {
    let target = parent.path.join(name.as_os_str());
    let failed = |error| Error::system(RESTORE, &target, error);
    if parent.dir.metadata_of(name).is_ok() {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    let beside = OsString::from(format!(".rrm-{}", item.id));
    let beside = Name::new(&beside).map_err(|error| failed(io::Error::other(error)))?;
    let (room, _lock) = make_room(&parent.dir, beside, progress).map_err(failed)?;
    let copied = copy_beside(trash, item, part, &room, copying, progress, &target)
        .and_then(|()| trash.release(item, part, &room, (&parent.dir, name)).map_err(failed))
        .and_then(|()| sys::flush(&parent.dir).map_err(failed));
    delete_quietly(&parent.dir, beside.as_os_str(), progress);
    copied?;
    match delete_original(trash, item, part, progress) {
        None => Ok(Restored::At(target)),
        Some(error) => Ok(Restored::Marked(target, error)),
    }
}

fn copy_beside(
    trash: &TrashDir,
    item: &TrashItem,
    part: Option<&Path>,
    room: &Dir,
    copying: Copying,
    progress: &dyn Progress,
    target: &Path,
) -> Result<()> {
    let (holding, held) = trash
        .holding_part(item, part.unwrap_or(Path::new("")))
        .map_err(|error| Error::system(RESTORE, target, error))?;
    let held = Name::new(&held).map_err(|error| Error::system(RESTORE, target, io::Error::other(error)))?;
    let errand = Errand { action: RESTORE, holder: &item.trash, copying, progress };
    errand.run(Route { source: &holding, name: held, target: room, to_name: layout::ITEM })
}

/// Makes the private directory that a copy is made in; one that a killed restore of the same item left is deleted.
fn make_room(parent: &Dir, beside: Name<'_>, progress: &dyn Progress) -> io::Result<(Dir, std::fs::File)> {
    if let Ok(left) = parent.open_dir(beside) {
        let lock = left.readable()?;
        if sys::try_lock(&lock)? == Lock::Taken {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another restore of it is at work there"));
        }
        delete_quietly(parent, beside.as_os_str(), progress);
    }
    let room = parent.create_private_dir(beside)?;
    let lock = room.readable()?;
    sys::try_lock(&lock)?;
    Ok((room, lock))
}

/// Deletes what was copied out from the trash; what stays of it, if anything.
fn delete_original(trash: &TrashDir, item: &TrashItem, part: Option<&Path>, progress: &dyn Progress) -> Option<Error> {
    let purged = match part {
        Some(part) => trash.holding_part(item, part).map(|(holding, held)| purge_named(&holding, &held, progress)),
        None => trash
            .claim(item)
            .and_then(|()| trash.doomed_dir())
            .map(|doomed| purge_named(&doomed, item.id.to_string().as_ref(), progress)),
    };
    match purged {
        Ok(Some(purged)) => remains(purged, &item.trash),
        Ok(None) => None,
        Err(error) => Some(Error::system("delete", &*item.trash, error)),
    }
}

fn purge_named(holder: &Dir, name: &OsStr, progress: &dyn Progress) -> Option<Purged> {
    Name::new(name).ok().map(|name| purge(holder, name, Measure::Entries, progress))
}

/// What a purge left standing, as an error about the first of it.
pub(super) fn remains(mut purged: Purged, holder: &Path) -> Option<Error> {
    if purged.is_complete() {
        return None;
    }
    Some(match purged.failures.pop() {
        Some(failure) => Error::system(REMOVE, holder.join(failure.path), failure.error),
        None => Error::new(ErrorKind::Interrupted, REMOVE, holder, "interrupted"),
    })
}

/// Deletes something of rrm's own that is of no use any more.
fn delete_quietly(holder: &Dir, name: &OsStr, progress: &dyn Progress) {
    purge_named(holder, name, progress);
}
