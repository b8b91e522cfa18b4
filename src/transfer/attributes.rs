//! Extended attributes from one inode to another.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;

use xattr::FileExt;

use crate::sys::Inode;
use crate::sys::door::through;

use super::error::{Failure, Trouble, While};
use super::loss::Loss;

const ACCESS_LIST: &str = "system.posix_acl_access";
const DEFAULT_LIST: &str = "system.posix_acl_default";
const CAPABILITY: &str = "security.capability";

/// Whether the copy belongs to the group that the source belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Group {
    /// It does.
    Same,
    /// It does not: an access list would give the source's group rights to another group.
    Other,
}

/// What a new entry has from the directory that it was made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inherited {
    /// No attribute that [`keep`] cares about.
    Nothing,
    /// Access control lists, by the default list of the directory.
    Lists,
}

/// What the new entry `made` has inherited.
pub(super) fn inherited(made: &Inode) -> io::Result<Inherited> {
    Ok(if list(made, is_inherited)?.is_empty() { Inherited::Nothing } else { Inherited::Lists })
}

/// Makes the attributes of `to`, which is new, those of `from`; says what it could not.
///
/// All of `user.`, `trusted.` and `system.` (the access control lists) and the capabilities are meant. The rest of
/// `security.` is a label that the policy of the target gives, and other namespaces are settings of one file system.
/// What `to` inherited and `from` does not have is removed: a default access list of the target would open the copy to
/// people who could not see the source.
///
/// Those of `from` that `passed_over` tells are none.
pub(super) fn keep(
    from: &Inode,
    to: &Inode,
    group: Group,
    inherited: Inherited,
    passed_over: fn(&OsStr) -> bool,
) -> Result<Vec<Loss>, Trouble> {
    let mut wanted = list(from, is_kept).during(Failure::Read)?;
    wanted.retain(|name| !passed_over(name));
    if inherited == Inherited::Lists {
        remove_inherited(to, &wanted).during(Failure::Keep)?;
    }
    let mut losses = Vec::new();
    for name in wanted {
        let loss = loss_of(&name);
        // None: it is gone since it was listed, which the comparison of the source's change time will tell.
        let Some(value) = get(from, &name).during(Failure::Read)? else { continue };
        let refused = loss == Loss::AccessList && group == Group::Other;
        if (refused || !set(to, &name, &value)?) && !losses.contains(&loss) {
            losses.push(loss);
        }
    }
    Ok(losses)
}

fn remove_inherited(made: &Inode, but: &[OsString]) -> io::Result<()> {
    let names = list(made, is_inherited)?;
    names.iter().filter(|name| !but.contains(name)).try_for_each(|name| remove(made, name))
}

/// What [`keep`] would keep of this source, but for the names that `passed_over` tells.
pub(super) fn values(from: &Inode, passed_over: fn(&OsStr) -> bool) -> io::Result<BTreeMap<OsString, Option<Vec<u8>>>> {
    let names = list(from, is_kept)?.into_iter().filter(|name| !passed_over(name));
    names.map(|name| get(from, &name).map(|value| (name, value))).collect()
}

/// Whether there is anything that [`keep`] would have to do for this source.
pub(super) fn has_any(from: &Inode, passed_over: fn(&OsStr) -> bool) -> io::Result<bool> {
    Ok(list(from, is_kept)?.iter().any(|name| !passed_over(name)))
}

fn is_kept(name: &OsStr) -> bool {
    let name = name.as_bytes();
    // How xfs stores the access lists that it also shows under their own names (measured, as root).
    if name.starts_with(b"trusted.SGI_ACL_") {
        return false;
    }
    [b"user.".as_slice(), b"trusted.", b"system."].iter().any(|space| name.starts_with(space))
        || name == CAPABILITY.as_bytes()
}

fn is_inherited(name: &OsStr) -> bool {
    name == ACCESS_LIST || name == DEFAULT_LIST
}

fn loss_of(name: &OsStr) -> Loss {
    if name.as_bytes().starts_with(b"system.") {
        Loss::AccessList
    } else if name == CAPABILITY {
        Loss::Capabilities
    } else {
        Loss::Attributes
    }
}

fn list(inode: &Inode, which: fn(&OsStr) -> bool) -> io::Result<Vec<OsString>> {
    let names = match inode {
        Inode::Open(file) => file.list_xattr(),
        Inode::Marked(_, own_name) => xattr::list_deref(own_name),
    };
    match names {
        Ok(names) => Ok(names.filter(|name| which(name)).collect()),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn get(inode: &Inode, name: &OsStr) -> io::Result<Option<Vec<u8>>> {
    match inode {
        Inode::Open(file) => file.get_xattr(name),
        Inode::Marked(_, own_name) => xattr::get_deref(own_name, name),
    }
}

fn remove(inode: &Inode, name: &OsStr) -> io::Result<()> {
    match inode {
        Inode::Open(file) => through("fremovexattr", || file.remove_xattr(name)),
        Inode::Marked(_, own_name) => through("removexattr", || xattr::remove_deref(own_name, name)),
    }
}

/// Sets one attribute; false where this file system or user cannot hold it.
fn set(inode: &Inode, name: &OsStr, value: &[u8]) -> Result<bool, Trouble> {
    let done = match inode {
        Inode::Open(file) => through("fsetxattr", || file.set_xattr(name, value)),
        Inode::Marked(_, own_name) => through("setxattr", || xattr::set_deref(own_name, name, value)),
    };
    match done {
        Ok(()) => Ok(true),
        Err(error) if super::keep::is_refusal(&error) || is_too_large(&error) => Ok(false),
        Err(error) => Err(Trouble::of(Failure::Keep, error)),
    }
}

/// No room in the inode (ENOSPC, which here does not mean a full disk), or a value larger than the file system takes.
fn is_too_large(error: &io::Error) -> bool {
    const ERANGE: i32 = 34;
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::ArgumentListTooLong)
        || error.raw_os_error() == Some(ERANGE)
}
