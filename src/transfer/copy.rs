//! Copying a tree: everything in it is made here, and its directories are finished by [`crate::transfer::copy::seal`].

pub(super) mod buffer;
pub(super) mod content;
pub(super) mod flush;
pub(super) mod leaf;
pub(super) mod links;
pub(super) mod seal;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::progress::{Activity, Progress, begin};
use crate::sys::{Answer, Asked, Dir, FileId, Name, answer};

use crate::sys::entries::walk::{Ascent, Step, Trail, Walk};
use crate::transfer::Route;
use crate::transfer::copied::Copied;
use crate::transfer::copy::leaf::{Leaf, Leaves, Pair};
use crate::transfer::copy::links::{Linked, Links};
use crate::transfer::copy::seal::Seal;
use crate::transfer::error::{Failure, TransferError, Trouble, While};
use crate::transfer::helper::{self, Helper, with_helper};
use crate::transfer::loss::Loss;
use crate::transfer::make::{not_made, open_source_dir};
use crate::transfer::survey::Survey;

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
    let leaves = || Leaves::new(route.target, survey, now, progress).map_err(at_top);
    let mut own = leaves()?;
    let gains = helper::gains(survey.total.entries, route.target, helper::MAKING);
    let mut others = if gains { Some(leaves()?) } else { None };
    let work =
        others.as_mut().map(|others| |leaf: Leaf| others.copy(&leaf).map_err(|trouble| trouble.at_top(leaf.path())));
    with_helper(work, |helper| {
        let links = Links::default();
        Copier { progress, own: &mut own, helper, links, made_top: None, here: None, failed: None }.all(route)
    })?;
    let Leaves { mut flush, mut copied, .. } = own;
    if let Some(others) = others {
        copied.add(others.copied);
    }
    Seal::new(progress, &mut flush, &mut copied.losses, &survey.losses).all(route)?;
    flush.finish().map_err(at_top)?;
    Ok(copied)
}

struct Copier<'a, 's> {
    progress: &'a dyn Progress,
    own: &'a mut Leaves<'s>,
    helper: Helper<Leaf, Result<(), TransferError>>,
    links: Links,
    /// The top directory of the copy. Met in the source, it would be copied into itself without end.
    made_top: Option<FileId>,
    /// The directory that the walk is in and its copy, once it has a leaf.
    here: Option<Arc<Pair>>,
    /// Why the helper failed; the walk ends then.
    failed: Option<TransferError>,
}

/// A directory and the copy that was made of it, still empty.
type Entered = (Dir, Dir);

impl Copier<'_, '_> {
    fn all(mut self, route: Route<'_>) -> Result<(), TransferError> {
        let walked = self.top(route);
        let failed = self.helper.wait().into_iter().find_map(Result::err);
        self.failed.or(failed).map_or(walked, Err)
    }

    fn top(&mut self, route: Route<'_>) -> Result<(), TransferError> {
        let name = PathBuf::from(route.name.as_os_str());
        let at_top = |trouble: Trouble| trouble.at_top(name.clone());
        let was = route.source.metadata_of(route.name).during(Failure::Read).map_err(at_top)?;
        if !was.is_dir() {
            return self.own.copy_along(route, &was, || name.clone()).map_err(at_top);
        }
        let (from, to) = directory(route.source, route.name, route.target, route.to_name).map_err(at_top)?;
        let mut walk = Walk::new(from, route.name);
        self.below(&mut walk, to).map_err(|trouble| trouble.in_walk(&walk))
    }

    fn below(&mut self, walk: &mut Walk, top: Dir) -> Result<(), Trouble> {
        self.made_top = Some(top.metadata().during(Failure::Make)?.id);
        let mut made = Trail::new(top);
        let top = made.shared();
        self.own.count_name();
        loop {
            match walk.step().during(Failure::Read)? {
                Step::Found(entry) => {
                    let name = Name::new(&entry.name).map_err(|error| Trouble::of(Failure::Read, error))?;
                    if let Some((from, to)) = self.entry(walk, name, &made, &top).map_err(|t| t.at(name))? {
                        walk.enter(from, entry.name).during(Failure::Read)?;
                        made.enter(to).during(Failure::Make)?;
                        self.here = None;
                    }
                }
                Step::Finished => {
                    if walk.leave().during(Failure::Read)? == Ascent::Over {
                        return Ok(());
                    }
                    made.leave().during(Failure::Make)?;
                    self.here = None;
                    self.links.left(walk.depth());
                }
            }
        }
    }

    /// Copies one entry of the walk's current directory; a directory is returned with its copy, to be walked.
    fn entry(&mut self, walk: &Walk, name: Name<'_>, made: &Trail, top: &Dir) -> Result<Option<Entered>, Trouble> {
        if self.progress.interrupted() {
            return Err(Trouble::interrupted());
        }
        let was = walk.here().metadata_anew(name).during(Failure::Read)?;
        if was.is_dir() {
            if Some(was.id) == self.made_top {
                return Err(Trouble::of(Failure::Make, io::Error::other("it would be copied into itself")));
            }
            self.own.count_name();
            return directory(walk.here(), name, made.current(), name).map(Some);
        }
        let holder = self.here.get_or_insert_with(|| Pair::here(walk, made)).clone();
        let leaf = Leaf { holder, name: OsString::from(name.as_os_str()), was };
        if leaf.was.links > 1 {
            self.one_of_several_names(&leaf, walk, name, top)?;
        } else if let Some(leaf) = self.helper.offer(leaf) {
            self.own.copy(&leaf)?;
        }
        self.failed = self.helper.results().into_iter().find_map(Result::err);
        if self.failed.is_some() { Err(Trouble::interrupted()) } else { Ok(None) }
    }

    /// Copies a file under the first of its names that is met, and gives the copy the others too. By this thread alone: a
    /// file that changes is made anew, and its other names have to lead to the last one that was made.
    fn one_of_several_names(&mut self, leaf: &Leaf, walk: &Walk, name: Name<'_>, top: &Dir) -> Result<(), Trouble> {
        match self.links.link(&leaf.was, top, &leaf.holder.copy, name) {
            Ok(Linked::Done) => {
                self.own.flush.entry_without_handle();
                self.own.count_name();
                return Ok(());
            }
            Ok(Linked::NoCopyYet) => {}
            Err(error) if answer(&error, Asked::Link) == Answer::NotHere => {
                self.own.lose(&[Loss::HardLinks], || leaf.path())?;
            }
            Err(error) => return Err(Trouble::of(Failure::Make, error)),
        }
        self.own.copy(leaf)?;
        self.links.remember(&leaf.was, walk, name);
        Ok(())
    }
}

fn directory(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> Result<Entered, Trouble> {
    let source = open_source_dir(from, name)?;
    let made = to.create_private_dir(to_name).map_err(not_made)?;
    Ok((source, made))
}
