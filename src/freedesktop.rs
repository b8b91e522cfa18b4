//! The trashes of other programs: the FreeDesktop.org Trash specification 1.0, as trash-cli, gio, KDE, trashy and gtrash
//! use it (<https://specifications.freedesktop.org/trash-spec/>).
//!
//! Such a trash is a directory with two more in it. What was removed is in `files`, under any name; where it was and when
//! it was removed is in `info`, in a file of the same name with `.trashinfo` at its end. `places` are where they are, and
//! `receive` puts things there.
//!
//! # Security
//! Another user, or whoever had a shared drive before, may have made any of it. A trash is believed only where the
//! specification lets it be: it and both directories in it are ours, nobody else may write there, and no link leads to it.
//! What is told of a thing is believed only if we wrote it, and its path is plain and cannot lead out of what the trash
//! serves.

mod info;
mod places;
mod receive;

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result, cannot};
use crate::item::is_plain_path;
use crate::sys::{self, Dir, Locked, Metadata, Name, if_there};

pub use info::{Info, Removed};
pub use places::{Place, Serves, at, in_home, on_volume, open_each, places};
pub use receive::Announced;

/// What is tried, in every error about reading such a trash.
pub const IMPORT: &str = "import";

/// Where the things are.
const FILES: Name<'static> = Name::fixed("files");

/// Where it is told of them.
const INFO: Name<'static> = Name::fixed("info");

/// How a name in [`INFO`] ends.
const ENDING: &[u8] = b".trashinfo";

/// The trash of another program, open and found to be safe.
pub struct ForeignTrash {
    path: PathBuf,
    serves: Serves,
    reach: Reach,
    files: Dir,
    info: Dir,
}

/// Whom the modes of a trash let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its owner alone, whatever the modes of its files are.
    Owner,
    /// Others too.
    Others,
}

/// What is told of one thing in such a trash.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name there.
    pub name: OsString,
    /// Where it was: an absolute path.
    pub original: PathBuf,
    /// When it was removed.
    pub removed: Removed,
    /// What it is; `None` where only the `.trashinfo` is there.
    pub metadata: Option<Metadata>,
}

/// Everything in such a trash.
#[derive(Default)]
pub struct Contents {
    /// What can be believed, in the order of the names.
    pub entries: Vec<Entry>,
    /// What cannot, and things of which nothing is told.
    pub problems: Vec<Error>,
}

