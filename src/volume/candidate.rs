//! The places where a trash directory may be, and what it means that there is none.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::USE;
use crate::attributes::ExtendedAttributes;
use crate::error::{Error, ErrorKind, Result};
use crate::store::{Base, TrashDir, layout};
use crate::sys::{self, MountRoot};

/// What is missing where a trash directory was looked for.
pub(super) enum Missed {
    /// None has to be there.
    Nothing,
    /// Its volume is there and has no trash; so nothing is lacking.
    Trash(PathBuf),
    /// Most likely the whole volume.
    Volume(PathBuf),
}

/// Where a trash directory may be.
pub(super) enum Candidate {
    /// The home trash says that there is one.
    Registered(PathBuf),
    /// At the root of this mount; there is seldom one.
    Mounted(PathBuf),
    /// In this directory, where nobody had to register it.
    Likely(PathBuf),
    /// One that is registered elsewhere may have come here.
    Moved(PathBuf),
}

impl Candidate {
    pub(super) fn path(&self) -> PathBuf {
        match self {
            Self::Registered(path) | Self::Moved(path) => path.clone(),
            Self::Mounted(top) | Self::Likely(top) => top.join(layout::volume_trash(sys::effective_uid())),
        }
    }

    /// What is missing where there is no trash directory.
    pub(super) fn missed(&self) -> Missed {
        match self {
            Self::Registered(path) if path.parent().is_some_and(is_mounted_at) => Missed::Trash(path.clone()),
            Self::Registered(path) => Missed::Volume(path.clone()),
            Self::Mounted(_) | Self::Likely(_) | Self::Moved(_) => Missed::Nothing,
        }
    }

    pub(super) fn open(&self, attributes: Arc<dyn ExtendedAttributes>) -> Result<Option<TrashDir>> {
        let path = self.path();
        let top = path.parent().unwrap_or(Path::new("/")).to_owned();
        match TrashDir::open(&path, Base::Relative(top.clone()), attributes) {
            Err(error) if matches!(self, Self::Registered(_)) => match &error.source {
                Some(source) if sys::is_abandoned(source) => Err(unplugged(&path, "the server of its volume is gone")),
                _ => Err(error),
            },
            Err(error) if error.kind == ErrorKind::UnsafeTrash && is_directory(&top) => Err(error),
            // The mount is nothing that we may look into.
            Err(_) => Ok(None),
            opened => opened,
        }
    }
}

/// A file can be a mount point too, as containers make of `/etc/hosts`; no trash directory is in one.
fn is_directory(top: &Path) -> bool {
    sys::metadata_at(top).is_ok_and(|metadata| metadata.is_dir())
}

fn is_mounted_at(top: &Path) -> bool {
    sys::metadata_at(top).is_ok_and(|metadata| metadata.mount_root == MountRoot::Yes)
}

pub(super) fn unplugged(path: &Path, reason: &'static str) -> Error {
    Error::new(ErrorKind::Unplugged, USE, path, reason)
}
