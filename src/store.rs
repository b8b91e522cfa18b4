//! One trash directory: its names, its items, and the order in which they are written.

mod ballast;
mod check;
mod claim;
mod envelope;
mod guarded;
pub mod layout;
mod lock;
mod moving;
mod read;
pub mod record;
mod spot;
mod staging;
mod undone;

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::attributes::ExtendedAttributes;
use crate::error::{Error, ErrorKind, Result, cannot};
use crate::item::{Arrival, ItemId, Lent, RANDOM, Record, Shape, Told};
use crate::sys::{self, Dir, FileId, Name};

pub use claim::Claim;
pub use envelope::shape_of;
pub use guarded::{Contents, Guard, Run};
pub use lock::{is_ours, take_over};
pub use moving::place::{Labelled, NotPlaced, Placed, Source};
pub use moving::take::{MovedOut, Taken};
pub use read::listing::in_two_threads;
pub use read::{Reading, kind_of};
pub use record::stray::{Stray, erase_stray, stray};
pub use spot::{Holding, Shelved};
pub use staging::note::{Note, Noted, Owner};
pub use staging::notice::Notices;
pub use staging::{Staged, Staging};
pub use undone::{Past, Seen, Undone};

/// What paths the records of a trash directory hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// Absolute ones: the home trash takes from anywhere.
    Absolute,
    /// Relative ones, to this directory, which holds the trash directory: so a drive can be mounted elsewhere.
    Relative(PathBuf),
}

/// A trash directory, open and found to be safe: ours, for us alone, and no symbolic link.
pub struct TrashDir {
    dir: Dir,
    path: Arc<Path>,
    base: Base,
    id: FileId,
    mount: Option<u64>,
    /// Whose it is: ours.
    owner: u32,
    modes: Modes,
    making: Making,
    attributes: Arc<dyn ExtendedAttributes>,
    random: Mutex<Random>,
    keeps: Mutex<Keeps>,
}

/// What others than the owner may have: to write, be it through an access list, whose mask the group's bits are (acl(5)).
const OTHERS_WRITE: u32 = 0o022;

/// What others than the owner may do with a file.
const OTHERS: u32 = 0o077;

/// Whether a trash directory was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Making {
    Found,
    JustMade,
}

/// What the file system of a trash directory does with modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Modes {
    /// It keeps them, so that they tell who may write.
    Kept,
    /// It has one for all, by the options of its mount.
    Fixed,
}

/// What the file system of a trash directory does with attributes, as it showed when some were set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Keeps {
    /// Nothing speaks against trying.
    #[default]
    Attributes,
    /// It has none. Found out once, so that a thousand files do not each try in vain.
    Nothing,
}

