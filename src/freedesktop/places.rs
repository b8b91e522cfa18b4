//! Where the trashes of other programs are.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{ForeignTrash, IMPORT, not_opened, unsafe_trash};
use crate::error::{ErrorKind, Result};
use crate::sys::{self, Dir, Metadata, Name, STICKY, if_there};
use crate::volume::ask_each;

/// What the paths in a trash are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Serves {
    /// Everything: the trash in the home. A relative path is one below this directory, which holds the trash.
    Everything {
        /// That directory.
        home: PathBuf,
    },
    /// What is below this directory, the top of a volume.
    Below(PathBuf),
}

/// Where a trash may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    path: PathBuf,
    serves: Serves,
    found: Found,
}

/// Who says that a trash is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// A person, or the environment.
    ByName,
    /// Nobody; there may be one.
    ByLooking,
}

/// A directory at the top of a volume in which every user may have a trash.
const SHARED: &str = ".Trash";

/// Where those of the user whose data is in `data_home` may be: there, and at the top of every mount.
#[must_use]
pub fn places(data_home: Option<&Path>, mount_points: impl IntoIterator<Item = PathBuf>) -> Vec<Place> {
    let uid = sys::effective_uid().to_string();
    let home = data_home.map(in_home);
    let of_volume = |top: PathBuf| {
        [top.join(SHARED).join(&uid), top.join(own_name(&uid))].map(|path| Place {
            path,
            serves: Serves::Below(top.clone()),
            found: Found::ByLooking,
        })
    };
    home.into_iter().chain(mount_points.into_iter().flat_map(of_volume)).collect()
}

/// The one in the directory for a user's data.
#[must_use]
pub fn in_home(data_home: &Path) -> Place {
    let serves = Serves::Everything { home: data_home.to_owned() };
    Place { path: data_home.join("Trash"), serves, found: Found::ByName }
}

/// Where a thing on the volume goes whose `top` is at this path: into the directory that its users share, if that is as the
/// specification wants it and has or takes a trash of ours; else into one of our own.
#[must_use]
pub fn on_volume(top: &Dir, path: &Path) -> Place {
    let uid = sys::effective_uid().to_string();
    let name = if shares(top, &uid) { Path::new(SHARED).join(uid) } else { own_name(&uid).into() };
    Place { path: path.join(name), serves: Serves::Below(path.to_owned()), found: Found::ByName }
}

fn shares(top: &Dir, uid: &str) -> bool {
    let (Ok(shared), Ok(uid)) = (top.open_dir(Name::fixed(SHARED)), Name::new(uid)) else { return false };
    let is_safe = shared.metadata().is_ok_and(|is| why_unsafe(&is).is_none());
    let is_for_us = match if_there(shared.metadata_of(uid)) {
        Ok(Some(is)) => is.is_dir() && is.uid == sys::effective_uid(),
        Ok(None) => shared.is_writable(),
        Err(_) => false,
    };
    is_safe && is_for_us
}

/// A trash that a person named, by its path without links. What it is called tells what it serves.
#[must_use]
pub fn at(path: &Path) -> Place {
    let uid = sys::effective_uid().to_string();
    let above = path.parent().unwrap_or(Path::new("/"));
    let serves = if path.ends_with(Path::new(SHARED).join(&uid)) {
        Serves::Below(above.parent().unwrap_or(above).to_owned())
    } else if path.ends_with(own_name(&uid)) {
        Serves::Below(above.to_owned())
    } else {
        Serves::Everything { home: above.to_owned() }
    };
    Place { path: path.to_owned(), serves, found: Found::ByName }
}

fn own_name(uid: &str) -> String {
    format!("{SHARED}-{uid}")
}

impl Place {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the trash there, or says that there is none. A mount that we may not look into has none.
    pub fn open(&self, action: &'static str) -> Result<Option<ForeignTrash>> {
        match self.check_above(action).and_then(|()| self.open_checked(action)) {
            Err(error) if self.found == Found::ByLooking && error.kind != ErrorKind::UntrustedRecord => Ok(None),
            opened => opened,
        }
    }

    fn open_checked(&self, action: &'static str) -> Result<Option<ForeignTrash>> {
        let opened = if_there(Dir::open(&self.path)).map_err(|error| not_opened(action, &self.path, error))?;
        let checked = |dir: Dir| ForeignTrash::checked(&dir, self, action, |name| if_there(dir.open_dir(name)));
        opened.map_or(Ok(None), checked)
    }

    /// What the paths in it are about.
    #[must_use]
    pub fn serves(&self) -> &Serves {
        &self.serves
    }

    /// Whether it is in a directory that all users share.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.above().ends_with(SHARED) && matches!(self.serves, Serves::Below(_))
    }

    pub(super) fn above(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// See [`check_shared`]. The directory has to be no link.
    fn check_above(&self, action: &'static str) -> Result<()> {
        if !self.is_shared() || sys::metadata_at(&self.path).is_err() {
            return Ok(());
        }
        let above = self.above();
        match Dir::open(above).and_then(|dir| dir.metadata()) {
            Ok(shared) => check_shared(action, above, &shared),
            Err(error) => Err(not_opened(action, above, error)),
        }
    }
}

/// Where every user may make a trash, nobody else must be able to put another in its place: the directory has to be sticky,
/// and root's or our own, because its owner may do that all the same.
pub(super) fn check_shared(action: &'static str, path: &Path, shared: &Metadata) -> Result<()> {
    let safe = why_unsafe(shared).map_or(Ok(()), Err);
    safe.map_err(|reason| unsafe_trash(action, path, reason))
}

fn why_unsafe(shared: &Metadata) -> Option<Cow<'static, str>> {
    if shared.uid != 0 && shared.uid != sys::effective_uid() {
        return Some(format!("it is shared and belongs to user {}", shared.uid).into());
    }
    (shared.mode & STICKY == 0).then_some("it is shared and not sticky (chmod +t)".into())
}

/// Opens all of these, in order; `None` for what does not answer.
#[must_use]
pub fn open_each(places: &Arc<Vec<Place>>) -> Vec<Option<Result<Option<ForeignTrash>>>> {
    ask_each(places, |place| place.open(IMPORT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_a_trash_serves() {
        let uid = sys::effective_uid();
        let below = |top: &str| Serves::Below(top.into());
        assert_eq!(at(Path::new(&format!("/mnt/.Trash-{uid}"))).serves, below("/mnt"));
        assert_eq!(at(Path::new(&format!("/mnt/.Trash/{uid}"))).serves, below("/mnt"));
        assert_eq!(at(Path::new("/home/a/Trash")).serves, Serves::Everything { home: "/home/a".into() });
        assert_eq!(places(Some(Path::new("/d")), ["/mnt".into()])[0].path(), Path::new("/d/Trash"));
    }
}
