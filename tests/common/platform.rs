//! The calls that tests make by themselves and that are others on each platform, or not there.

#[cfg_attr(target_os = "linux", path = "platform/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "platform/posix.rs")]
mod calls;

pub(crate) use calls::*;

/// What has neither content nor entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    Fifo,
    /// A socket's name.
    Socket,
    /// A character device with the numbers of `/dev/null`; for the machine's root only.
    Null,
    /// One with those of `/dev/fuse`, the same.
    Fuse,
}

/// What an inode is told by: device, number, and when it was made, where that is told.
pub(crate) struct Identity {
    pub(crate) device: (u32, u32),
    pub(crate) inode: u64,
    pub(crate) born: Option<(i64, u32)>,
}
