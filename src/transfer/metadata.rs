//! Owner, attributes, permission bits and times from one inode to another, checked by reading them back.

pub(super) mod apply;
pub(super) mod attributes;
pub(super) mod traits;

use std::ffi::OsStr;
use std::io;

use crate::sys::{Answer, Asked, FileKind, Inode, Metadata, answer};

use self::attributes::{Group, Inherited};
use crate::transfer::error::{Failure, Trouble, While, is_refusal};
use crate::transfer::loss::Loss;

/// An inode that has been given another's metadata.
#[derive(Debug)]
pub(in crate::transfer) struct Kept {
    /// What it could not take.
    pub(in crate::transfer) losses: Vec<Loss>,
    /// What it is now.
    pub(in crate::transfer) now: Metadata,
}

/// What a new entry is before anything is done to it: the same for all files made in one private directory.
#[derive(Debug, Clone, Copy)]
pub(in crate::transfer) struct Newborn {
    pub(in crate::transfer) owner: Owner,
    pub(in crate::transfer) inherited: Inherited,
}

/// User and group.
pub(in crate::transfer) type Owner = (u32, u32);

impl Newborn {
    /// What `made` is, to which nothing was done yet.
    pub(in crate::transfer) fn of(made: &Inode) -> Result<Self, Trouble> {
        let owner = owner_of(made).during(Failure::Keep)?;
        Ok(Self { owner, inherited: attributes::inherited(made).during(Failure::Keep)? })
    }
}

/// Gives `to`, which is as `new` tells, the metadata of `from`, as `was` tells it; says what could not be kept, by
/// comparing afterwards. Attributes that `passed_over` tells are none.
///
/// The order matters: giving a file away takes its capabilities and set-id bits (chown(2)); an access list sets
/// permission bits, and the bits, set after it, its mask (acl(5)); and times come last because all else changes them.
/// Until the mode is set, nobody but the owner can open the copy.
pub(in crate::transfer) fn keep(
    from: &Inode,
    was: &Metadata,
    to: &Inode,
    new: Newborn,
    passed_over: fn(&OsStr) -> bool,
) -> Result<Kept, Trouble> {
    let owner = set_owner(was, to, new.owner).during(Failure::Keep)?;
    let group = if owner.1 == was.gid { Group::Same } else { Group::Other };
    let mut losses = attributes::keep(from, to, group, new.inherited, passed_over)?;
    let mode = mode_for(was, owner);
    if was.kind != FileKind::Symlink {
        tolerate_refusal(to.set_mode(mode), Asked::Metadata).during(Failure::Keep)?;
    }
    let asked = if was.kind == FileKind::Symlink { Asked::MetadataOfLink } else { Asked::Metadata };
    tolerate_refusal(to.set_times(was.accessed, was.modified), asked).during(Failure::Keep)?;
    let now = to.metadata().during(Failure::Keep)?;
    losses.extend(differences(was, &now, mode));
    Ok(Kept { losses, now })
}

/// What of `was` the copy `now` does not have, where its mode was meant to be `mode`.
fn differences(was: &Metadata, now: &Metadata, mode: u32) -> impl Iterator<Item = Loss> {
    let owner = (was.uid, was.gid) != (now.uid, now.gid);
    let bits = was.kind != FileKind::Symlink && now.mode != mode;
    // Whoever reads what is being made, as an indexer or a backup may, moves its access time after it was set: no loss.
    let was_read = now.accessed >= now.changed;
    let times = was.modified != now.modified || (was.accessed != now.accessed && !was_read);
    let flags = was.flags != now.flags;
    let found = [(owner, Loss::Owner), (bits, Loss::Mode), (flags, Loss::Flags), (times, Loss::Times)];
    found.into_iter().filter_map(|(differs, loss)| differs.then_some(loss))
}

/// Owner and group if we may, else the group alone: an ordinary user may give a file to any group of their own. Says what
/// came of it. Most often there is nothing to do, because what we make is ours.
pub(in crate::transfer) fn set_owner(was: &Metadata, to: &Inode, owner: Owner) -> io::Result<Owner> {
    if owner == (was.uid, was.gid) {
        return Ok(owner);
    }
    match to.set_owner(Some(was.uid), Some(was.gid)) {
        Err(error) if is_refusal(&error) => tolerate_refusal(to.set_owner(None, Some(was.gid)), Asked::Metadata)?,
        result => result?,
    }
    owner_of(to)
}

fn owner_of(inode: &Inode) -> io::Result<Owner> {
    inode.metadata().map(|is| (is.uid, is.gid))
}

/// The permission bits that a copy may have, given who owns it.
///
/// What only the source's owner or group were trusted with does not pass to another: no set-id bits for a new owner,
/// and for a new group nothing that everybody has not.
pub(in crate::transfer) fn mode_for(was: &Metadata, owner: Owner) -> u32 {
    const SET_ID: u32 = 0o6000;
    const GROUP: u32 = 0o070;
    if (was.uid, was.gid) == owner {
        return was.mode;
    }
    let mode = was.mode & !SET_ID;
    if was.gid == owner.1 {
        return mode;
    }
    let everybody = (mode & 0o007) << 3;
    mode & (!GROUP | everybody)
}

/// A refusal is found by comparing, so that a call that only claims to work is found too.
pub(in crate::transfer) fn tolerate_refusal(result: io::Result<()>, asked: Asked) -> io::Result<()> {
    match result {
        Err(error) if answer(&error, asked) == Answer::NotHere => Ok(()),
        result => result,
    }
}
