use std::ffi::{CString, OsStr};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, FileType, Mode, RenameFlags, StatxFlags};
use rustix::mount::{MountFlags, UnmountFlags};
use rustix::process::{Gid, Uid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use super::{Identity, Node};

/// Exchanges two names (renameat2(2)).
pub(crate) fn exchange(one: &Path, other: &Path) -> bool {
    rustix::fs::renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok()
}

/// By mknod(2), which unlike bind(2) takes paths of any length for a socket.
pub(crate) fn make_node(path: &Path, node: Node) -> io::Result<()> {
    let (kind, device) = match node {
        Node::Fifo => (FileType::Fifo, 0),
        Node::Socket => (FileType::Socket, 0),
        Node::Null => (FileType::CharacterDevice, rustix::fs::makedev(1, 3)),
        Node::Fuse => (FileType::CharacterDevice, rustix::fs::makedev(10, 229)),
    };
    Ok(rustix::fs::mknodat(CWD, path, kind, Mode::from_raw_mode(0o644), device)?)
}

pub(crate) fn identity(path: &Path) -> io::Result<Identity> {
    let told = rustix::fs::statx(CWD, path, AtFlags::empty(), StatxFlags::BASIC_STATS | StatxFlags::BTIME)?;
    let is_told = told.stx_mask & StatxFlags::BTIME.bits() != 0;
    Ok(Identity {
        device: (told.stx_dev_major, told.stx_dev_minor),
        inode: told.stx_ino,
        born: is_told.then_some((told.stx_btime.tv_sec, told.stx_btime.tv_nsec)),
    })
}

/// Has the kernel ask whoever serves this file what it is, instead of telling what it remembers.
pub(crate) fn ask_anew(path: &Path) {
    let flags = AtFlags::SYMLINK_NOFOLLOW | AtFlags::STATX_FORCE_SYNC;
    rustix::fs::statx(CWD, path, flags, StatxFlags::BASIC_STATS).ok();
}

/// The time that most file systems date things by, in seconds and nanoseconds.
pub(crate) fn coarse_time() -> (i64, i64) {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::RealtimeCoarse);
    (now.tv_sec, now.tv_nsec)
}

/// Makes this thread, and those that it starts, another user's for good.
pub(crate) fn become_user(user: u32, group: u32, groups: &[u32]) -> io::Result<()> {
    let groups: Vec<Gid> = groups.iter().copied().map(Gid::from_raw).collect();
    let (user, group) = (Some(Uid::from_raw(user)), Some(Gid::from_raw(group)));
    set_thread_groups(&groups)?;
    set_thread_res_gid(group, group, group)?;
    Ok(set_thread_res_uid(user, user, user)?)
}

/// Lets this thread, and those that it starts, act with another user's rights, until [`act_as_root`].
pub(crate) fn act_as(user: u32, group: u32) -> io::Result<()> {
    set_thread_groups(&[])?;
    set_thread_res_gid(None, Some(Gid::from_raw(group)), None)?;
    Ok(set_thread_res_uid(None, Some(Uid::from_raw(user)), None)?)
}

pub(crate) fn act_as_root() -> io::Result<()> {
    set_thread_res_uid(None, Some(Uid::ROOT), None)?;
    Ok(set_thread_res_gid(None, Some(Gid::ROOT), None)?)
}

/// Mounts by the call itself: a sweep mounts thousands.
pub(crate) fn mount(kind: &str, at: &Path, options: &OsStr) -> io::Result<()> {
    let options = CString::new(options.as_bytes())?;
    Ok(rustix::mount::mount(kind, at, kind, MountFlags::empty(), Some(options.as_c_str()))?)
}

/// Detached at once even while in use; the kernel frees a loop device when the last user is gone.
pub(crate) fn unmount(at: &Path) {
    let _ = rustix::mount::unmount(at, UnmountFlags::DETACH);
}

pub(crate) fn flush_file_system(directory: &File) -> io::Result<()> {
    Ok(rustix::fs::syncfs(directory)?)
}

pub(crate) fn is_in_memory(place: &Path) -> bool {
    const TMPFS: u32 = 0x0102_1994;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "another type on each machine")]
    rustix::fs::statfs(place).is_ok_and(|told| told.f_type as u32 == TMPFS)
}
