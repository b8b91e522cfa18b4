//! The only place that speaks to the kernel.
//!
//! Directories are held open and entries are named by one [`Name`] each, so that no path is resolved twice and nothing
//! can be swapped between a look and an act. No call follows a symbolic link unless its name says so.

mod absence;
mod attribute;
mod content;
mod dir;
pub mod door;
mod entries;
mod file_system;
mod inode;
mod listing;
mod lock;
mod metadata;
mod mounts;
mod name;
mod platform;
mod private;
mod process;
mod rename;

pub use absence::if_there;
pub use attribute::{
    ATTRIBUTE_PREFIX, AttributeMeaning, create_attribute, is_attribute_refused, is_attribute_too_large,
    is_no_attribute, meaning_of_attribute,
};
pub use content::{
    Offer, copy_in_kernel, flush_file, flush_file_system, next_data, set_length, share_content, write, write_at,
};
pub use dir::{
    Dir, Space, create_private_dirs, flush, is_fixed, metadata_at, metadata_following, metadata_of_file,
    set_mode_of_file,
};
pub use entries::{Batch, Entry, EntryBuffer};
pub use file_system::FileSystem;
pub use inode::{Carrier, Inode, Mark};
pub use listing::Listing;
pub use lock::{Lock, Locked, try_lock};
pub use metadata::{FileId, FileKind, Metadata, MountRoot, STICKY, Timestamp};
pub use mounts::{MOUNT_TABLE, Mount, MountsBelow, mount_of, mounts};
pub use name::{Name, NotAName};
pub use process::{
    close_inherited, effective_uid, has_hung_up, has_job_control, ignores, is_any_running, is_group_of_ours,
    kill_group, may_write, random_bytes, stop_group, terminal_width, umask,
};
pub use rename::{rename_no_replace, rename_replacing, rename_to_own_name};
