//! What a copy in or out of the trash has in common: what may be copied unasked, and what is said of what went wrong.

pub(super) mod delete;
pub(super) mod reconcile;

use std::path::{Path, PathBuf};

use bytesize::ByteSize;

use crate::error::{Error, ErrorKind, Result, words_of};
use crate::progress::Progress;
use crate::sys::{Dir, FileSystem};
use crate::text::quoted;
use crate::transfer::{Copied, Failure, Loss, Route, Survey, TransferError, copy, survey};

/// What may be copied to another file system without asking.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Copying {
    /// What is not large, fits, and loses nothing. Anything else fails as [`NeedsConsent`](crate::error::ErrorKind).
    #[default]
    WithinReason,
    /// Whatever it costs: somebody agreed.
    Whatever,
}

/// What may be copied without asking, in bytes.
const WITHIN_REASON: u64 = 1 << 30;

/// What a copy is for, in every message about it.
pub(super) struct CopyTask<'a> {
    pub(super) action: &'static str,
    /// What is copied, as a person knows it.
    pub(super) what: &'a Path,
    pub(super) copying: Copying,
    pub(super) progress: &'a dyn Progress,
}

impl CopyTask<'_> {
    /// Surveys, and asks whether that is agreed to.
    pub(super) fn survey(&self, route: Route<'_>) -> Result<Survey> {
        let found = survey(route, self.progress).map_err(|error| self.failed(error))?;
        self.agree(route, &found)?;
        Ok(found)
    }

    /// The same, and copies.
    pub(super) fn run(&self, route: Route<'_>) -> Result<Copied> {
        let found = self.survey(route)?;
        copy(route, &found, self.progress).map_err(|error| self.failed(error))
    }

    /// Fails with the size and the losses of a copy that somebody has to agree to first.
    fn agree(&self, route: Route<'_>, found: &Survey) -> Result<()> {
        if let Some(lost) = found.losses.get(Loss::Entry) {
            let reason = "the other file system cannot hold it";
            return Err(Error::new(ErrorKind::CrossDevice, self.action, self.shown(&lost.first), reason));
        }
        let mut reasons = Vec::from_iter(size_to_agree_to(found.on_disk, free_space(route.target), why(route)));
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
        let others = error.others.into_iter().map(|other| self.failed(other)).collect();
        Error { source: Some(error.source), others, ..Error::new(kind, self.action, path, reason) }
    }
}

/// What is free where a copy goes, as far as that is told.
fn free_space(target: &Dir) -> Option<u64> {
    target.space().ok().flatten().map(|space| space.available)
}

/// Why a rename did not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    OtherFileSystem,
    /// What an image brought along is below all that was written since, and its directories stay there.
    LowerLayer,
}

fn why(route: Route<'_>) -> Why {
    let mount = |dir: &Dir| dir.metadata().ok().and_then(|found| found.mount);
    let is_overlay = || matches!(route.source.file_system(), Ok(FileSystem::Overlay));
    match mount(route.source) {
        Some(one) if mount(route.target) == Some(one) && is_overlay() => Why::LowerLayer,
        _ => Why::OtherFileSystem,
    }
}

/// What to say of a copy's size where it is too much to be made unasked.
fn size_to_agree_to(size: u64, free: Option<u64>, why: Why) -> Option<String> {
    let is_much = size > WITHIN_REASON || free.is_some_and(|free| size > free);
    let shown = |bytes| ByteSize::b(bytes).display().iec();
    let (size, free) = (shown(size), free.map(|free| format!("{} free", shown(free))));
    is_much.then(|| match why {
        Why::OtherFileSystem => {
            let free = free.map_or_else(String::new, |free| format!(", which has {free}"));
            format!("{size} must be copied to another file system{free}")
        }
        Why::LowerLayer => {
            let free = free.map_or_else(String::new, |free| format!(", with {free}"));
            format!("it is in the lower layer of an overlay, so {size} must be copied{free}")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gibibyte_is_copied_unasked_where_there_is_room() {
        let size_to_agree_to = |size, free| size_to_agree_to(size, free, Why::OtherFileSystem);
        assert_eq!(size_to_agree_to(WITHIN_REASON, None), None);
        assert_eq!(size_to_agree_to(WITHIN_REASON, Some(WITHIN_REASON)), None);
        let said = size_to_agree_to(WITHIN_REASON + 1, Some(WITHIN_REASON * 5)).expect("it is much");
        assert_eq!(said, "1.0 GiB must be copied to another file system, which has 5.0 GiB free");
        assert!(size_to_agree_to(4096, Some(4095)).is_some());
        assert_eq!(size_to_agree_to(4096, Some(4096)), None);
    }
}
