//! A copy of one thing that is no directory and is about to change: at once, and without a survey.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use crate::progress::Silent;
use crate::sys::{Dir, FileKind, Inode, Metadata, Name, Offer, metadata_of_file, share_content};
use crate::transfer::copy::content::Content;
use crate::transfer::error::{Failure, Trouble, While};
use crate::transfer::make::{is_unchanged, make, not_made, open_source};
use crate::transfer::metadata::{self, Newborn};

/// Copies an open regular file, with all that it has, to a new name in a directory of ours. One of more than `limit` bytes
/// only if it can share its blocks.
///
/// # Errors
/// What was made is under that name, for the caller to remove. `FileTooLarge` where the limit forbids it.
pub fn copy_content(from: &File, to: &Dir, name: Name<'_>, limit: u64) -> io::Result<()> {
    let was = metadata_of_file(from)?;
    let made = to.create_file(name)?;
    if was.size <= limit {
        let [from, made] = [from.try_clone()?, made].map(Inode::Open);
        return fill(&from, &was, &made).map_err(Trouble::into_source);
    }
    if !matches!(share_content(from, &made), Offer::Done(())) {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let [from, made] = [from.try_clone()?, made].map(Inode::Open);
    describe(&from, &was, &made).map_err(Trouble::into_source)
}

/// Copies what is under a name, if it is still what `was` tells; a link is not followed, a device not opened.
///
/// # Errors
/// As of [`copy_content`].
pub fn copy_name((from, name): (&Dir, Name<'_>), was: &Metadata, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    let copied = || {
        let leads_to = if was.kind == FileKind::Symlink { from.read_link(name) } else { Ok(PathBuf::new()) };
        let (source, is) = open_source(from, name, was)?;
        let was = Metadata { accessed: was.accessed, ..is };
        let made = make(to, to_name, &was, &leads_to.during(Failure::Read)?).map_err(not_made)?;
        fill(&source, &was, &made)
    };
    copied().map_err(Trouble::into_source)
}

fn fill(from: &Inode, was: &Metadata, made: &Inode) -> Result<(), Trouble> {
    if let (Inode::Open(from), Inode::Open(to)) = (from, made) {
        Content::new(&Silent).copy(from, to, was)?;
    }
    describe(from, was, made)
}

/// Gives a copy all that there is beside the content, and makes sure that this was not changed meanwhile.
fn describe(from: &Inode, was: &Metadata, made: &Inode) -> Result<(), Trouble> {
    // What cannot be kept of it is no reason to lose its content.
    metadata::keep(from, was, made, Newborn::of(made)?, |_| false)?;
    let is = from.metadata().during(Failure::Read)?;
    if is_unchanged(was, &is) { Ok(()) } else { Err(Trouble::changed()) }
}
