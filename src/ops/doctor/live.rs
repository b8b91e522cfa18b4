//! Looking for records on files that are in no trash.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::diagnosis::CHECK;
use crate::attributes::ExtendedAttributes;
use crate::error::{Error, ErrorKind, cannot};
use crate::finding::Finding;
use crate::item::ItemId;
use crate::manager::TrashManager;
use crate::manager::trash_ids::TrashIds;
use crate::ops::doctor::diagnosis::Diagnosis;
use crate::ops::doctor::diagnosis::ExamineOptions;
use crate::private::is_random_name;
use crate::progress::{Amount, Progress};
use crate::store::{layout, stray};
use crate::sys::entries::walk::{Ascent, Step, Walk};
use crate::sys::patience::patience;
use crate::sys::{self, Dir, FileKind, Name, Timestamp};
use crate::volume::Volumes;

/// What a walk calls its top; no message shows it.
const TOP: Name<'static> = Name::fixed("top");

/// For how long a record on a living file may be one that a removal has just written: far longer than it takes from that
/// to the rename.
const UNDER_WAY: Duration = Duration::from_secs(1);

/// Looks at each of the files, and at all below those that are directories: no link is followed, no other mount entered,
/// and no trash.
pub(crate) fn check(
    manager: &TrashManager,
    request: &ExamineOptions,
    diagnosis: &mut Diagnosis,
    progress: &dyn Progress,
) {
    let trashes = TrashIds::of(manager);
    let mut looking =
        Looking { attributes: &*manager.attributes, volumes: manager.volumes(), trashes, diagnosis, progress };
    for file in request.files.iter().take_while(|_| !progress.interrupted()) {
        let looked = looking.at(file);
        looking.diagnosis.problems.extend(looked.map_err(cannot(CHECK, file)).err());
    }
    wait_for_removals(&*manager.attributes, request.now, &mut diagnosis.findings);
}

/// Leaves out the records of removals under way: those that were written a moment ago are looked at again after a while,
/// and are stray if they are still there, and the same.
fn wait_for_removals(attributes: &dyn ExtendedAttributes, now: DateTime<Utc>, findings: &mut Vec<Finding>) {
    let under_way = patience(UNDER_WAY);
    let since = now - under_way;
    let is_young = |changed: &Timestamp| {
        DateTime::from_timestamp(changed.seconds, changed.nanoseconds).is_none_or(|changed| changed > since)
    };
    let young = |finding: &Finding| matches!(finding, Finding::Stray { changed, .. } if is_young(changed));
    if findings.iter().any(young) {
        std::thread::sleep(under_way);
        findings.retain(|finding| !young(finding) || look_again(attributes, finding).is_ok_and(|again| again));
    }
}

/// Whether a stray record is still where it was found, and as it was.
pub(crate) fn look_again(attributes: &dyn ExtendedAttributes, found: &Finding) -> io::Result<bool> {
    let Finding::Stray { path, names, changed } = found else { return Ok(false) };
    let Some(file) = open(path)? else { return Ok(false) };
    let again = stray(attributes, &file, || Ok(path.clone()))?;
    Ok(again.is_some_and(|again| again.names == *names && again.changed == *changed))
}

/// Opens what is at `path` if it can carry attributes; never a link, and nothing that would start to do something.
pub(crate) fn open(path: &Path) -> io::Result<Option<File>> {
    match sys::metadata_at(path)?.kind {
        FileKind::Directory => Dir::open(path)?.readable().map(Some),
        FileKind::File => {
            let name = Name::new(path.file_name().unwrap_or_default())?;
            Dir::open_following(path.parent().unwrap_or(Path::new("/")))?.open_file(name).map(Some)
        }
        _ => Ok(None),
    }
}

struct Looking<'a> {
    attributes: &'a dyn ExtendedAttributes,
    volumes: &'a Volumes,
    trashes: TrashIds,
    diagnosis: &'a mut Diagnosis,
    progress: &'a dyn Progress,
}

