//! The second walk: source and copy side by side, compared entry by entry, and each directory finished when all below
//! it is.
//!
//! Directories keep their private mode until here, so that names can be added in any of them (hard links), and get
//! their times last of all.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::progress::Progress;
use crate::sys::{Dir, FileKind, Inode, Metadata, Name, if_there};

use crate::sys::entries::walk::{Ascent, Step, Trail, Walk};
use crate::transfer::Route;
use crate::transfer::copy::flush::Flush;
use crate::transfer::error::{Failure, TransferError, Trouble, While};
use crate::transfer::loss::{Loss, Losses};
use crate::transfer::make::{is_unchanged, open_source_dir};
use crate::transfer::metadata::{self, Newborn};

/// What the second walk needs.
pub(in crate::transfer) struct Seal<'a> {
    progress: &'a dyn Progress,
    flush: &'a mut Flush,
    losses: &'a mut Losses,
    accepted: &'a Losses,
    /// The directories that the walk is in, the top first.
    open: Vec<Unsealed>,
}

/// A directory that is being compared.
struct Unsealed {
    /// What it was before its entries were read.
    was: Metadata,
    /// How many entries were found in the source.
    entries: u64,
    /// Which of its attributes are no part of it.
    passed_over: fn(&OsStr) -> bool,
}

impl<'a> Seal<'a> {
    pub(in crate::transfer) fn new(
        progress: &'a dyn Progress,
        flush: &'a mut Flush,
        losses: &'a mut Losses,
        accepted: &'a Losses,
    ) -> Self {
        Self { progress, flush, losses, accepted, open: Vec::new() }
    }

    /// Compares, and finishes, the whole copy.
    pub(in crate::transfer) fn all(&mut self, route: Route<'_>) -> Result<(), TransferError> {
        let top = PathBuf::from(route.name.as_os_str());
        let pair = self.entry(route);
        let Some((from, made)) = pair.map_err(|trouble| trouble.at_top(top))? else { return Ok(()) };
        let mut walk = Walk::new(from, route.name);
        self.below(&mut walk, made).map_err(|trouble| trouble.in_walk(&walk))
    }

    fn below(&mut self, walk: &mut Walk, made: Dir) -> Result<(), Trouble> {
        let mut made = Trail::new(made);
        loop {
            match walk.step().during(Failure::Read)? {
                Step::Found(entry) => {
                    let name = Name::new(&entry.name).map_err(|error| Trouble::of(Failure::Read, error))?;
                    let pair = self.entry(Route::between((walk.here(), name), (made.current(), name)));
                    let pair = pair.map_err(|t| t.at(name))?;
                    if let Some((from, to)) = pair {
                        walk.enter(from, entry.name).during(Failure::Read)?;
                        made.enter(to).during(Failure::Keep)?;
                    }
                }
                Step::Finished => {
                    if self.finish(walk, &mut made)? == Ascent::Over {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Compares one entry with its copy; a directory is returned with its copy, to be walked.
    fn entry(&mut self, route: Route<'_>) -> Result<Option<(Dir, Dir)>, Trouble> {
        let Route { source: from, name, target: to, to_name, passed_over, .. } = route;
        if self.progress.interrupted() {
            return Err(Trouble::interrupted());
        }
        let was = from.metadata_of(name).during(Failure::Read)?;
        let Some(made) = if_there(to.metadata_of(to_name)).during(Failure::Keep)? else {
            return Err(Trouble::changed());
        };
        if !self.is_copy(&was, &made) && !self.is_copy(&was, &to.metadata_anew(to_name).during(Failure::Keep)?) {
            return Err(Trouble::changed());
        }
        if let Some(parent) = self.open.last_mut() {
            parent.entries += 1;
        }
        if !was.is_dir() {
            return Ok(None);
        }
        let source = open_source_dir(from, name)?;
        self.open.push(Unsealed { was: source.metadata().during(Failure::Read)?, entries: 0, passed_over });
        Ok(Some((source, to.open_dir(to_name).during(Failure::Keep)?)))
    }

    /// Whether `made` is what a copy of `is` looks like, as far as this target keeps it. A directory has only a kind so
    /// far.
    fn is_copy(&self, is: &Metadata, made: &Metadata) -> bool {
        let kept = |loss| self.losses.get(loss).is_none();
        if is.kind != made.kind || is.is_dir() {
            return is.kind == made.kind;
        }
        let has_length = matches!(is.kind, FileKind::File | FileKind::Symlink);
        let has_mode = is.kind != FileKind::Symlink && kept(Loss::Mode) && kept(Loss::Owner);
        (!has_length || is.size == made.size)
            && (has_length || is.rdev == made.rdev)
            && (!has_mode || is.mode == made.mode)
            && (!kept(Loss::Owner) || (is.uid, is.gid) == (made.uid, made.gid))
            && (!kept(Loss::Times) || is.modified == made.modified)
    }

    /// Finishes the current directory and goes up. Its copy is left before it gets its mode, which may shut even us out.
    fn finish(&mut self, walk: &mut Walk, made: &mut Trail) -> Result<Ascent, Trouble> {
        let Some(Unsealed { was, entries, passed_over }) = self.open.pop() else { return Ok(Ascent::Over) };
        let source = walk.here().readable().during(Failure::Read)?;
        let copy = made.current().readable().during(Failure::Keep)?;
        if made.current().count_entries().during(Failure::Keep)? != entries
            || !is_unchanged(&was, &walk.here().metadata().during(Failure::Read)?)
        {
            return Err(Trouble::changed());
        }
        made.leave().during(Failure::Keep)?;
        let copy = Inode::Open(copy);
        let losses = metadata::keep(&Inode::Open(source), &was, &copy, Newborn::of(&copy)?, passed_over)?.losses;
        self.losses.count(&losses, || walk.path(None));
        self.accepted.accept(&losses)?;
        if let Inode::Open(directory) = &copy {
            self.flush.entry(directory)?;
        }
        walk.leave().during(Failure::Read)
    }
}
