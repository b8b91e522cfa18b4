//! What a stopped call means: its arguments, read and looked up, as what it is about to take away.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rrm_seccomp::{Call, Stopped};
use rustix::fs::{Access, AtFlags, CWD, Mode, OFlags, accessat, openat};
use rustix::io::Errno;

use super::QUESTION;
use super::ours::OurMounts;
use super::process::Process;
use super::walk::{Last, Place, Root, path_of, walk};
use crate::sys::platform::linux::look::{look_at_birth, look_at_birth_of};
use crate::sys::values::loss::{self, Change, Why};
use crate::sys::values::metadata::{FileKind, Metadata};

/// With the handles that are opened here.
type Found = loss::Found<OwnedFd>;
type Loss = loss::Loss<OwnedFd>;

/// `AT_FDCWD`, as an argument.
const HERE: u64 = (-100_i64).cast_unsigned();

const AT_REMOVEDIR: u64 = 0x200;
const AT_SYMLINK_NOFOLLOW: u64 = 0x100;
const AT_EMPTY_PATH: u64 = 0x1000;
const RENAME_NOREPLACE: u64 = 1;
const RENAME_EXCHANGE: u64 = 2;
const O_CREAT: u64 = 0o100;
const O_EXCL: u64 = 0o200;
const O_TRUNC: u64 = 0o1000;
const O_ACCMODE: u64 = 3;
const O_APPEND: u64 = 0o2000;
const O_TMPFILE: u64 = 0o20_000_000;
const O_PATH: u64 = 0o10_000_000;
const RESOLVE_IN_ROOT: u64 = 0x10;

/// Nobody can tell what the call takes away.
#[derive(Debug)]
pub(super) struct Unseen {
    pub(super) path: Option<PathBuf>,
    pub(super) why: Why,
}

/// Why there is no loss: the call fails by itself, or it is not known.
enum Unknown {
    Nothing,
    Unseen(Unseen),
}

type Looked<T> = Result<T, Unknown>;

/// What `stopped` is about to take away; nothing where the kernel will refuse it.
pub(super) fn loss_of(stopped: &Stopped, process: &Process, ours: &OurMounts) -> Result<Option<Loss>, Unseen> {
    let Some(call) = stopped.call() else { return Ok(None) };
    match (Look { process, ours, arguments: &stopped.arguments }).at(call) {
        Ok(loss) => Ok(Some(loss)),
        Err(Unknown::Nothing) => Ok(None),
        Err(Unknown::Unseen(unseen)) => Err(unseen),
    }
}

struct Look<'a> {
    process: &'a Process,
    ours: &'a OurMounts,
    arguments: &'a [u64; 6],
}

