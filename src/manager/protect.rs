//! What is never removed: the root, the home directory, mount points and what holds them, trash directories, and the
//! links that lead to the home trash.
//!
//! Directories are told by device and inode, so that no spelling, link or bind mount leads around it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::operand::{Located, Parent, REMOVE, refused};
use crate::error::{Error, ErrorKind, Result};
use crate::store::layout;
use crate::sys::{self, FileId, FileKind, MountRoot, MountsBelow, Name};
use crate::text::quoted;
use crate::volume::Volumes;

/// Knows what is never removed; looks at the disk only once a directory is asked about.
pub(super) struct Protection<'a> {
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
    pub(super) fn new(home: Option<&'a Path>, volumes: &'a Volumes) -> Self {
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

    /// Fails with the reason if this must not be removed, whatever is mounted below it.
    pub(super) fn check(&self, operand: &OsStr, located: &Located) -> Result<()> {
        if self.is_in_trash(&located.parent) || located.name == self.trash_name {
            return Err(refused(ErrorKind::TrashDirectory, operand));
        }
        if located.metadata.mount_root == MountRoot::Yes {
            return Err(refused(ErrorKind::MountPoint, operand));
        }
        if matches!(located.metadata.kind, FileKind::Directory | FileKind::Symlink) {
            self.check_guarded(operand, located.metadata.id)?;
        }
        if located.metadata.is_dir() {
            self.check_registered(operand, &located.parent.path.join(&located.name))?;
            self.check_content(operand, located)?;
        }
        Ok(())
    }

    /// Fails with the reason if this is one of the directories, and links to them, that are never removed, whatever is
    /// below it.
    pub(super) fn check_guarded(&self, operand: &OsStr, thing: FileId) -> Result<()> {
        let guarded = self.guarded.get_or_init(|| self.guard());
        guarded.get(&thing).map_or(Ok(()), |kind| Err(refused(*kind, operand)))
    }

    /// Fails with the mount if this is a directory with one below it: a rename would carry it along, and deleting the
    /// tree later would empty the live file system.
    pub(super) fn check_mounts(&self, operand: &OsStr, located: &Located) -> Result<()> {
        if !located.metadata.is_dir() {
            return Ok(());
        }
        let mounts = if let Some(mounts) = self.mounts.get() {
            mounts
        } else {
            let read = MountsBelow::read(self.volumes.root());
            let read = read.map_err(|error| Error::system(REMOVE, sys::MOUNT_TABLE, error))?;
            self.mounts.get_or_init(|| read)
        };
        let Some(point) = mounts.below(located.metadata.id) else { return Ok(()) };
        let reason = format!("a file system is mounted below it, at {}; unmount it first", quoted(point));
        Err(Error::new(ErrorKind::HoldsMount, REMOVE, operand, reason))
    }

    /// A trash directory on a volume may be anywhere its user could make one.
    fn check_registered(&self, operand: &OsStr, path: &Path) -> Result<()> {
        let Ok(Some(home)) = self.volumes.home_if_there() else { return Ok(()) };
        let holds = |known: &Path| known.starts_with(path) && sys::metadata_at(known).is_ok();
        match home.registered() {
            Ok(known) if known.iter().any(|known| holds(known)) => Err(refused(ErrorKind::TrashDirectory, operand)),
            _ => Ok(()),
        }
    }

    /// A trash that was made through another mount is not registered by this path: what a bind mount shows as its root,
    /// for one. It is looked for where a mount has it, directly in the directory, and nowhere further down.
    fn check_content(&self, operand: &OsStr, located: &Located) -> Result<()> {
        let (Ok(name), Ok(trash)) = (Name::new(&located.name), Name::new(&self.trash_name)) else { return Ok(()) };
        match located.parent.dir.metadata_through(name, trash) {
            Ok(found) if found.is_dir() && found.uid == sys::effective_uid() => {
                Err(refused(ErrorKind::TrashDirectory, operand))
            }
            _ => Ok(()),
        }
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
        guard_with_ancestors(&mut guarded, self.volumes.home_path(), ErrorKind::TrashDirectory);
        guard_the_way(&mut guarded, self.volumes.home_path(), ErrorKind::TrashDirectory);
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