impl TrashDir {
    /// Opens the trash directory at `path`, or says that there is none.
    ///
    /// # Security
    /// A link, another user's directory, or one that others may enter could be made to hold anything; it is refused,
    /// and what is checked is the open directory, not its name. Where no directory can be closed to others, one that is
    /// ours has to do.
    pub fn open(path: &Path, base: Base, attributes: Arc<dyn ExtendedAttributes>) -> Result<Option<Self>> {
        let dir = match Dir::open(path) {
            Ok(dir) => dir,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(unsafe_trash(path, "it is a symbolic link or not a directory"));
            }
            Err(error) => return Err(Error::system("open the trash directory", path, error)),
        };
        Self::checked(dir, path, base, attributes).map(Some)
    }

    /// Opens the trash directory at `path`, making it and what is missing above it.
    ///
    /// # After a crash
    /// The directory exists or not; what is made in it beforehand may be missing:
    /// the two files of advice to backup tools and git, the directory that `clean` works in, that of what is kept, and the
    /// ballast.
    pub fn open_or_create(path: &Path, base: Base, attributes: Arc<dyn ExtendedAttributes>) -> Result<Self> {
        if let Some(found) = Self::open(path, base.clone(), attributes.clone())? {
            return Ok(found);
        }
        let making = || cannot("make the trash directory", path);
        let above = path.parent().unwrap_or(Path::new("/"));
        check_holder(path, above)?;
        sys::create_private_dirs(above).map_err(making())?;
        let above = Dir::open_following(above).map_err(making())?;
        let name = path.file_name().ok_or_else(|| unsafe_trash(path, "its path does not end in a name"))?;
        let name = Name::new(name).map_err(|_| unsafe_trash(path, "its path does not end in a name"))?;
        let dir = match above.create_private_dir(name) {
            Ok(dir) => dir,
            // Another rrm was faster; its directory is checked like any other.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => above.open_dir(name).map_err(making())?,
            Err(error) => return Err(making()(error)),
        };
        let made = Self::checked(dir, path, base, attributes).inspect_err(|_| drop(above.remove_dir(name)))?;
        let made = Self { making: Making::JustMade, ..made };
        made.leave_advice();
        // While there is room: `clean` comes when the disk is full, and must need none.
        made.own_dir(layout::DOOMED).ok();
        made.own_dir(layout::KEPT).ok();
        made.renew_ballast();
        Ok(made)
    }

    fn checked(dir: Dir, path: &Path, base: Base, attributes: Arc<dyn ExtendedAttributes>) -> Result<Self> {
        let metadata = dir.metadata().map_err(cannot("open the trash directory", path))?;
        if metadata.uid != sys::effective_uid() {
            return Err(unsafe_trash(path, format!("it belongs to user {}", metadata.uid)));
        }
        if !dir.is_closed_to_others(&metadata) {
            return Err(unsafe_trash(path, format!("others may use it (mode {:04o})", metadata.mode)));
        }
        Ok(Self {
            dir,
            path: path.into(),
            base,
            id: metadata.id,
            mount: metadata.mount,
            owner: metadata.uid,
            making: Making::Found,
            modes: if metadata.mode & OTHERS == 0 { Modes::Kept } else { Modes::Fixed },
            attributes,
            random: Mutex::default(),
            keeps: Mutex::default(),
        })
    }

    /// Writes the files that tell backup tools and git to pass over the directory. They are advice: a full disk that
    /// has no room for them must not keep anything from being moved here.
    fn leave_advice(&self) {
        for (name, content) in
            [(layout::CACHE_TAG, layout::CACHE_TAG_CONTENT), (layout::GIT_IGNORE, layout::GIT_IGNORE_CONTENT)]
        {
            self.dir.create_file(name).and_then(|file| sys::write(&file, content.as_bytes())).ok();
        }
    }

    /// Where it is, as it was named.
    #[must_use]
    pub fn path(&self) -> &Arc<Path> {
        &self.path
    }

    /// Whether it was not there before.
    #[must_use]
    pub fn is_just_made(&self) -> bool {
        self.making == Making::JustMade
    }

    /// The directory itself.
    #[must_use]
    pub fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Its identity.
    #[must_use]
    pub fn id(&self) -> FileId {
        self.id
    }

    /// Its identity, and those of rrm's own directories in here, which a mount may show elsewhere. One that cannot be looked
    /// at is left out: nothing goes there either.
    #[must_use]
    pub fn ids(&self) -> Vec<FileId> {
        let own = [layout::STAGING, layout::DOOMED, layout::KEPT, layout::VOLUMES, layout::BALLAST, layout::GUARDED];
        let own = own.into_iter().filter_map(|name| self.dir.metadata_of(name).ok());
        own.map(|found| found.id).chain([self.id]).collect()
    }

    /// The mount it is on, where the kernel tells.
    #[must_use]
    pub fn mount(&self) -> Option<u64> {
        self.mount
    }

    /// What a record here says for the absolute path `original`, or `None` where it cannot say it.
    #[must_use]
    pub fn recorded_path(&self, original: &Path) -> Option<PathBuf> {
        match &self.base {
            Base::Absolute => Some(original.to_owned()),
            Base::Relative(base) => original.strip_prefix(base).ok().map(Path::to_owned),
        }
    }

    /// One of rrm's own directories in here, made if it is missing.
    fn own_dir(&self, name: Name<'static>) -> io::Result<Dir> {
        match self.dir.open_dir(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.dir.create_private_dir(name),
            result => result,
        }
    }

    /// Makes sure that the home trash knows of the trash directory at `path`, so that it is found again.
    ///
    /// Its mount may go while the directory stays, as a bind mount does. So `place` tells where it is in its file system,
    /// which is kept beside; if only that is left by a crash, nobody asks for it.
    ///
    /// Two commands at once may each make a link; the same trash is then known twice, and used once.
    pub fn register(&self, path: &Path, place: impl FnOnce() -> Option<PathBuf>) -> io::Result<()> {
        if self.registered()?.iter().any(|known| known == path) {
            return Ok(());
        }
        let name = format!("{:016x}", u64::from_be_bytes(self.random()?));
        let link = |name: &OsStr, to: &Path| {
            self.making_room(|| self.own_dir(layout::VOLUMES)?.create_symlink(Name::new(name)?, to))
        };
        if let Some(place) = place() {
            link(&layout::place_of_volume(name.as_ref()), &place)?;
        }
        link(name.as_ref(), path)
    }

    /// Where the registered trash directory at `path` is in its file system, if that is known.
    pub fn registered_place(&self, path: &Path) -> io::Result<Option<PathBuf>> {
        let known = self.registrations()?.into_iter().find(|(_, target)| target.as_deref() == Some(path));
        let (Some((name, _)), Some(volumes)) = (known, self.own_dir_if_there(layout::VOLUMES)?) else {
            return Ok(None);
        };
        let place = layout::place_of_volume(&name);
        sys::if_there(volumes.read_link(Name::new(&place)?))
    }

    /// The other trash directories that the home trash knows of.
    pub fn registered(&self) -> io::Result<Vec<PathBuf>> {
        let targets = self.registrations()?.into_iter().filter_map(|(_, target)| target);
        let mut paths: Vec<_> = targets.filter(|path| path.is_absolute()).collect();
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    /// Each name among the registrations and where it leads, if it is a link; in the order of the names.
    pub fn registrations(&self) -> io::Result<Vec<(OsString, Option<PathBuf>)>> {
        let Some(volumes) = self.own_dir_if_there(layout::VOLUMES)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        volumes.for_each_entry(|entry| {
            if layout::is_place_of_volume(&entry.name) {
                return Ok(());
            }
            let target = Name::new(&entry.name).ok().and_then(|name| volumes.read_link(name).ok());
            found.push((entry.name, target));
            Ok(())
        })?;
        found.sort();
        Ok(found)
    }

    /// Takes back the registration `name`, if it still leads to `target`.
    pub fn unregister(&self, name: &OsStr, target: &Path) -> io::Result<()> {
        let volumes = self.own_dir(layout::VOLUMES)?;
        let name = Name::new(name)?;
        match volumes.read_link(name)? == target {
            true => {
                volumes.remove_file(name)?;
                let place = layout::place_of_volume(name.as_os_str());
                sys::if_there(volumes.remove_file(Name::new(&place)?)).map(drop)
            }
            false => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// One of rrm's own directories in here, or `None` where it was never made.
    fn own_dir_if_there(&self, name: Name<'static>) -> io::Result<Option<Dir>> {
        sys::if_there(self.dir.open_dir(name))
    }

    fn keeps(&self) -> Keeps {
        *self.keeps.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn learn(&self, keeps: Keeps) {
        *self.keeps.lock().unwrap_or_else(PoisonError::into_inner) = keeps;
    }

    /// A new name for what has this record, once it is known where that is and what becomes of the mode.
    fn new_id(&self, record: &Record, shape: Shape, lent: Lent) -> io::Result<ItemId> {
        let arrival = if record.imported_as.is_some() { Arrival::Import } else { Arrival::Removal };
        Ok(ItemId::new(self.random()?, Told { removed: record.trashed, shape, lent, arrival }))
    }

    fn random(&self) -> io::Result<[u8; RANDOM]> {
        // A thread that panicked while it held the lock left whole random bytes or none.
        self.random.lock().unwrap_or_else(PoisonError::into_inner).next()
    }
}

/// Whether a directory may hold a trash directory: it is ours, or root's, or sticky as `/tmp` is.
///
/// # Security
/// The owner of any other could put another directory in its place. Where a group may write to a directory of root, as to
/// `/srv` often, its members can move our trash away, like all else there, but none of them can put one there that
/// passes for ours: what is opened has to belong to us and be closed to others. And root with the home of the user who
/// called it, as `sudo` may leave it, would make a trash there that its owner could no longer use.
#[must_use]
pub fn may_hold(holder: &sys::Metadata) -> bool {
    const ROOT: u32 = 0;
    holder.uid == sys::effective_uid() || holder.uid == ROOT || holder.mode & sys::STICKY != 0
}

/// Makes sure that what holds a new trash directory may.
fn check_holder(path: &Path, above: &Path) -> Result<()> {
    let nearest = above.ancestors().find_map(|holder| sys::metadata_following(holder).ok());
    match nearest {
        Some(holder) if !may_hold(&holder) => {
            Err(unsafe_trash(path, format!("its parent directory belongs to user {}", holder.uid)))
        }
        _ => Ok(()),
    }
}

fn unsafe_trash(path: &Path, reason: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::UnsafeTrash, "use the trash directory", path, reason)
}

/// Random bytes for names, those of several from each call to the kernel.
#[derive(Default)]
struct Random {
    ready: Vec<[u8; RANDOM]>,
}

impl Random {
    /// getrandom(2) returns up to 256 bytes at once without being interrupted.
    const AT_ONCE: usize = 256 / RANDOM;

    fn next(&mut self) -> io::Result<[u8; RANDOM]> {
        if self.ready.is_empty() {
            let mut bytes = [0; Self::AT_ONCE * RANDOM];
            sys::random_bytes(&mut bytes)?;
            self.ready.extend(bytes.as_chunks::<RANDOM>().0);
        }
        self.ready.pop().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
