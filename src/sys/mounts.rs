//! The mounts that this process sees.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use crate::sys::dir::metadata_at;
use crate::sys::platform;
use crate::sys::values::Mount;
use crate::sys::values::metadata::FileId;

/// What the table of mounts is called in a message.
pub const MOUNT_TABLE: &str = platform::MOUNT_TABLE;

impl Mount {
    /// Where in the file system `path` is, if it is on this mount.
    #[must_use]
    pub fn in_file_system(&self, path: &Path) -> Option<PathBuf> {
        path.strip_prefix(&self.point).ok().map(|below| joined(&self.shows, below))
    }

    /// Where this mount shows what is at `place` in its file system, if it does.
    #[must_use]
    pub fn where_it_shows(&self, place: &Path) -> Option<PathBuf> {
        place.strip_prefix(&self.shows).ok().map(|below| joined(&self.point, below))
    }
}

/// Without the slash at the end that an empty path would leave.
fn joined(top: &Path, below: &Path) -> PathBuf {
    if below.as_os_str().is_empty() { top.to_owned() } else { top.join(below) }
}

/// The mounts at `root` and below it, in the order of the kernel's table. What `root` is on begins there.
pub fn mounts(root: &Path) -> io::Result<Vec<Mount>> {
    Ok(within(root, platform::mount_table()?))
}

fn within(root: &Path, table: Vec<Mount>) -> Vec<Mount> {
    let holding = mount_of(&table, root).and_then(|mount| {
        Some(Mount { point: root.to_owned(), shows: mount.in_file_system(root)?, kind: mount.kind.clone() })
    });
    let holding = holding.filter(|_| table.iter().all(|mount| mount.point != root));
    holding.into_iter().chain(table.into_iter().filter(|mount| mount.point.starts_with(root))).collect()
}

/// The mount of `table` that `path` is on. Of several at one point the last hides the others.
#[must_use]
pub fn mount_of<'a>(table: &'a [Mount], path: &Path) -> Option<&'a Mount> {
    let holding = table.iter().filter(|mount| path.starts_with(&mount.point));
    holding.max_by_key(|mount| mount.point.components().count())
}

/// Finds mounts that begin below given directories, asking the disk no more than once about each directory on the way.
///
/// A rename of such a directory succeeds and carries the mount along, and deleting the tree afterwards would empty the
/// live file system; nothing in the kernel warns of it. Directories are told by identity, so that a bind mount or
/// another spelling of the same directory is found out too.
#[derive(Debug)]
pub struct MountsBelow {
    /// Each directory above a mount point, with one mount point below it.
    above: HashMap<FileId, PathBuf>,
}

impl MountsBelow {
    /// Reads the mount table and identifies every directory above a mount point at `root` or below it.
    pub fn read(root: &Path) -> io::Result<Self> {
        Ok(Self::of(&mounts(root)?))
    }

    fn of(table: &[Mount]) -> Self {
        let mut above = HashMap::new();
        let mut asked: HashSet<&Path> = HashSet::new();
        for mount in table {
            for ancestor in mount.point.ancestors().skip(1) {
                if !asked.insert(ancestor) {
                    break; // and so every directory above it
                }
                // A directory that we may not reach is no operand of ours either.
                if let Ok(metadata) = metadata_at(ancestor) {
                    above.entry(metadata.id).or_insert_with(|| mount.point.clone());
                }
            }
        }
        Self { above }
    }

    /// A mount point below the directory with this identity.
    #[must_use]
    pub fn below(&self, directory: FileId) -> Option<&Path> {
        self.above.get(&directory).map(PathBuf::as_path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mount(point: impl Into<PathBuf>, kind: &str) -> Mount {
        shown("/", point, kind)
    }

    fn shown(shows: &str, point: impl Into<PathBuf>, kind: &str) -> Mount {
        Mount { point: point.into(), shows: shows.into(), kind: kind.to_owned() }
    }

    #[test]
    fn below_a_directory_are_its_own_mounts_and_the_one_that_it_is_on() {
        let table = || vec![mount("/", "ext4"), mount("/a", "xfs"), mount("/a/b/c", "tmpfs"), mount("/ab", "nfs")];
        assert_eq!(within(Path::new("/"), table()), table());
        assert_eq!(within(Path::new("/a"), table()), [mount("/a", "xfs"), mount("/a/b/c", "tmpfs")]);
        assert_eq!(within(Path::new("/a/b"), table()), [shown("/b", "/a/b", "xfs"), mount("/a/b/c", "tmpfs")]);
        assert_eq!(within(Path::new("/x"), vec![mount("/a", "xfs")]), []);
    }

    #[test]
    fn what_is_on_one_mount_is_found_on_another_that_shows_it() {
        let bind = shown("/data/part", "/mnt", "ext4");
        let place = bind.in_file_system(Path::new("/mnt/d/.rrm-0")).expect("it is there");
        assert_eq!(place, Path::new("/data/part/d/.rrm-0"));
        assert_eq!(mount("/", "ext4").where_it_shows(&place), Some(place.clone()));
        assert_eq!(shown("/data", "/srv", "ext4").where_it_shows(&place), Some("/srv/part/d/.rrm-0".into()));
        assert_eq!(shown("/data/other", "/srv", "ext4").where_it_shows(&place), None);
        assert_eq!(bind.in_file_system(Path::new("/srv")), None);
    }

    #[test]
    fn every_directory_above_a_mount_has_it_below() {
        let top = tempfile::tempdir().expect("a directory");
        let [outer, inner, beside] = ["outer", "outer/inner/mount", "beside"].map(|name| top.path().join(name));
        for directory in [&inner, &beside] {
            std::fs::create_dir_all(directory).expect("a directory");
        }
        let mounts = MountsBelow::of(&[mount(&inner, "tmpfs"), mount("/nosuch/mount", "tmpfs")]);
        let below = |path: &Path| mounts.below(metadata_at(path).expect("it is there").id).map(Path::to_owned);
        assert_eq!(below(top.path()), Some(inner.clone()));
        assert_eq!(below(&outer), Some(inner.clone()));
        assert_eq!((below(&inner), below(&beside)), (None, None));
    }
}
