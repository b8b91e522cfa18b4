//! A directory held open, and what can be done to the names in it.
//!
//! No call here follows a symbolic link at the name it is given; the one that does says so in its own name.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, ResolveFlags, StatxAttributes, StatxFlags};
use rustix::io::Errno;

use super::content::flush_file;
use super::door::through;
use super::metadata::{FileId, FileKind, Metadata};
use super::name::Name;

/// What a handle is opened with, whatever else it is for: not inherited, not followed, never blocking on a FIFO and
/// never becoming a controlling terminal.
pub(super) const GUARDED: OFlags =
    OFlags::CLOEXEC.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// A handle that only marks a place (`O_PATH`): it needs no permission on the directory itself, so a directory that
/// may be searched but not read still serves.
const PLACE: OFlags = OFlags::CLOEXEC.union(OFlags::PATH).union(OFlags::DIRECTORY);

/// A directory held open as a place for names.
#[derive(Debug)]
pub struct Dir {
    handle: File,
}

impl AsFd for Dir {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

impl Dir {
    /// Opens the directory at `path`; a symbolic link as its last component is an error (`ENOTDIR`).
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::open_from(CWD, path.as_os_str(), PLACE | OFlags::NOFOLLOW)
    }

    /// Opens the directory at `path`, following every link on the way and at its end.
    pub fn open_following(path: &Path) -> io::Result<Self> {
        Self::open_from(CWD, path.as_os_str(), PLACE)
    }

    /// Another handle for a directory that is open as a file.
    pub fn of(directory: &File) -> io::Result<Self> {
        Ok(Self { handle: directory.try_clone()? })
    }

    /// Opens the directory `name` of this one.
    pub fn open_dir(&self, name: Name<'_>) -> io::Result<Self> {
        Self::open_from(self, name.as_os_str(), PLACE | OFlags::NOFOLLOW)
    }

    /// Opens the directory that holds this one; the root's is itself.
    pub fn open_parent(&self) -> io::Result<Self> {
        Self::open_from(self, OsStr::new(".."), PLACE)
    }

    pub(super) fn open_from(base: impl AsFd, path: &OsStr, flags: OFlags) -> io::Result<Self> {
        let handle = rustix::fs::openat(base, path, flags, Mode::empty())?;
        Ok(Self { handle: handle.into() })
    }

    /// Opens the directory `name` for reading, unless another mount begins there (`EXDEV`). Anything that is no
    /// directory, a symbolic link included, is `ENOTDIR`.
    ///
    /// `RESOLVE_NO_XDEV` lets the kernel refuse in the same call that opens: no mount can slip in between a check and
    /// the opening. Kernels before 5.6 and some sandboxes have no `openat2`; there the mount is told by its device
    /// number, which a bind mount of the same file system escapes.
    pub fn open_dir_on_this_mount(&self, name: Name<'_>) -> io::Result<Self> {
        let flags = GUARDED | OFlags::RDONLY | OFlags::DIRECTORY;
        self.open_on_this_mount(name.as_os_str(), flags, ResolveFlags::BENEATH)
    }

    /// As [`Self::open_dir_on_this_mount`], but the handle only marks the place, so that it needs no permission on the
    /// directory itself.
    pub fn open_place_on_this_mount(&self, name: Name<'_>) -> io::Result<Self> {
        self.open_on_this_mount(name.as_os_str(), PLACE | OFlags::NOFOLLOW, ResolveFlags::BENEATH)
    }

    /// Opens the directory that holds this one for reading, unless that lies on another mount (`EXDEV`).
    ///
    /// A concurrent rename decides which directory that is: the caller compares its identity before it acts in it.
    pub fn open_parent_on_this_mount(&self) -> io::Result<Self> {
        let flags = GUARDED | OFlags::RDONLY | OFlags::DIRECTORY;
        self.open_on_this_mount(OsStr::new(".."), flags, ResolveFlags::empty())
    }

    fn open_on_this_mount(&self, name: &OsStr, flags: OFlags, more: ResolveFlags) -> io::Result<Self> {
        let resolve = ResolveFlags::NO_XDEV | ResolveFlags::NO_SYMLINKS | more;
        match rustix::fs::openat2(self, name, flags, Mode::empty(), resolve) {
            Ok(handle) => Ok(Self { handle: handle.into() }),
            // The kernel says it so when the link itself is what stops the call.
            Err(Errno::LOOP) => Err(Errno::NOTDIR.into()),
            Err(Errno::NOSYS | Errno::PERM) => self.open_on_this_device(name, flags),
            Err(error) => Err(error.into()),
        }
    }

    fn open_on_this_device(&self, name: &OsStr, flags: OFlags) -> io::Result<Self> {
        let other = Self::open_from(self, name, flags)?;
        if other.metadata()?.id.device == self.metadata()?.id.device { Ok(other) } else { Err(Errno::XDEV.into()) }
    }

