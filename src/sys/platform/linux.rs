//! Linux, 4.18 or newer; what came later is done without where it is missing.

mod attribute;
mod content;
mod entries;
pub(in crate::sys) mod guarded;
mod inode;
mod look;
mod mounts;
mod place;
mod process;

pub(in crate::sys) use attribute::{ATTRIBUTE_PREFIX, NO_ATTRIBUTE, create_attribute, meaning_of_attribute};
pub(in crate::sys) use content::{
    copy_in_kernel, file_system, flush_file, flush_file_system, flushes_as_one, share_content,
};
pub(in crate::sys) use entries::{Listing, Reading, Room, for_each, read_some, rewind};
pub(in crate::sys) use inode::{Marked, make_special};
pub(in crate::sys) use look::{is_fixed, look, look_at, look_at_anew, look_at_birth, look_at_birth_of, look_following};
pub(in crate::sys) use mounts::{MOUNT_TABLE, mount_table};
pub(in crate::sys) use place::{
    PLACE, exchange, keep_access_time, open_dir, open_keeping_access_time, open_on_this_mount, path_of, refusal,
    remove_file, rename_no_replace, set_mode_of_place,
};
pub(in crate::sys) use process::{close_inherited, fill_at_random, ignores, is_any_running, told_umask};
