//! Which trash directory serves a path, and where all of them are.
//!
//! A volume here is as far as a rename reaches: one mount, or one subvolume of it. It has its own trash directory,
//! because a rename out of it would be a copy.

mod candidate;
mod climb;
mod elsewhere;
mod patience;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::attributes::ExtendedAttributes;
use crate::error::{Error, ErrorKind, Result, cannot};
use crate::store::{Base, TrashDir, layout, may_hold};
use crate::sys::{self, Dir, FileId, Metadata};

pub use climb::mount_point_of;
pub use patience::ask_each;

use candidate::{Candidate, Missed, unplugged};
use climb::climb;

/// What is tried, in every error about a trash directory that cannot be reached.
const USE: &str = "use the trash directory";

/// Where everybody may make a directory on every machine (hier(7)).
const STICKY_PLACES: [&str; 2] = ["tmp", "var/tmp"];

/// All trash directories of one user.
pub struct Volumes {
    /// Where the home trash is; `None` for whoever has no home.
    home: Option<PathBuf>,
    /// Tells where a person stands.
    here: fn() -> PathBuf,
    /// No mount outside of this directory counts, and no trash directory is made above it.
    root: PathBuf,
    attributes: Arc<dyn ExtendedAttributes>,
    opened: OnceLock<Arc<TrashDir>>,
    /// The directory asked for last, and the trash that serves it: operands come in runs from one directory.
    last: Mutex<Option<(Asked, Arc<TrashDir>)>>,
}

/// A directory, and the mount that it was reached through: by another mount, another trash serves it.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    directory: FileId,
    mount: Option<u64>,
}

impl Asked {
    fn about(metadata: &Metadata) -> Self {
        Self { directory: metadata.id, mount: metadata.mount }
    }
}

/// All trash directories that were found, and why others were not.
#[derive(Default)]
pub struct Discovery {
    /// Those that can be used, the home trash first.
    pub trashes: Vec<Arc<TrashDir>>,
    /// Those that cannot.
    pub problems: Vec<Error>,
    /// Where somebody else has what is called like ours, and who: no concern of any command.
    pub of_others: Vec<(PathBuf, u32)>,
    /// Where one is registered and a volume is mounted that has none.
    pub vacant: Vec<PathBuf>,
}

/// Where a home trash may be, and where one that nobody could register is looked for.
#[derive(Debug, Clone)]
pub struct Places {
    /// The home trash; `None` for whoever has no home.
    pub home: Option<PathBuf>,
    /// The directory that no mount outside of counts.
    pub root: PathBuf,
    /// Tells the working directory.
    pub here: fn() -> PathBuf,
}

impl Volumes {
    /// The trash directories of one user.
    pub fn new(places: Places, attributes: Arc<dyn ExtendedAttributes>) -> Self {
        let Places { home, root, here } = places;
        Self { home, here, root, attributes, opened: OnceLock::new(), last: Mutex::new(None) }
    }

