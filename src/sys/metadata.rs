//! What `statx` tells of a file, in the words that rrm uses.

use rustix::fs::{FileType, Statx, StatxAttributes};

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
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

/// What `statx` tells of a file.
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

impl From<Statx> for Metadata {
    fn from(x: Statx) -> Self {
        let mount_root = if !x.stx_attributes_mask.contains(StatxAttributes::MOUNT_ROOT) {
            MountRoot::Unknown
        } else if x.stx_attributes.contains(StatxAttributes::MOUNT_ROOT) {
            MountRoot::Yes
        } else {
            MountRoot::No
        };
        let time = |t: rustix::fs::StatxTimestamp| Timestamp { seconds: t.tv_sec, nanoseconds: t.tv_nsec };
        Self {
            kind: FileType::from_raw_mode(u32::from(x.stx_mode)).into(),
            mode: u32::from(x.stx_mode) & 0o7777,
            uid: x.stx_uid,
            gid: x.stx_gid,
            links: x.stx_nlink,
            size: x.stx_size,
            blocks: x.stx_blocks,
            id: FileId { device: (x.stx_dev_major, x.stx_dev_minor), inode: x.stx_ino },
            rdev: (x.stx_rdev_major, x.stx_rdev_minor),
            mount: (x.stx_mask & rustix::fs::StatxFlags::MNT_ID.bits() != 0).then_some(x.stx_mnt_id),
            mount_root,
            accessed: time(x.stx_atime),
            modified: time(x.stx_mtime),
            changed: time(x.stx_ctime),
        }
    }
}
