//! What a removal would do: looking at operands, and touching nothing.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::copy::Copying;
use crate::ops::remove::operand::{Ending, Located, locate, refused};
use crate::ops::remove::options::{Directories, Mounts, RemoveOptions};
use crate::ops::remove::protect::Protection;
use crate::progress::Amount;
use crate::sys::{self, Dir, FileKind, Metadata};

/// What a removal would do, in the order of the operands.
#[derive(Debug)]
#[non_exhaustive]
pub struct RemovePlan {
    /// One step an operand.
    pub steps: Vec<RemoveStep>,
}

/// What would be done about one operand.
#[derive(Debug)]
pub enum RemoveStep {
    /// It would be removed.
    Remove(Removal),
    /// It is a directory with other file systems mounted in it: only what is beside them may go, each for itself.
    RemoveAround(Removal),
    /// It would not, and this is why; the others go on.
    Refuse(Error),
}

/// An operand that can be removed as far as looking at it tells.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Removal {
    /// As it was written.
    pub operand: OsString,
    /// What it was when the plan was made.
    pub metadata: Metadata,
    /// The empty trash directories in it, which go along and are to be known no more.
    pub trashes: Vec<PathBuf>,
    /// How it is removed. One plan has it once.
    pub options: Arc<RemoveOptions>,
}

impl Removal {
    /// The same, where somebody agreed to whatever has to be copied.
    #[must_use]
    pub fn agreed(&self) -> Self {
        let options = RemoveOptions { copying: Copying::Whatever, ..(*self.options).clone() };
        Self { options: Arc::new(options), ..self.clone() }
    }

    /// What is below this operand at `operand`, removed by itself in the same way.
    #[must_use]
    pub fn of_entry(&self, operand: OsString, metadata: Metadata) -> Self {
        Self { operand, metadata, trashes: Vec::new(), options: self.options.clone() }
    }
}

/// What became of an operand.
#[derive(Debug, Clone)]
pub enum Removed {
    /// It is in the trash, as this item.
    Trashed(TrashItem),
    /// It is gone for good, as asked.
    Deleted(Amount),
}

impl TrashManager {
    /// Looks at each operand and tells what would be done about it. Nothing is touched.
    ///
    /// An operand that is protected refuses the whole command: then every protected one is in the error, and nothing
    /// may be done. Any other that cannot be removed is a step of its own. What the options forbid comes before what is
    /// protected: a directory where none is to be removed costs nobody else anything.
    pub fn plan_remove(
        &self,
        operands: &[impl AsRef<OsStr>],
        options: &RemoveOptions,
    ) -> std::result::Result<RemovePlan, Vec<Error>> {
        let options = Arc::new(options.clone());
        self.parents().forget();
        let protection = Protection::new(self.home_directory(), self.volumes());
        let mut steps = Vec::with_capacity(operands.len());
        let mut protected = Vec::new();
        for operand in operands {
            match self.plan_operand(&protection, operand.as_ref(), &options) {
                Ok(step) => steps.push(step),
                Err(error) if is_protected(error.kind) => protected.push(error),
                Err(error) => steps.push(RemoveStep::Refuse(error)),
            }
        }
        if protected.is_empty() { Ok(RemovePlan { steps }) } else { Err(protected) }
    }

    fn plan_operand(
        &self,
        protection: &Protection<'_>,
        operand: &OsStr,
        options: &Arc<RemoveOptions>,
    ) -> Result<RemoveStep> {
        let rule = options.directories;
        let located = match locate(self.parents(), operand) {
            Err(error) if matches!(error.kind, ErrorKind::DotOrDotDot | ErrorKind::RootDirectory) => {
                check_followed(rule, operand)?;
                return Err(error);
            }
            located => located?,
        };
        if located.ending == Ending::Slash && !located.metadata.is_dir() {
            return Err(slash_after(protection, operand, &located, rule));
        }
        if located.metadata.is_dir() {
            check_rule(rule, operand, || located.open())?;
        }
        let trashes = protection.check(operand, &located)?;
        let removal =
            Removal { operand: operand.to_owned(), metadata: located.metadata, trashes, options: options.clone() };
        match protection.check_mounts(operand, &located) {
            Ok(()) => Ok(RemoveStep::Remove(removal)),
            Err(error) if error.kind == ErrorKind::HoldsMount && options.mounts == Mounts::LeaveOut => {
                Ok(RemoveStep::RemoveAround(removal))
            }
            Err(error) => Err(error),
        }
    }
}

/// Which refusals are about the whole command: what they protect is worth more than the other operands.
fn is_protected(kind: ErrorKind) -> bool {
    use ErrorKind::{HoldsMount, HomeDirectory, MountPoint, RootDirectory, TrashDirectory};
    matches!(kind, RootDirectory | HomeDirectory | MountPoint | HoldsMount | TrashDirectory)
}

/// Why something that is no directory is not removed when it is written with a slash at its end.
fn slash_after(protection: &Protection<'_>, operand: &OsStr, located: &Located, rule: Directories) -> Error {
    let led_to = (located.metadata.kind == FileKind::Symlink).then(|| sys::metadata_following(Path::new(operand)));
    match led_to {
        Some(Ok(target)) if target.is_dir() => {
            let checked = check_followed(rule, operand).and_then(|()| protection.check_guarded(operand, target.id));
            checked.err().unwrap_or_else(|| refused(ErrorKind::LinkWithSlash, operand))
        }
        _ => refused(ErrorKind::NotADirectory, operand),
    }
}

/// Checks a directory by a spelling that leads to it and does not name it: `..`, `/`, `link/`.
fn check_followed(rule: Directories, operand: &OsStr) -> Result<()> {
    check_rule(rule, operand, || Dir::open_following(Path::new(operand)))
}

/// Checks whether directories of this kind may be removed at all. One that cannot be read is not called empty.
fn check_rule(rule: Directories, operand: &OsStr, open: impl FnOnce() -> io::Result<Dir>) -> Result<()> {
    match rule {
        Directories::Refuse => Err(refused(ErrorKind::IsADirectory, operand)),
        Directories::OnlyEmpty if !open().and_then(|dir| dir.is_empty()).unwrap_or(false) => {
            Err(refused(ErrorKind::DirectoryNotEmpty, operand))
        }
        Directories::OnlyEmpty | Directories::Whole => Ok(()),
    }
}
