//! Directories that nobody but us may use, as far as their file system can say so.

use std::io;

use rustix::fs::Mode;

use crate::sys::dir::{Dir, set_mode_of_file};
use crate::sys::door::through;
use crate::sys::platform;
use crate::sys::values::metadata::{Metadata, STICKY, Timestamp};
use crate::sys::values::name::Name;

const OTHERS: u32 = 0o077;
const OWNER_MAY_SEARCH: u32 = 0o100;

/// How often it is tried whether a mode shows.
const TRIES: u32 = 3;

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

    /// Makes the directory `name` with mode 0700 and the mark that tells it from every directory of a person's: the sticky
    /// bit, which means nothing where nobody else gets in. To be opened it has to be named once more, and by then somebody
    /// may have put another in its place.
    pub fn create_marked_dir(&self, name: Name<'_>) -> io::Result<()> {
        Ok(through("mkdirat", || rustix::fs::mkdirat(self, name.as_os_str(), Mode::RWXU | Mode::SVTX))?)
    }

    /// Whether this directory, which is as `is` tells and ours, has that mark, or its file system gives none.
    #[must_use]
    pub fn has_our_mark(&self, is: &Metadata) -> bool {
        is.mode & (STICKY | OTHERS) == STICKY || (!self.gives_mark() && self.is_closed_to_others(is))
    }

    /// Whether what is made in here has the mark: vfat has no place for it, and bindfs leaves it out. Where nothing can be made
    /// it is taken to be so.
    fn gives_mark(&self) -> bool {
        const TRIAL: Name<'static> = Name::fixed("mark");
        let Ok(()) = self.create_marked_dir(TRIAL) else { return true };
        let is_given = self.metadata_of(TRIAL).map_or(true, |trial| trial.mode & STICKY != 0);
        self.remove_dir(TRIAL).is_err() || is_given
    }

    /// Gives the owner of this directory, which is as `is` tells, all rights that a strange umask took.
    pub fn give_owner_all(&self, is: &Metadata) -> io::Result<()> {
        if is.mode & 0o700 == 0o700 { Ok(()) } else { self.set_mode(is.mode | 0o700) }
    }

    /// This directory's metadata, and when it was made, where its file system tells.
    pub fn metadata_and_birth(&self) -> io::Result<(Metadata, Option<Timestamp>)> {
        platform::look_at_birth(self)
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
    ///
    /// Another command of ours may do the same at the same time, and undo this one's try before it is seen; hardly each
    /// time. And it may be what `is` tells that the other tries: so what is left is a directory that its owner may enter.
    fn keeps_modes(&self, is: &Metadata) -> io::Result<bool> {
        // Opened before: without /proc it cannot be, once its owner may not search it.
        let open = self.readable().ok();
        let set_mode = |mode| open.as_ref().map_or_else(|| self.set_mode(mode), |file| set_mode_of_file(file, mode));
        for _ in 0..TRIES {
            set_mode(is.mode ^ OWNER_MAY_SEARCH)?;
            if self.metadata()?.mode != is.mode {
                set_mode(is.mode | OWNER_MAY_SEARCH)?;
                return Ok(true);
            }
        }
        Ok(false)
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
