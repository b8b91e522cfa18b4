//! The only place that speaks to the kernel.
//!
//! Directories are held open and entries are named by one [`Name`] each, so that no path is resolved twice and nothing
//! can be swapped between a look and an act. No call follows a symbolic link unless its name says so.

mod dir;
mod entries;
mod metadata;
mod mounts;
mod name;
mod process;
mod rename;

pub use dir::{Dir, Lock, metadata_at, metadata_following, metadata_of_file, set_mode_of_file, try_lock};
pub use entries::{Batch, Entry, EntryBuffer};
pub use metadata::{FileId, FileKind, Metadata, MountRoot, Timestamp};
pub use mounts::{Mount, MountsBelow, mounts};
pub use name::{Name, NotAName};
pub use process::{effective_uid, random_bytes};
pub use rename::rename_no_replace;
