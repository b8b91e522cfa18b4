//! What a copy would take and lose, and whether it could be done at all, before anything is copied.

pub(super) mod probe;

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

use crate::progress::{Activity, Amount, Progress, begin};
use crate::sys::{self, Dir, FileId, FileKind, Inode, Metadata, MountRoot, Name, if_there};

use crate::sys::entries::walk::{Ascent, Step, Walk};
use crate::transfer::Route;
use crate::transfer::error::{Failure, TransferError, Trouble, While};
use crate::transfer::loss::{Loss, Losses};
use crate::transfer::make::{open_leaf, open_source_dir};
use crate::transfer::survey::probe::{Links, Probe};

/// What a copy would take.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// Entries, and bytes of content as `st_size` counts them; several names of one file count their bytes once.
    pub total: Amount,
    /// Bytes that the source occupies on its disk. Below `total.bytes` where there are holes.
    pub on_disk: u64,
    /// What the target cannot keep. A copy with this survey accepts these kinds of loss, and fails at any other.
    pub losses: Losses,
}

/// How many things that stand in the way of a copy are told.
const MOST_REFUSED: usize = 20;

/// Finds out what a copy along `route` would take and lose; the source is only read.
///
/// To learn what the target keeps, entries are tried in a private directory beside `to_name`, which is gone afterwards.
///
/// # Errors
/// Also what would only show later: a file or directory that we may not read ([`Failure::Read`]), an entry that we
/// could not remove once it is copied ([`Failure::Remove`]), another mount at or below the source ([`Failure::Mount`]),
/// a target that takes nothing new ([`Failure::Make`]).
///
/// # After a crash
/// The directory of trials stays beside `to_name`, with at most one empty entry; the source is untouched.
pub fn survey(route: Route<'_>, progress: &dyn Progress) -> Result<Survey, TransferError> {
    let _ending = begin(progress, Activity::Measuring, None);
    let top = PathBuf::from(route.name.as_os_str());
    if if_there(route.target.metadata_of(route.to_name)).is_ok_and(|there| there.is_some()) {
        return Err(Trouble::of(Failure::Exists, io::ErrorKind::AlreadyExists).at_top(top));
    }
    let probe = Probe::new(route.target).map_err(|trouble| trouble.at_top(top.clone()))?;
    let mut surveyor =
        Surveyor { probe, progress, found: Survey::default(), seen: HashSet::new(), refused: Vec::new() };
    let rights = rights_in(route.source, Stance::AsIs).map_err(|trouble| trouble.at_top(top.clone()))?;
    let entered = surveyor
        .entry((route.source, route.name), rights, route.passed_over, || top.clone())
        .map_err(|trouble| trouble.at_top(top.clone()))?;
    if let Some(directory) = entered {
        let mut walk = Walk::new(directory, route.name);
        surveyor.below(&mut walk).map_err(|trouble| trouble.in_walk(&walk))?;
    }
    let mut refused = surveyor.refused.into_iter();
    match refused.next() {
        Some(first) => Err(TransferError { others: refused.collect(), ..first }),
        None => Ok(surveyor.found),
    }
}

struct Surveyor<'a> {
    probe: Probe<'a>,
    progress: &'a dyn Progress,
    found: Survey,
    /// Files with several names that were met.
    seen: HashSet<FileId>,
    /// What we may not read or remove, of which one is enough for no copy to be made.
    refused: Vec<TransferError>,
}

