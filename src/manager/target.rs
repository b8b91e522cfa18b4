//! Where something is restored to: its parent found again, or made again.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::likeness::{Likeness, Unlike};
use crate::error::{Error, ErrorKind, Result};
use crate::sys::{Dir, Name};
use crate::text::quoted;

/// What is tried, in every error about a restore.
pub(super) const RESTORE: &str = "restore";

/// Whether a link may stand where a directory was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Links {
    /// A person named the directory, so their links are followed.
    Follow,
    /// A record named it, with every link resolved at the time; a link there now leads somewhere else.
    Refuse,
}

/// The directory something is restored to, and those that had to be made for it.
#[derive(Debug)]
pub(super) struct TargetDir {
    pub(super) dir: Dir,
    /// Where it really is.
    pub(super) path: PathBuf,
    /// What was made, the outermost first.
    made: Vec<(Dir, OsString)>,
    /// Those of them that are to be like others.
    unlike: Unlike,
}

impl TargetDir {
    /// Takes away what was made, since nothing came of it. What is not empty any more stays (rmdir(2)).
    fn unmake(&self) {
        for (above, name) in self.made.iter().rev() {
            if let Ok(name) = Name::new(name) {
                above.remove_dir(name).ok();
            }
        }
    }
}

/// Opens the directories that things are restored to. Restores come in runs to one directory, so the last is kept.
#[derive(Debug, Default)]
pub(super) struct Targets {
    last: Option<(PathBuf, Arc<TargetDir>)>,
}

impl Targets {
    /// Opens `directory`, making what is missing of it: as `mkdir -p` does, or like its model where there is one.
    pub(super) fn open(
        &mut self,
        directory: &Path,
        links: Links,
        likeness: Option<&Likeness<'_>>,
    ) -> Result<Arc<TargetDir>> {
        if let Some((_, found)) = self.last.as_ref().filter(|(known, _)| known == directory) {
            return Ok(found.clone());
        }
        let opened = Arc::new(open_or_make(directory, links, likeness)?);
        self.last = Some((directory.to_owned(), opened.clone()));
        Ok(opened)
    }

    /// Nothing was put into the directory opened last; what was made for it goes again.
    pub(super) fn give_up(&mut self) {
        if let Some((_, target)) = self.last.take() {
            target.unmake();
        }
    }
}

fn open_or_make(directory: &Path, links: Links, likeness: Option<&Likeness<'_>>) -> Result<TargetDir> {
    let failed = |error| Error::system(RESTORE, directory, error);
    let mut missing = Vec::new();
    let mut existing = directory;
    let dir = loop {
        match Dir::open_following(existing) {
            Ok(dir) => break dir,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(not_a_directory(directory, existing));
            }
            Err(error) => return Err(failed(error)),
        }
        // A dangling link is missing as a directory, and there as a name.
        if crate::sys::metadata_at(existing).is_ok() {
            return Err(not_a_directory(directory, existing));
        }
        let name = existing.file_name().ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        missing.push(name);
        existing = existing.parent().unwrap_or(Path::new("/"));
    };
    let real = dir.path().map_err(failed)?;
    if links == Links::Refuse && real != existing {
        return Err(leads_elsewhere(directory, existing, &real));
    }
    let mut target = TargetDir { dir, path: real, made: Vec::new(), unlike: Unlike::default() };
    let mut missing = missing.into_iter().rev();
    let made = missing.try_for_each(|name| target.descend(name, likeness)).and_then(|()| target.unlike.liken());
    if let Err(error) = made {
        target.unmake();
        return Err(failed(error));
    }
    Ok(target)
}

impl TargetDir {
    fn descend(&mut self, name: &std::ffi::OsStr, likeness: Option<&Likeness<'_>>) -> io::Result<()> {
        let checked = Name::new(name)?;
        let path = self.path.join(name);
        let model = likeness.map_or(Ok(None), |likeness| likeness.model(&path))?;
        let made = match &model {
            Some(_) => self.dir.create_private_dir(checked).map(drop),
            None => self.dir.create_dir(checked),
        };
        match made {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) => self.made.push((self.dir.try_clone()?, name.to_owned())),
            Err(_) => {}
        }
        let inside = self.dir.open_dir(checked)?;
        if let (Some(model), Ok(())) = (model, made) {
            self.unlike.add(model, inside.try_clone()?);
        }
        (self.dir, self.path) = (inside, path);
        Ok(())
    }
}

fn not_a_directory(directory: &Path, at: &Path) -> Error {
    let reason = format!("{} is there and is no directory; restore with --to another place", quoted(at));
    Error::new(ErrorKind::NotADirectory, RESTORE, directory, reason)
}

fn leads_elsewhere(directory: &Path, at: &Path, real: &Path) -> Error {
    let rest = directory.strip_prefix(at).unwrap_or(Path::new(""));
    let reason = format!(
        "{} is now a link to {}; to restore there, say --to {}",
        quoted(at),
        quoted(real),
        quoted(real.join(rest))
    );
    Error::new(ErrorKind::UntrustedRecord, RESTORE, directory, reason)
}
