//! A directory held open, and what can be done to the names in it.
//!
//! No call here follows a symbolic link at the name it is given; the one that does says so in its own name.

pub(super) mod file_system;
pub(super) mod inode;
pub(super) mod private;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;

use crate::sys::door::through;
use crate::sys::platform::{self, PLACE};
use crate::sys::values::metadata::{FileId, FileKind, Metadata, Timestamp, mode_of};
use crate::sys::values::name::Name;
use crate::sys::values::opening::{GUARDED, Within};

/// How the name begins of what is deleted and still open: with libfuse (its option `hard_remove`), and on NFS.
const HIDDEN: [&str; 2] = [".fuse_hidden", ".nfs"];

/// How many milliseconds a last close may take to come to a server.
const PATIENCE: u32 = 500;

/// A directory held open as a place for names.
#[derive(Debug)]
pub struct Dir {
    handle: File,
    reading: platform::Reading,
}

impl From<File> for Dir {
    fn from(handle: File) -> Self {
        Self { handle, reading: platform::Reading::default() }
    }
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
        Ok(directory.try_clone()?.into())
    }

    /// Opens the directory `name` of this one.
    pub fn open_dir(&self, name: Name<'_>) -> io::Result<Self> {
        Self::open_from(self, name.as_os_str(), PLACE | OFlags::NOFOLLOW)
    }

    /// Opens the directory that holds this one; the root's is itself.
    pub fn open_parent(&self) -> io::Result<Self> {
        Self::open_from(self, OsStr::new(".."), PLACE)
    }

    fn open_from(base: impl AsFd, path: &OsStr, flags: OFlags) -> io::Result<Self> {
        Ok(File::from(platform::open_dir(base, path, flags)?).into())
    }

    /// Opens the directory `name` for reading, unless another mount begins there (`EXDEV`). Anything that is no
    /// directory, a symbolic link included, is `ENOTDIR`.
    ///
    /// Where the kernel does not do both in one call, the mount is told by its device number once it is open, which a
    /// bind mount of the same file system escapes.
    pub fn open_dir_on_this_mount(&self, name: Name<'_>) -> io::Result<Self> {
        self.open_on_this_mount(name.as_os_str(), GUARDED | OFlags::RDONLY | OFlags::DIRECTORY, Within::Directory)
    }

    /// As [`Self::open_dir_on_this_mount`], but the handle only marks the place, so that it needs no permission on the
    /// directory itself where the platform has such handles.
    pub fn open_place_on_this_mount(&self, name: Name<'_>) -> io::Result<Self> {
        self.open_on_this_mount(name.as_os_str(), PLACE | OFlags::NOFOLLOW, Within::Directory)
    }

    /// Opens the directory that holds this one for reading, unless that lies on another mount (`EXDEV`).
    ///
    /// A concurrent rename decides which directory that is: the caller compares its identity before it acts in it.
    pub fn open_parent_on_this_mount(&self) -> io::Result<Self> {
        self.open_on_this_mount(OsStr::new(".."), GUARDED | OFlags::RDONLY | OFlags::DIRECTORY, Within::Mount)
    }

    fn open_on_this_mount(&self, name: &OsStr, flags: OFlags, within: Within) -> io::Result<Self> {
        Ok(File::from(platform::open_on_this_mount(self, name, flags, within)?).into())
    }

    /// Opens the directory that holds this one, for reading; the root's is itself.
    pub fn open_parent_for_reading(&self) -> io::Result<Self> {
        Self::open_from(self, OsStr::new(".."), GUARDED | OFlags::RDONLY | OFlags::DIRECTORY)
    }

    /// How far it was read.
    pub(in crate::sys) fn reading(&self) -> &platform::Reading {
        &self.reading
    }

    /// Another handle for the same directory.
    pub fn try_clone(&self) -> io::Result<Self> {
        Self::of(&self.handle)
    }

    /// This directory's metadata.
    pub fn metadata(&self) -> io::Result<Metadata> {
        platform::look(self)
    }

    /// The metadata of `name`, not following it.
    pub fn metadata_of(&self, name: Name<'_>) -> io::Result<Metadata> {
        platform::look_at(self, name.as_os_str())
    }

    /// The metadata of `name`, and when it was made, where the file system tells.
    pub fn metadata_and_birth_of(&self, name: Name<'_>) -> io::Result<(Metadata, Option<Timestamp>)> {
        platform::look_at_birth_of(self, name.as_os_str())
    }

    /// The metadata of `name`, asked of the file system itself. A server may have the kernel go by what it told up to a second
    /// ago, and after link(2) that is often wrong.
    pub fn metadata_anew(&self, name: Name<'_>) -> io::Result<Metadata> {
        platform::look_at_anew(self, name.as_os_str())
    }

    /// The metadata of `inner` in the directory `name`, not following `inner`. In one call, so `name` is followed if
    /// somebody has put a link in its place: for a look that nothing is done by.
    pub fn metadata_through(&self, name: Name<'_>, inner: Name<'_>) -> io::Result<Metadata> {
        platform::look_at(self, Path::new(name.as_os_str()).join(inner.as_os_str()).as_os_str())
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
        self.open_guarded(name, OFlags::RDONLY)
    }

    /// As [`Self::open_file`], but reading through this handle leaves the access time alone, where the platform lets us.
    pub fn open_file_keeping_access_time(&self, name: Name<'_>) -> io::Result<File> {
        let opened = platform::open_keeping_access_time(self, name);
        Ok(opened.map_err(platform::refusal)?.into())
    }

    /// Listing this directory through this handle leaves its access time alone, where the platform lets us. Where it does
    /// not, that is an ordinary read.
    pub fn keep_access_time(&self) {
        platform::keep_access_time(self);
    }

    fn open_guarded(&self, name: Name<'_>, flags: OFlags) -> io::Result<File> {
        let opened = rustix::fs::openat(self, name.as_os_str(), GUARDED | flags, Mode::empty());
        Ok(opened.map_err(platform::refusal)?.into())
    }

    /// Makes the file `name`, for its owner alone (0600), and opens it for writing; it must not exist.
    pub fn create_file(&self, name: Name<'_>) -> io::Result<File> {
        let flags = GUARDED | OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL;
        Ok(through("openat", || rustix::fs::openat(self, name.as_os_str(), flags, Mode::RUSR | Mode::WUSR))?.into())
    }

    /// Opens the regular file `name` for writing at its end.
    pub fn open_file_to_append(&self, name: Name<'_>) -> io::Result<File> {
        self.open_guarded(name, OFlags::WRONLY | OFlags::APPEND)
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

    /// Removes `name`, which is no directory (`EISDIR`).
    pub fn remove_file(&self, name: Name<'_>) -> io::Result<()> {
        Ok(platform::remove_file(self, name)?)
    }

    /// Removes the empty directory `name`.
    pub fn remove_dir(&self, name: Name<'_>) -> io::Result<()> {
        Ok(through("unlinkat", || rustix::fs::unlinkat(self, name.as_os_str(), AtFlags::REMOVEDIR))?)
    }

    /// As [`Self::remove_dir`], for a directory that was emptied just now. A server that hides what is deleted while it is open
    /// (`.fuse_hidden…`, `.nfs…`) does not find it empty until the last close has come to it, which nobody waits for.
    pub fn remove_emptied_dir(&self, name: Name<'_>) -> io::Result<()> {
        for _ in 0..PATIENCE {
            match self.remove_dir(name) {
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty && self.holds_hidden(name) => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                removed => return removed,
            }
        }
        self.remove_dir(name)
    }

    /// Whether all that is in the directory `name` is what a server hides.
    fn holds_hidden(&self, name: Name<'_>) -> bool {
        let is_hidden = |name: &OsStr| HIDDEN.iter().any(|hidden| name.as_bytes().starts_with(hidden.as_bytes()));
        let mut others = 0;
        let read = self.open_dir(name).and_then(|dir| {
            dir.for_each_entry(|entry| {
                others += usize::from(!is_hidden(&entry.name));
                Ok(())
            })
        });
        read.is_ok() && others == 0
    }

    /// Sets the permission bits of this directory.
    pub fn set_mode(&self, mode: u32) -> io::Result<()> {
        Ok(platform::set_mode_of_place(&self.handle, mode_of(mode))?)
    }

    /// Where this directory is now, as an absolute path without links.
    pub fn path(&self) -> io::Result<PathBuf> {
        platform::path_of(&self.handle)?.map_or_else(|| self.path_by_names(), Ok)
    }

    /// The same by the names alone, as getcwd(3) finds it out: that of each directory in the one above it, up to the root.
    ///
    /// # Errors
    /// `EACCES` where a directory above may not be read.
    fn path_by_names(&self) -> io::Result<PathBuf> {
        let (mut names, mut here, mut is) = (Vec::new(), self.try_clone()?, self.metadata()?);
        while let Some((above, above_is)) = here.above(&is)? {
            names.push(above.name_of(is.id)?);
            (here, is) = (above, above_is);
        }
        Ok(names.iter().rev().fold(PathBuf::from("/"), |path, name: &OsString| path.join(name)))
    }

    /// Whether this directory, or one above it, is one of these.
    pub fn is_in(&self, is_one: impl Fn(FileId) -> bool) -> io::Result<bool> {
        let (mut here, mut is) = (self.try_clone()?, self.metadata()?);
        loop {
            if is_one(is.id) {
                return Ok(true);
            }
            match here.above(&is)? {
                Some(above) => (here, is) = above,
                None => return Ok(false),
            }
        }
    }

    /// The directory above this one, which is so; none above the root. A mount may show a directory below itself, so that
    /// its identity alone does not tell.
    fn above(&self, is: &Metadata) -> io::Result<Option<(Self, Metadata)>> {
        let above = self.open_parent()?;
        let above_is = above.metadata()?;
        Ok(((above_is.id, above_is.mount) != (is.id, is.mount)).then_some((above, above_is)))
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
        found.ok_or_else(|| io::Error::other("the directory above has no name for it"))
    }

    /// The size and the free space of the file system that the directory is on (statvfs(3)); `None` where it does not
    /// count: ramfs and some servers say that they are zero blocks large.
    pub fn space(&self) -> io::Result<Option<Space>> {
        let told = rustix::fs::fstatvfs(self)?;
        let bytes = |blocks: u64| blocks.saturating_mul(told.f_frsize);
        Ok((told.f_blocks > 0).then(|| Space {
            size: bytes(told.f_blocks),
            free: bytes(told.f_bfree),
            available: bytes(told.f_bavail),
        }))
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
    /// How many bytes root may still write: some are often reserved.
    pub free: u64,
    /// How many bytes an ordinary user may still write.
    pub available: u64,
}

/// The metadata of what is at `path`, not followed.
pub fn metadata_at(path: &Path) -> io::Result<Metadata> {
    platform::look_at(CWD, path.as_os_str())
}

/// Whether `path`, not followed, may not be changed, or only be added to, by anybody (`chattr +i`, `chflags uchg`).
#[must_use]
pub fn is_fixed(path: &Path) -> bool {
    platform::is_fixed(path)
}

/// The metadata of what `path` leads to, every link followed.
pub fn metadata_following(path: &Path) -> io::Result<Metadata> {
    platform::look_following(path)
}

/// The metadata of an open file.
pub fn metadata_of_file(file: &File) -> io::Result<Metadata> {
    platform::look(file)
}

/// The metadata of an open file, and when it was made, where the file system tells.
pub fn metadata_and_birth_of_file(file: &File) -> io::Result<(Metadata, Option<Timestamp>)> {
    platform::look_at_birth(file)
}

/// What is at `path`, not followed, and when it was made, where the file system tells.
pub fn metadata_and_birth_at(path: &Path) -> io::Result<(Metadata, Option<Timestamp>)> {
    platform::look_at_birth_of(CWD, path.as_os_str())
}

/// Sets the permission bits of an open file.
pub fn set_mode_of_file(file: &File, mode: u32) -> io::Result<()> {
    Ok(through("fchmod", || rustix::fs::fchmod(file, mode_of(mode)))?)
}