impl Look<'_> {
    #[expect(clippy::many_single_char_names, reason = "arguments have no other names")]
    fn at(&self, call: Call) -> Looked<Loss> {
        let [a, b, c, d, e, _] = *self.arguments;
        match call {
            Call::Unlink => self.removed(HERE, a),
            Call::UnlinkAt if c == AT_REMOVEDIR => self.removed_directory(a, b),
            Call::UnlinkAt if c == 0 => self.removed(a, b),
            Call::Rmdir => self.removed_directory(HERE, a),
            Call::Rename => self.renamed((HERE, a), (HERE, b), 0),
            Call::RenameAt => self.renamed((a, b), (c, d), 0),
            Call::RenameAt2 => self.renamed((a, b), (c, d), e),
            Call::Open => self.opened(HERE, a, b, Root::Own),
            Call::OpenAt => self.opened(a, b, c, Root::Own),
            Call::OpenAt2 => self.opened_as_told(a, b, c),
            Call::Creat => self.opened(HERE, a, O_CREAT | O_TRUNC, Root::Own),
            Call::Truncate => Self::shortened(self.found(HERE, a, Last::Follow, Root::Own)?, b),
            Call::Truncate64 => Self::shortened(self.found(HERE, a, Last::Follow, Root::Own)?, b & LOW | c << 32),
            Call::FileTruncate => Self::shortened(self.held(a)?, b),
            Call::FileTruncate64 => Self::shortened(self.held(a)?, b & LOW | c << 32),
            _ => self.changed(call),
        }
    }

    /// The calls that change what `stat` and `getxattr` tell.
    #[expect(clippy::many_single_char_names, reason = "arguments have no other names")]
    fn changed(&self, call: Call) -> Looked<Loss> {
        let [a, b, c, d, e, _] = *self.arguments;
        let named = |directory, path, last| self.found(directory, path, last, Root::Own);
        let (is, change) = match call {
            Call::Chmod => (named(HERE, a, Last::Follow)?, Change::Mode),
            Call::FileChmod => (self.held(a)?, Change::Mode),
            Call::ChmodAt => (self.found_by_flags(a, b, d)?, Change::Mode),
            Call::Chown => (named(HERE, a, Last::Follow)?, Change::Owner),
            Call::LinkChown => (named(HERE, a, Last::Stay)?, Change::Owner),
            Call::FileChown => (self.held(a)?, Change::Owner),
            Call::ChownAt => (self.found_by_flags(a, b, e)?, Change::Owner),
            Call::Utime | Call::Utimes => (named(HERE, a, Last::Follow)?, Change::Times),
            Call::FutimesAt | Call::UtimensAt if b == 0 => (self.held(a)?, Change::Times),
            Call::FutimesAt => (named(a, b, Last::Follow)?, Change::Times),
            Call::UtimensAt => (self.found_by_flags(a, b, d)?, Change::Times),
            Call::SetXattr | Call::RemoveXattr => (named(HERE, a, Last::Follow)?, self.attribute(b)?),
            Call::LinkSetXattr | Call::LinkRemoveXattr => (named(HERE, a, Last::Stay)?, self.attribute(b)?),
            Call::FileSetXattr | Call::FileRemoveXattr => (self.held(a)?, self.attribute(b)?),
            Call::SetXattrAt | Call::RemoveXattrAt => (self.found_by_flags(a, b, c)?, self.attribute(d)?),
            _ => return Err(Unknown::Nothing),
        };
        // What has no name any more is gone with its last descriptor.
        is.found.map(|found| Loss::Changed(found, change)).ok_or(Unknown::Nothing)
    }

    fn attribute(&self, name: u64) -> Looked<Change> {
        Ok(Change::Attribute(self.text(name)?))
    }

    fn removed(&self, directory: u64, path: u64) -> Looked<Loss> {
        let path = self.text(path)?;
        // With a slash at its end it would have to be a directory, and that cannot be unlinked.
        if path.as_bytes().ends_with(b"/") {
            return Err(Unknown::Nothing);
        }
        if path == QUESTION {
            return Err(Unknown::Unseen(Unseen { path: Some(path.into()), why: Why::Failed }));
        }
        let found = self.found_at(self.place(directory, &path, Last::Stay, Root::Own)?)?;
        if found.metadata.is_dir() { Err(Unknown::Nothing) } else { Ok(Loss::Removed(found)) }
    }

    fn removed_directory(&self, directory: u64, path: u64) -> Looked<Loss> {
        let found = self.found_at(self.place(directory, &self.text(path)?, Last::Stay, Root::Own)?)?;
        if found.metadata.is_dir() { Ok(Loss::RemovedDirectory(found)) } else { Err(Unknown::Nothing) }
    }

    fn renamed(&self, from: (u64, u64), to: (u64, u64), flags: u64) -> Looked<Loss> {
        let from = self.found_at(self.place(from.0, &self.text(from.1)?, Last::Stay, Root::Own)?)?;
        let (to_parent, to_name) =
            self.through_our_mounts(self.place(to.0, &self.text(to.1)?, Last::Stay, Root::Own)?)?;
        let replaced = match self.found_in(to_parent.try_clone().map_err(errno_of)?, to_name.clone()) {
            Ok(found) => Some(found),
            Err(Unknown::Nothing) => None,
            Err(unseen) => return Err(unseen),
        };
        let to_path = match &replaced {
            Some(found) => found.path.clone(),
            None => path_of(&to_parent).ok().map(|parent| Path::new(&parent).join(&to_name)),
        };
        match replaced {
            Some(_) if flags & RENAME_NOREPLACE != 0 => Err(Unknown::Nothing),
            // Two names of one inode stay as they are (rename(2)).
            Some(replaced) if replaced.metadata.id == from.metadata.id => Err(Unknown::Nothing),
            Some(other) if flags & RENAME_EXCHANGE != 0 => Ok(Loss::Exchanged(from, other)),
            None if flags & RENAME_EXCHANGE != 0 => Err(Unknown::Nothing),
            replaced => Ok(Loss::Moved { from, to_parent, to_name, to_path, replaced }),
        }
    }

    fn opened(&self, directory: u64, path: u64, flags: u64, root: Root) -> Looked<Loss> {
        let makes_anew = flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL || flags & O_TMPFILE != 0;
        let writes = flags & O_ACCMODE != 0 && flags & O_APPEND == 0;
        let truncates = flags & O_TRUNC != 0;
        if makes_anew || flags & O_PATH != 0 || !(truncates || writes) {
            return Err(Unknown::Nothing);
        }
        let path = self.text(path)?;
        // What the kernel makes up is no content.
        if path == "/dev/null" || path == "/dev/tty" || path.as_bytes().starts_with(b"/sys/") {
            return Err(Unknown::Nothing);
        }
        let is = self.is_at(self.place(directory, &path, Last::Follow, root)?)?;
        if truncates { Self::shortened(is, 0) } else { Self::written(is) }
    }

    /// A regular file with something in it, which the caller may write to as far as that can be told.
    fn written(is: Is) -> Looked<Loss> {
        let metadata = is.metadata()?;
        if metadata.kind != FileKind::File || metadata.size == 0 {
            return Err(Unknown::Nothing);
        }
        // Root may write to anything, and only it acts for others.
        let Some(found) = &is.found else { return Err(Unknown::Nothing) };
        if accessat(&found.parent, &found.name, Access::WRITE_OK, AtFlags::EACCESS).is_err() {
            return Err(Unknown::Nothing);
        }
        let file = is.open().map_err(|error| is.closed(error))?;
        is.found.map(|found| Loss::Written { file, found }).ok_or(Unknown::Nothing)
    }

    /// `openat2`, which takes its flags in memory: they may have changed by the time that the kernel reads them, as any
    /// path may.
    fn opened_as_told(&self, directory: u64, path: u64, how: u64) -> Looked<Loss> {
        let mut told = [0; 24];
        if self.process.memory(how, &mut told).map_err(unreadable)? < told.len() {
            return Err(Unknown::Nothing);
        }
        let word = |at: usize| told[at..at + 8].try_into().map(u64::from_ne_bytes).unwrap_or_default();
        let root = if word(16) & RESOLVE_IN_ROOT != 0 { Root::Base } else { Root::Own };
        self.opened(directory, path, word(0), root)
    }

    /// The loss of what a regular file holds from `length` on.
    fn shortened(is: Is, length: u64) -> Looked<Loss> {
        let metadata = is.metadata()?;
        if metadata.kind != FileKind::File || metadata.size <= length {
            return Err(Unknown::Nothing);
        }
        let file = is.open().map_err(|error| is.closed(error))?;
        Ok(Loss::Shortened { file, found: is.found, length })
    }

    fn text(&self, address: u64) -> Looked<OsString> {
        self.process.text(address).map_err(unreadable)
    }

    fn place(&self, directory: u64, path: &OsStr, last: Last, root: Root) -> Looked<Place> {
        let found = walk(self.process, descriptor(directory), path, last, root);
        found.map_err(|error| self.unreached(error, path))?.ok_or(Unknown::Nothing)
    }

    fn unreached(&self, error: Errno, path: &OsStr) -> Unknown {
        match error {
            // What we may not reach the process may not either, unless it is another user or has more rights.
            Errno::ACCESS | Errno::PERM if !self.process.is_of_our_user() => {
                let path = Path::new(path).is_absolute().then(|| path.into());
                Unknown::Unseen(Unseen { path, why: Why::Unreachable })
            }
            Errno::MFILE | Errno::NFILE | Errno::NOMEM => Unknown::Unseen(Unseen { path: None, why: Why::Unreachable }),
            _ => Unknown::Nothing,
        }
    }

    fn found(&self, directory: u64, path: u64, last: Last, root: Root) -> Looked<Is> {
        self.is_at(self.place(directory, &self.text(path)?, last, root)?)
    }

    /// As the calls whose flags say whether a link is meant itself, and which take a descriptor alone.
    fn found_by_flags(&self, directory: u64, path: u64, flags: u64) -> Looked<Is> {
        if flags & AT_EMPTY_PATH != 0 && self.text(path)?.is_empty() {
            return self.held(directory);
        }
        let last = if flags & AT_SYMLINK_NOFOLLOW == 0 { Last::Follow } else { Last::Stay };
        self.found(directory, path, last, Root::Own)
    }

    fn is_at(&self, place: Place) -> Looked<Is> {
        match place {
            Place::Held(handle) => Is::held(handle, self),
            named @ Place::Named { .. } => {
                let found = self.found_at(named)?;
                Ok(Is { handle: None, found: Some(found) })
            }
        }
    }

    /// What a descriptor of the process holds.
    fn held(&self, number: u64) -> Looked<Is> {
        let handle =
            self.process.descriptor(descriptor(number)).map_err(|error| self.unreached(error, OsStr::new("")))?;
        Is::held(handle, self)
    }

    fn found_at(&self, place: Place) -> Looked<Found> {
        let Place::Named { parent, name } = place else { return Err(Unknown::Nothing) };
        let found = self.found_in(parent, name)?;
        // Most often; where a mount begins at the name, the kernel refuses the call.
        if found.metadata.mount.is_none_or(|mount| self.ours.has(mount)) {
            return Ok(found);
        }
        let (parent, name) = self.through_our_mounts(Place::Named { parent: found.parent, name: found.name })?;
        self.found_in(parent, name)
    }

    fn found_in(&self, parent: OwnedFd, name: OsString) -> Looked<Found> {
        let (metadata, birth) = look_at_birth_of(&parent, &name).map_err(|error| self.not_seen(&error, &name))?;
        let path = path_of(&parent).ok().map(|parent| Path::new(&parent).join(&name));
        Ok(Found { parent, name, path, metadata, birth })
    }

    fn not_seen(&self, error: &io::Error, name: &OsStr) -> Unknown {
        self.unreached(Errno::from_io_error(error).unwrap_or(Errno::IO), name)
    }

    /// The place by a mount of ours, where there is one; else as it is.
    fn through_our_mounts(&self, place: Place) -> Looked<(OwnedFd, OsString)> {
        let Place::Named { parent, name } = place else { return Err(Unknown::Nothing) };
        let (is, _) = look_at_birth(&parent).map_err(|error| self.not_seen(&error, &name))?;
        if is.mount.is_none_or(|mount| self.ours.has(mount)) {
            return Ok((parent, name));
        }
        let parent = self.ours.counterpart(self.process, &parent).unwrap_or(parent);
        Ok((parent, name))
    }
}

