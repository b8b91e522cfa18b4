//! One directory made like another, or compared with it, without what is in it.

use std::ffi::OsStr;
use std::io;

use crate::sys::{Dir, Inode, Metadata};

use crate::transfer::error::{Trouble, is_refusal};
use crate::transfer::loss::Loss;
use crate::transfer::metadata::attributes;
use crate::transfer::metadata::attributes::Group;
use crate::transfer::metadata::{Newborn, mode_for, set_owner};

/// Gives the new directory `to`, which is private, what `from` has as far as that is allowed: its owner, its attributes
/// and access lists but for those that `passed_over` tells, and last its permission bits, or those of `recorded`.
///
/// # Security
/// Nobody is let in who was not before. Until the bits are set, only its owner is; and where an access list cannot be
/// kept, they say less: with one, those of the group are its mask (acl(5)), which may be more than the group had.
pub fn apply_metadata(from: &Dir, to: &Dir, recorded: Option<u32>, passed_over: fn(&OsStr) -> bool) -> io::Result<()> {
    let found = from.metadata()?;
    let was = Metadata { mode: recorded.unwrap_or(found.mode), ..found };
    let (from, to) = match from.readable() {
        Ok(readable) => (Inode::Open(readable), Inode::Open(to.readable()?)),
        // What it has beside its mode is not ours to read: it stays private.
        Err(error) if is_refusal(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    let new = Newborn::of(&to).map_err(Trouble::into_source)?;
    let owner = set_owner(&was, &to, new.owner)?;
    let group = if owner.1 == was.gid { Group::Same } else { Group::Other };
    let kept = attributes::keep(&from, &to, group, new.inherited, passed_over);
    let losses = kept.map_err(Trouble::into_source)?;
    let mode = mode_for(&was, owner);
    let everybody = (mode & 0o007) << 3;
    to.set_mode(if losses.contains(&Loss::AccessList) { mode & (!0o070 | everybody) } else { mode })
}

/// Whether two directories have the same owner, group, permission bits and attributes, but for those that `passed_over`
/// tells. What is in them is not looked at. Each counts as having the bits that are given with it.
pub fn is_like(one: (&Dir, u32), other: (&Dir, u32), passed_over: fn(&OsStr) -> bool) -> io::Result<bool> {
    let (was, is) = (one.0.metadata()?, other.0.metadata()?);
    if (was.uid, was.gid, one.1) != (is.uid, is.gid, other.1) {
        return Ok(false);
    }
    let values = |dir: &Dir| attributes::values(&Inode::Open(dir.readable()?), passed_over);
    Ok(values(one.0)? == values(other.0)?)
}
