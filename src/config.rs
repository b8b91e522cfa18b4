//! Standing choices of a user, and the limits that root sets for all, kept as attributes on a directory: there is no
//! configuration file.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use crate::attributes::ExtendedAttributes;
use crate::error::{Error, ErrorKind, Result, cannot};
use crate::sys::{Dir, create_private_dirs, flush_file, flush_file_system, is_attribute_refused};

/// Something that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// How long what is removed is kept.
    GracePeriod,
    /// Where the home trash is.
    TrashDir,
    /// Whether other mounts get trash directories of their own.
    OtherMounts,
    /// How long ago something was removed that clean deletes though its grace period lasts.
    OlderThan,
    /// How large the trash of a volume may grow.
    MaxSize,
    /// How much of a volume is to be free.
    MinFree,
    /// How many versions of one path stay.
    KeepNewest,
    /// For how long everything stays, whatever the other rules.
    KeepNewerThan,
}

impl Key {
    /// Every key, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::GracePeriod,
        Self::TrashDir,
        Self::OtherMounts,
        Self::OlderThan,
        Self::MaxSize,
        Self::MinFree,
        Self::KeepNewest,
        Self::KeepNewerThan,
    ];

    /// The key's name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::GracePeriod => "grace-period",
            Self::TrashDir => "trash-dir",
            Self::OtherMounts => "other-mounts",
            Self::OlderThan => "older-than",
            Self::MaxSize => "max-size",
            Self::MinFree => "min-free",
            Self::KeepNewest => "keep-newest",
            Self::KeepNewerThan => "keep-newer-than",
        }
    }

    fn attribute(self) -> String {
        format!("rrm_{}", self.name().replace('-', "_"))
    }
}

/// Whose choices a directory keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// A user's own: nobody else may read them.
    User,
    /// Root's for all users, who may read them. They are believed only where nobody but root can write them.
    Root,
}

impl Whose {
    fn open(self, directory: &Path) -> io::Result<Dir> {
        match self {
            Self::User => Dir::open_following(directory),
            Self::Root => Dir::open(directory),
        }
    }

    /// What mode the directory has to have.
    fn mode(self) -> Option<u32> {
        match self {
            Self::User => None,
            Self::Root => Some(0o755),
        }
    }

    /// Fails where others could have written what is on the directory.
    ///
    /// # Security
    /// The handle is that of what is read, and its path is below directories of root alone.
    fn check(self, dir: &Dir) -> io::Result<()> {
        const ROOT: u32 = 0;
        const OTHERS_WRITE: u32 = 0o022;
        if self == Self::User {
            return Ok(());
        }
        let is = dir.metadata()?;
        match is.uid == ROOT && is.mode & OTHERS_WRITE == 0 {
            true => Ok(()),
            false => Err(io::Error::other(format!("others can write them (user {}, mode {:04o})", is.uid, is.mode))),
        }
    }
}

/// What was chosen, as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    values: Vec<(Key, OsString)>,
}

impl Config {
    /// Reads what was chosen on `directory`; nothing, if it does not exist or keeps no attributes.
    ///
    /// # Errors
    /// [`ErrorKind::Unreachable`] where the directory cannot be opened, as a home that is closed to a service, or is not to
    /// be believed.
    pub fn read(directory: &Path, whose: Whose, attributes: &dyn ExtendedAttributes) -> Result<Self> {
        let failed = || cannot("read the settings on", directory);
        let is_none = |error: &io::Error| match error.kind() {
            io::ErrorKind::NotFound => true,
            // A link is no directory either, and nobody else's choice.
            io::ErrorKind::NotADirectory => whose == Whose::User,
            _ => false,
        };
        let opened = whose.open(directory).and_then(|dir| {
            whose.check(&dir)?;
            dir.readable()
        });
        let file = match opened {
            Ok(file) => file,
            Err(error) if is_none(&error) => return Ok(Self::default()),
            Err(error) => return Err(Error { kind: ErrorKind::Unreachable, ..failed()(error) }),
        };
        let present = match attributes.list(&file) {
            Ok(present) => present,
            Err(error) if is_attribute_refused(&error) => return Ok(Self::default()),
            Err(error) => return Err(failed()(error)),
        };
        let mut config = Self::default();
        for key in Key::ALL.into_iter().filter(|key| present.iter().any(|name| *name == *key.attribute())) {
            if let Some(value) = attributes.get(&file, &key.attribute()).map_err(failed())? {
                config.values.push((key, OsString::from_vec(value)));
            }
        }
        Ok(config)
    }

    /// What was chosen for `key`.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<&OsString> {
        self.values.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// Keeps a choice on `directory`, which is made if it is missing; `None` takes the choice back. It is on the disk when
    /// this returns.
    pub fn set(
        directory: &Path,
        whose: Whose,
        attributes: &dyn ExtendedAttributes,
        key: Key,
        value: Option<&OsString>,
    ) -> Result<()> {
        let failed = || cannot("save the settings on", directory);
        create_private_dirs(directory).map_err(failed())?;
        let dir = whose.open(directory).map_err(failed())?;
        if let Some(mode) = whose.mode() {
            dir.set_mode(mode).and_then(|()| whose.check(&dir)).map_err(failed())?;
        }
        let file = dir.readable().map_err(failed())?;
        let done = match value {
            Some(value) => attributes.set(&file, &key.attribute(), value.as_bytes()),
            None => attributes.remove(&file, &key.attribute()),
        };
        done.map_err(|error| match is_attribute_refused(&error) {
            true => Error {
                kind: ErrorKind::NoAttributes,
                reason: match whose {
                    Whose::User => "the file system does not support attributes; set the environment variable instead",
                    Whose::Root => "the file system does not support attributes",
                }
                .into(),
                ..failed()(error)
            },
            false => failed()(error),
        })?;
        // The directory and those above it may be new.
        flush_file(&file).and_then(|()| flush_file_system(&file)).map_err(failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::SystemAttributes;

    #[test]
    fn a_choice_is_kept_and_taken_back() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let directory = root.path().join("share/rrm");
        assert_eq!(Config::read(&directory, Whose::User, &SystemAttributes).expect("read"), Config::default());
        let value = OsString::from("7d");
        Config::set(&directory, Whose::User, &SystemAttributes, Key::GracePeriod, Some(&value)).expect("set");
        let config = Config::read(&directory, Whose::User, &SystemAttributes).expect("read");
        assert_eq!(config.get(Key::GracePeriod), Some(&value));
        assert_eq!(config.get(Key::TrashDir), None);
        Config::set(&directory, Whose::User, &SystemAttributes, Key::GracePeriod, None).expect("taken back");
        assert_eq!(Config::read(&directory, Whose::User, &SystemAttributes).expect("read"), Config::default());
    }
}
