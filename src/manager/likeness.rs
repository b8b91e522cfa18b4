//! The directories that a part of a trashed directory was in, made again like those in the trash.
//!
//! To make them as any other would open to all what was private: the part keeps its mode, and it was the directory that
//! kept others from it.

use std::io;
use std::path::Path;

use crate::item::TrashItem;
use crate::store::{TrashDir, record};
use crate::sys::{Dir, Name};
use crate::transfer::liken;

/// What directories below the place of an item are to be like.
pub(super) struct Likeness<'a> {
    trash: &'a TrashDir,
    item: &'a TrashItem,
    /// Where the item was.
    original: &'a Path,
}

/// A directory in the trash that one is to be like.
#[derive(Debug)]
pub(super) struct Model {
    dir: Dir,
    /// The mode that it had before it was removed, if that is another.
    recorded: Option<u32>,
}

impl<'a> Likeness<'a> {
    /// For a part of `item` that goes back to where it was; `None` for an item of unknown origin.
    pub(super) fn of(trash: &'a TrashDir, item: &'a TrashItem) -> Option<Self> {
        Some(Self { trash, item, original: item.original_path()? })
    }

    /// What the directory at this path is to be like; `None` where it is not one of the item's.
    pub(super) fn model(&self, path: &Path) -> io::Result<Option<Model>> {
        let Ok(inner) = path.strip_prefix(self.original) else { return Ok(None) };
        let (holding, name) = self.trash.holding_part(self.item, inner)?;
        let dir = holding.open_dir(Name::new(&name)?)?;
        let recorded = match inner == Path::new("") {
            true => Some(self.item.original_mode(dir.metadata()?.mode)),
            false => None,
        };
        Ok(Some(Model { dir, recorded }))
    }
}

/// Directories that were made for a part, still private, and their models; the outermost first.
#[derive(Debug, Default)]
pub(super) struct Unlike(Vec<(Model, Dir)>);

impl Unlike {
    pub(super) fn add(&mut self, model: Model, made: Dir) {
        self.0.push((model, made));
    }

    /// Makes them like their models, the innermost first: until the outermost is, nobody else gets in.
    pub(super) fn liken(&mut self) -> io::Result<()> {
        let mut all = self.0.drain(..).rev();
        all.try_for_each(|(model, made)| liken(&model.dir, &made, model.recorded, record::is_part_of_one))
    }
}