    /// Another handle for the same directory.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(Self { handle: self.handle.try_clone()? })
    }

    /// This directory's metadata.
    pub fn metadata(&self) -> io::Result<Metadata> {
        statx(self, OsStr::new(""), AtFlags::EMPTY_PATH)
    }

    /// The metadata of `name`, not following it.
    pub fn metadata_of(&self, name: Name<'_>) -> io::Result<Metadata> {
        statx(self, name.as_os_str(), AtFlags::empty())
    }

    /// The metadata of `inner` in the directory `name`, not following `inner`. In one call, so `name` is followed if
    /// somebody has put a link in its place: for a look that nothing is done by.
    pub fn metadata_through(&self, name: Name<'_>, inner: Name<'_>) -> io::Result<Metadata> {
        statx(self, Path::new(name.as_os_str()).join(inner.as_os_str()).as_os_str(), AtFlags::empty())
    }

    /// This directory opened for reading, so that it can be listed, locked, flushed, or carry attributes.
    pub fn readable(&self) -> io::Result<File> {
        let flags = GUARDED | OFlags::RDONLY | OFlags::DIRECTORY;
        Ok(rustix::fs::openat(self, ".", flags, Mode::empty())?.into())
    }

    /// Opens the regular file or directory `name` for reading.
    ///
    /// The caller has seen that it is one of the two; if it became a FIFO or a device since, the call returns all the
    /// same, without waiting.
    pub fn open_file(&self, name: Name<'_>) -> io::Result<File> {
        Ok(rustix::fs::openat(self, name.as_os_str(), GUARDED | OFlags::RDONLY, Mode::empty())?.into())
    }

    /// As [`Self::open_file`], but reading through this handle leaves the access time alone, where the kernel lets us (it
    /// does for our own files; open(2), `O_NOATIME`).
    pub fn open_file_keeping_access_time(&self, name: Name<'_>) -> io::Result<File> {
        let flags = GUARDED | OFlags::RDONLY | OFlags::NOATIME;
        match rustix::fs::openat(self, name.as_os_str(), flags, Mode::empty()) {
            Ok(handle) => Ok(handle.into()),
            Err(Errno::PERM) => self.open_file(name),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the file `name`, for its owner alone (0600), and opens it for writing; it must not exist.
    pub fn create_file(&self, name: Name<'_>) -> io::Result<File> {
        let flags = GUARDED | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        Ok(through("openat", || rustix::fs::openat(self, name.as_os_str(), flags, Mode::RUSR | Mode::WUSR))?.into())
    }

    /// Opens the regular file `name` for writing at its end.
    pub fn open_file_to_append(&self, name: Name<'_>) -> io::Result<File> {
        let flags = GUARDED | OFlags::WRONLY | OFlags::APPEND;
        Ok(rustix::fs::openat(self, name.as_os_str(), flags, Mode::empty())?.into())
    }

    /// Makes the symbolic link `name` that points to `target`.
    pub fn create_symlink(&self, name: Name<'_>, target: &Path) -> io::Result<()> {
        Ok(through("symlinkat", || rustix::fs::symlinkat(target, self, name.as_os_str()))?)
    }

    /// Where the symbolic link `name` points.
    pub fn read_link(&self, name: Name<'_>) -> io::Result<PathBuf> {
        let target = rustix::fs::readlinkat(self, name.as_os_str(), Vec::new())?;
        Ok(OsString::from_vec(target.into_bytes()).into())
    }

    /// Removes `name`, which is no directory.
    pub fn remove_file(&self, name: Name<'_>) -> io::Result<()> {
        Ok(through("unlinkat", || rustix::fs::unlinkat(self, name.as_os_str(), AtFlags::empty()))?)
    }

    /// Removes the empty directory `name`.
    pub fn remove_dir(&self, name: Name<'_>) -> io::Result<()> {
        Ok(through("unlinkat", || rustix::fs::unlinkat(self, name.as_os_str(), AtFlags::REMOVEDIR))?)
    }

    /// Sets the permission bits of this directory.
    ///
    /// `fchmod` does not take a handle of the `O_PATH` kind (`EBADF`); its name under `/proc/self/fd` does, and always
    /// means this very inode (proc(5)).
    pub fn set_mode(&self, mode: u32) -> io::Result<()> {
        let own_name = format!("/proc/self/fd/{}", self.handle.as_raw_fd());
        let bits = Mode::from_raw_mode(mode);
        match through("fchmodat", || rustix::fs::chmodat(CWD, own_name, bits, AtFlags::empty())) {
            // There is no /proc; what can be read can do without.
            Err(Errno::NOENT) => set_mode_of_file(&self.readable()?, mode),
            set => Ok(set?),
        }
    }

    /// Where this directory is now, as an absolute path without links, told by the kernel (proc(5)).
    pub fn path(&self) -> io::Result<PathBuf> {
        let own_name = format!("/proc/self/fd/{}", self.handle.as_raw_fd());
        match rustix::fs::readlinkat(CWD, own_name, Vec::new()) {
            Ok(path) => Ok(OsString::from_vec(path.into_bytes()).into()),
            Err(Errno::NOENT) => self.path_without_proc(),
            Err(error) => Err(error.into()),
        }
    }

    /// The same where there is no /proc: the name of each directory in the one above it, up to the root.
    fn path_without_proc(&self) -> io::Result<PathBuf> {
        let (mut names, mut here) = (Vec::new(), self.try_clone()?);
        loop {
            let (above, is) = (here.open_parent()?, here.metadata()?);
            let above_is = above.metadata()?;
            if (above_is.id, above_is.mount) == (is.id, is.mount) {
                return Ok(names.iter().rev().fold(PathBuf::from("/"), |path, name: &OsString| path.join(name)));
            }
            names.push(above.name_of(is.id)?);
            here = above;
        }
    }

    /// What the directory with this identity is called in here.
    fn name_of(&self, directory: FileId) -> io::Result<OsString> {
        let mut found = None;
        self.for_each_entry(|entry| {
            let may_be = found.is_none() && entry.kind.is_none_or(|kind| kind == FileKind::Directory);
            if may_be && self.metadata_of(Name::new(&entry.name)?).is_ok_and(|is| is.id == directory) {
                found = Some(entry.name);
            }
            Ok(())
        })?;
        found.ok_or_else(|| io::Error::other("without /proc it cannot be told where its directory is"))
    }

    /// The size and the free space of the file system that the directory is on (statvfs(3)); `None` where it does not
    /// count: ramfs and some servers say that they are zero blocks large.
    pub fn space(&self) -> io::Result<Option<Space>> {
        let told = rustix::fs::fstatvfs(self)?;
        let bytes = |blocks: u64| blocks.saturating_mul(told.f_frsize);
        Ok((told.f_blocks > 0).then(|| Space { size: bytes(told.f_blocks), available: bytes(told.f_bavail) }))
    }

    /// Whether we may make and remove names here.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.check_writable().is_ok()
    }

    /// Fails with the kernel's reason if we may not make and remove names here: `EACCES`, or `EROFS` of a whole mount.
    pub fn check_writable(&self) -> io::Result<()> {
        let wanted = rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK;
        Ok(rustix::fs::accessat(self, ".", wanted, AtFlags::EACCESS)?)
    }
}

