//! What is never removed: the root, the home directory, mount points and what holds them, trash directories, and the
//! links that lead to the home trash.
//!
//! Directories are told by device and inode, so that no spelling, link or bind mount leads around it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::error::{Error, ErrorKind, Result, words_of};
use crate::manager::parents::Parent;
use crate::ops::remove::operand::{Located, REMOVE, refused};
use crate::store::layout;
use crate::sys::entries::walk::{Ascent, Step, Walk};
use crate::sys::{self, Dir, FileId, FileKind, MountRoot, MountsBelow, Name};
use crate::text::quoted;
use crate::volume::Volumes;

/// Knows what is never removed; looks at the disk only once a directory is asked about.
pub(crate) struct Protection<'a> {
    home: Option<&'a Path>,
    volumes: &'a Volumes,
    guarded: OnceLock<HashMap<FileId, ErrorKind>>,
    mounts: OnceLock<MountsBelow>,
    /// Where the home trash really is, if there is one.
    home_trash: OnceLock<Option<PathBuf>>,
    /// The directory that was asked about last, and whether it is in a trash.
    last: RefCell<Option<(Arc<Parent>, bool)>>,
    trash_name: std::ffi::OsString,
}

impl<'a> Protection<'a> {
    /// Protects the home directory `home`, if there is one, and the trash directories of `volumes`.
    pub(crate) fn new(home: Option<&'a Path>, volumes: &'a Volumes) -> Self {
        let trash_name = layout::volume_trash(sys::effective_uid());
        Self {
            home,
            volumes,
            guarded: OnceLock::new(),
            mounts: OnceLock::new(),
            home_trash: OnceLock::new(),
            last: RefCell::default(),
            trash_name,
        }
    }

    /// Fails with the reason if this must not be removed, whatever is mounted below it. Gives the trash directories that go
    /// along, of which nothing is needed any more.
    pub(crate) fn check(&self, operand: &OsStr, located: &Located) -> Result<Vec<PathBuf>> {
        if self.is_in_trash(&located.parent) || located.name == self.trash_name {
            return Err(refused(ErrorKind::TrashDirectory, operand));
        }
        if located.metadata.mount_root == MountRoot::Yes {
            return Err(refused(ErrorKind::MountPoint, operand));
        }
        if matches!(located.metadata.kind, FileKind::Directory | FileKind::Symlink) {
            self.check_guarded(operand, located.metadata.id)?;
        }
        if !located.metadata.is_dir() {
            return Ok(Vec::new());
        }
        let mut below = self.registered_below(&located.parent.path.join(&located.name));
        let directly = self.trash_in(located).filter(|path| !below.contains(path));
        below.extend(directly);
        below.retain(|path| sys::metadata_at(path).is_ok());
        below.iter().try_for_each(|trash| self.check_empty(operand, trash))?;
        Ok(below)
    }

    /// A trash directory with nothing in it is no obstacle: containers and tests leave them.
    fn check_empty(&self, operand: &OsStr, path: &Path) -> Result<()> {
        match self.volumes.open_at(path).and_then(|trash| trash.map_or(Ok(0), |trash| trash.count())) {
            Ok(0) => Ok(()),
            Ok(found) => {
                let items = if found == 1 { "1 item" } else { &format!("{found} items") };
                let reason = format!("it holds the trash directory {}, with {items}", quoted(path));
                Err(Error::new(ErrorKind::TrashDirectory, REMOVE, operand, reason))
            }
            Err(_) => Err(refused(ErrorKind::TrashDirectory, operand)),
        }
    }

    /// Fails with the reason if this is one of the directories, and links to them, that are never removed, whatever is
    /// below it.
    pub(crate) fn check_guarded(&self, operand: &OsStr, thing: FileId) -> Result<()> {
        let guarded = self.guarded.get_or_init(|| self.guard());
        guarded.get(&thing).map_or(Ok(()), |kind| Err(refused(*kind, operand)))
    }

    /// Fails with the mount if this is a directory with one below it: a rename would carry it along, and deleting the
    /// tree later would empty the live file system.
    pub(crate) fn check_mounts(&self, operand: &OsStr, located: &Located) -> Result<()> {
        if !located.metadata.is_dir() {
            return Ok(());
        }
        let mounts = if let Some(mounts) = self.mounts.get() {
            mounts
        } else {
            match MountsBelow::read(self.volumes.root()) {
                Ok(read) => self.mounts.get_or_init(|| read),
                Err(_) => return check_by_looking(operand, located),
            }
        };
        mounts.below(located.metadata.id).map_or(Ok(()), |point| Err(holds_mount(operand, point)))
    }

    /// A trash directory on a volume may be anywhere its user could make one.
    fn registered_below(&self, path: &Path) -> Vec<PathBuf> {
        let Ok(Some(home)) = self.volumes.home_if_there() else { return Vec::new() };
        let mut known = home.registered().unwrap_or_default();
        known.retain(|known| known.starts_with(path));
        known
    }