/// The lower half of a register.
const LOW: u64 = 0xffff_ffff;

/// A thing, by its place, by a handle of it, or by both.
struct Is {
    handle: Option<OwnedFd>,
    found: Option<Found>,
}

impl Is {
    /// What a descriptor holds, and its place, if it still has a name.
    fn held(handle: OwnedFd, look: &Look<'_>) -> Looked<Self> {
        let found = place_of(&handle).and_then(|place| look.found_at(place).ok());
        let (is, _) = look_at_birth(&handle).map_err(|error| look.not_seen(&error, OsStr::new("")))?;
        let found = found.filter(|found| found.metadata.id == is.id);
        Ok(Self { handle: Some(handle), found })
    }

    fn metadata(&self) -> Looked<Metadata> {
        match (&self.handle, &self.found) {
            (_, Some(found)) => Ok(found.metadata),
            (Some(handle), None) => look_at_birth(handle).map(|(is, _)| is).map_err(|_| Unknown::Nothing),
            (None, None) => Err(Unknown::Nothing),
        }
    }

    /// Why it cannot be opened.
    fn closed(&self, error: Errno) -> Unknown {
        let path = || self.found.as_ref().and_then(|found| found.path.clone());
        match error {
            Errno::NOENT => Unknown::Nothing,
            _ => Unknown::Unseen(Unseen { path: path(), why: Why::Closed }),
        }
    }

