//! Copying what is no directory.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::Arc;

use crate::progress::{Amount, Progress};
use crate::sys::entries::walk::{Trail, Walk};
use crate::sys::{self, Dir, FileKind, Inode, Metadata, Name, Timestamp};

use crate::transfer::copy::content::Content;
use crate::transfer::copy::flush::Flush;
use crate::transfer::error::{Failure, Trouble, While};
use crate::transfer::loss::{Loss, Losses};
use crate::transfer::make::{is_unchanged, make, not_made, open_source};
use crate::transfer::metadata::{self, Kept, Newborn};
use crate::transfer::source_snapshot::SourceSnapshot;
use crate::transfer::survey::Survey;
use crate::transfer::{Copied, Route};

/// How often a file is copied that changes while it is read.
const ATTEMPTS: u32 = 3;

/// A directory and its copy.
#[derive(Debug)]
pub(in crate::transfer) struct Pair {
    pub(in crate::transfer) source: Arc<Dir>,
    pub(in crate::transfer) copy: Arc<Dir>,
    /// The directory's, beginning with the name that is copied.
    path: PathBuf,
}

impl Pair {
    /// Where a walk through the source is, and where in the copy.
    pub(in crate::transfer) fn here(walk: &Walk, copy: &Trail) -> Arc<Self> {
        Arc::new(Self { source: walk.shared(), copy: copy.shared(), path: walk.path(None) })
    }
}

/// An entry of a directory that is no directory.
#[derive(Debug)]
pub(in crate::transfer) struct Leaf {
    pub(in crate::transfer) holder: Arc<Pair>,
    pub(in crate::transfer) name: OsString,
    /// What it was when it was met.
    pub(in crate::transfer) was: Metadata,
}

impl Leaf {
    /// It in the source and in the copy.
    pub(in crate::transfer) fn places(&self) -> std::io::Result<[(&Dir, Name<'_>); 2]> {
        let name = Name::new(&self.name)?;
        Ok([(&self.holder.source, name), (&self.holder.copy, name)])
    }

    pub(in crate::transfer) fn path(&self) -> PathBuf {
        self.holder.path.join(&self.name)
    }
}

/// What one thread needs to copy leaves.
pub(in crate::transfer) struct Leaves<'a> {
    progress: &'a dyn Progress,
    accepted: &'a Losses,
    content: Content<'a>,
    pub(in crate::transfer) flush: Flush,
    /// The directory of the last leaf.
    holder: Option<Arc<Pair>>,
    /// What every new file is in its copy, once one was made there. Nobody but us can change what that directory gives, so
    /// it is asked once and not for each.
    new_here: Option<Newborn>,
    pub(in crate::transfer) copied: Copied,
}

impl<'a> Leaves<'a> {
    /// For a copy into `target`, by the clock of which it is `now`.
    pub(in crate::transfer) fn new(
        target: &Dir,
        survey: &'a Survey,
        now: Timestamp,
        progress: &'a dyn Progress,
    ) -> Result<Self, Trouble> {
        Ok(Self {
            progress,
            accepted: &survey.losses,
            content: Content::new(progress),
            flush: Flush::new(target, survey.total.entries)?,
            holder: None,
            new_here: None,
            copied: Copied { snapshot: SourceSnapshot::from(now), ..Copied::default() },
        })
    }

    /// Copies a leaf of the tree.
    pub(in crate::transfer) fn copy(&mut self, leaf: &Leaf) -> Result<(), Trouble> {
        if !matches!(&self.holder, Some(known) if Arc::ptr_eq(known, &leaf.holder)) {
            (self.holder, self.new_here) = (Some(leaf.holder.clone()), None);
        }
        let [source, copy] = leaf.places().during(Failure::Read)?;
        self.copy_along(Route::between(source, copy), &leaf.was, || leaf.path())
    }

    /// Copies what is at the route's source, which is no directory; again, if it changed meanwhile, but not for ever.
    pub(in crate::transfer) fn copy_along(
        &mut self,
        route: Route<'_>,
        was: &Metadata,
        path: impl Fn() -> PathBuf,
    ) -> Result<(), Trouble> {
        let Route { source: from, name, target: to, to_name, passed_over, .. } = route;
        for _ in 0..ATTEMPTS {
            let leads_to = if was.kind == FileKind::Symlink { from.read_link(name) } else { Ok(PathBuf::new()) };
            let (source, is) = open_source(from, name, was)?;
            // Reading where a link leads was an access, but none that a person made.
            let was = Metadata { accessed: was.accessed, ..is };
            let made = make(to, to_name, &was, &leads_to.during(Failure::Read)?).map_err(not_made)?;
            if let Some(losses) = self.fill(&source, &was, &made, passed_over)? {
                return self.count(&was, &losses, path);
            }
            to.remove_file(to_name).during(Failure::Make)?;
        }
        Err(Trouble::changed())
    }

    /// Gives `made` all that `source` has; `None` where the source changed meanwhile.
    fn fill(
        &mut self,
        source: &Inode,
        was: &Metadata,
        made: &Inode,
        passed_over: fn(&OsStr) -> bool,
    ) -> Result<Option<Vec<Loss>>, Trouble> {
        if let (Inode::Open(from), Inode::Open(to)) = (source, made) {
            self.content.copy(from, to, was)?;
        }
        let Kept { losses, now } = metadata::keep(source, was, made, self.newborn(made)?, passed_over)?;
        let unchanged = is_unchanged(was, &source.metadata().during(Failure::Read)?);
        if !unchanged || (was.kind == FileKind::File && now.size != was.size) {
            return Ok(None);
        }
        match made {
            Inode::Open(file) => {
                if was.size == 0 {
                    sys::finish_empty(file);
                }
                self.flush.entry(file)?;
            }
            Inode::Marked(_) => self.flush.entry_without_handle(),
        }
        self.copied.snapshot.note(was);
        Ok(Some(losses))
    }

    /// What `made` is, to which nothing but its content was given yet.
    fn newborn(&mut self, made: &Inode) -> Result<Newborn, Trouble> {
        // Other kinds inherit less than a file.
        let Inode::Open(_) = made else { return Newborn::of(made) };
        match self.new_here {
            Some(known) => Ok(known),
            None => Ok(*self.new_here.insert(Newborn::of(made)?)),
        }
    }

    fn count(&mut self, was: &Metadata, losses: &[Loss], path: impl Fn() -> PathBuf) -> Result<(), Trouble> {
        self.lose(losses, path)?;
        // The bytes of a file have been told while they were copied.
        self.progress.advance(Amount { entries: 1, bytes: 0 });
        let bytes = if was.kind == FileKind::File { was.size } else { 0 };
        self.copied.total += Amount { entries: 1, bytes };
        Ok(())
    }

    /// Counts an entry that has no bytes of its own.
    pub(in crate::transfer) fn count_name(&mut self) {
        let one = Amount { entries: 1, bytes: 0 };
        self.progress.advance(one);
        self.copied.total += one;
    }

    pub(in crate::transfer) fn lose(&mut self, losses: &[Loss], path: impl Fn() -> PathBuf) -> Result<(), Trouble> {
        self.copied.losses.count(losses, path);
        self.accepted.accept(losses)
    }
}