    /// A trash that was made through another mount is not registered by this path: what a bind mount shows as its root,
    /// for one. It is looked for where a mount has it, directly in the directory, and nowhere further down.
    fn trash_in(&self, located: &Located) -> Option<PathBuf> {
        let (name, trash) = (Name::new(&located.name).ok()?, Name::new(&self.trash_name).ok()?);
        let found = located.parent.dir.metadata_through(name, trash).ok()?;
        let is_ours = found.is_dir() && found.uid == sys::effective_uid();
        is_ours.then(|| located.parent.path.join(&located.name).join(&self.trash_name))
    }

    /// Whether the directory is a trash or in one; the answer for the last one is kept, since operands come in runs.
    fn is_in_trash(&self, parent: &Arc<Parent>) -> bool {
        let mut last = self.last.borrow_mut();
        match last.as_ref().filter(|(known, _)| Arc::ptr_eq(known, parent)) {
            Some((_, answer)) => *answer,
            None => last.insert((parent.clone(), self.is_below_a_trash(&parent.path))).1,
        }
    }

    fn is_below_a_trash(&self, parent: &Path) -> bool {
        let home = self.home_trash.get_or_init(|| {
            let home = self.volumes.home_if_there().ok().flatten()?;
            home.dir().path().ok()
        });
        home.as_ref().is_some_and(|home| parent.starts_with(home)) || parent.iter().any(|name| name == self.trash_name)
    }

    fn guard(&self) -> HashMap<FileId, ErrorKind> {
        let mut guarded = HashMap::new();
        // The strongest reason comes last and stays.
        if let Some(trash) = self.volumes.home_path() {
            guard_with_ancestors(&mut guarded, trash, ErrorKind::TrashDirectory);
            guard_the_way(&mut guarded, trash, ErrorKind::TrashDirectory);
        }
        if let Some(home) = self.home {
            guard_with_ancestors(&mut guarded, home, ErrorKind::HomeDirectory);
        }
        if let Ok(root) = sys::metadata_at(Path::new("/")) {
            guarded.insert(root.id, ErrorKind::RootDirectory);
        }
        guarded
    }
}

/// Guards `path` and every directory above it, as written and as it really is.
fn guard_with_ancestors(guarded: &mut HashMap<FileId, ErrorKind>, path: &Path, kind: ErrorKind) {
    let real = std::fs::canonicalize(path);
    for path in path.ancestors().chain(real.iter().flat_map(|real| real.ancestors())) {
        if let Ok(metadata) = sys::metadata_following(path) {
            guarded.insert(metadata.id, kind);
        }
    }
}

/// Guards all that `path` leads by, the links too: without one of them, what is there is not found by that name.
fn guard_the_way(guarded: &mut HashMap<FileId, ErrorKind>, path: &Path, kind: ErrorKind) {
    for step in path.ancestors() {
        let Ok(metadata) = sys::metadata_at(step) else { continue };
        let is_new = guarded.insert(metadata.id, kind) != Some(kind);
        if let (true, Ok(target)) = (is_new && metadata.kind == FileKind::Symlink, std::fs::read_link(step)) {
            guard_the_way(guarded, &step.parent().unwrap_or(Path::new("/")).join(target), kind);
        }
    }
}

fn holds_mount(operand: &OsStr, point: &Path) -> Error {
    let reason = format!("a file system is mounted below it, at {}; unmount it first", quoted(point));
    Error::new(ErrorKind::HoldsMount, REMOVE, operand, reason)
}

/// Looks for a mount in the tree itself, where no table tells of them.
fn check_by_looking(operand: &OsStr, located: &Located) -> Result<()> {
    let failed = |error: io::Error| {
        let (table, why) = (sys::MOUNT_TABLE, words_of(&error));
        let reason = format!("cannot read {table} to tell whether a file system is mounted below it: {why}");
        Error { source: Some(error), ..Error::new(ErrorKind::System, REMOVE, operand, reason) }
    };
    let top = located.open().and_then(|top| Dir::of(&top.readable()?)).map_err(failed)?;
    let mut walk = Walk::new(top, Name::fixed("top"));
    loop {
        match walk.step().map_err(failed)? {
            Step::Finished if walk.leave().map_err(failed)? == Ascent::Over => return Ok(()),
            Step::Finished => {}
            Step::Found(entry) => {
                let name = Name::new(&entry.name).map_err(|error| failed(error.into()))?;
                let found = walk.here().metadata_of(name).map_err(failed)?;
                if found.mount_root == MountRoot::Yes {
                    let below = walk.path(Some(&entry.name)).iter().skip(1).collect::<PathBuf>();
                    return Err(holds_mount(operand, &Path::new(operand).join(below)));
                }
                if found.is_dir() {
                    let child = walk.here().open_dir_on_this_mount(name).map_err(failed)?;
                    walk.enter(child, entry.name).map_err(failed)?;
                }
            }
        }
    }
}
