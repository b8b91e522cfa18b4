//! Where something is restored to: its parent found again, or made again.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::manager::TrashManager;
use crate::manager::trash_ids::TrashIds;
use crate::ops::restore::missing_parents::{MissingParents, Model};
use crate::private::PrivateDir;
use crate::sys::{self, Dir, Name};
use crate::text::quoted;

/// What is tried, in every error about a restore.
pub(crate) const RESTORE: &str = "restore";

/// Whether a link may stand where a directory was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// A person named the directory, so their links are followed.
    Follow,
    /// A record named it, with every link resolved at the time; a link there now leads somewhere else.
    Refuse,
}

/// A directory that had to be made for what was restored, and is more closed than a new one usually is: as closed as what
/// came back, because nothing tells what the one before it was like.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MadeAnew {
    /// Where it is.
    pub path: PathBuf,
    /// Its permission bits.
    pub mode: u32,
}

/// The directory something is restored to, and those that had to be made for it.
#[derive(Debug)]
pub(crate) struct TargetDir {
    pub(crate) dir: Dir,
    /// Where it really is.
    pub(crate) path: PathBuf,
    /// What was made, the outermost first.
    made: Vec<Made>,
}

/// A directory that was missing, and what it is to be like.
#[derive(Debug)]
struct Made {
    private: PrivateDir,
    path: PathBuf,
    model: Model,
}

impl TargetDir {
    /// Takes away what was made, since nothing came of it. What is not empty any more stays.
    fn unmake(&self) {
        for made in self.made.iter().rev() {
            made.private.remove().ok();
        }
    }

    /// Brings to the disk what was renamed into it, and whatever was made for it; `inside` is a directory of ours there.
    /// Who may write to a directory and not read it cannot flush it, and flushes the whole file system.
    pub(crate) fn flush_by_way_of(&self, inside: &Dir) -> io::Result<()> {
        let one_by_one =
            self.made.iter().try_for_each(|made| made.private.flush()).and_then(|()| sys::flush(&self.dir));
        match one_by_one {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                sys::flush_file_system(&inside.readable()?)
            }
            flushed => flushed,
        }
    }
}

/// Opens the directories that things are restored to. Restores come in runs to one directory, so the last is kept.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    /// Where nothing is restored to; looked up for the first of them.
    trashes: Option<TrashIds>,
    last: Option<(PathBuf, Arc<TargetDir>)>,
    guessed: Vec<MadeAnew>,
}

impl Targets {
    /// Opens `directory`, which is in no trash that `manager` knows, making what is missing of it.
    pub(crate) fn open(
        &mut self,
        manager: &TrashManager,
        directory: &Path,
        links: Links,
        missing_parents: &MissingParents<'_>,
    ) -> Result<Arc<TargetDir>> {
        if let Some((_, found)) = self.last.as_ref().filter(|(known, _)| known == directory) {
            return Ok(found.clone());
        }
        let trashes = self.trashes.get_or_insert_with(|| TrashIds::of(manager));
        let opened = Arc::new(open_or_make(directory, links, missing_parents, trashes)?);
        self.guessed.extend(opened.made.iter().filter_map(Made::anew));
        self.last = Some((directory.to_owned(), opened.clone()));
        Ok(opened)
    }

    /// Nothing was put into the directory opened last; what was made for it goes again.
    pub(crate) fn give_up(&mut self) {
        if let Some((_, target)) = self.last.take() {
            target.unmake();
            self.guessed.retain(|anew| target.made.iter().all(|made| made.path != anew.path));
        }
    }

    /// What was made though nothing told what it was like.
    pub(crate) fn guessed(self) -> Vec<MadeAnew> {
        self.guessed
    }
}

impl Made {
    fn anew(&self) -> Option<MadeAnew> {
        let Model::Guessed(mode) = self.model else { return None };
        Some(MadeAnew { path: self.path.clone(), mode })
    }
}

/// A directory that something is to go to, as far as there is one.
pub(crate) struct Wanted<'a> {
    /// The innermost that exists.
    pub(crate) dir: Dir,
    /// Where that really is.
    pub(crate) real: PathBuf,
    /// The names below it that are missing, the innermost first.
    pub(crate) missing: Vec<&'a OsStr>,
}

/// Finds `directory`, which is in no trash, and is what its path says unless `links` may be followed.
pub(crate) fn find_wanted<'a>(directory: &'a Path, links: Links, trashes: &TrashIds) -> Result<Wanted<'a>> {
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
    if trashes.holds(&dir).map_err(failed)? {
        return Err(Error::new(ErrorKind::TrashDirectory, RESTORE, directory, "it is inside the trash"));
    }
    Ok(Wanted { dir, real, missing })
}

fn open_or_make(
    directory: &Path,
    links: Links,
    missing_parents: &MissingParents<'_>,
    trashes: &TrashIds,
) -> Result<TargetDir> {
    let Wanted { dir, real, missing } = find_wanted(directory, links, trashes)?;
    let failed = |error| Error::system(RESTORE, directory, error);
    let mut target = TargetDir { dir, path: real, made: Vec::new() };
    let mut missing = missing.into_iter().rev();
    let made = missing.try_for_each(|name| target.descend(name, missing_parents)).and_then(|()| target.open_up());
    if let Err(error) = made {
        target.unmake();
        return Err(failed(error));
    }
    Ok(target)
}

impl TargetDir {
    /// Goes into the directory `name`, made private if it is missing.
    ///
    /// # Security
    /// Somebody may put another directory in its place at any moment: that would be given owner and mode of ours. So what
    /// is given anything is only what was made, through the handle that it was looked at by.
    fn descend(&mut self, name: &OsStr, missing_parents: &MissingParents<'_>) -> io::Result<()> {
        let checked = Name::new(name)?;
        let path = self.path.join(name);
        let model = missing_parents.model(&path)?;
        match PrivateDir::make_named(&self.dir, checked) {
            Ok(private) => {
                self.dir = private.dir().try_clone()?;
                self.made.push(Made { private, path: path.clone(), model });
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.dir = self.dir.open_dir(checked)?,
            Err(error) => return Err(error),
        }
        self.path = path;
        Ok(())
    }

    /// Gives what was made what it is to have, the innermost first: until the outermost has it, nobody else gets in.
    fn open_up(&self) -> io::Result<()> {
        self.made.iter().rev().try_for_each(|made| made.model.give(made.private.dir()))
    }
}

pub(crate) fn not_a_directory(directory: &Path, at: &Path) -> Error {
    let what = if at == directory { "it".to_owned() } else { quoted(at) };
    Error::new(ErrorKind::NotADirectory, "restore into", directory, format!("{what} is not a directory"))
}

fn leads_elsewhere(directory: &Path, at: &Path, real: &Path) -> Error {
    let reason = format!("{} is now a link to {}", quoted(at), quoted(real));
    Error::new(ErrorKind::UntrustedRecord, RESTORE, directory, reason)
}
