//! A safer `rm`: what is removed goes to a trash, and comes back when somebody asks. This library is all of it but the
//! command line, and `default-features = false` leaves out what only that needs.
//!
//! It never talks to a person: it prints nothing, reads no environment and no clock, and asks no question. A caller tells
//! a [`TrashManager`](manager::TrashManager) where the home trash is and what time it is, asks it for one of the [verbs](ops), gets a
//! plan that only tells what would be done, and has the plan carried out.
//!
//! # The model
//!
//! An **[item](item::TrashItem)** is one thing that was removed: a file or a symbolic link or a directory with all below
//! it, moved as one and restored as one. Its [name](item::ItemId) is ours alone, since nobody else can make or change a
//! name in a directory of mode 0700. It is a UUID: most of it is random, so that items never collide, and the rest tells
//! when it was removed, where its record is, and what of its mode a restore gives back. What one command removed has one
//! instant, and is thereby one batch. So whoever asks only for the newest reads names, and no records.
//!
//! A **[record](item::Record)** is what has to be known to put an item back, and when it may be deleted. It is kept as
//! extended attributes on the item itself. Nothing else knows of an item: there is no database, no index and no file of
//! configuration that could disagree with what is on the disk.
//!
//! An **envelope** is a private directory that carries the record of an item which cannot: of a symbolic link, a FIFO, a
//! socket or a device, which take no such attributes; of a file with several links, which all would show them; of one that
//! refuses them for its mode or want of room; of one that is not ours. The thing is in it under the name `item`. Where a
//! file system keeps no attributes at all, the envelope has the record as a file. [`store::shape_of`] is the rule.
//!
//! An item is **open** where others could have written its record: where what carries it is not ours, or a group or others
//! may write it, or could for a moment when a command was killed; and where there is no record that can be read. It is
//! listed as such. Nothing picks it but a person who names it, and it goes where its record says only after somebody has
//! seen where that is.
//!
//! A **[trash directory](store::TrashDir)** holds items. It is ours, closed to all others and no symbolic link, and is
//! checked to be so through its open descriptor each time. The home trash takes from anywhere; every other one serves what
//! is below the directory that holds it, and its records tell paths relative to that.
//!
//! Its **ballast** is room set aside: files that hold nothing of use. Where a call finds a disk full or a quota used up, one of
//! them goes for it and it is made again. `docs/full-disks.md` tells what each file system does.
//!
//! A **[volume]** is as far as a rename reaches: one mount, or one subvolume of it. Each has a trash directory of
//! its own, because a rename is whole or not at all and takes the same time whatever it moves. Which one serves is tried
//! and not predicted. Where the kernel refuses to rename, [`transfer`] copies, and the source goes only once the copy is
//! flushed, compared and listed.
//!
//! # Whom to believe
//!
//! | value | who can write it | what is done because of it |
//! |---|---|---|
//! | a name in a trash directory: instant, shape, what a mode lost or got, import; in `kept`, the end of the keep | we alone | it is believed |
//! | `original_path`, `original_name` | we alone, once the item is closed: its carrier is ours, `g-w` and `o-w` | a restore goes there: a plain path only, on a volume only below its top, and through no link that came since |
//! | `deletion_date` | the same | a clean deletes the item, or not; a date that cannot be right deletes nothing |
//! | `rrm_session` | the same | it selects |
//! | `rrm_size` | the same; and whoever still writes into the directory makes it wrong | it is shown; a clean by size or space measures anew |
//! | `rrm_import` | the same | the next import goes on with that entry |
//! | `rrm_mode`, `trashed_date`, `rrm_keep` of an older item | we alone if its carrier is closed; else the item is open | it gets that mode back; it is ordered by that date; it is kept |
//! | any of these on what is in no trash, or open | its owner, its group, whoever copied it | a removal writes its own over what a crash left of the same path, and leaves anything else in an envelope; the doctor erases it; nothing is done by its value |
//! | what root has set for all users, on a directory of root's | root alone; if others could, nothing is deleted | it limits what a user chooses |
//! | what the last undo brought back, in `.undone` | we alone; where it leads, others may have put something since | a redo removes it again if it is the same inode, unchanged; it is not due before a new grace period is over |
//! | the journal, the plan and the aftermath of a guarded run | we alone; where they lead, others may have put something since | an undo moves back, and gives permissions to, the very inode only, through no link, never a set-id bit of a program nor an owner |
//! | a note in `.staging` | we alone; where it leads, others may have put something since | compared byte by byte before anything goes |
//! | mode, owner and times of a removed thing | its owner | they go back with it; what is closed gets the bits back that its name tells |
//!
//! # What a crash leaves
//!
//! Each verb has one step that commits it, in capitals here; each is one rename that replaces nothing. (Where a platform has
//! no such rename, a restore's is two calls: killed in between, it leaves two names of one file, or an empty directory at the
//! target.) A step that fails undoes those before it. Killed instead, a command leaves this:
//!
//! | last step done | on the disk | who mends it |
//! |---|---|---|
//! | **remove, the item carries its record** | | |
//! | a directory of ours without `u+w` gets it | in place, writable for its owner | nobody: its mode is nowhere else yet |
//! | each attribute is set, the path first | in place, with attributes of ours | the next removal replaces them; [`mend`] erases them |
//! | RENAME to the UUID | in the trash, listed; open, if others may write it | whoever looks next closes it; it stays open |
//! | what others may write: `g-w`, `o-w` | in the trash, listed, open | nobody: what was written before is not known |
//! | its values are read back, and written again if they differ | in the trash, listed | |
//! | **remove, in an envelope** | | |
//! | the envelope is made, then its record | in place; an envelope without an item | `clean`, once it is an hour old |
//! | RENAME into the envelope | in the trash, listed | |
//! | **remove, by a copy** | | |
//! | an envelope in `.staging`, the copy in it, flushed and compared | in place and whole; a copy that nobody lists | `clean`: its owner's lock is gone |
//! | RENAME out of `.staging`, flushed | in place and whole; in the trash, whole and listed | `clean`, a restore or another removal of it: what is the same twice stays in its place |
//! | a [private directory](private) beside an entry of the source, noted in the trash | whole in the trash, listed; in place and whole; an empty directory `.rrm-` and 32 random digits | `clean`, a restore of it by a copy or another removal of it |
//! | the entry is moved aside to that | whole in the trash, listed; the entry in there, under its name | the same: it is moved back |
//! | each removal from the source | whole in the trash, listed; some of the source is left | the person: what is left may be in use |
//! | **restore** | | |
//! | `g+w` and `o+w` that were taken off are given back | in the trash, listed, open | whoever looks next closes it; it stays open |
//! | missing directories are made, all private until the innermost is there | in the trash, listed; directories with nothing in them, some for us alone | the person |
//! | RENAME to the target | at the target, whole, with attributes of ours | the next removal from there replaces them; [`mend`] erases them |
//! | each attribute is erased, the path last | the same, with fewer of them | the same |
//! | the `u+w` that it got is taken off, the envelope removed | as it was before it was removed | `clean`, for an envelope that stayed |
//! | **restore, merged into a directory** | | |
//! | the noted size is forgotten | in the trash, listed | |
//! | RENAME of each missing name, or a removal of what is in its way and then that | that part at its place, the rest in the trash, listed | a second merge |
//! | each emptied directory is removed from the trash | the same | the same |
//! | **restore, by a copy** | | |
//! | a [private directory](private) beside the target, noted in the trash; the copy in it | in the trash, listed; a directory `.rrm-` and 32 random digits | the next restore of the item, or `clean`, unless something else is there by then: then a person |
//! | RENAME to the target, flushed | at the target, whole; in the trash as well | `clean`, or a second restore: what is the same twice stays at the target |
//! | the item is deleted from the trash | at the target | `clean`, for what was claimed |
//! | **keep** | | |
//! | RENAME into `kept`, or out of it | kept, or not; listed | |
//! | flushed | the same, and it may be told | |
//! | **any of these, and clean, on a full disk** | | |
//! | a piece of the ballast goes | as it was | a `clean` that deletes something |
//! | **clean** | | |
//! | RENAME into `.doomed` | claimed: never listed or restored again | the next `clean` deletes it, or puts it back if its envelope is kept |
//! | an envelope is looked for again; what a person has kept meanwhile is renamed back | in the trash, listed | |
//! | each removal | less of it | the same |
//! | what cannot be deleted is renamed back | what is left of it in the trash, listed | the person who is told; a `clean` a week later |
//! | REMOVAL of one that is no directory, where a used-up quota forbids the claim | not there, never listed again | |
//! | some pieces of the ballast are made | fewer than all, one perhaps empty | a `clean` that deletes something |
//! | **a guarded run** | | |
//! | a line in the journal of the run | in place; a line about a number that is not there | nobody: it says nothing |
//! | a LINK or a finished copy under that number | in place, or gone once the program goes on; its number in `.guarded` | the next command that finds nobody at work there makes items of it |
//! | envelopes in `.guarded`, what an undo has to do beside | the same | the next command discards them, and begins again |
//! | the plan of what becomes of the numbers | the same | the next command does what the plan says |
//! | each number moved into its envelope | some of it in an envelope in `.guarded` | the same |
//! | RENAME of an envelope to the trash | that item in the trash, listed | the same, for the others |
//! | the numbers that nobody needs, the journal and the plan removed | all items in the trash, listed | |
//!
//! An undo first forgets the one before, and notes what it brought back once all of it is there, each path with the inode
//! and its time of change. Killed, it leaves no note, and there is nothing to redo. A redo looks at each of them before it
//! removes the first; killed, it leaves the note, and the next one passes over what is gone.
//!
//! Of many files that one command removes from one directory, up to 40 that come next have their record already while one
//! is moved; they are in place, as the table says.
//!
//! An import and an export have two trashes to keep in step, and tables of their own beside their code.
//!
//! [`mend`]: manager::TrashManager::mend
//!
//! A rename is not flushed, so a power failure may take back the last seconds of removals and restores, as it may any
//! rename; a copy is flushed before its source is touched.
//!
//! # The modules
//!
//! Data flows one way, and a test holds who may know whom. What a file manager needs is in `ops`, `manager`, `item`, `rules`,
//! `progress`, `preview`, `finding`, `attributes`, `config` and `error`; the rest is there for the program, the tests and the
//! benchmarks, may change with any version, and is out of reach without the feature `cli`.
//!
//! | module | what it knows |
//! |---|---|
//! | [`ops`] | the verbs: what a caller asks for, a plan that only reads, and what came of it |
//! | [`finding`] | what a doctor may find |
//! | [`manager`] | which trash directories there are, and which of them an item is in |
//! | [`rules`] | which items are meant, what goes when, and what there is, in sums: pure functions |
//! | [`volume`] | which trash directory serves a path, and where all of them are |
//! | [`store`] | one trash directory: its names, records, envelopes, and the order of writes |
//! | [`freedesktop`] | the trashes of other programs, as far as they can be believed |
//! | [`transfer`] | a faithful copy of a tree |
//! | [`guard`] | what a guarded command loses, and the processes around it |
//! | [`preview`] | a glance at what is under a name |
//! | [`purge`] | deletion of a tree for good |
//! | [`private`] | directories of ours where others may rename |
//! | [`item`], [`error`], [`text`] | values |
//! | [`attributes`], [`config`] | extended attributes, and the choices kept as such |
//! | [`progress`] | whom long work reports to, and who may stop it |
//! | [`sys`] | the system calls, which nothing else makes |

