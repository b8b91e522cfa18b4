//! Where a path of a guarded process leads, walked as the kernel would for it: from its root, by its links.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, StatxFlags, fstatfs, openat, openat2, statx};
use rustix::io::Errno;

use super::process::Process;

/// Where a path leads.
#[derive(Debug)]
pub(super) enum Place {
    /// To a name in a directory, whether something is there or not.
    Named {
        /// The directory (`O_PATH`).
        parent: OwnedFd,
        /// The last component.
        name: OsString,
    },
    /// Past all names, by a link of `/proc/PID/fd` and its like, to what somebody holds open (`O_PATH`).
    Held(OwnedFd),
}

/// Whether a link that is the last component is gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    Follow,
    Stay,
}

/// What a path begins at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// The process's own.
    Own,
    /// The directory that the path is relative to (`RESOLVE_IN_ROOT`).
    Base,
}

/// How many links the kernel follows in one path (path_resolution(7)).
const MOST_LINKS: usize = 40;

const PLACE: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// Walks `path` from the directory that descriptor `base` of the process holds. `None` where it leads to no name: the root,
/// or `.` or `..` at its end.
pub(super) fn walk(process: &Process, base: i32, path: &OsStr, last: Last, root: Root) -> Result<Option<Place>, Errno> {
    let Some((directory, name)) = split(path) else { return Ok(None) };
    if root == Root::Own
        && let Some(parent) = straight(process, base, directory)?
        && (last == Last::Stay || kind_of(&parent, name)? != FileType::Symlink)
    {
        return Ok(Some(Place::Named { parent, name: name.to_owned() }));
    }
    Walk::new(process, base, path, root)?.go(path, last)
}

/// A path without its slashes at the end as what is before its last component, and that.
fn split(path: &OsStr) -> Option<(&OsStr, &OsStr)> {
    let bytes = path.as_bytes();
    let end = bytes.iter().rposition(|byte| *byte != b'/')? + 1;
    let begin = bytes[..end].iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let name = &bytes[begin..end];
    (name != b"." && name != b"..").then(|| (OsStr::from_bytes(&bytes[..begin]), OsStr::from_bytes(name)))
}

