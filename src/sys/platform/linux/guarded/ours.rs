//! The same directory through a mount of ours: a link cannot be made from one mount to another, not even where both show the
//! same file system, and a process in a namespace of its own has only mounts that are not ours.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, StatxAttributes, StatxFlags, openat, statx};

use super::process::Process;
use super::walk::path_of;
use crate::sys::platform::linux::mounts::{MOUNT_TABLE, path};

/// For how long the table of mounts counts as the newest.
const AT_ONCE: Duration = Duration::from_millis(5);

/// The table of our own mounts, as new as the kernel's.
#[derive(Debug)]
pub(super) struct OurMounts {
    /// It has an event when something was mounted or unmounted (proc(5)).
    changes: File,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    /// When the kernel was last asked whether it is the newest.
    asked: Option<Instant>,
    numbers: HashSet<u64>,
    mounts: Vec<Mount>,
}

impl Table {
    fn read() -> io::Result<Self> {
        let mounts = parse(&std::fs::read(MOUNT_TABLE)?);
        Ok(Self { asked: Some(Instant::now()), numbers: mounts.iter().map(|mount| mount.number).collect(), mounts })
    }
}

/// A line of a `mountinfo`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mount {
    number: u64,
    /// Of the file system; on btrfs it is not the device of its files.
    device: Vec<u8>,
    /// What of the file system is mounted.
    root: PathBuf,
    point: PathBuf,
}

impl OurMounts {
    pub(super) fn new() -> io::Result<Self> {
        let changes = File::open(MOUNT_TABLE)?;
        Ok(Self { changes, table: Mutex::new(Table::read()?) })
    }

    /// Whether a mount is ours. Its number may have been another's before, so the table is read again after each change; but a
    /// number is not given to another within milliseconds, and to ask for changes costs as much as to look at a file.
    pub(super) fn has(&self, number: u64) -> bool {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.numbers.contains(&number) && table.asked.is_some_and(|asked| asked.elapsed() < AT_ONCE) {
            return true;
        }
        table.asked = Some(Instant::now());
        let mut polled = [PollFd::new(&self.changes, PollFlags::PRI)];
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        if poll(&mut polled, Some(&now)) != Ok(0) {
            *table = Table::read().unwrap_or_default();
        }
        table.numbers.contains(&number)
    }

    /// The directory that `place`, of a mount that is not ours, is for us; `None` where we have no mount with it.
    pub(super) fn counterpart(&self, process: &Process, place: &OwnedFd) -> Option<OwnedFd> {
        let number = statx(place, "", AtFlags::EMPTY_PATH, StatxFlags::MNT_ID).ok()?.stx_mnt_id;
        let theirs = parse(&process.mount_table().ok()?).into_iter().find(|mount| mount.number == number)?;
        let inside = theirs.root.join(below_its_mount(place)?);
        let candidates = self.candidates(&theirs.device, &inside);
        candidates.into_iter().find_map(|path| {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
            let ours = openat(CWD, &path, flags, Mode::empty()).ok()?;
            (inode(&ours)? == inode(place)?).then_some(ours)
        })
    }

    /// Where a directory of a file system may be for us, the closest mount first.
    fn candidates(&self, device: &[u8], inside: &Path) -> Vec<PathBuf> {
        let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let mut holding: Vec<&Mount> =
            table.mounts.iter().filter(|mount| mount.device == device && inside.starts_with(&mount.root)).collect();
        holding.sort_by_key(|mount| std::cmp::Reverse(mount.root.as_os_str().len()));
        let below = |mount: &Mount| inside.strip_prefix(&mount.root).map(|rest| mount.point.join(rest)).ok();
        holding.into_iter().filter_map(below).collect()
    }
}

/// The path of a directory below the top of its mount, found by going up to that.
fn below_its_mount(place: &OwnedFd) -> Option<PathBuf> {
    let mut top = place.try_clone().ok()?;
    while !is_top(&top)? {
        top = openat(&top, "..", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    }
    let (whole, top) = (path_of(place).ok()?, path_of(&top).ok()?);
    Path::new(&whole).strip_prefix(Path::new(&top)).ok().map(Path::to_owned)
}

fn is_top(place: &OwnedFd) -> Option<bool> {
    let is = statx(place, "", AtFlags::EMPTY_PATH, StatxFlags::empty()).ok()?;
    Some(is.stx_attributes.contains(StatxAttributes::MOUNT_ROOT))
}

fn inode(place: impl AsFd) -> Option<(u32, u32, u64)> {
    let is = statx(place, "", AtFlags::EMPTY_PATH, StatxFlags::INO).ok()?;
    Some((is.stx_dev_major, is.stx_dev_minor, is.stx_ino))
}

fn parse(table: &[u8]) -> Vec<Mount> {
    table.split(|byte| *byte == b'\n').filter_map(parse_line).collect()
}

fn parse_line(line: &[u8]) -> Option<Mount> {
    let mut fields = line.split(|byte| *byte == b' ');
    let number = OsStr::from_bytes(fields.next()?).to_str()?.parse().ok()?;
    let device = fields.nth(1)?.to_vec();
    Some(Mount { number, device, root: path(fields.next()?), point: path(fields.next()?) })
}
