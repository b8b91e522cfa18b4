//! Directories that nobody but us may use, as far as their file system can say so.

use std::io;

use rustix::fs::Mode;

use super::dir::Dir;
use super::door::through;
use super::metadata::Metadata;
use super::name::Name;

const OTHERS: u32 = 0o077;
const OWNER_MAY_SEARCH: u32 = 0o100;

impl Dir {
    /// Makes the directory `name` with mode 0700, whatever the umask, and opens it.
    ///
    /// A umask only takes bits away, so the directory is never open to others for an instant; what a strange umask took
    /// from the owner is given back. Where that fails, or the opening, it is removed again.
    pub fn create_private_dir(&self, name: Name<'_>) -> io::Result<Self> {
        through("mkdirat", || rustix::fs::mkdirat(self, name.as_os_str(), Mode::RWXU))?;
        self.open_made(name).inspect_err(|_| drop(self.remove_dir(name)))
    }

    fn open_made(&self, name: Name<'_>) -> io::Result<Self> {
        let made = self.open_dir(name)?;
        let given = made.metadata()?.mode;
        if given & 0o777 != 0o700 {
            made.set_mode(given & !0o777 | 0o700)?;
        }
        Ok(made)
    }

    /// Whether this directory, which is as `is` tells and ours, is closed to others or cannot be.
    ///
    /// vfat, exfat and others without modes show one for all, by the options of their mount, and say of a chmod(2) that
    /// it is done. What is put into a directory there was as open before.
    #[must_use]
    pub fn is_closed_to_others(&self, is: &Metadata) -> bool {
        is.mode & OTHERS == 0 || self.keeps_modes(is).is_ok_and(|keeps| !keeps)
    }

    /// Whether a mode that is set shows afterwards. What is tried takes nothing from others: were we killed before it is
    /// undone, the directory is as open to them as it was.
    fn keeps_modes(&self, is: &Metadata) -> io::Result<bool> {
        self.set_mode(is.mode ^ OWNER_MAY_SEARCH)?;
        let keeps = self.metadata()?.mode != is.mode;
        if keeps {
            self.set_mode(is.mode)?;
        }
        Ok(keeps)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Only where modes are kept; that a file system without them is found out is shown on one.
    #[test]
    fn a_directory_that_could_be_closed_and_is_open_is_told_and_stays_so() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        for (mode, closed) in [(0o700, true), (0o500, true), (0o750, false), (0o777, false), (0o1777, false)] {
            std::fs::set_permissions(root.path(), PermissionsExt::from_mode(mode)).expect("it is ours");
            let is = dir.metadata().expect("looked at");
            assert_eq!(dir.is_closed_to_others(&is), closed, "{mode:o}");
            assert_eq!(dir.metadata().expect("looked at").mode, mode);
        }
    }
}
