//! The directories that something restored was in, made again like those before them.
//!
//! To make them as any other would open to all what was private: what is restored keeps its mode, and it was the directory
//! that kept others from it. So a directory that is missing is made like the one that the trash has: that which a part was
//! in, or the newest item of that very path. Of any other nothing is known, and it is made as closed as what comes back.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::item::{ItemKind, TrashItem};
use crate::manager::TrashManager;
use crate::store::{TrashDir, record};
use crate::sys::{self, Dir, FileKind, Name};
use crate::transfer::apply_metadata;

/// For its owner alone.
const CLOSED: u32 = 0o700;

/// The directories in the trash by the paths that they had, read when one is first asked for.
pub(crate) struct TrashedDirectories<'a> {
    manager: &'a TrashManager,
    newest: OnceCell<HashMap<PathBuf, TrashItem>>,
}

impl<'a> TrashedDirectories<'a> {
    pub(crate) fn of(manager: &'a TrashManager) -> Self {
        Self { manager, newest: OnceCell::new() }
    }

    /// The newest one that was at this path.
    fn at(&self, path: &Path) -> Option<&TrashItem> {
        self.newest.get_or_init(|| self.read()).get(path)
    }

    fn read(&self) -> HashMap<PathBuf, TrashItem> {
        let mut newest: HashMap<PathBuf, TrashItem> = HashMap::new();
        self.manager.each_item(|found| {
            // What others may have written tells nothing: they could have a private directory made open.
            let Some(item) = found.ok().filter(|item| item.kind == ItemKind::Directory && !item.is_open()) else {
                return;
            };
            let Some(path) = item.original_path() else { return };
            let known = newest.get(path).and_then(|known| known.trashed.instant());
            if known < item.trashed.instant() {
                newest.insert(path.to_owned(), item);
            }
        });
        newest
    }
}

/// What the directories that are missing are to be like.
pub(crate) enum MissingParents<'a> {
    /// A person has named the place: as `mkdir -p` makes them.
    AsAnyOther,
    /// It goes back to where it was.
    AsBefore(Before<'a>),
}

/// What is known of the place that something was in.
pub(crate) struct Before<'a> {
    /// The item that is restored, or that has the part.
    pub(crate) trash: Arc<TrashDir>,
    pub(crate) item: &'a TrashItem,
    /// What goes back of it.
    pub(crate) part: Option<&'a Path>,
    pub(crate) others: &'a TrashedDirectories<'a>,
}

/// What a new directory is to be given.
#[derive(Debug)]
pub(crate) enum Model {
    /// What this one in the trash has; the mode may have been another before it was removed.
    Known { dir: Dir, recorded: Option<u32> },
    /// These permission bits, fewer than a new directory usually has: nothing tells how open it was.
    Guessed(u32),
    /// Those that a new directory usually has.
    Usual(u32),
}

impl MissingParents<'_> {
    /// What the directory at this path is to be like.
    pub(crate) fn model(&self, path: &Path) -> io::Result<Model> {
        match self {
            Self::AsAnyOther => Ok(Model::Usual(usual())),
            Self::AsBefore(before) => before.model(path),
        }
    }
}

impl Before<'_> {
    fn model(&self, path: &Path) -> io::Result<Model> {
        let original = self.item.original_path().filter(|_| self.part.is_some());
        if let Some(inner) = original.and_then(|original| path.strip_prefix(original).ok()) {
            return known(&self.trash, self.item, inner);
        }
        if let Some(other) = self.others.at(path)
            && let Ok(trash) = self.others.manager.trash_of(other)
            && let Ok(model) = known(&trash, other, Path::new(""))
        {
            return Ok(model);
        }
        let (holding, name) = self.trash.holding_part(self.item, self.part.unwrap_or(Path::new("")))?;
        let restored = holding.metadata_of(Name::new(&name)?)?;
        let mode = if self.part.is_none() { self.item.original_mode(restored.mode) } else { restored.mode };
        Ok(match as_closed_as(restored.kind, mode) & usual() {
            mode if mode == usual() => Model::Usual(mode),
            mode => Model::Guessed(mode),
        })
    }
}

/// What `mkdir -p` would give a directory.
fn usual() -> u32 {
    0o777 & !sys::umask()
}

/// The model that an item has at `inner`.
fn known(trash: &TrashDir, item: &TrashItem, inner: &Path) -> io::Result<Model> {
    let (holding, name) = trash.holding_part(item, inner)?;
    let dir = holding.open_dir(Name::new(&name)?)?;
    let recorded = match inner == Path::new("") {
        true => Some(item.original_mode(dir.metadata()?.mode)),
        false => None,
    };
    Ok(Model::Known { dir, recorded })
}

/// The permission bits of a directory that lets nobody see more than what is in it does.
fn as_closed_as(kind: FileKind, mode: u32) -> u32 {
    // A link has no bits of its own.
    let mode = if kind == FileKind::Symlink { CLOSED } else { mode };
    let may_search = |class: u32| if mode & (0o4 << class) == 0 { 0 } else { (mode & (0o7 << class)) | (0o1 << class) };
    CLOSED | may_search(3) | may_search(0)
}

impl Model {
    /// Gives `made`, a new directory that is private, what this model has.
    pub(crate) fn give(&self, made: &Dir) -> io::Result<()> {
        match self {
            Self::Known { dir, recorded } => {
                // What cannot be read of the model leaves it closed.
                set_mode(made, CLOSED)?;
                apply_metadata(dir, made, *recorded, record::is_part_of_one)
            }
            Self::Guessed(mode) | Self::Usual(mode) => set_mode(made, *mode),
        }
    }
}

/// Sets the permission bits of a new directory, as far as its file system keeps any; that it passes on its group is kept.
fn set_mode(made: &Dir, mode: u32) -> io::Result<()> {
    const SET_GROUP: u32 = 0o2000;
    let (file, is) = (made.readable()?, made.metadata()?);
    match sys::set_mode_of_file(&file, mode | (is.mode & SET_GROUP)) {
        // vfat says of one that it cannot keep that it is not permitted.
        Err(error) if sys::answer(&error, sys::Asked::Metadata) == sys::Answer::NotHere => Ok(()),
        set => set,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_as_closed_as_what_is_in_it() {
        let table = [(0o600, 0o700), (0o400, 0o700), (0o640, 0o750), (0o644, 0o755), (0o664, 0o775), (0o666, 0o777)];
        for (file, directory) in table {
            assert_eq!(as_closed_as(FileKind::File, file), directory, "{file:o}");
        }
        assert_eq!(as_closed_as(FileKind::Directory, 0o2750), 0o750);
        assert_eq!(as_closed_as(FileKind::Symlink, 0o777), 0o700);
    }
}