#![cfg_attr(
    not(any(feature = "cli", feature = "testing")),
    allow(dead_code, unreachable_pub, unused_imports, reason = "what only the program needs is out of its reach")
)]

pub mod attributes;
pub mod config;
pub mod error;
pub mod finding;
pub mod item;
pub mod manager;
pub mod ops;
pub mod preview;
pub mod progress;
pub mod rules;

// What the kernel tells of files and volumes, in plans, previews and statistics.
pub use sys::{FileId, FileKind, Metadata, Mount, MountRoot, Space, Timestamp};

// What these are made of. The program, the tests and the benchmarks reach it by doors that nothing is promised about, and that
// are not there for anybody else.
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod freedesktop;
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod guard;
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod private;
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod purge;
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod store;
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod sys;
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod text;
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod transfer;
#[cfg(any(feature = "cli", feature = "testing"))]
#[doc(hidden)]
pub mod volume;

#[cfg(not(any(feature = "cli", feature = "testing")))]
mod freedesktop;
#[cfg(not(any(feature = "cli", feature = "testing")))]
mod guard;
#[cfg(not(any(feature = "cli", feature = "testing")))]
mod private;
#[cfg(not(any(feature = "cli", feature = "testing")))]
mod purge;
#[cfg(not(any(feature = "cli", feature = "testing")))]
mod store;
#[cfg(not(any(feature = "cli", feature = "testing")))]
mod sys;
#[cfg(not(any(feature = "cli", feature = "testing")))]
mod text;
#[cfg(not(any(feature = "cli", feature = "testing")))]
mod transfer;
#[cfg(not(any(feature = "cli", feature = "testing")))]
mod volume;