    /// Where the home trash is, whether it exists or not.
    #[must_use]
    pub fn home_path(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// What an error about all of them is about.
    #[must_use]
    pub fn main_path(&self) -> &Path {
        self.home_path().unwrap_or(&self.root)
    }

    /// The directory that no mount outside of counts.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The home trash, made if it is missing.
    pub fn home(&self) -> Result<Arc<TrashDir>> {
        if let Some(home) = self.opened.get() {
            return Ok(home.clone());
        }
        let path = self.home.as_deref().ok_or_else(homeless)?;
        let home = Arc::new(TrashDir::open_or_create(path, Base::Absolute, self.attributes.clone())?);
        Ok(self.opened.get_or_init(|| home).clone())
    }

    /// Whether the home trash was not there before something was put into it just now.
    #[must_use]
    pub fn has_made_home(&self) -> bool {
        self.opened.get().is_some_and(|home| home.is_just_made())
    }

    /// The home trash, if anything was ever put there. One that is out of reach is none.
    pub fn home_if_there(&self) -> Result<Option<Arc<TrashDir>>> {
        if let Some(home) = self.opened.get() {
            return Ok(Some(home.clone()));
        }
        let Some(path) = &self.home else { return Ok(None) };
        match TrashDir::open(path, Base::Absolute, self.attributes.clone()) {
            Ok(home) => Ok(home.map(|home| self.opened.get_or_init(|| Arc::new(home)).clone())),
            Err(_) if self.why_out_of_reach().is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Why nothing can be known of a home trash: there is no home, or no way to it (`EACCES`, `ENOTDIR`). Services have that
    /// often, and users without a home of their own.
    #[must_use]
    pub fn why_out_of_reach(&self) -> Option<Error> {
        let Some(path) = &self.home else { return Some(homeless()) };
        let looked = sys::if_there(sys::metadata_at(path));
        looked.err().map(|error| Error { kind: ErrorKind::Unreachable, ..Error::system(USE, path, error) })
    }

    /// The trash directory of the volume that `parent` is on, made if it is missing; or why each place will not do.
    ///
    /// It is in the highest directory of the volume, at or above `parent`, that will do, so that one volume has few.
    pub fn of_volume(&self, parent: &Dir) -> std::result::Result<Arc<TrashDir>, Vec<Error>> {
        let unclimbable = |error| vec![Error::system("look for a trash directory above", "", error)];
        let asked = Asked::about(&parent.metadata().map_err(unclimbable)?);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, trash)) = last.as_ref().filter(|(directory, _)| *directory == asked) {
            return Ok(trash.clone());
        }
        let mut reasons = Vec::new();
        for (place, metadata) in climb(parent, &self.root).map_err(unclimbable)?.iter().rev() {
            match self.at(place, metadata) {
                Ok(trash) => {
                    let trash = Arc::new(trash);
                    *last = Some((asked, trash.clone()));
                    return Ok(trash);
                }
                Err(error) => reasons.push(error),
            }
        }
        Err(reasons)
    }

    /// The trash directory of a volume that is at `path`, if there is one.
    pub fn open_at(&self, path: &Path) -> Result<Option<TrashDir>> {
        let top = path.parent().unwrap_or(Path::new("/")).to_owned();
        TrashDir::open(path, Base::Relative(top), self.attributes.clone())
    }

    /// The trash directory in `place`, made if it is missing and may be.
    fn at(&self, place: &Dir, metadata: &Metadata) -> Result<TrashDir> {
        let top = place.path().map_err(cannot("look for a trash directory in", Path::new("")))?;
        let path = top.join(layout::volume_trash(sys::effective_uid()));
        let base = Base::Relative(top);
        if let Some(found) = TrashDir::open(&path, base.clone(), self.attributes.clone())? {
            self.remember(&path, metadata)?;
            return Ok(found);
        }
        may_create_in(place, metadata)
            .map_err(|reason| Error::new(ErrorKind::NoTrash, "make the trash directory", &path, reason))?;
        // Made first, known second, used last: whatever a crash leaves, none that holds anything is not found again, and none
        // that could not be made is looked for.
        let made = TrashDir::open_or_create(&path, base, self.attributes.clone())?;
        self.remember(&path, metadata)?;
        Ok(made)
    }

    /// Every trash directory that can be found: the home trash, those it knows of, those at the root of a mount, and those
    /// where it need not know of them. One that does not answer does not hold up the others.
    #[must_use]
    pub fn discover(&self) -> Discovery {
        let mut found = Discovery::default();
        let mut candidates = Vec::new();
        match self.home_if_there() {
            Ok(Some(home)) => {
                match home.registered() {
                    Ok(paths) => candidates = paths.into_iter().map(Candidate::Registered).collect(),
                    Err(error) => found.problems.push(Error::system("read", home.path().join("volumes"), error)),
                }
                found.trashes.push(home);
            }
            Ok(None) => {}
            Err(error) => found.problems.push(error),
        }
        let mounts = sys::mounts(&self.root).unwrap_or_else(|error| {
            let kind = ErrorKind::Unreachable;
            found.problems.push(Error { kind, ..Error::system("read", sys::MOUNT_TABLE, error) });
            Vec::new()
        });
        candidates.extend(mounts.iter().map(|mount| Candidate::Mounted(mount.point.clone())));
        candidates.extend(self.unremembered(&found).map(Candidate::Likely));
        let answered = self.probe(candidates, &mut found);
        self.look_elsewhere(&answered, &mounts, &mut found);
        found
    }

    /// The directories that may hold a trash that no home trash knows of: where everybody may make one, and where a person
    /// stands or above, if no home trash could have remembered it. Else what comes in an archive would be taken for theirs.
    fn unremembered(&self, found: &Discovery) -> impl Iterator<Item = PathBuf> {
        let remembers = match found.trashes.first() {
            Some(home) => home.dir().is_writable(),
            None => self.home.as_deref().is_some_and(could_be_made),
        };
        let here = if remembers { PathBuf::new() } else { (self.here)() };
        let above: Vec<_> =
            here.ancestors().filter(|above| above.starts_with(&self.root)).map(Path::to_owned).collect();
        STICKY_PLACES.into_iter().map(|place| self.root.join(place)).chain(above)
    }

    /// Opens the candidates; one that hangs is left behind.
    fn probe(&self, candidates: Vec<Candidate>, found: &mut Discovery) -> Answered {
        let mut answered = Answered::default();
        let candidates = Arc::new(candidates);
        let attributes = self.attributes.clone();
        let answers = ask_each(&candidates, move |candidate| candidate.open(attributes.clone()));
        for (candidate, answer) in candidates.iter().zip(answers) {
            if let (Some(_), Candidate::Mounted(point)) = (&answer, candidate) {
                answered.points.push(point.clone());
            }
            match answer {
                Some(Ok(Some(trash))) => {
                    answered.opened += 1;
                    found.add(trash);
                }
                Some(Ok(None)) => match candidate.missed() {
                    Missed::Nothing => {}
                    Missed::Trash(path) => found.vacant.push(path),
                    Missed::Volume(path) => answered.lost.push(path),
                },
                Some(Err(error)) => found.complain(error),
                None => found.complain(unplugged(&candidate.path(), "its volume does not answer")),
            }
        }
        answered
    }
}

/// What a round of asking came to, beside the trash directories that were found.
#[derive(Default)]
struct Answered {
    /// Mount points that can be asked again without waiting for nothing.
    points: Vec<PathBuf>,
    /// Registered trash directories that are not there.
    lost: Vec<PathBuf>,
    /// How many trash directories were there.
    opened: usize,
}

impl Discovery {
    /// Two mounts, or a registration and a mount, may lead to the same directory.
    fn add(&mut self, trash: TrashDir) {
        if self.trashes.iter().all(|known| known.id() != trash.id()) {
            self.trashes.push(Arc::new(trash));
        }
    }

