//! Moving where a rename cannot: copy, commit, and only then remove the source.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use bytesize::ByteSize;

use super::clean::end_claim;
use super::operand::REMOVE;
use super::place::Incoming;
use super::room::Room;
use super::settle::{Settled, settle, settle_removals_of};
use super::target::{RESTORE, TargetDir};

use crate::error::{Error, ErrorKind, Result, words_of};
use crate::item::{Holder, ItemId, Record, TrashItem};
use crate::outcome::Restored;
use crate::progress::{Progress, Silent};
use crate::purge::{Measure, Purged, purge};
use crate::request::{Conflict, Copying, RestoreRequest};
use crate::store::{Claim, Note, Placed, Reading, Taken, TrashDir, layout, record};
use crate::sys::{Dir, Name};
use crate::text::quoted;
use crate::transfer::{
    Copied, Failure, Left, Loss, Proof, Route, Survey, TransferError, copy, is_still_copied, retire, survey,
};

/// What may be copied without asking, in bytes.
const WITHIN_REASON: u64 = 1 << 30;

/// What is tried once a copy out of the trash is where it was wanted.
const DELETE_COPY: &str = "delete the trash copy of";

/// How many of the things that stay are named.
const MOST_NAMED: usize = 20;

/// What a copy is for, in every message about it.
struct Errand<'a> {
    action: &'static str,
    /// What is copied, as a person knows it.
    what: &'a Path,
    copying: Copying,
    progress: &'a dyn Progress,
}

impl Errand<'_> {
    /// Surveys, and asks whether that is agreed to.
    fn survey(&self, route: Route<'_>) -> Result<Survey> {
        let found = survey(route, self.progress).map_err(|error| self.failed(error))?;
        self.agree(route, &found)?;
        Ok(found)
    }

    /// The same, and copies.
    fn run(&self, route: Route<'_>) -> Result<Copied> {
        let found = self.survey(route)?;
        copy(route, &found, self.progress).map_err(|error| self.failed(error))
    }

    /// Fails with the size and the losses of a copy that somebody has to agree to first.
    fn agree(&self, route: Route<'_>, found: &Survey) -> Result<()> {
        if let Some(lost) = found.losses.get(Loss::Entry) {
            let reason = "the other file system cannot hold it";
            return Err(Error::new(ErrorKind::CrossDevice, self.action, self.shown(&lost.first), reason));
        }
        let mut reasons = Vec::from_iter(size_to_agree_to(found.on_disk, free_space(route.target)));
        for (loss, lost) in found.losses.iter() {
            let others = if lost.entries > 1 { format!(" and {} more", lost.entries - 1) } else { String::new() };
            reasons.push(format!("a copy cannot keep the {loss} of {}{others}", quoted(self.shown(&lost.first))));
        }
        if reasons.is_empty() || self.copying == Copying::Whatever {
            return Ok(());
        }
        Err(Error::new(ErrorKind::NeedsConsent, self.action, self.what, reasons.join("; ")))
    }

    /// A path that begins with the name that was copied, as a person knows it.
    fn shown(&self, path: &Path) -> PathBuf {
        let below: PathBuf = path.components().skip(1).collect();
        if below.as_os_str().is_empty() { self.what.to_owned() } else { self.what.join(below) }
    }

    fn failed(&self, error: TransferError) -> Error {
        let path = self.shown(&error.path);
        let (kind, reason) = match error.failure {
            Failure::Interrupted => (ErrorKind::Interrupted, "interrupted".to_owned()),
            Failure::Mount => (ErrorKind::HoldsMount, "another file system is mounted there".to_owned()),
            Failure::Read | Failure::Remove => (ErrorKind::System, words_of(&error.source)),
            Failure::Make | Failure::Write | Failure::Keep | Failure::Flush => {
                (ErrorKind::System, format!("cannot write the copy: {}", words_of(&error.source)))
            }
            Failure::Exists | Failure::Lose | Failure::Changed => {
                let failure = error.failure.to_string();
                (ErrorKind::System, format!("{}: {}", failure.trim_end_matches(':'), words_of(&error.source)))
            }
        };
        Error { kind, action: self.action.into(), path, reason: reason.into(), source: Some(error.source) }
    }
}

/// What is free where a copy goes, as far as that is told.
fn free_space(target: &Dir) -> Option<u64> {
    target.space().ok().flatten().map(|space| space.available)
}

/// What to say of a copy's size where it is too much to be made unasked.
fn size_to_agree_to(size: u64, free: Option<u64>) -> Option<String> {
    let is_much = size > WITHIN_REASON || free.is_some_and(|free| size > free);
    let shown = |bytes| ByteSize::b(bytes).display().iec();
    let free = free.map_or_else(String::new, |free| format!(", which has {} free", shown(free)));
    is_much.then(|| format!("{} must be copied to another file system{free}", shown(size)))
}

