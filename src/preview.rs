//! A glance at what is under a name: enough to know a thing again, in bounded time and memory whatever it is.
//!
//! Nothing is followed, waited for, or run. Only regular files and directories are opened, without blocking; a FIFO, a
//! socket or a device is told by its kind alone. What is returned is bytes and names as they are on the disk: whoever
//! shows them has to escape what a terminal would obey.

mod format;
mod text;
mod tree;

use std::io::{self, Read};
use std::path::PathBuf;

use crate::sys::{Dir, FileKind, Name, metadata_of_file};

pub use text::Head;
pub use tree::{More, Tree, TreeLine, Twig};

/// How much a preview may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file that are read.
    pub bytes: usize,
    /// Lines of a text.
    pub lines: usize,
    /// Entries of a directory, those further down included.
    pub entries: usize,
    /// Levels of a directory: with 1 only its own entries. Sixteen at most, whatever is asked for.
    pub depth: usize,
}

impl Default for Limits {
    /// What fits a screen or two.
    fn default() -> Self {
        Self { bytes: 16 * 1024, lines: 100, entries: 100, depth: 3 }
    }
}

/// Whether a part of something is all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Nothing is missing.
    Whole,
    /// There is more, or may be.
    Cut,
}

/// What is in a thing, as far as a preview goes.
#[derive(Debug)]
pub enum Content {
    /// A file that is text, or empty.
    Text(Head),
    /// A file that is not; what its first bytes say that it is, if they do.
    Binary(Option<&'static str>),
    /// A directory.
    Directory(Tree),
    /// Where a symbolic link points, whether anything is there or not.
    Symlink(PathBuf),
    /// A FIFO, a socket or a device: not opened, because that could wait for ever or set something going.
    Special,
}

/// Looks at what `name` in `holder` holds; `kind` is what it was found to be.
///
/// # Errors
/// Where it may not be read (`EACCES`), or is another thing by now. A directory where another mount begins is `EXDEV`.
pub(crate) fn content(holder: &Dir, name: Name<'_>, kind: FileKind, limits: &Limits) -> io::Result<Content> {
    match kind {
        FileKind::File => file_content(holder, name, limits),
        FileKind::Directory => tree::list(&holder.open_dir_on_this_mount(name)?, limits).map(Content::Directory),
        FileKind::Symlink => holder.read_link(name).map(Content::Symlink),
        FileKind::Fifo | FileKind::Socket | FileKind::BlockDevice | FileKind::CharDevice | FileKind::Unknown => {
            Ok(Content::Special)
        }
    }
}

/// The text at a file's start, or what kind of data it is. Says so by the content, since names promise nothing.
fn file_content(holder: &Dir, name: Name<'_>, limits: &Limits) -> io::Result<Content> {
    let file = holder.open_file_keeping_access_time(name)?;
    // Something else may have taken the name meanwhile: the descriptor does not block, but a read would be for nothing.
    if metadata_of_file(&file)?.kind != FileKind::File {
        return Err(io::Error::other("it is no longer a file"));
    }
    // One more than may be kept tells whether there is more.
    let wanted = u64::try_from(limits.bytes).unwrap_or(u64::MAX).saturating_add(1);
    let mut start = Vec::new();
    file.take(wanted).read_to_end(&mut start)?;
    let extent = if start.len() > limits.bytes { Extent::Cut } else { Extent::Whole };
    start.truncate(limits.bytes);
    Ok(match text::is_text(&start, extent) {
        true => Content::Text(Head::new(start, extent, limits.lines)),
        false => Content::Binary(format::name_of(&start)),
    })
}
