//! How far up a rename reaches.

use std::io;
use std::path::Path;

use crate::sys::{self, Dir, Metadata, MountRoot};

/// `directory` and those above it, as far as a rename could reach: up to where another mount or subvolume begins, to
/// `root`, or to where we may not look any further.
pub(super) fn climb(directory: &Dir, root: &Path) -> io::Result<Vec<(Dir, Metadata)>> {
    let root = sys::metadata_at(root)?.id;
    let start = directory.metadata()?;
    let mut reached = vec![(directory.try_clone()?, start)];
    while let Some((below, is)) = reached.last().filter(|(_, metadata)| metadata.id != root) {
        let Ok(above) = below.open_parent() else { break };
        let Ok(found) = above.metadata() else { break };
        // Above the root of all directories is itself, and whoever looks below another one never meets that.
        if found.id == is.id || found.mount != start.mount || found.id.device != start.id.device {
            break;
        }
        reached.push((above, found));
    }
    Ok(reached)
}

/// The top of the volume that `directory` is on, if that is where a mount begins: there other programs look for their own.
pub fn mount_point_of(directory: &Dir, root: &Path) -> io::Result<Option<(Dir, Metadata)>> {
    let top = climb(directory, root)?.pop();
    Ok(top.filter(|(_, is)| is.mount_root != MountRoot::No))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing is above the root of all directories, whatever directory it is that the climb was to end at.
    #[test]
    fn a_climb_ends_at_the_top() {
        let elsewhere = tempfile::tempdir().expect("a temporary directory");
        let top = Dir::open(Path::new("/")).expect("opened");
        assert_eq!(climb(&top, elsewhere.path()).expect("climbed").len(), 1);
    }
}