/// The directory by as few calls as can be, where the kernel's walk for us is the walk for the process: `None` where links
/// may mean something else to us, so that each has to be looked at.
fn straight(process: &Process, base: i32, directory: &OsStr) -> Result<Option<OwnedFd>, Errno> {
    let bytes = directory.as_bytes();
    if bytes.starts_with(b"/proc/") || bytes.starts_with(b"/dev/") {
        return Ok(None);
    }
    let opened = if bytes.starts_with(b"/") {
        openat2(process.root()?, directory, PLACE, Mode::empty(), ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS)
    } else {
        let base = process.descriptor(base)?;
        if directory.is_empty() {
            return Ok(Some(base));
        }
        openat2(base, directory, PLACE, Mode::empty(), ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS)
    };
    match opened {
        // `/proc/self`, and what links to it, is us.
        Ok(parent) if is_of_processes(&parent) => Ok(None),
        Ok(parent) => Ok(Some(parent)),
        Err(Errno::LOOP | Errno::XDEV | Errno::NOSYS | Errno::AGAIN) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_of_processes(place: impl AsFd) -> bool {
    const PROC: u64 = 0x9fa0;
    #[allow(clippy::cast_sign_loss, clippy::cast_possible_wrap, reason = "another type on each machine")]
    fstatfs(place).is_ok_and(|told| told.f_type as u64 == PROC)
}

fn kind_of(parent: &OwnedFd, name: &OsStr) -> Result<FileType, Errno> {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::NO_AUTOMOUNT;
    Ok(FileType::from_raw_mode(statx(parent, name, flags, StatxFlags::TYPE)?.stx_mode.into()))
}

/// The walk by single components.
struct Walk<'a> {
    process: &'a Process,
    root: OwnedFd,
    here: OwnedFd,
    /// What is still to be gone, the next component last.
    rest: Vec<OsString>,
    links: usize,
}

impl<'a> Walk<'a> {
    fn new(process: &'a Process, base: i32, path: &OsStr, root: Root) -> Result<Self, Errno> {
        let is_absolute = path.as_bytes().starts_with(b"/");
        let root = match root {
            Root::Own => process.root()?,
            Root::Base => process.descriptor(base)?,
        };
        let here =
            if is_absolute { root.try_clone().map_err(|error| errno(&error))? } else { process.descriptor(base)? };
        Ok(Self { process, root, here, rest: Vec::new(), links: 0 })
    }

    fn go(mut self, path: &OsStr, last: Last) -> Result<Option<Place>, Errno> {
        self.push(path);
        while let Some(component) = self.rest.pop() {
            match component.as_bytes() {
                b"." => {}
                b".." => self.up()?,
                _ => {
                    let is_last = self.rest.is_empty();
                    if is_last && last == Last::Stay {
                        return Ok(Some(Place::Named { parent: self.here, name: component }));
                    }
                    match kind_of(&self.here, &component) {
                        Ok(FileType::Symlink) => {
                            if let Some(held) = self.follow(&component)? {
                                if self.rest.is_empty() {
                                    return Ok(Some(Place::Held(held)));
                                }
                                self.here = held;
                            }
                        }
                        Ok(FileType::Directory) if !is_last => self.enter(&component)?,
                        Ok(_) | Err(Errno::NOENT) if is_last => {
                            return Ok(Some(Place::Named { parent: self.here, name: component }));
                        }
                        Ok(_) => return Err(Errno::NOTDIR),
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Ok(None)
    }

    fn push(&mut self, path: &OsStr) {
        let components = path.as_bytes().split(|byte| *byte == b'/').rev().filter(|part| !part.is_empty());
        self.rest.extend(components.map(|part| OsStr::from_bytes(part).to_owned()));
    }

    fn up(&mut self) -> Result<(), Errno> {
        if identity(&self.here)? != identity(&self.root)? {
            self.here = openat(&self.here, "..", PLACE, Mode::empty())?;
        }
        Ok(())
    }

    fn enter(&mut self, name: &OsStr) -> Result<(), Errno> {
        self.here = openat(&self.here, name, PLACE | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(())
    }

    /// Goes through a link. One that leads past all names gives what it leads to.
    fn follow(&mut self, name: &OsStr) -> Result<Option<OwnedFd>, Errno> {
        self.links += 1;
        if self.links > MOST_LINKS {
            return Err(Errno::LOOP);
        }
        if is_of_processes(&self.here) {
            if name == "self" || name == "thread-self" {
                self.here = self.process.itself()?;
                return Ok(None);
            }
            // The others at the top, as `mounts`, are ordinary ones to `self/mounts`.
            if openat(&self.here, "self", OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()).is_err() {
                return openat(&self.here, name, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).map(Some);
            }
        }
        let target = OsString::from_vec(rustix::fs::readlinkat(&self.here, name, Vec::new())?.into_bytes());
        if target.as_bytes().starts_with(b"/") {
            self.here = self.root.try_clone().map_err(|error| errno(&error))?;
        }
        self.push(&target);
        Ok(None)
    }
}

fn errno(error: &std::io::Error) -> Errno {
    Errno::from_io_error(error).unwrap_or(Errno::IO)
}

/// Device, inode and mount: two mounts of one directory are two places to come from.
fn identity(place: &OwnedFd) -> Result<(u32, u32, u64, u64), Errno> {
    let is = statx(place, "", AtFlags::EMPTY_PATH, StatxFlags::INO | StatxFlags::MNT_ID)?;
    Ok((is.stx_dev_major, is.stx_dev_minor, is.stx_ino, is.stx_mnt_id))
}

/// The path that the kernel has for a handle, as it tells us.
pub(super) fn path_of(handle: &OwnedFd) -> Result<OsString, Errno> {
    use std::os::fd::AsRawFd;
    let own_name = format!("/proc/self/fd/{}", handle.as_raw_fd());
    Ok(OsString::from_vec(rustix::fs::readlinkat(CWD, own_name, Vec::new())?.into_bytes()))
}
