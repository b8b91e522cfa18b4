//! What the kernel tells of a file, in the words that rrm uses.

use rustix::fs::{FileType, Mode};

/// What kind of file an inode is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link; never followed.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A Unix domain socket.
    Socket,
    /// A block device.
    BlockDevice,
    /// A character device.
    CharDevice,
    /// None of these; no file system of today makes one.
    Unknown,
}

impl From<FileType> for FileKind {
    fn from(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Directory => Self::Directory,
            FileType::Symlink => Self::Symlink,
            FileType::Fifo => Self::Fifo,
            FileType::Socket => Self::Socket,
            FileType::BlockDevice => Self::BlockDevice,
            FileType::CharacterDevice => Self::CharDevice,
            FileType::Unknown => Self::Unknown,
        }
    }
}

/// The identity of an inode while it exists: two names with equal identities are one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId {
    /// The device number, major and minor.
    pub device: (u32, u32),
    /// The inode number on that device.
    pub inode: u64,
}

/// A point in time as file systems keep it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp {
    /// Seconds since the epoch.
    pub seconds: i64,
    /// Nanoseconds past that second.
    pub nanoseconds: u32,
}

/// Whether an inode is where a mount begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MountRoot {
    /// Another file system, or a bind mount, begins here.
    Yes,
    /// An ordinary place inside its mount.
    No,
    /// The kernel is too old to say (before Linux 5.8).
    Unknown,
}

/// The sticky bit: in such a directory nobody may touch the names of others (chmod(1)).
pub const STICKY: u32 = 0o1000;

/// What the kernel tells of a file.
#[derive(Debug, Clone, Copy)]
pub struct Metadata {
    /// What kind of file.
    pub kind: FileKind,
    /// The permission bits, with set-user-id, set-group-id and sticky: `mode & 07777`.
    pub mode: u32,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// How many names the inode has.
    pub links: u32,
    /// Length in bytes, as `st_size`.
    pub size: u64,
    /// What it occupies on disk, in units of 512 bytes.
    pub blocks: u64,
    /// Device and inode.
    pub id: FileId,
    /// For a device: which one, major and minor.
    pub rdev: (u32, u32),
    /// The mount it was reached through; `None` where the kernel is too old to say.
    pub mount: Option<u64>,
    /// Whether a mount begins here.
    pub mount_root: MountRoot,
    /// Which of the flags it has that a person sets (chflags(2)): immutable, hidden and the like; 0 where there are none.
    pub flags: u32,
    /// When it was last read.
    pub accessed: Timestamp,
    /// When its content was last changed.
    pub modified: Timestamp,
    /// When its inode was last changed.
    pub changed: Timestamp,
}

impl Metadata {
    /// How many bytes it occupies on the disk.
    #[must_use]
    pub fn bytes_on_disk(&self) -> u64 {
        // The unit of st_blocks, whatever the block size of the file system (stat(2)).
        self.blocks.saturating_mul(512)
    }

    /// Whether it is this user's, and its mode lets nobody else write to it. The bits of a symbolic link say nothing.
    #[must_use]
    pub fn is_written_by_one(&self, user: u32) -> bool {
        self.uid == user && (self.mode & 0o022 == 0 || self.kind == FileKind::Symlink)
    }

    /// Whether this is a directory.
    #[must_use]
    pub fn is_dir(&self) -> bool {
        self.kind == FileKind::Directory
    }
}

/// Permission bits for the kernel, whose type for them is another on each platform.
pub(in crate::sys) fn mode_of(bits: u32) -> Mode {
    Mode::from_raw_mode(fitting(bits & 0o7777))
}

/// Permission bits as rrm has them.
pub(in crate::sys) fn bits_of(mode: Mode) -> u32 {
    wide(mode.as_raw_mode())
}

fn wide(number: impl Into<u32>) -> u32 {
    number.into()
}

/// A number in a type that it fits in.
fn fitting<T: TryFrom<u32> + Default>(number: u32) -> T {
    T::try_from(number).unwrap_or_default()
}