    /// Names what is the matter with a place, once, on however many ways it was found.
    fn complain(&mut self, problem: Error) {
        // Only of what has answered: a look at a volume that hangs would hang as well.
        let is_unsafe = problem.kind == ErrorKind::UnsafeTrash;
        let found = is_unsafe.then(|| sys::metadata_at(&problem.path).ok()).flatten();
        if let Some(found) = found.filter(|found| found.uid != sys::effective_uid()) {
            if self.of_others.iter().all(|(known, _)| *known != problem.path) {
                self.of_others.push((problem.path, found.uid));
            }
        } else if self.problems.iter().all(|known| known.path != problem.path) {
            self.problems.push(problem);
        }
    }
}

/// Whether a directory that is missing could be made at `path`, with all that is missing above it.
fn could_be_made(path: &Path) -> bool {
    let above = path.ancestors().skip(1).map(Dir::open_following);
    let mut existing = above.filter(|opened| !matches!(opened, Err(error) if error.kind() == io::ErrorKind::NotFound));
    existing.next().is_some_and(|opened| opened.is_ok_and(|dir| dir.is_writable()))
}

fn homeless() -> Error {
    Error::new(ErrorKind::NoTrash, USE, "$HOME", "there is no home directory")
}

/// Whether a trash directory may be made in a place, or why not.
fn may_create_in(place: &Dir, metadata: &Metadata) -> std::result::Result<(), &'static str> {
    if !may_hold(metadata) {
        Err("its parent directory belongs to another user and is not sticky")
    } else if !place.is_writable() {
        Err("its parent directory is not writable")
    } else {
        Ok(())
    }
}
