//! Creates, recognises and removes the link.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rrm::error::{Error, ErrorKind, Result, cannot};
use rrm::sys;
use rrm::text::quoted;

/// The link and its program.
pub(super) struct Place {
    directory: PathBuf,
    link: PathBuf,
    program: PathBuf,
}

/// What the link replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replaced {
    Nothing,
    /// A link to an rrm that is gone or elsewhere.
    OurOwn,
    /// The same link; it stays.
    Kept,
}

/// What exists at the path.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Nothing,
    /// A link to this program.
    Ours,
    /// A link to another program named rrm, or to nothing.
    OurOther(PathBuf),
    /// Anything else.
    Foreign,
}

impl Place {
    pub(super) fn new(directory: &Path, program: PathBuf) -> Self {
        Self { directory: directory.to_owned(), link: directory.join("rm"), program }
    }

    /// The link in another directory.
    pub(super) fn beside(&self, directory: &Path) -> Self {
        Self::new(directory, self.program.clone())
    }

    /// Whether a link to an rrm exists, also a dangling one.
    pub(super) fn is_ours(&self) -> bool {
        matches!(self.look(), Ok(Found::Ours | Found::OurOther(_)))
    }

    /// Whether the link is there and leads to this program; an error where something else has its name.
    pub(super) fn is_made(&self) -> Result<bool> {
        match self.look()? {
            Found::Ours => Ok(true),
            Found::OurOther(_) | Found::Nothing => Ok(false),
            Found::Foreign => Err(self.foreign("replace")),
        }
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn link(&self) -> &Path {
        &self.link
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    /// Creates the link and its directory. symlink(2) replaces nothing, so a file that appears meanwhile stays. After a
    /// crash an old link of ours may be gone and the new one missing.
    pub(super) fn install(&self) -> Result<Replaced> {
        fs::create_dir_all(&self.directory).map_err(cannot("make", &self.directory))?;
        let replaced = match self.look()? {
            Found::Ours => return Ok(Replaced::Kept),
            Found::Foreign => return Err(self.foreign("replace")),
            Found::Nothing => Replaced::Nothing,
            Found::OurOther(_) => {
                self.unlink().map_err(cannot("replace", &self.link))?;
                Replaced::OurOwn
            }
        };
        symlink(&self.program, &self.link).map_err(cannot("make", &self.link))?;
        Ok(replaced)
    }

    /// Fails unless the link leads to an executable program.
    pub(super) fn check(&self) -> Result<()> {
        match self.look()? {
            Found::Nothing => Err(Error::new(ErrorKind::NotFound, "use the link", &self.link, "it does not exist")),
            Found::Foreign => Err(self.foreign("use")),
            Found::OurOther(target) if sys::metadata_following(&self.link).is_err() => {
                let reason = format!("it is dangling: it points to {}, which does not exist", quoted(&target));
                Err(Error::new(ErrorKind::NotFound, "use the link", &self.link, reason))
            }
            Found::Ours | Found::OurOther(_) => Ok(()),
        }
    }

    /// Removes the link if it is ours, also a dangling one.
    pub(super) fn remove(&self) -> Result<()> {
        match self.look()? {
            Found::Ours | Found::OurOther(_) => self.unlink().map_err(cannot("remove", &self.link)),
            Found::Nothing => Err(Error::new(ErrorKind::NotFound, "remove the link", &self.link, "it does not exist")),
            Found::Foreign => Err(self.foreign("remove")),
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a link to rrm holds nothing of anybody's")]
    fn unlink(&self) -> io::Result<()> {
        fs::remove_file(&self.link)
    }

    /// Whether a path leads to this program.
    pub(super) fn is_our_program(&self, path: &Path) -> bool {
        let id = |path: &Path| sys::metadata_following(path).map(|metadata| metadata.id).ok();
        id(path).is_some_and(|found| Some(found) == id(&self.program))
    }

    fn look(&self) -> Result<Found> {
        let target = match fs::read_link(&self.link) {
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            // EINVAL means that it is not a link (readlink(2)), so it is a program.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Ok(Found::Foreign),
            Err(error) => return Err(cannot("read", &self.link)(error)),
        };
        if self.is_our_program(&self.link) {
            return Ok(Found::Ours);
        }
        Ok(if target.file_name() == Some(OsStr::new("rrm")) { Found::OurOther(target) } else { Found::Foreign })
    }

    fn foreign(&self, action: &'static str) -> Error {
        Error::new(ErrorKind::Foreign, action, &self.link, "it is not a link to rrm; it was left unchanged")
    }
}