impl Looking<'_> {
    fn at(&mut self, path: &Path) -> io::Result<()> {
        if path.file_name().is_some_and(is_called_as_a_trash) && self.note_trash(path) {
            return Ok(());
        }
        let Some(file) = open(path)? else { return Ok(()) };
        let is_dir = sys::metadata_of_file(&file)?.is_dir();
        let (holder, real) = if is_dir {
            let top = Dir::of(&file)?;
            let real = top.path()?;
            (top, real)
        } else {
            let parent = Dir::open_following(path.parent().unwrap_or(Path::new("/")))?;
            let real = parent.path()?.join(path.file_name().unwrap_or_default());
            (parent, real)
        };
        if self.trashes.holds(&holder)? {
            let reason = "it is in a trash directory, which is checked in any case";
            self.diagnosis.problems.push(Error::new(ErrorKind::TrashDirectory, CHECK, path, reason));
            return Ok(());
        }
        self.note(&file, || Ok(real.clone()))?;
        if is_dir { self.below(holder, &real) } else { Ok(()) }
    }

    fn below(&mut self, top: Dir, path: &Path) -> io::Result<()> {
        let mut walk = Walk::new(top, TOP);
        while !self.progress.interrupted() {
            match walk.step()? {
                Step::Finished if walk.leave()? == Ascent::Over => break,
                Step::Finished => {}
                Step::Found(entry) => match self.entry(&walk, &entry.name, entry.kind) {
                    Ok(Some(child)) => walk.enter(child, entry.name)?,
                    Ok(None) => {}
                    // What is gone meanwhile needs no look.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => {
                        let below = walk.path(Some(&entry.name));
                        let path = path.join(below.strip_prefix(TOP.as_os_str()).unwrap_or(&below));
                        self.diagnosis.problems.push(Error::system(CHECK, path, error));
                    }
                },
            }
        }
        Ok(())
    }

    /// Looks at one entry; a directory that is to be walked is returned.
    fn entry(&mut self, walk: &Walk, name: &OsStr, kind: Option<FileKind>) -> io::Result<Option<Dir>> {
        self.progress.advance(Amount { entries: 1, bytes: 0 });
        if is_called_as_a_trash(name) {
            self.note_trash(&walk.here().path()?.join(name));
        }
        if may_be_of_a_trash(name) {
            return Ok(None);
        }
        let checked = Name::new(name)?;
        let kind = kind.map_or_else(|| walk.here().metadata_of(checked).map(|found| found.kind), Ok)?;
        let own_path = || Ok(walk.here().path()?.join(name));
        match kind {
            FileKind::File => self.note(&walk.here().open_file(checked)?, own_path).map(|()| None),
            FileKind::Directory => {
                let child = match walk.here().open_dir_on_this_mount(checked) {
                    Err(error) if error.kind() == io::ErrorKind::CrossesDevices => return Ok(None),
                    child => child?,
                };
                if self.trashes.contains(child.metadata()?.id) {
                    return Ok(None);
                }
                self.note(&child.readable()?, own_path)?;
                Ok(Some(child))
            }
            _ => Ok(None),
        }
    }

    /// Notes a trash directory of ours that is not known; whether it was one.
    fn note_trash(&mut self, path: &Path) -> bool {
        let Ok(Some(trash)) = self.volumes.open_at(path) else { return false };
        let is_unknown = !self.trashes.contains(trash.id());
        if is_unknown {
            self.diagnosis.findings.push(Finding::Unregistered { trash: path.to_owned() });
        }
        is_unknown
    }

    fn note(&mut self, file: &File, own_path: impl Fn() -> io::Result<PathBuf>) -> io::Result<()> {
        self.diagnosis.files += 1;
        if let Some(found) = stray(self.attributes, file, &own_path)? {
            self.diagnosis.findings.push(Finding::Stray {
                path: own_path()?,
                names: found.names,
                changed: found.changed,
            });
        }
        Ok(())
    }
}

/// Whether a name is that of our trash directory on a volume.
fn is_called_as_a_trash(name: &OsStr) -> bool {
    *name == *layout::volume_trash(sys::effective_uid())
}

/// Whether a name is one that an item, a trash directory on a volume, or a copy on its way out has: be it of another
/// user, or in a person's own copy of a trash. Their records are there on purpose.
fn may_be_of_a_trash(name: &OsStr) -> bool {
    let rest = name.to_str().and_then(|name| name.strip_prefix(".rrm-"));
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    ItemId::from_name(name).is_some() || rest.is_some_and(is_number) || is_random_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_a_trash_are_let_be() {
        let id = "0b0a7a4e-9b1c-4c8e-8f57-0123456789ab";
        for name in [id, ".rrm-1000", &format!(".rrm-{}", "0a".repeat(16))] {
            assert!(may_be_of_a_trash(OsStr::new(name)), "{name}");
        }
        for name in ["", ".rrm-", ".rrm-other", "file", &id.to_uppercase()] {
            assert!(!may_be_of_a_trash(OsStr::new(name)), "{name}");
        }
    }
}
