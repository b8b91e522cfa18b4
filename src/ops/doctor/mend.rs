//! Mending what was found. Each thing is looked at once more before it is touched, and none of it is anybody's data.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{live, notes};
use crate::error::{Error, ErrorKind, Result};
use crate::finding::{Age, Fault, Finding, Left, Source};
use crate::manager::TrashManager;
use crate::store::{Noted, TrashDir, erase_stray, is_ours};
use crate::sys::{self, Dir};

const ROOT: u32 = 0;

/// What is tried, in every error about a repair.
const MEND: &str = "repair";

impl TrashManager {
    /// Fixes one finding of [`Self::examine`], if that is [possible](Finding::mending) without losing data. It is an error if
    /// the finding has changed since or cannot be fixed.
    ///
    /// # After a crash
    /// It is mended or not; of stray attributes, some may be left.
    pub fn mend(&self, finding: &Finding, now: DateTime<Utc>) -> Result<()> {
        match finding {
            Finding::WrongMode { trash: path, .. } | Finding::Unusable { path, fault: Fault::Mode(_) } => {
                close_to_others(path).map_err(failed(path))
            }
            Finding::Unregistered { trash: path } => self.volumes().register(path),
            Finding::EmptyEnvelope { at, age: Age::Old } => {
                self.in_trash(&at.trash, &at.path(), |trash| trash.remove_empty(at.spot, now))
            }
            Finding::InterruptedCopy { trash, name, source: Source::Uncopied } => {
                self.in_trash(trash, &trash.join(name), |trash| trash.remove_uncopied(name))
            }
            Finding::InterruptedMove { at, place, left: Left::Note } => self.in_trash(&at.trash, place, |trash| {
                let is_over = matches!(notes::check(trash, at.spot.id, place)?, Some((Left::Note, _)));
                match trash.take_note(at.spot.id)? {
                    Noted::Left(note) if is_over => note.forget(),
                    _ => Err(changed()),
                }
            }),
            Finding::DeadRegistration { home, name, target, .. } => {
                self.in_trash(home, target, |home| home.unregister(name, target))
            }
            Finding::Stray { path, names, .. } => self.erase(path, names, finding).map_err(failed(path)),
            _ => Err(Error::new(ErrorKind::System, MEND, PathBuf::new(), "rrm does not repair this by itself")),
        }
    }

    /// Does something in a trash directory while nobody cleans there.
    fn in_trash(&self, trash: &Arc<Path>, what: &Path, mend: impl FnOnce(&TrashDir) -> io::Result<()>) -> Result<()> {
        let trash = self.trash_at(trash)?;
        match trash.lock_for_cleaning().map_err(failed(what))? {
            Some(_lock) => mend(&trash).map_err(failed(what)),
            None => Err(Error::new(ErrorKind::Busy, MEND, &**trash.path(), "a clean is running there")),
        }
    }

    /// Erases stray attributes, unless a command is at work with the file, or it has changed or gone since they were found.
    fn erase(&self, path: &Path, names: &[&'static str], found: &Finding) -> io::Result<()> {
        let Some(file) = live::open(path)? else { return Err(changed()) };
        let is_there = || -> io::Result<bool> { Ok(sys::metadata_at(path)?.id == sys::metadata_of_file(&file)?.id) };
        if !is_ours(&file) || !live::look_again(&*self.attributes, found)? || !is_there()? {
            return Err(changed());
        }
        check_writers(&file)?;
        erase_stray(&*self.attributes, &file, names)
    }
}

/// Fails for root where others may have written what a repair would go by: root does nothing on their word.
fn check_writers(file: &File) -> io::Result<()> {
    let is = sys::metadata_of_file(file)?;
    if sys::effective_uid() != ROOT || (is.uid == ROOT && is.mode & 0o022 == 0) {
        return Ok(());
    }
    let (who, instead) = match is.uid {
        ROOT => ("others".to_owned(), "make it writable for root only, then run the command again"),
        owner => (format!("user {owner}"), "run rrm doctor --repair as that user"),
    };
    Err(io::Error::other(format!("{who} could have written it, so root does not change it; {instead}")))
}

/// Gives a directory of ours mode 0700, whatever bits it has besides.
fn close_to_others(path: &Path) -> io::Result<()> {
    let dir = Dir::open(path)?;
    let found = dir.metadata()?;
    if found.uid != sys::effective_uid() {
        return Err(changed());
    }
    dir.set_mode(found.mode & !0o777 | 0o700)
}

fn changed() -> io::Error {
    io::Error::other("it has changed since it was found; run the command again")
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
    crate::error::cannot(MEND, path)
}
