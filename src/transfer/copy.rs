//! Copying a tree: everything in it is made here, and its directories are finished by [`super::seal`].

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

use crate::progress::{Activity, Amount, Progress, begin};
use crate::sys::{Dir, FileId, FileKind, Inode, Metadata, Name};

use super::Route;
use super::content::Content;
use super::error::{Failure, TransferError, Trouble, While};
use super::flush::Flush;
use super::keep::{self, Kept, Newborn};
use super::links::{Linked, Links};
use super::loss::{Loss, Losses};
use super::make::{is_unchanged, make, not_made, open_source, open_source_dir};
use super::seal::Seal;
use super::survey::Survey;
use super::witness::Witness;
use crate::walk::{Ascent, Step, Trail, Walk};

/// How often a file is copied that changes while it is read.
const ATTEMPTS: u32 = 3;

/// A copy that is complete and on the disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "a copy that nobody renames to its place is garbage"]
pub struct Copied {
    /// What was copied; a file with several names counts its bytes once.
    pub total: Amount,
    /// What could not be kept: of the kinds that the survey named, and no other.
    pub losses: Losses,
    /// What the source was, for [`super::retire`].
    pub witness: Witness,
}

/// Copies along `route`, which `survey` has surveyed; returns when the copy is whole, compared, and on the disk.
///
/// The kinds of loss in `survey` are accepted; any other is an error ([`Failure::Lose`]).
///
/// # Errors and crashes
/// The source is untouched, whatever happens. Under `to_name` is what was made so far, private to us, for the caller
/// to delete; except after [`Failure::Exists`], where what is there is another's and nothing was made.
pub fn copy(route: Route<'_>, survey: &Survey, progress: &dyn Progress) -> Result<Copied, TransferError> {
    let _ending = begin(progress, Activity::Copying, Some(survey.total));
    let top = PathBuf::from(route.name.as_os_str());
    let at_top = |trouble: Trouble| trouble.at_top(top.clone());
    // The survey has just made and removed a name in the target, so this is what its clock shows.
    let now = route.target.metadata().during(Failure::Make).map_err(at_top)?.changed;
    let mut copier = Copier {
        progress,
        accepted: &survey.losses,
        content: Content::new(progress),
        flush: Flush::new(route.target, survey.total.entries).map_err(at_top)?,
        links: Links::default(),
        made_top: None,
        new_here: None,
        copied: Copied { witness: Witness::from(now), ..Copied::default() },
    };
    copier.top(route)?;
    Seal::new(progress, &mut copier.flush, &mut copier.copied.losses, &survey.losses).all(route)?;
    copier.flush.finish().map_err(at_top)?;
    Ok(copier.copied)
}

struct Copier<'a> {
    progress: &'a dyn Progress,
    accepted: &'a Losses,
    content: Content<'a>,
    flush: Flush,
    links: Links,
    /// The top directory of the copy. Met in the source, it would be copied into itself without end.
    made_top: Option<FileId>,
    /// What every new file is in the copy's directory that the walk is in, once one was made there. Nobody but us can
    /// change what that directory gives, so it is asked once and not for each.
    new_here: Option<Newborn>,
    copied: Copied,
}

/// A directory and the copy that was made of it, still empty.
type Pair = (Dir, Dir);