impl ForeignTrash {
    /// The trash in this directory, if it is safe and `part` opens its two directories.
    fn checked(
        dir: &Dir,
        place: &Place,
        action: &'static str,
        part: impl Fn(Name<'_>) -> io::Result<Option<Dir>>,
    ) -> Result<Option<Self>> {
        let path = place.path();
        let is = check_ours(dir, path, action)?;
        let part = |name: Name<'_>| {
            let path = path.join(name.as_os_str());
            let part = part(name).map_err(|error| not_opened(action, &path, error))?;
            part.map(|part| check_ours(&part, &path, action).map(|_| part)).transpose()
        };
        let (Some(files), Some(info)) = (part(FILES)?, part(INFO)?) else { return Ok(None) };
        let reach = match is.mode & 0o077 {
            0 => Reach::Owner,
            _ => Reach::Others,
        };
        Ok(Some(Self { path: path.to_owned(), serves: place.serves().clone(), reach, files, info }))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the things are.
    #[must_use]
    pub fn files(&self) -> &Dir {
        &self.files
    }

    /// Where a thing is, to show.
    #[must_use]
    pub fn path_of(&self, name: &OsStr) -> PathBuf {
        self.path.join(FILES.as_os_str()).join(name)
    }

    /// Whether its paths are believed as they are, as only those in one's own home are.
    #[must_use]
    pub fn serves_everything(&self) -> bool {
        matches!(self.serves, Serves::Everything { .. })
    }

    /// Takes the right to move things out of it or into it: two at once would each undo what the other has begun.
    pub fn lock(&self, action: &'static str) -> Result<Locked> {
        let failed = |error| Error::system(action, &self.path, error);
        let busy = || Error::new(ErrorKind::Busy, action, &self.path, "another import or export is running there");
        Locked::take(self.info.readable().map_err(failed)?).map_err(failed)?.ok_or_else(busy)
    }

    /// Reads everything in it. What cannot be read or believed is told and keeps nothing else from being read.
    pub fn contents(&self) -> Result<Contents> {
        let mut contents = Contents::default();
        let mut told_of = HashSet::new();
        for name in self.names_in(&self.info, INFO)? {
            let Some(own) = name.as_bytes().strip_suffix(ENDING).map(OsStr::from_bytes) else {
                contents.problems.push(self.orphan(INFO, &name, "it is not a .trashinfo"));
                continue;
            };
            told_of.insert(own.to_owned());
            match self.entry(own, &name) {
                Ok(entry) => contents.entries.extend(entry),
                Err(error) => contents.problems.push(error),
            }
        }
        for name in self.names_in(&self.files, FILES)?.into_iter().filter(|name| !told_of.contains(name)) {
            contents.problems.push(self.orphan(FILES, &name, "it has no .trashinfo; move it out with mv"));
        }
        Ok(contents)
    }

    /// Takes away what is told of a thing that is no longer there. One that is gone already is no failure.
    pub fn forget(&self, name: &OsStr) -> io::Result<()> {
        if_there(self.info.remove_file(Name::new(&info_of(name))?)).map(drop)
    }

    /// That a `.trashinfo` is left and the thing is not.
    #[must_use]
    pub fn without_thing(&self, name: &OsStr) -> Error {
        self.orphan(INFO, &info_of(name), "the file it describes does not exist")
    }

    /// One entry; `None` where it was there a moment ago.
    fn entry(&self, own: &OsStr, info: &OsStr) -> Result<Option<Entry>> {
        let path = self.path.join(INFO.as_os_str()).join(info);
        let untrusted = |reason: &str| {
            let reason = format!("{reason}; it was left unchanged");
            Error::new(ErrorKind::UntrustedRecord, IMPORT, &path, reason)
        };
        let checked = Name::new(info).map_err(|_| untrusted("its name cannot be used"))?;
        let own = Name::new(own).map_err(|_| untrusted("its name cannot be used"))?;
        let Some(info) = Info::read(&self.info, checked, self.reach).map_err(cannot(IMPORT, &path))? else {
            return Ok(None);
        };
        let info = info.map_err(untrusted)?;
        let original = self.serves.absolute(&info.path).map_err(untrusted)?;
        let metadata = if_there(self.files.metadata_of(own));
        let metadata = metadata.map_err(cannot(IMPORT, &self.path_of(own.as_os_str())))?;
        Ok(Some(Entry { name: own.as_os_str().to_owned(), original, removed: info.removed, metadata }))
    }

    fn names_in(&self, dir: &Dir, name: Name<'_>) -> Result<Vec<OsString>> {
        let mut names = Vec::new();
        let walk = dir.for_each_entry(|entry| {
            names.push(entry.name);
            Ok(())
        });
        walk.map_err(|error| Error::system("read", self.path.join(name.as_os_str()), error))?;
        names.sort_unstable();
        Ok(names)
    }

    fn orphan(&self, part: Name<'_>, name: &OsStr, reason: &'static str) -> Error {
        Error::new(ErrorKind::Foreign, IMPORT, self.path.join(part.as_os_str()).join(name), reason)
    }
}

/// What the file is called that tells of `name`.
fn info_of(name: &OsStr) -> OsString {
    OsString::from_iter([name, OsStr::from_bytes(ENDING)])
}

/// Fails unless this directory is ours and nobody else may write to it.
fn check_ours(dir: &Dir, path: &Path, action: &'static str) -> Result<Metadata> {
    let is = dir.metadata().map_err(cannot(action, path))?;
    if is.uid != sys::effective_uid() {
        return Err(unsafe_trash(action, path, format!("it belongs to user {}", is.uid)));
    }
    if is.mode & 0o022 != 0 {
        return Err(unsafe_trash(action, path, format!("others may write to it (mode {:04o})", is.mode)));
    }
    Ok(is)
}

fn not_opened(action: &'static str, path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotADirectory => unsafe_trash(action, path, "it is a symbolic link or not a directory"),
        _ => Error::system(action, path, error),
    }
}

fn unsafe_trash(action: &'static str, path: &Path, reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::UntrustedRecord, action, path, reason)
}

impl Serves {
    /// The absolute path that a recorded one stands for, unless it must not be believed.
    fn absolute(&self, recorded: &Path) -> std::result::Result<PathBuf, &'static str> {
        match self {
            _ if !is_plain_path(recorded) => Err("its path is not plain"),
            Self::Everything { home } => Ok(home.join(recorded)),
            Self::Below(_) if recorded.is_absolute() => Err("it has an absolute path, in the trash of a volume"),
            Self::Below(top) => Ok(top.join(recorded)),
        }
    }

    /// What is recorded for an absolute path, or `None` where it cannot be.
    #[must_use]
    pub fn recorded(&self, original: &Path) -> Option<PathBuf> {
        match self {
            Self::Everything { .. } => Some(original.to_owned()),
            Self::Below(top) => original.strip_prefix(top).ok().map(Path::to_owned),
        }
    }
}
