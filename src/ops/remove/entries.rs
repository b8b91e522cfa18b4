//! What is in something that was removed, for whoever wants to be told of each name.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::ops::remove::operand::REMOVE;
use crate::sys::entries::walk::{Ascent, Step, Walk};
use crate::sys::{FileKind, Name};

impl TrashManager {
    /// Tells `each` of every entry of a trashed directory, by its path in it, and of the directory itself last, by the empty
    /// one. What a directory holds comes before it, in the order on the disk, as `rm -r` has it. What cannot be read is told
    /// without what is in it.
    pub fn each_entry(&self, item: &TrashItem, each: impl FnMut(&Path, FileKind)) -> Result<()> {
        let trash = self.trash_of(item)?;
        let (holding, name) = trash.holding(item).map_err(|error| Error::system(REMOVE, item.shown_path(), error))?;
        let walked = Name::new(&name).map_err(io::Error::from).and_then(|name| {
            let top = holding.open_dir_on_this_mount(name)?;
            walk(Walk::new(top, name), each)
        });
        walked.map_err(|error| Error::system("read", item.shown_path(), error))
    }
}

fn walk(mut walk: Walk, mut each: impl FnMut(&Path, FileKind)) -> io::Result<()> {
    let mut path = PathBuf::new();
    loop {
        let Ok(Step::Found(entry)) = walk.step() else {
            each(&path, FileKind::Directory);
            path.pop();
            match walk.leave()? {
                Ascent::Above => continue,
                Ascent::Over => return Ok(()),
            }
        };
        let name = Name::new(&entry.name)?;
        let kind = entry.kind.map_or_else(|| walk.here().metadata_of(name).map(|is| is.kind), Ok)?;
        let child = (kind == FileKind::Directory).then(|| walk.here().open_dir_on_this_mount(name));
        path.push(&entry.name);
        if let Some(Ok(child)) = child {
            walk.enter(child, entry.name)?;
        } else {
            each(&path, kind);
            path.pop();
        }
    }
}
