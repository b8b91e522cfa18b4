//! Registering a trash directory, and finding one that is not where it was registered: its volume is mounted elsewhere
//! now, or the bind mount is gone through which it was made.

use std::path::{Path, PathBuf};

use super::candidate::{Candidate, unplugged};
use super::{Answered, Discovery, Volumes};
use crate::error::{Result, cannot};
use crate::sys::{self, Metadata, Mount, MountRoot};

impl Volumes {
    /// Sees to it that the trash directory is found again. At the root of a mount it is found by looking there, and for
    /// whoever has no home that could remember it, from where they stand.
    pub(super) fn remember(&self, path: &Path, holder: &Metadata) -> Result<()> {
        let result = self.register(path).or_else(|error| match self.home() {
            Ok(home) if !home.dir().is_writable() => Ok(()),
            _ => Err(error),
        });
        match result {
            Err(_) if holder.mount_root == MountRoot::Yes || matches!(self.home_if_there(), Ok(None)) => Ok(()),
            result => result,
        }
    }

    /// Has the home trash remember the trash directory at `path`.
    pub fn register(&self, path: &Path) -> Result<()> {
        // What shows a whole file system shows the same place wherever it is mounted.
        let place = || {
            let mounts = sys::mounts(&self.root).ok()?;
            sys::mount_of(&mounts, path).filter(|mount| mount.shows != Path::new("/"))?.in_file_system(path)
        };
        self.home()?.register(path, place).map_err(cannot("register the trash directory", path))
    }

    /// Looks for registered trash directories that are not where they were: their volume may be mounted elsewhere. Then
    /// each is where another mount shows its place in the file system; where that is not known, at the same path below
    /// another mount point, and of the path that is known, only some end is the volume's own.
    pub(super) fn look_elsewhere(&self, answered: &Answered, mounts: &[Mount], found: &mut Discovery) {
        let home = self.home_if_there().ok().flatten();
        let shown = |path: &Path| -> Vec<PathBuf> {
            let place = home.as_ref().and_then(|home| home.registered_place(path).ok()?);
            let answering = mounts.iter().filter(|mount| answered.points.contains(&mount.point));
            answering.filter_map(|mount| mount.where_it_shows(place.as_deref()?)).collect()
        };
        for path in &answered.lost {
            let ends = tails(path).flat_map(|tail| answered.points.iter().map(move |point| point.join(&tail)));
            let places = shown(path).into_iter().chain(ends);
            if self.probe(places.map(Candidate::Moved).collect(), found).opened == 0 {
                found.problems.push(unplugged(path, "it does not exist; is its volume mounted?"));
            }
        }
        // What is mounted there now may have hidden it.
        let vacant = std::mem::take(&mut found.vacant);
        for path in vacant {
            if self.probe(shown(&path).into_iter().map(Candidate::Moved).collect(), found).opened == 0 {
                found.vacant.push(path);
            }
        }
    }
}

/// The ends of a path that may be a place on a volume below its root. At the root itself is looked in any case.
fn tails(path: &Path) -> impl Iterator<Item = PathBuf> {
    let names: Vec<_> = path.iter().skip(1).collect();
    (1..names.len().saturating_sub(1)).map(move |start| names[start..].iter().collect())
}
