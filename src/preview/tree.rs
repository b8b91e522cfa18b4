//! What a directory holds, some levels down, as lines in the order in which a tree is drawn.

use std::ffi::OsString;
use std::io;

use super::{Extent, Limits};
use crate::sys::{Dir, Entry, FileKind, Listing, Name};

/// How many names of one directory are read before it is cut: enough that those shown are its first ones in order.
const READ: usize = 2000;

/// Levels below which nothing is listed, whatever is asked for: each one holds a descriptor and a stack frame.
const DEEPEST: usize = 16;

/// A directory as far as it was listed.
#[derive(Debug)]
pub struct Tree {
    /// Each directory's entries follow it, one level deeper, in the order of their names.
    pub lines: Vec<TreeLine>,
    /// Whether that is everything. A directory that was not entered counts as more, though it may be empty.
    pub extent: Extent,
}

/// One line of a tree.
#[derive(Debug)]
pub struct TreeLine {
    /// How deep it is: 0 for what is in the listed directory itself.
    pub depth: usize,
    /// What is there.
    pub twig: Twig,
}

/// What a line of a tree tells.
#[derive(Debug)]
pub enum Twig {
    /// An entry.
    Entry {
        /// Its name, of any bytes.
        name: OsString,
        /// What it is.
        kind: FileKind,
        /// Its length in bytes; `None` for directories, and where it could not be learnt.
        size: Option<u64>,
    },
    /// Entries of the same directory that are not listed.
    More(More),
    /// Why the directory of the line before was not listed.
    Unreadable(io::Error),
}

/// How many entries are not listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// So many.
    Exactly(usize),
    /// So many, and perhaps others that were not counted.
    AtLeast(usize),
}

/// Lists a directory that is open for reading.
///
/// Its own entries come first. What room they leave is shared among the directories in it, so that each is seen a
/// little before any is seen whole.
pub(super) fn list(top: &Dir, limits: &Limits) -> io::Result<Tree> {
    let mut lister =
        Lister { tree: Tree { lines: Vec::new(), extent: Extent::Whole }, deepest: limits.depth.min(DEEPEST) };
    lister.list(top, 0, limits.entries)?;
    Ok(lister.tree)
}

struct Lister {
    tree: Tree,
    deepest: usize,
}

impl Lister {
    /// Lists at most `room` entries at and below `dir`; says how many it listed.
    fn list(&mut self, dir: &Dir, depth: usize, room: usize) -> io::Result<usize> {
        let (mut names, extent) = names(dir)?;
        let hidden = names.len().saturating_sub(room);
        names.truncate(room);
        let twigs: Vec<Found> = names.into_iter().map(|entry| Found::new(dir, entry)).collect();
        let mut left = room - twigs.len();
        let mut directories = twigs.iter().filter(|found| found.kind == FileKind::Directory).count();
        let mut listed = twigs.len();
        for Found { name, kind, size } in twigs {
            self.push(depth, Twig::Entry { name: name.clone(), kind, size });
            if kind == FileKind::Directory {
                let used = self.descend(dir, &name, depth + 1, left.div_ceil(directories));
                (left, directories, listed) = (left - used, directories - 1, listed + used);
            }
        }
        match (hidden, extent) {
            (0, Extent::Whole) => {}
            (_, Extent::Whole) => self.cut(depth, More::Exactly(hidden)),
            (_, Extent::Cut) => self.cut(depth, More::AtLeast(hidden)),
        }
        Ok(listed)
    }

    /// Lists the directory `name` of `holder`; what cannot be read is a line of its own and costs the others nothing.
    fn descend(&mut self, holder: &Dir, name: &OsString, depth: usize, room: usize) -> usize {
        if depth >= self.deepest || room == 0 {
            self.tree.extent = Extent::Cut;
            return 0;
        }
        let child = Name::new(name).map_err(io::Error::from).and_then(|name| holder.open_dir_on_this_mount(name));
        child.and_then(|child| self.list(&child, depth, room)).unwrap_or_else(|error| {
            self.push(depth, Twig::Unreadable(error));
            self.tree.extent = Extent::Cut;
            0
        })
    }

    fn cut(&mut self, depth: usize, more: More) {
        self.push(depth, Twig::More(more));
        self.tree.extent = Extent::Cut;
    }

    fn push(&mut self, depth: usize, twig: Twig) {
        self.tree.lines.push(TreeLine { depth, twig });
    }
}

struct Found {
    name: OsString,
    kind: FileKind,
    size: Option<u64>,
}

impl Found {
    /// Asks for the kind and the size. Of a directory neither is worth a call where the kind is told with the name, and
    /// a mount that does not answer would be one.
    fn new(dir: &Dir, Entry { name, kind: told }: Entry) -> Self {
        if told == Some(FileKind::Directory) {
            return Self { name, kind: FileKind::Directory, size: None };
        }
        let metadata = Name::new(&name).ok().and_then(|name| dir.metadata_of(name).ok());
        let kind = metadata.map(|metadata| metadata.kind).or(told).unwrap_or(FileKind::Unknown);
        let size = metadata.filter(|metadata| !metadata.is_dir()).map(|metadata| metadata.size);
        Self { name, kind, size }
    }
}

/// The names in a directory, sorted, with their kinds where those are told; of a very large one only so many.
fn names(dir: &Dir) -> io::Result<(Vec<Entry>, Extent)> {
    dir.keep_access_time();
    let (mut names, mut listing) = (Vec::new(), Listing::default());
    let extent = loop {
        match listing.next(dir)? {
            None => break Extent::Whole,
            Some(_) if names.len() >= READ => break Extent::Cut,
            Some(entry) => names.push(entry),
        }
    };
    names.sort_by(|one, other| one.name.cmp(&other.name));
    Ok((names, extent))
}
