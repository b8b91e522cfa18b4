//! The only place that speaks to the kernel.
//!
//! Directories are held open and entries are named by one [`Name`] each, so that no path is resolved twice and nothing
//! can be swapped between a look and an act. No call follows a symbolic link unless its name says so.
//!
//! # The contract
//!
//! What every platform keeps, whatever calls it has for that. Each line is held by a test below `src/sys/tests`, which anyone
//! runs with `cargo test --lib sys::`.
//!
//! | what | is promised |
//! |---|---|
//! | a rename | what is under the new name stays, of whatever kind it is (`EEXIST`). Killed in between, it leaves both names, or an empty file or directory beside the old one: nothing is lost. In a directory of rrm's own it is one atomic call |
//! | a removal | takes a name of its own kind: a directory is `EISDIR` for one, anything else `ENOTDIR` for the other; a directory that is not empty stays (`ENOTEMPTY`) |
//! | what is made | is new (`EEXIST`) and its owner's alone |
//! | opening a directory | a link or anything else is `ENOTDIR`; another mount is `EXDEV` where the name of the call says so |
//! | opening a file | a link is `ELOOP`; a FIFO is not waited for, a terminal not taken |
//! | a handle | means its inode whatever becomes of its names; that of a place needs no right to read the directory |
//! | a [mark](Inode::Marked) | means its inode, or fails (`ESTALE`); it opens, follows and starts nothing |
//! | a listing | gives each entry that stays once, also after it was [set aside](Listing::set_aside) and by another handle |
//! | a batch | goes on where the last one ended; a directory that is emptied meanwhile is empty after as many readings as find something |
//! | an identity | two names have one [`FileId`] if they are one inode, and only then |
//! | a look | has the change time, which moves with every change and which nobody can set |
//! | [`MountRoot`] | is never `Yes` where no mount begins, nor `No` where one does |
//! | a flush | returns when it is on the disk, and not only in the drive; [`flush_file_system`] so far as [`Dir::flushes_as_one`] says |
//! | an [`Offer`] | that says `Done` was; after any other the file is cut and filled otherwise |
//! | a hole | is never told where there is data |
//! | a lock | is one handle's, and ends with the process |
//! | an attribute | is created or `EEXIST`; none is [`is_no_attribute`]; what will not be kept is [`is_attribute_refused`] |
//! | [`random_bytes`] | cannot be foreseen |
//!
//! Errors are asked for by their [`kind`](std::io::ErrorKind), or by `answer` for what they mean, and not by their numbers,
//! which are others on each platform.
//!
//! # What differs
//!
//! | | Linux | macOS | FreeBSD |
//! |---|---|---|---|
//! | a rename that replaces nothing | one call | one call | two; killed in between it leaves what the contract says |
//! | another mount | refused by the call that opens | seen by its device | seen by its device; two null mounts of one directory have two |
//! | the access time | left alone for our own files | moves | moves |
//! | a copy shares blocks | where the file system can | no: read and written | no: read and written |
//! | a FIFO, a socket, a device in a copy | made | named as lost | made |
//! | attributes of links and of those | copied | not seen | not seen |
//! | a flush of the whole | one call | each file | each file |
//! | SIGHUP ignored by whoever started us | known | never caught | never caught |
//! | `--all-users` | yes | refused | refused |

mod answer;
mod attribute;
mod content;
mod dir;
pub mod door;
pub(crate) mod entries;
pub mod guarded;
mod lock;
mod loss;
mod mounts;
pub mod patience;
mod platform;
mod process;
mod rename;
#[cfg(test)]
mod tests;
mod values;

pub use answer::{Answer, Asked, answer, is_abandoned};
pub use attribute::{
    ATTRIBUTE_PREFIX, create_attribute, has_no_attributes, is_attribute_refused, is_no_attribute, meaning_of_attribute,
};
pub use content::{
    Offer, copy_in_kernel, finish_empty, flush, flush_file, flush_file_system, next_data, set_length, share_content,
    write, write_at,
};
pub use dir::inode::{Inode, Mark};
pub use dir::{
    Dir, Space, create_private_dirs, is_fixed, metadata_and_birth_at, metadata_and_birth_of_file, metadata_at,
    metadata_following, metadata_of_file, set_mode_of_file,
};
pub use entries::EntryBuffer;
pub use entries::listing::Listing;
pub use lock::{Lock, Locked, try_lock};
pub use loss::{Found, Loss, Seen};
pub use mounts::{MOUNT_TABLE, MountsBelow, mount_of, mounts};
pub use process::{
    close_inherited, effective_gid, effective_uid, has_hung_up, has_job_control, ignores, is_any_running,
    is_group_of_ours, kill_group, leave_signals_to_others, may_write, random_bytes, stop_group, terminal_width, umask,
};
pub use rename::{Exchange, exchange, rename_no_replace, rename_replacing, rename_to_own_name};
pub use values::entry::{Batch, Entry};
pub use values::family::{Ending, Happened};
pub use values::loss::{Change, Missed, Why};
pub use values::metadata::{FileId, FileKind, Metadata, MountRoot, STICKY, Timestamp};
pub use values::name::{Name, NotAName};
pub use values::{AttributeMeaning, Carrier, FileSystem, Mount, if_there};