/// Makes the directory at `path` and what is missing above it, each for its owner alone (0700). Links on the way are
/// followed.
pub fn create_private_dirs(path: &Path) -> io::Result<()> {
    let is_there = || path.as_os_str().is_empty() || metadata_following(path).is_ok_and(|metadata| metadata.is_dir());
    if is_there() {
        return Ok(());
    }
    path.parent().map_or(Ok(()), create_private_dirs)?;
    match through("mkdirat", || rustix::fs::mkdirat(CWD, path, Mode::RWXU)) {
        // Somebody else was faster.
        Err(Errno::EXIST) if is_there() => Ok(()),
        made => Ok(made?),
    }
}

/// How large a file system is, and how much of it is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Space {
    /// Its size in bytes.
    pub size: u64,
    /// How many bytes an ordinary user may still write.
    pub available: u64,
}

/// Whether `path` exists in any form, a dangling link included.
pub fn metadata_at(path: &Path) -> io::Result<Metadata> {
    statx(CWD, path.as_os_str(), AtFlags::empty())
}

/// Whether `path`, not followed, may not be changed, or only be added to, by anybody (`chattr +i`, `chattr +a`).
#[must_use]
pub fn is_fixed(path: &Path) -> bool {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    let fixed = StatxAttributes::IMMUTABLE | StatxAttributes::APPEND;
    rustix::fs::statx(CWD, path, flags, WANTED).is_ok_and(|told| told.stx_attributes.intersects(fixed))
}

/// The metadata of what `path` leads to, every link followed.
pub fn metadata_following(path: &Path) -> io::Result<Metadata> {
    Ok(rustix::fs::statx(CWD, path, AtFlags::empty(), WANTED)?.into())
}

/// The metadata of an open file.
pub fn metadata_of_file(file: &File) -> io::Result<Metadata> {
    statx(file, OsStr::new(""), AtFlags::EMPTY_PATH)
}

const WANTED: StatxFlags = StatxFlags::BASIC_STATS.union(StatxFlags::MNT_ID);

fn statx(base: impl AsFd, name: &OsStr, flags: AtFlags) -> io::Result<Metadata> {
    let flags = flags | AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    Ok(rustix::fs::statx(base, name, flags, WANTED)?.into())
}

/// Sets the permission bits of an open file.
pub fn set_mode_of_file(file: &File, mode: u32) -> io::Result<()> {
    Ok(through("fchmod", || rustix::fs::fchmod(file, Mode::from_raw_mode(mode)))?)
}

/// Brings a directory's names to the disk (fsync(2)): what was renamed into it is there after a power cut.
pub fn flush(directory: &Dir) -> io::Result<()> {
    flush_file(&directory.readable()?)
}