impl Surveyor<'_> {
    fn below(&mut self, walk: &mut Walk) -> Result<(), Trouble> {
        let mut rights = vec![rights_in(walk.here(), Stance::MadeWritable)?];
        loop {
            match walk.step().during(Failure::Read)? {
                Step::Found(entry) => {
                    let name = Name::new(&entry.name).map_err(|error| Trouble::of(Failure::Read, error))?;
                    let here = rights.last().copied().unwrap_or(Rights::None(None));
                    let path = || walk.path(Some(&entry.name));
                    let surveyed = self.entry((walk.here(), name), here, |_| false, path);
                    let surveyed = surveyed.and_then(|directory| match directory {
                        Some(child) => rights_in(&child, Stance::MadeWritable).map(|rights| Some((child, rights))),
                        None => Ok(None),
                    });
                    match surveyed.map_err(|trouble| trouble.at(name)) {
                        Ok(Some((child, rights_in_child))) => {
                            rights.push(rights_in_child);
                            walk.enter(child, entry.name).during(Failure::Read)?;
                        }
                        Ok(None) => {}
                        Err(trouble) if trouble.is_refusal() => {
                            self.refused.push(trouble.in_walk(walk));
                            if self.refused.len() == MOST_REFUSED {
                                return Ok(());
                            }
                        }
                        Err(trouble) => return Err(trouble),
                    }
                }
                Step::Finished => {
                    rights.pop();
                    if walk.leave().during(Failure::Read)? == Ascent::Over {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Surveys one entry; a directory is returned open, to be walked.
    fn entry(
        &mut self,
        (from, name): (&Dir, Name<'_>),
        rights: Rights,
        passed_over: fn(&OsStr) -> bool,
        path: impl Fn() -> PathBuf,
    ) -> Result<Option<Dir>, Trouble> {
        if self.progress.interrupted() {
            return Err(Trouble::interrupted());
        }
        let was = from.metadata_anew(name).during(Failure::Read)?;
        if was.mount_root == MountRoot::Yes {
            return Err(Trouble::of(Failure::Mount, io::ErrorKind::CrossesDevices));
        }
        rights.check(&was)?;
        if self.is_further_name(&was, &path)? {
            self.count(Amount { entries: 1, bytes: 0 });
            return Ok(None);
        }
        let directory = if was.is_dir() { Some(open_source_dir(from, name)?) } else { None };
        let source = match &directory {
            Some(directory) => Inode::Open(directory.readable().during(Failure::Read)?),
            // To open it tells whether it can be read. Should it be another by now, the copy will see.
            None => open_leaf(from, name, was.kind)?,
        };
        let losses = self.probe.losses(&source, &was, passed_over)?;
        self.found.losses.count(&losses, path);
        self.found.on_disk = self.found.on_disk.saturating_add(was.bytes_on_disk());
        self.count(Amount { entries: 1, bytes: if was.kind == FileKind::File { was.size } else { 0 } });
        Ok(directory)
    }

    fn count(&mut self, amount: Amount) {
        self.found.total += amount;
        self.progress.advance(amount);
    }

    /// Whether this is one more name of a file that was met, and will be one in the copy.
    fn is_further_name(&mut self, was: &Metadata, path: impl Fn() -> PathBuf) -> Result<bool, Trouble> {
        let met = !was.is_dir() && was.links > 1 && !self.seen.insert(was.id);
        Ok(met && self.links(path)? == Links::Kept)
    }

    fn links(&mut self, path: impl Fn() -> PathBuf) -> Result<Links, Trouble> {
        let links = self.probe.links()?;
        if links == Links::Lost {
            self.found.losses.count(&[Loss::HardLinks], path);
        }
        Ok(links)
    }
}

/// Which entries of a directory we may remove (unlink(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    All,
    /// The directory is sticky and another's: only what is ours.
    Own,
    /// None, and the kernel's error says why.
    None(Option<i32>),
}

/// What may be done to a directory to remove its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stance {
    /// Nothing: it is not ours to change.
    AsIs,
    /// It is to be deleted itself, so whoever deletes may make it writable first.
    MadeWritable,
}

const OWNER_MAY_CHANGE: u32 = 0o300;
/// The kernel decides where it can be asked; it also knows of read-only mounts and immutable directories.
fn rights_in(directory: &Dir, stance: Stance) -> Result<Rights, Trouble> {
    let is = directory.metadata().during(Failure::Read)?;
    let us = sys::effective_uid();
    let Err(reason) = directory.check_writable() else {
        let restricted = is.mode & sys::STICKY != 0 && is.uid != us && us != 0;
        return Ok(if restricted { Rights::Own } else { Rights::All });
    };
    let lacks_only_mode = is.uid == us && is.mode & OWNER_MAY_CHANGE != OWNER_MAY_CHANGE;
    Ok(if stance == Stance::MadeWritable && lacks_only_mode {
        Rights::All
    } else {
        Rights::None(reason.raw_os_error())
    })
}

impl Rights {
    fn check(self, entry: &Metadata) -> Result<(), Trouble> {
        let reason = match self {
            Self::All => return Ok(()),
            Self::Own if entry.uid == sys::effective_uid() => return Ok(()),
            Self::None(Some(reason)) => io::Error::from_raw_os_error(reason),
            Self::Own | Self::None(None) => io::ErrorKind::PermissionDenied.into(),
        };
        Err(Trouble::of(Failure::Remove, reason))
    }
}
