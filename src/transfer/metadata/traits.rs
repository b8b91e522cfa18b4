//! What an inode has beside its content, taken down to be given to another, or to the same once it was changed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;

use crate::sys::{Asked, AttributeMeaning, FileKind, Inode, Metadata, Timestamp, meaning_of_attribute};
use crate::transfer::error::Trouble;
use crate::transfer::metadata::attributes::{self, Given};
use crate::transfer::metadata::{mode_for, set_owner, tolerate_refusal};

/// Owner, permission bits, times and attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traits {
    /// The permission bits, all of them.
    pub mode: u32,
    /// The owner and the group.
    pub owner: (u32, u32),
    /// When it was last read.
    pub accessed: Timestamp,
    /// When its content was last changed.
    pub modified: Timestamp,
    /// Its attributes by their whole names, but for labels that the system gives.
    pub attributes: BTreeMap<OsString, Vec<u8>>,
}

impl Traits {
    /// Those of an inode that is as `is` tells. Attributes that cannot be read are none.
    #[must_use]
    pub fn of(inode: &Inode, is: &Metadata) -> Self {
        let values = attributes::values(inode, |_| false).unwrap_or_default();
        let attributes = values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        Self { attributes, ..Self::of_metadata(is) }
    }

    /// Those that this tells; no attributes.
    #[must_use]
    pub fn of_metadata(is: &Metadata) -> Self {
        Self {
            mode: is.mode,
            owner: (is.uid, is.gid),
            accessed: is.accessed,
            modified: is.modified,
            attributes: BTreeMap::new(),
        }
    }

    /// Gives all of it to an inode that we made; what may not be given is left out.
    ///
    /// The order is that of a copy: an owner takes set-id bits, and all else the times.
    pub fn give(&self, made: &Inode) -> io::Result<Given> {
        let is = made.metadata()?;
        let was = self.as_metadata(is);
        let owner = set_owner(&was, made, (is.uid, is.gid))?;
        let given = attributes::replace(made, &self.attributes).map_err(Trouble::into_source)?;
        if is.kind != FileKind::Symlink {
            tolerate_refusal(made.set_mode(mode_for(&was, owner)), Asked::Metadata)?;
        }
        self.set_times(made, is.kind)?;
        Ok(given)
    }

    /// Gives permission bits and attributes back to an inode that had them, and has others now.
    ///
    /// # Security
    /// Whoever owns it may have written to it since. So no set-id bit of a program and no capability is given back, and
    /// root gives nothing away and takes nothing: the owner stays.
    pub fn give_back(&self, inode: &Inode) -> io::Result<()> {
        let is = inode.metadata()?;
        let mut wanted = self.attributes.clone();
        wanted.retain(|name, _| meaning_of_attribute(name) != AttributeMeaning::Capabilities);
        attributes::replace(inode, &wanted).map_err(Trouble::into_source)?;
        let given = if is.is_dir() { 0 } else { SET_ID };
        let mode = self.mode & !given | is.mode & self.mode & given;
        if is.kind != FileKind::Symlink && mode != is.mode {
            tolerate_refusal(inode.set_mode(mode), Asked::Metadata)?;
        }
        Ok(())
    }

    /// Gives the times back.
    pub fn give_back_times(&self, inode: &Inode) -> io::Result<()> {
        self.set_times(inode, inode.metadata()?.kind)
    }

    fn set_times(&self, inode: &Inode, kind: FileKind) -> io::Result<()> {
        let asked = if kind == FileKind::Symlink { Asked::MetadataOfLink } else { Asked::Metadata };
        tolerate_refusal(inode.set_times(self.accessed, self.modified), asked)
    }

    fn as_metadata(&self, is: Metadata) -> Metadata {
        Metadata { mode: self.mode, uid: self.owner.0, gid: self.owner.1, ..is }
    }
}

const SET_ID: u32 = 0o6000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sys::door::faults::{self, Fault};
    use crate::sys::{Dir, Name};

    /// Many a server has no times of its own for a link, and says so by an error that would be one for a file.
    #[test]
    fn a_link_that_takes_no_times_goes_without() {
        const ENOENT: i32 = 2;
        let place = tempfile::tempdir().expect("a directory");
        let dir = Dir::open_following(place.path()).expect("it is there");
        std::os::unix::fs::symlink("nowhere", place.path().join("link")).expect("linked");
        std::fs::write(place.path().join("file"), "").expect("written");
        for (name, is_tolerated) in [("link", true), ("file", false)] {
            let inode = dir.mark(Name::new(name).expect("plain")).expect("it is there");
            let traits = Traits::of_metadata(&inode.metadata().expect("it is there"));
            let ran = faults::run(Some((0, Fault::Error(ENOENT))), || traits.give_back_times(&inode).is_ok());
            assert_eq!(ran.result, Some(is_tolerated), "{name}");
        }
    }
}