/// Copies a thing into `trash`, and removes it once the copy is on the disk and listed.
pub(super) fn copy_in(
    incoming: &Incoming<'_>,
    trash: &TrashDir,
    record: &Record,
    progress: &dyn Progress,
) -> Result<Placed> {
    let Incoming { action, shown, source, copying, .. } = *incoming;
    let outside = source.parent.path().map(|parent| parent.join(source.name.as_os_str())).ok();
    if let Some(outside) = &outside {
        settle_removals_of(outside, trash, progress);
    }
    let staged = trash.stage(record).map_err(|error| unwritable(incoming, error))?;
    let errand = Errand { action, what: shown, copying, progress };
    let route = Route::between((source.parent, source.name), (staged.envelope(), layout::ITEM));
    let committed = errand.run(route).and_then(|copied| {
        let noted = outside.as_ref().and_then(|outside| trash.leave_note(staged.id(), outside).ok());
        let placed = trash.commit(&staged).map_err(|error| unwritable(incoming, error));
        match placed {
            Ok(placed) => Ok((placed, copied, noted)),
            Err(error) => {
                noted.map(Note::forget);
                Err(error)
            }
        }
    });
    let (placed, copied, noted) = committed.inspect_err(|_| {
        // What cannot be deleted now is found without an owner by the next clean.
        if let Ok((staging, name)) = trash.discarded(&staged) {
            purge_all(&staging, name.as_ref()).ok();
        }
    })?;
    let retired = retire(route, Proof::Seen(copied), noted.as_ref().and_then(Note::ledger), progress);
    // It leads to whatever was moved aside and could not be moved back.
    if retired.asides == 0 {
        noted.map(Note::forget);
    }
    if retired.left.is_empty() { Ok(placed) } else { Err(not_all_removed(action, shown, placed.id, retired.left)) }
}

/// The copy is in the trash, and something stays where it was: named, as far as a person can read on.
pub(super) fn not_all_removed(action: &'static str, shown: &Path, id: ItemId, left: Vec<Left>) -> Error {
    let holder = shown.parent().unwrap_or(Path::new(""));
    let mut reason = format!("it was copied to the trash as {}, but could not be removed completely", id.short());
    for Left { path, error } in left.iter().take(MOST_NAMED) {
        reason.push_str(&format!("\n  {}: {}", quoted(holder.join(path)), words_of(error)));
    }
    if left.len() > MOST_NAMED {
        reason.push_str(&format!("\n  and {} more", left.len() - MOST_NAMED));
    }
    let source = left.into_iter().next().map(|first| first.error);
    Error { source, ..Error::new(ErrorKind::System, action, shown, reason) }
}

/// Copies an item, or a part of one, to `name` of `parent`, which must not exist, and deletes it from the trash once
/// the copy is there.
///
/// The copy is made in a [`Room`] beside its target and renamed to it, so that a target appears only whole.
pub(super) fn copy_out(
    trash: &TrashDir,
    item: &TrashItem,
    part: Option<&Path>,
    (parent, name): (&TargetDir, Name<'_>),
    request: &RestoreRequest,
    progress: &dyn Progress,
) -> Result<Restored> {
    let target = parent.path.join(name.as_os_str());
    let failed = |error| Error::system(RESTORE, &target, error);
    let is_taken = parent.dir.metadata_of(name).is_ok();
    if is_taken && request.conflict != Conflict::Swap {
        return Err(failed(io::ErrorKind::AlreadyExists.into()));
    }
    if let Some(at) = settled_at(trash, item, progress) {
        return if at == target { Ok(Restored::At(target)) } else { Err(is_elsewhere(&target, &at)) };
    }
    let (holding, held) = trash.holding_part(item, part.unwrap_or(Path::new(""))).map_err(failed)?;
    let held = Name::new(&held).map_err(|error| failed(error.into()))?;
    let outgoing = Outgoing { trash, item, part, held: (&holding, held), parent, name };
    let room = Room::make(trash, item.id, (&parent.dir, name)).map_err(failed)?;
    let errand = Errand { action: RESTORE, what: &target, copying: request.copying, progress };
    let restored = if is_taken {
        // Before what is there makes way for it.
        let agreed = errand.survey(outgoing.to_room(&room)).map(drop);
        Err(agreed.err().unwrap_or_else(|| failed(io::ErrorKind::AlreadyExists.into())))
    } else {
        outgoing.copy_through(&room, &errand)
    };
    match (restored, room.close()) {
        (restored, Ok(())) => restored,
        (restored, Err(error)) => told_with(restored, &target, &error),
    }
}

/// What is on its way out of the trash.
struct Outgoing<'a> {
    trash: &'a TrashDir,
    item: &'a TrashItem,
    part: Option<&'a Path>,
    /// Where it is.
    held: (&'a Dir, Name<'a>),
    /// Where it goes.
    parent: &'a TargetDir,
    name: Name<'a>,
}