impl Copier<'_> {
    fn top(&mut self, route: Route<'_>) -> Result<(), TransferError> {
        let name = PathBuf::from(route.name.as_os_str());
        let was = route.source.metadata_of(route.name).during(Failure::Read);
        let was = was.map_err(|trouble| trouble.at_top(name.clone()))?;
        if !was.is_dir() {
            let losses = self.leaf(route, &was);
            let counted = losses.and_then(|losses| self.count(&was, &losses, || name.clone()));
            return counted.map_err(|trouble| trouble.at_top(name));
        }
        let (from, to) = directory(route.source, route.name, route.target, route.to_name)
            .map_err(|trouble| trouble.at_top(name.clone()))?;
        let mut walk = Walk::new(from, route.name);
        self.below(&mut walk, &to).map_err(|trouble| trouble.in_walk(&walk))
    }

    fn below(&mut self, walk: &mut Walk, top: &Dir) -> Result<(), Trouble> {
        self.made_top = Some(top.metadata().during(Failure::Make)?.id);
        let mut made = Trail::new(top.try_clone().during(Failure::Make)?);
        self.add(Amount { entries: 1, bytes: 0 });
        loop {
            match walk.step().during(Failure::Read)? {
                Step::Found(entry) => {
                    let name = Name::new(&entry.name).map_err(|error| Trouble::of(Failure::Read, error))?;
                    if let Some((from, to)) = self.entry(walk, name, &made, top).map_err(|t| t.at(name))? {
                        walk.enter(from, entry.name).during(Failure::Read)?;
                        made.enter(to).during(Failure::Make)?;
                        self.new_here = None;
                    }
                }
                Step::Finished => {
                    if walk.leave().during(Failure::Read)? == Ascent::Over {
                        return Ok(());
                    }
                    made.leave().during(Failure::Make)?;
                    self.new_here = None;
                    self.links.left(walk.depth());
                }
            }
        }
    }

    /// Copies one entry of the walk's current directory; a directory is returned with its copy, to be walked.
    fn entry(&mut self, walk: &Walk, name: Name<'_>, made: &Trail, top: &Dir) -> Result<Option<Pair>, Trouble> {
        if self.progress.interrupted() {
            return Err(Trouble::interrupted());
        }
        let (from, to) = (walk.here(), made.current());
        let was = from.metadata_of(name).during(Failure::Read)?;
        let path = || walk.path(Some(&name.as_os_str().to_owned()));
        if was.is_dir() {
            if Some(was.id) == self.made_top {
                return Err(Trouble::of(Failure::Make, io::Error::other("it would be copied into itself")));
            }
            self.add(Amount { entries: 1, bytes: 0 });
            return directory(from, name, to, name).map(Some);
        }
        if was.links > 1 && self.link(&was, top, to, name, path)? == Linked::Done {
            self.add(Amount { entries: 1, bytes: 0 });
            return Ok(None);
        }
        let losses = self.leaf(Route::between((from, name), (to, name)), &was)?;
        if was.links > 1 {
            self.links.remember(&was, walk, name);
        }
        self.count(&was, &losses, path)?;
        Ok(None)
    }

    /// Gives a file that was copied under another name this name too.
    fn link(
        &mut self,
        was: &Metadata,
        top: &Dir,
        to: &Dir,
        name: Name<'_>,
        path: impl Fn() -> PathBuf,
    ) -> Result<Linked, Trouble> {
        match self.links.link(was, top, to, name) {
            Ok(linked) => Ok(linked),
            Err(error) if keep::is_refusal(&error) || error.kind() == io::ErrorKind::TooManyLinks => {
                self.lose(&[Loss::HardLinks], path)?;
                Ok(Linked::NoCopyYet)
            }
            Err(error) => Err(Trouble::of(Failure::Make, error)),
        }
    }

    /// Copies what is no directory; again, if it changed meanwhile, but not for ever.
    fn leaf(&mut self, route: Route<'_>, was: &Metadata) -> Result<Vec<Loss>, Trouble> {
        let Route { source: from, name, target: to, to_name, passed_over } = route;
        for _ in 0..ATTEMPTS {
            let leads_to = if was.kind == FileKind::Symlink { from.read_link(name) } else { Ok(PathBuf::new()) };
            let (source, is) = open_source(from, name, was)?;
            // Reading where a link leads was an access, but none that a person made.
            let was = Metadata { accessed: was.accessed, ..is };
            let made = make(to, to_name, &was, &leads_to.during(Failure::Read)?).map_err(not_made)?;
            if let Some(losses) = self.fill(&source, &was, &made, passed_over)? {
                return Ok(losses);
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
        let Kept { losses, now } = keep::keep(source, was, made, self.newborn(made)?, passed_over)?;
        let unchanged = is_unchanged(was, &source.metadata().during(Failure::Read)?);
        if !unchanged || (was.kind == FileKind::File && now.size != was.size) {
            return Ok(None);
        }
        if let Inode::Open(file) = made {
            self.flush.entry(file)?;
        }
        self.copied.witness.note(was);
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

    fn add(&mut self, amount: Amount) {
        self.progress.advance(amount);
        self.copied.total += amount;
    }

    fn lose(&mut self, losses: &[Loss], path: impl Fn() -> PathBuf) -> Result<(), Trouble> {
        self.copied.losses.count(losses, path);
        self.accepted.accept(losses)
    }
}

fn directory(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> Result<Pair, Trouble> {
    let source = open_source_dir(from, name)?;
    let made = to.create_private_dir(to_name).map_err(not_made)?;
    Ok((source, made))
}
