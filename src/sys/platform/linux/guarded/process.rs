//! What `/proc` and its memory tell of a process that is stopped (proc(5), process_vm_readv(2)).

use std::ffi::{OsStr, OsString};
use std::io::{self, IoSliceMut};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;

use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;

/// The longest path that the kernel takes (PATH_MAX), its final zero included.
const LONGEST: usize = 4096;

/// A string is read by the page, so that the end of its memory is never met in the midst of a reading.
const PAGE: usize = 4096;

/// `AT_FDCWD`.
const HERE: i32 = -100;

/// Device and inode of a program.
pub(super) type ProgramId = (u64, u64);

fn program_at(path: &str) -> Option<ProgramId> {
    rustix::fs::stat(path).ok().map(|is| (is.st_dev, is.st_ino))
}

/// One thread of a guarded process.
#[derive(Debug)]
pub(super) struct Process {
    thread: u32,
}

impl Process {
    pub(super) fn new(thread: u32) -> Self {
        Self { thread }
    }

    /// The bytes at an address. Fewer come back where its memory ends.
    pub(super) fn memory(&self, address: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
        let thread = Pid::from_raw(i32::try_from(self.thread).map_err(|_| Errno::SRCH)?);
        let base = usize::try_from(address).map_err(|_| Errno::FAULT)?;
        let remote = [RemoteIoVec { base, len: buffer.len() }];
        process_vm_readv(thread, &mut [IoSliceMut::new(buffer)], &remote)
            .map_err(|error| Errno::from_raw_os_error(error as i32))
    }

    /// The string at an address, which ends with a zero.
    pub(super) fn text(&self, address: u64) -> Result<OsString, Errno> {
        let (mut text, mut page) = (Vec::new(), [0; PAGE]);
        let mut address = address;
        while text.len() < LONGEST {
            let to_its_end = PAGE - usize::try_from(address).map_err(|_| Errno::FAULT)? % PAGE;
            let read = self.memory(address, &mut page[..to_its_end])?;
            if let Some(end) = page[..read].iter().position(|byte| *byte == 0) {
                text.extend(&page[..end]);
                return if text.len() < LONGEST { Ok(OsString::from_vec(text)) } else { Err(Errno::NAMETOOLONG) };
            }
            if read < to_its_end {
                return Err(Errno::FAULT);
            }
            text.extend(&page[..read]);
            address += read as u64;
        }
        Err(Errno::NAMETOOLONG)
    }

    /// The directory that its absolute paths begin at.
    pub(super) fn root(&self) -> Result<OwnedFd, Errno> {
        self.open("root", OFlags::PATH | OFlags::DIRECTORY)
    }

    /// What a descriptor of its holds; the working directory for [`HERE`].
    pub(super) fn descriptor(&self, number: i32) -> Result<OwnedFd, Errno> {
        match number {
            HERE => self.open("cwd", OFlags::PATH | OFlags::DIRECTORY),
            0.. => self.open(&format!("fd/{number}"), OFlags::PATH),
            _ => Err(Errno::BADF),
        }
    }

    /// What it would find in `/proc/self`.
    pub(super) fn itself(&self) -> Result<OwnedFd, Errno> {
        self.open("", OFlags::PATH | OFlags::DIRECTORY)
    }

    fn open(&self, what: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        openat(CWD, format!("/proc/{}/{what}", self.thread), flags | OFlags::CLOEXEC, Mode::empty())
    }

    /// Its own table of mounts.
    pub(super) fn mount_table(&self) -> io::Result<Vec<u8>> {
        std::fs::read(format!("/proc/{}/mountinfo", self.thread))
    }

    /// Whether it acts for the user that we act for.
    pub(super) fn is_of_our_user(&self) -> bool {
        let owner = rustix::fs::stat(format!("/proc/{}", self.thread)).map(|is| is.st_uid);
        owner == Ok(rustix::process::geteuid().as_raw())
    }

    /// Which program it runs.
    pub(super) fn program(&self) -> Option<ProgramId> {
        program_at(&format!("/proc/{}/exe", self.thread))
    }

    /// Which program we are.
    pub(super) fn own_program() -> Option<ProgramId> {
        program_at("/proc/self/exe")
    }

    /// What its program is called.
    pub(super) fn name(&self) -> OsString {
        let name = std::fs::read(format!("/proc/{}/comm", self.thread)).unwrap_or_default();
        OsStr::to_owned(std::os::unix::ffi::OsStrExt::from_bytes(name.trim_ascii_end()))
    }
}
