//! Which copied file was made for which inode, so that several names of one file stay one file.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;

use crate::sys::{Dir, FileId, Metadata, Name};

use crate::sys::entries::walk::Walk;

/// A directory of the copy in which some file has several names, by its parent and the name it has there.
#[derive(Debug)]
struct Place {
    parent: Option<usize>,
    name: OsString,
}

/// The first name that was copied of a file with several.
#[derive(Debug)]
struct First {
    place: usize,
    name: OsString,
    /// How many more names there may be; at none the file is forgotten.
    left: u32,
}

/// Remembers files with several names. Places share their parents, so a deep tree costs no more than its names.
#[derive(Debug, Default)]
pub(in crate::transfer) struct Links {
    first: HashMap<FileId, First>,
    places: Vec<Place>,
    /// The place of each level of the walk, from the top down, as far as they were needed.
    levels: Vec<usize>,
    /// The directory that was opened last: names of one file often come in groups.
    last: Option<(usize, Dir)>,
}

impl Links {
    /// Remembers that the inode `was` is now copied to `name` of the walk's current directory.
    pub(in crate::transfer) fn remember(&mut self, was: &Metadata, walk: &Walk, name: Name<'_>) {
        let place = self.place(walk);
        let first = First { place, name: name.as_os_str().to_owned(), left: was.links.saturating_sub(1) };
        self.first.insert(was.id, first);
    }

    /// Says that the walk went up to `depth`.
    pub(in crate::transfer) fn left(&mut self, depth: usize) {
        self.levels.truncate(depth + 1);
    }

    fn place(&mut self, walk: &Walk) -> usize {
        while self.levels.len() <= walk.depth() {
            let name = walk.name_at(self.levels.len()).clone();
            self.places.push(Place { parent: self.levels.last().copied(), name });
            self.levels.push(self.places.len() - 1);
        }
        self.levels[walk.depth()]
    }

    /// Makes `to_name` of `to` another name of the copy of the inode `was`, if there is a copy; `top` is the directory
    /// of the copy that the walk began in.
    pub(in crate::transfer) fn link(
        &mut self,
        was: &Metadata,
        top: &Dir,
        to: &Dir,
        to_name: Name<'_>,
    ) -> io::Result<Linked> {
        let Some(first) = self.first.get_mut(&was.id) else { return Ok(Linked::NoCopyYet) };
        first.left = first.left.saturating_sub(1);
        let (place, name, left) = (first.place, first.name.clone(), first.left);
        if left == 0 {
            self.first.remove(&was.id);
        }
        let from = match self.last.take() {
            Some((known, dir)) if known == place => dir,
            _ => self.open(place, top)?,
        };
        from.link(as_name(&name)?, to, to_name)?;
        self.last = Some((place, from));
        Ok(Linked::Done)
    }

    /// Opens a place name by name from the top, each in the directory before it.
    fn open(&self, place: usize, top: &Dir) -> io::Result<Dir> {
        let mut names = Vec::new();
        let mut at = &self.places[place];
        // The topmost place is the top itself, whatever it is called.
        while let Some(parent) = at.parent {
            names.push(at.name.as_os_str());
            at = &self.places[parent];
        }
        let mut dir = top.try_clone()?;
        for name in names.into_iter().rev() {
            dir = dir.open_dir(as_name(name)?)?;
        }
        Ok(dir)
    }
}

/// What [`Links::link`] did.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::transfer) enum Linked {
    /// The name is there.
    Done,
    /// The file has to be copied first.
    NoCopyYet,
}

fn as_name(name: &OsStr) -> io::Result<Name<'_>> {
    Ok(Name::new(name)?)
}