    /// The regular file, opened anew; by its place it is looked at again once it is held and cannot be exchanged.
    fn open(&self) -> Result<File, Errno> {
        let place = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = match (&self.handle, &self.found) {
            (Some(handle), _) => handle.try_clone().map_err(|_| Errno::MFILE)?,
            (None, Some(found)) => openat(&found.parent, &found.name, place, Mode::empty())?,
            (None, None) => return Err(Errno::NOENT),
        };
        let is = look_at_birth(&handle).map_err(|_| Errno::NOENT)?.0;
        if is.kind != FileKind::File {
            return Err(Errno::NOENT);
        }
        let name = format!("/proc/self/fd/{}", handle.as_raw_fd());
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        match openat(CWD, &name, flags | OFlags::NOATIME, Mode::empty()) {
            Err(Errno::PERM) => Ok(openat(CWD, &name, flags, Mode::empty())?.into()),
            opened => Ok(opened?.into()),
        }
    }
}

/// The name that the kernel has for what is held.
fn place_of(handle: &OwnedFd) -> Option<Place> {
    let path = PathBuf::from(path_of(handle).ok()?);
    let (parent, name) = (path.parent()?, path.file_name()?);
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Some(Place::Named { parent: openat(CWD, parent, flags, Mode::empty()).ok()?, name: name.to_owned() })
}

/// A descriptor is an `int`, whatever is in the other half of its register.
fn descriptor(argument: u64) -> i32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "as the kernel does")]
    let number = argument as u32 as i32;
    number
}

fn unreadable(error: Errno) -> Unknown {
    match error {
        // It gave an address that is not its own, or it is gone.
        Errno::FAULT | Errno::SRCH | Errno::NAMETOOLONG => Unknown::Nothing,
        _ => Unknown::Unseen(Unseen { path: None, why: Why::Unreadable }),
    }
}

fn errno_of(_: io::Error) -> Unknown {
    Unknown::Unseen(Unseen { path: None, why: Why::Unreachable })
}
