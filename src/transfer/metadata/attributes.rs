//! Extended attributes from one inode to another.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;

use xattr::FileExt;

use crate::sys::door::through;
use crate::sys::{AttributeMeaning, Carrier, Inode, has_no_attributes, is_attribute_refused, meaning_of_attribute};

use crate::transfer::error::{Failure, Trouble, While, is_refusal};
use crate::transfer::loss::Loss;

/// Attributes by their names.
pub(in crate::transfer) type Values = BTreeMap<OsString, Option<Vec<u8>>>;

/// Whether the copy belongs to the group that the source belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum Group {
    /// It does.
    Same,
    /// It does not: an access list would give the source's group rights to another group.
    Other,
}

/// What a new entry has from the directory that it was made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum Inherited {
    /// No attribute that [`keep`] cares about.
    Nothing,
    /// Access control lists, by the default list of the directory.
    Lists,
}

/// What the new entry `made` has inherited.
pub(in crate::transfer) fn inherited(made: &Inode) -> io::Result<Inherited> {
    Ok(if list(made, is_inherited)?.is_none_or(|names| names.is_empty()) {
        Inherited::Nothing
    } else {
        Inherited::Lists
    })
}

/// Makes the attributes of `to`, which is new, those of `from`; says what it could not.
///
/// All but settings of the system are meant. What `to` inherited and `from` does not have is removed: a default access
/// list of the target would open the copy to people who could not see the source.
///
/// Those of `from` that `passed_over` tells are none.
pub(in crate::transfer) fn keep(
    from: &Inode,
    to: &Inode,
    group: Group,
    inherited: Inherited,
    passed_over: fn(&OsStr) -> bool,
) -> Result<Vec<Loss>, Trouble> {
    let told = list(from, is_kept).during(Failure::Read)?;
    let mut losses = if told.is_none() { vec![Loss::Attributes] } else { Vec::new() };
    let mut wanted = told.unwrap_or_default();
    wanted.retain(|name| !passed_over(name));
    if inherited == Inherited::Lists {
        remove_inherited(to, &wanted).during(Failure::Keep)?;
    }
    for name in wanted {
        let loss = loss_of(&name);
        // None: it is gone since it was listed, which the comparison of the source's change time will tell.
        let Some(value) = get(from, &name).during(Failure::Read)? else { continue };
        let refused = loss == Loss::AccessList && group == Group::Other;
        // A label that nobody may set may be the one that the copy has got.
        let is_there =
            || Ok(loss == Loss::Label && get(to, &name).during(Failure::Keep)?.is_some_and(|is| is == value));
        if (refused || !(set(to, &name, &value)? || is_there()?)) && !losses.contains(&loss) {
            losses.push(loss);
        }
    }
    Ok(losses)
}

/// Whether all attributes could be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// They were.
    All,
    /// This file system or user cannot hold some of them.
    NotAll,
}

/// Makes the attributes of `inode` these, as far as they may be set: others go, but for labels.
pub(in crate::transfer) fn replace(inode: &Inode, wanted: &BTreeMap<OsString, Vec<u8>>) -> Result<Given, Trouble> {
    let mut given = Given::All;
    for (name, value) in wanted {
        if get(inode, name).during(Failure::Keep)?.as_ref() != Some(value) && !set(inode, name, value)? {
            given = Given::NotAll;
        }
    }
    for name in list(inode, is_kept)
        .during(Failure::Keep)?
        .unwrap_or_default()
        .iter()
        .filter(|name| !wanted.contains_key(*name))
    {
        match remove(inode, name) {
            Err(error) if is_refusal(&error) => {}
            removed => removed.during(Failure::Keep)?,
        }
    }
    Ok(given)
}

fn remove_inherited(made: &Inode, but: &[OsString]) -> io::Result<()> {
    let names = list(made, is_inherited)?.unwrap_or_default();
    names.iter().filter(|name| !but.contains(name)).try_for_each(|name| remove(made, name))
}

/// What [`keep`] would keep of this source but for labels, without the names that `passed_over` tells.
pub(in crate::transfer) fn values(from: &Inode, passed_over: fn(&OsStr) -> bool) -> io::Result<Values> {
    let names = list(from, is_kept)?.unwrap_or_default();
    values_of(from, names.into_iter().filter(|name| !is_label(name) && !passed_over(name)))
}

/// The labels of this source, if it is known to have nothing else that [`keep`] would have to keep.
pub(in crate::transfer) fn only_labels(from: &Inode, passed_over: fn(&OsStr) -> bool) -> io::Result<Option<Values>> {
    let Some(mut names) = list(from, is_kept)? else { return Ok(None) };
    names.retain(|name| !passed_over(name));
    if names.iter().all(|name| is_label(name)) { values_of(from, names).map(Some) } else { Ok(None) }
}

fn values_of(from: &Inode, names: impl IntoIterator<Item = OsString>) -> io::Result<Values> {
    names.into_iter().map(|name| get(from, &name).map(|value| (name, value))).collect()
}

fn is_kept(name: &OsStr) -> bool {
    meaning_of_attribute(name) != AttributeMeaning::Setting
}

fn is_label(name: &OsStr) -> bool {
    meaning_of_attribute(name) == AttributeMeaning::Label
}

fn is_inherited(name: &OsStr) -> bool {
    meaning_of_attribute(name) == AttributeMeaning::InheritableAccessList
}

fn loss_of(name: &OsStr) -> Loss {
    match meaning_of_attribute(name) {
        AttributeMeaning::AccessList | AttributeMeaning::InheritableAccessList => Loss::AccessList,
        AttributeMeaning::Capabilities => Loss::Capabilities,
        AttributeMeaning::Label => Loss::Label,
        AttributeMeaning::Value | AttributeMeaning::Setting => Loss::Attributes,
    }
}

/// The names of its attributes; `None` where they cannot be read, and all else of it can. Some servers that keep none say
/// that, and so does a bad disk: then what there may be is a loss that is named.
fn list(inode: &Inode, which: fn(&OsStr) -> bool) -> io::Result<Option<Vec<OsString>>> {
    let names = match inode.carrier() {
        Carrier::Handle(file) => file.list_xattr(),
        Carrier::Path(path) => xattr::list_deref(path),
        Carrier::Unreachable => return Ok(Some(Vec::new())),
    };
    match names {
        Ok(names) => Ok(Some(names.filter(|name| which(name)).collect())),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(Some(Vec::new())),
        Err(error) if has_no_attributes(&error) => Ok(None),
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
        // A used-up quota is nothing that a person could agree to.
        Err(error) if is_attribute_refused(&error) && error.kind() != io::ErrorKind::QuotaExceeded => Ok(false),
        Err(error) => Err(Trouble::of(Failure::Keep, error)),
    }
}