impl Outgoing<'_> {
    /// The way into `room`.
    fn to_room<'r>(&'r self, room: &'r Room<'_>) -> Route<'r> {
        let mut to_room = Route::between(self.held, (room.dir(), layout::ITEM));
        // On a part, and on what is in an envelope, it is a person's own what is under the names of a record.
        if self.part.is_none() && self.item.holder == Holder::Item {
            to_room.passed_over = record::is_part_of_one;
        }
        to_room
    }

    /// Copies it into `room` and from there to its target; what is left in the room is the caller's to remove.
    fn copy_through(&self, room: &Room<'_>, errand: &Errand<'_>) -> Result<Restored> {
        let Self { trash, item, part, parent, name, .. } = *self;
        let target = errand.what;
        let failed = |error| Error::system(RESTORE, target, error);
        let to_room = self.to_room(room);
        let copied = errand.run(to_room)?;
        let released = trash.release(item, part, room.dir(), (&parent.dir, name)).map_err(failed)?;
        // It is where it was wanted by now, so nothing is a failure of the restore any more.
        if let Err(error) = parent.flush_by_way_of(room.dir()) {
            let reason =
                format!("nobody knows whether it is on the disk ({}), so it also stays there", words_of(&error));
            let error = Error { source: Some(error), ..Error::new(ErrorKind::System, DELETE_COPY, target, reason) };
            return Ok(Restored::Marked(target.to_owned(), error));
        }
        // Whoever was in a directory when it was removed may write there still.
        let route = Route { target: &parent.dir, to_name: name, ..to_room };
        if !is_still_copied(route, &copied).unwrap_or(false) {
            let reason = "it changed in the trash during the copy, so it also stays there";
            let error = Error::new(ErrorKind::System, DELETE_COPY, target, reason);
            return Ok(Restored::Marked(target.to_owned(), error));
        }
        let untidy = match released {
            Taken::Whole => None,
            Taken::Marked(error) => Some(Error::system("give its mode back to", target, error)),
        };
        Ok(match delete_original(trash, item, part).or(untidy) {
            None => Restored::At(target.to_owned()),
            Some(error) => Restored::Marked(target.to_owned(), error),
        })
    }
}

/// What became of a restore, and that its private directory stays.
fn told_with(restored: Result<Restored>, target: &Path, error: &io::Error) -> Result<Restored> {
    let reason = format!("the private directory beside it could not be removed: {}", words_of(error));
    let told = |first: Error| Error { reason: format!("{}\n  {reason}", first.reason).into(), ..first };
    match restored {
        Ok(Restored::Marked(target, first)) => Ok(Restored::Marked(target, told(first))),
        Ok(_) => {
            Ok(Restored::Marked(target.to_owned(), Error::new(ErrorKind::System, "tidy up beside", target, reason)))
        }
        Err(first) => Err(told(first)),
    }
}

/// Settles the note that a killed command left of `item`; where that turns out to be, if it is in the trash no more. Done
/// before its place is taken, and before its note is: what that command had moved aside goes back to where it was.
fn settled_at(trash: &TrashDir, item: &TrashItem, progress: &dyn Progress) -> Option<PathBuf> {
    let noted = trash.noted(item.id).ok()??;
    let settled = settle(trash, item.id, &noted, progress).ok()?;
    let is_gone = settled == Settled::Outside && matches!(trash.read(item.id), Ok(Reading::Gone));
    is_gone.then_some(noted)
}

fn is_elsewhere(target: &Path, at: &Path) -> Error {
    let reason = format!("a killed command left it complete at {}; it is no longer in the trash", quoted(at));
    Error::new(ErrorKind::NotFound, RESTORE, target, reason)
}

/// Deletes what was copied out from the trash; what stays of it, if anything. The copy is where it was wanted, so that
/// nothing interrupts this.
pub(super) fn delete_original(trash: &TrashDir, item: &TrashItem, part: Option<&Path>) -> Option<Error> {
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

fn purge_all(holder: &Dir, name: &OsStr) -> io::Result<Purged> {
    let name = Name::new(name)?;
    Ok(purge(holder, name, Measure::Entries, &Silent))
}

/// A failure in the trash, of which the operand's own name says nothing: that it is not found there is no excuse for
/// `rm -f`.
fn unwritable(incoming: &Incoming<'_>, error: io::Error) -> Error {
    let reason = format!("cannot write the copy: {}", words_of(&error));
    Error { source: Some(error), ..Error::new(ErrorKind::System, incoming.action, incoming.shown, reason) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gibibyte_is_copied_unasked_where_there_is_room() {
        assert_eq!(size_to_agree_to(WITHIN_REASON, None), None);
        assert_eq!(size_to_agree_to(WITHIN_REASON, Some(WITHIN_REASON)), None);
        let said = size_to_agree_to(WITHIN_REASON + 1, Some(WITHIN_REASON * 5)).expect("it is much");
        assert_eq!(said, "1.0 GiB must be copied to another file system, which has 5.0 GiB free");
        assert!(size_to_agree_to(4096, Some(4095)).is_some());
        assert_eq!(size_to_agree_to(4096, Some(4096)), None);
    }
}
