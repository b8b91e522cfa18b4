//! Extended attributes from one inode to another.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;

use xattr::FileExt;

use crate::sys::door::through;
use crate::sys::{AttributeMeaning, Carrier, Inode, is_attribute_too_large, meaning_of_attribute};

use super::error::{Failure, Trouble, While};
use super::loss::Loss;

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
/// All but labels that the system gives are meant. What `to` inherited and `from` does not have is removed: a default access
/// list of the target would open the copy to people who could not see the source.
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

/// Makes the attributes of `inode` these, as far as they may be set: others go, but for labels.
pub(super) fn replace(inode: &Inode, wanted: &BTreeMap<OsString, Vec<u8>>) -> Result<(), Trouble> {
    for (name, value) in wanted {
        if get(inode, name).during(Failure::Keep)?.as_ref() != Some(value) {
            set(inode, name, value)?;
        }
    }
    for name in list(inode, is_kept).during(Failure::Keep)?.iter().filter(|name| !wanted.contains_key(*name)) {
        match remove(inode, name) {
            Err(error) if super::keep::is_refusal(&error) => {}
            removed => removed.during(Failure::Keep)?,
        }
    }
    Ok(())
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
    meaning_of_attribute(name) != AttributeMeaning::Label
}

fn is_inherited(name: &OsStr) -> bool {
    meaning_of_attribute(name) == AttributeMeaning::InheritableAccessList
}

fn loss_of(name: &OsStr) -> Loss {
    match meaning_of_attribute(name) {
        AttributeMeaning::AccessList | AttributeMeaning::InheritableAccessList => Loss::AccessList,
        AttributeMeaning::Capabilities => Loss::Capabilities,
        AttributeMeaning::Value | AttributeMeaning::Label => Loss::Attributes,
    }
}

fn list(inode: &Inode, which: fn(&OsStr) -> bool) -> io::Result<Vec<OsString>> {
    let names = match inode.carrier() {
        Carrier::Handle(file) => file.list_xattr(),
        Carrier::Path(path) => xattr::list_deref(path),
        Carrier::Unreachable => return Ok(Vec::new()),
    };
    match names {
        Ok(names) => Ok(names.filter(|name| which(name)).collect()),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn get(inode: &Inode, name: &OsStr) -> io::Result<Option<Vec<u8>>> {
    match inode.carrier() {
        Carrier::Handle(file) => file.get_xattr(name),
        Carrier::Path(path) => xattr::get_deref(path, name),
        Carrier::Unreachable => Ok(None),
    }
}

fn remove(inode: &Inode, name: &OsStr) -> io::Result<()> {
    match inode.carrier() {
        Carrier::Handle(file) => through("fremovexattr", || file.remove_xattr(name)),
        Carrier::Path(path) => through("removexattr", || xattr::remove_deref(path, name)),
        Carrier::Unreachable => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// Sets one attribute; false where this file system or user cannot hold it.
fn set(inode: &Inode, name: &OsStr, value: &[u8]) -> Result<bool, Trouble> {
    let done = match inode.carrier() {
        Carrier::Handle(file) => through("fsetxattr", || file.set_xattr(name, value)),
        Carrier::Path(path) => through("setxattr", || xattr::set_deref(path, name, value)),
        Carrier::Unreachable => Err(io::ErrorKind::Unsupported.into()),
    };
    match done {
        Ok(()) => Ok(true),
        Err(error) if super::keep::is_refusal(&error) || is_attribute_too_large(&error) => Ok(false),
        Err(error) => Err(Trouble::of(Failure::Keep, error)),
    }
}
