//! Putting things into such a trash.
//!
//! The specification has the `.trashinfo` come first, under a name that nobody else has, and then the thing. So whoever
//! looks finds nothing in `files` that is not told of.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _};

use super::places::check_shared;
use super::{ENDING, ForeignTrash, Place, Serves, info_of, not_opened, unsafe_trash};
use crate::error::{Result, cannot};
use crate::sys::{self, Dir, Name, if_there};

/// The longest name that file systems take (`NAME_MAX`).
const LONGEST: usize = 255;

/// Room for a number in a name that is taken already.
const NUMBER: usize = ".~10000~".len();

/// How many names are tried.
const MOST_NUMBERS: u32 = 10_000;

/// Whether a trash takes something under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// It is told of under that name, and nothing is there yet.
    Now,
    /// The same, as a killed command left it.
    Before,
    /// Something else has the name.
    Taken,
}

impl Place {
    /// Opens the trash there, and makes what is missing of it, each directory for its owner alone.
    ///
    /// # After a crash
    /// Some of these directories are there, and empty.
    pub fn open_or_create(&self, action: &'static str) -> Result<ForeignTrash> {
        let failed = || cannot(action, self.path());
        let above = match self.serves() {
            Serves::Everything { .. } => {
                sys::create_private_dirs(self.above()).and_then(|()| Dir::open_following(self.above()))
            }
            Serves::Below(_) => Dir::open(self.above()),
        };
        let above = above.map_err(failed())?;
        if self.is_shared() {
            check_shared(action, self.above(), &above.metadata().map_err(failed())?)?;
        }
        let name = self.path().file_name().unwrap_or_default();
        let name = Name::new(name).map_err(|error| failed()(error.into()))?;
        let dir = made_in(&above, name).map_err(|error| not_opened(action, self.path(), error))?;
        let opened = ForeignTrash::checked(&dir, self, action, |part| made_in(&dir, part).map(Some));
        opened?.ok_or_else(|| unsafe_trash(action, self.path(), "it has no directories files and info"))
    }
}

/// The directory `name`, made if it is missing.
fn made_in(dir: &Dir, name: Name<'_>) -> io::Result<Dir> {
    match dir.open_dir(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match dir.create_private_dir(name) {
            // Another program was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => dir.open_dir(name),
            // What comes into it must not be lost with it.
            made => made.and_then(|made| sys::flush(dir).map(|()| made)),
        },
        opened => opened,
    }
}

impl ForeignTrash {
    /// The names that a thing called `name` may get, the best first.
    pub fn names_for(name: Name<'_>) -> impl Iterator<Item = OsString> {
        let own = name.cut(LONGEST - ENDING.len() - NUMBER);
        let numbered = (1..MOST_NUMBERS).map(move |number| own.numbered(number));
        std::iter::once(own.as_os_str().to_owned()).chain(numbered)
    }

    /// Tells of something that is about to come under this name: `put` brings the `.trashinfo`, and replaces nothing.
    ///
    /// If `text` is told there word for word and nothing has come, a command was killed in between.
    pub fn announce(
        &self,
        name: &OsStr,
        text: &[u8],
        put: impl FnOnce(&Dir, Name<'_>) -> io::Result<()>,
    ) -> io::Result<Announced> {
        if if_there(self.files().metadata_of(Name::new(name)?))?.is_some() {
            return Ok(Announced::Taken);
        }
        let info = info_of(name);
        let info = Name::new(&info)?;
        match put(&self.info, info) {
            Ok(()) => Ok(Announced::Now),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => match self.tells(info, text)? {
                true => Ok(Announced::Before),
                false => Ok(Announced::Taken),
            },
            Err(error) => Err(error),
        }
    }

    fn tells(&self, info: Name<'_>, text: &[u8]) -> io::Result<bool> {
        let Some(found) = if_there(self.info.metadata_of(info))? else { return Ok(false) };
        if found.kind != sys::FileKind::File || found.size != text.len() as u64 {
            return Ok(false);
        }
        let Some(file) = if_there(self.info.open_file(info))? else { return Ok(false) };
        let mut told = Vec::with_capacity(text.len());
        file.take(found.size).read_to_end(&mut told)?;
        Ok(told == text)
    }
}
