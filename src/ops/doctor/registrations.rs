//! Which registrations of other trash directories are dead.
//!
//! Most that lead nowhere are not: their medium is in a drawer, and without the registration a trash below the root of
//! its volume would not be found again. One is dead only where nothing can be lost from sight with it. That is so where
//! its volume is mounted and has no trash in the place: should another volume be meant, the one that was at the root of
//! a mount is found by looking there, registered or not. Where several machines share the home trash, the same place is
//! another volume on each, so that nothing is certain.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::finding::{Finding, Registration};
use crate::store::{TrashDir, layout};
use crate::sys;

/// Looks at the registrations in `home`; at the `vacant` places, a volume is mounted that has no trash.
pub(crate) fn check(home: &TrashDir, root: &Path, vacant: &[PathBuf], found: &mut Vec<Finding>) -> io::Result<()> {
    let is_shared = is_shared(home, root);
    let mut seen = HashSet::new();
    for (name, target) in home.registrations()? {
        let Some(target) = target else {
            let path = home.path().join(layout::VOLUMES.as_os_str()).join(name);
            found.push(Finding::Foreign { path, owner: None });
            continue;
        };
        let state = if target.is_relative() {
            Registration::Relative
        } else if !seen.insert(target.clone()) {
            Registration::Twice
        } else if vacant.contains(&target) && !is_shared {
            Registration::Gone
        } else {
            continue;
        };
        found.push(Finding::DeadRegistration { home: home.path().clone(), name, target, state });
    }
    Ok(())
}

/// Whether other machines may use the same home trash. Where that cannot be told, they may.
fn is_shared(home: &TrashDir, root: &Path) -> bool {
    let (Ok(path), Ok(mounts)) = (home.dir().path(), sys::mounts(root)) else { return true };
    sys::mount_of(&mounts, &path).is_none_or(|mount| is_served(&mount.kind))
}

/// File systems that a server or another machine provides.
fn is_served(kind: &str) -> bool {
    let names = ["nfs", "cifs", "smb", "ceph", "9p", "afs", "lustre", "gpfs", "gfs2", "ocfs2", "virtiofs", "fuse"];
    names.iter().any(|name| kind.starts_with(name))
}
