//! What can be done with the calls that POSIX has: right everywhere, if not the quickest or the finest way.
//!
//! By itself it serves no platform. Each that begins with it adds what POSIX does not have: the mounts, and the names
//! and errors of extended attributes.

mod attribute;
mod content;
mod entries;
pub(in crate::sys) mod guarded;
mod inode;
mod look;
mod place;
mod process;

pub(in crate::sys) use attribute::{ATTRIBUTE_PREFIX, meaning_of_attribute};
pub(in crate::sys) use content::{
    copy_in_kernel, file_system, flush_file, flush_file_system, flushes_as_one, share_content,
};
pub(in crate::sys) use entries::{Listing, Reading, Room, for_each, read_some, rewind};
pub(in crate::sys) use inode::Marked;
pub(in crate::sys) use look::{look, look_at, look_at as look_at_anew, look_following, time};
pub(in crate::sys) use place::{
    exchange, keep_access_time, open_dir, open_keeping_access_time, open_on_this_mount, path_of, refusal, remove_file,
    rename_no_replace, set_mode_at, set_mode_of_place,
};
pub(in crate::sys) use process::{close_inherited, fill_at_random, ignores, is_any_running, told_umask};
