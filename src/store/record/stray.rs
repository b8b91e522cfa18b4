//! Records on files that are in no trash: what a killed removal or restore left, or what a copy of an item brought along.
//!
//! A value that the user set under one of our attribute names is kept. We take as ours only names that nobody else uses, and
//! a path that comes with one of them or with a date, or that is the file's own.

use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::attributes::ExtendedAttributes;
use crate::item::{ItemId, Stamp, is_plain_path};
use crate::store::record::keys::{DELETION_DATE, ENVELOPE, ORIGINAL_NAME, ORIGINAL_PATH, OURS, TRASHED_DATE};
use crate::store::record::{self, Carrier, Found};
use crate::sys::{Timestamp, metadata_of_file};

/// What a file outside of any trash carries of rrm's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The attributes, in the order in which they are erased.
    pub names: Vec<&'static str>,
    /// When the file's inode was last changed.
    pub changed: Timestamp,
}

/// What `file` carries that is ours beyond doubt. `own_path` tells where it is, and is asked only if that matters.
///
/// What may be an item, or a copy of one, is no stray, for its record is all that tells where it belongs: an envelope; what
/// is called by an ID, as in a person's copy of a trash directory; a file with several names, one of which may be in a
/// trash.
pub fn stray(
    attributes: &dyn ExtendedAttributes,
    file: &File,
    own_path: impl FnOnce() -> io::Result<PathBuf>,
) -> io::Result<Option<Stray>> {
    let present = attributes.list(file)?;
    let is_present = |name: &str| present.iter().any(|known| known == name);
    if is_present(ENVELOPE) || !OURS.iter().any(|name| is_present(name)) {
        return Ok(None);
    }
    let (metadata, own_path) = (metadata_of_file(file)?, own_path()?);
    let is_called_by_an_id = own_path.file_name().and_then(ItemId::from_name).is_some();
    if is_called_by_an_id || (!metadata.is_dir() && metadata.links > 1) {
        return Ok(None);
    }
    let found = record::read(attributes, file, Carrier::of(&metadata))?;
    let removed = record::decode_date(attributes.get(file, TRASHED_DATE)?);
    let reads_as_ours = |name: &str| reads_as_ours(name, &found, &removed);
    let names: Vec<_> = OURS.into_iter().rev().filter(|name| is_present(name) && reads_as_ours(name)).collect();
    let has = |which: fn(&str) -> bool| names.iter().any(|name| which(name));
    let certain = has(is_only_ours)
        || (has(is_path) && has(is_date))
        || (has(is_path) && is_own(found.original_path.as_deref(), &own_path));
    Ok(certain.then_some(Stray { names, changed: metadata.changed }))
}

fn is_path(name: &str) -> bool {
    [ORIGINAL_PATH, ORIGINAL_NAME].contains(&name)
}

fn is_date(name: &str) -> bool {
    [DELETION_DATE, TRASHED_DATE].contains(&name)
}

/// Names that begin with our own are nobody else's.
fn is_only_ours(name: &str) -> bool {
    !is_path(name) && !is_date(name)
}

/// Whether the value under a name that others may use too is one that we write.
fn reads_as_ours(name: &str, found: &Found, removed: &Stamp) -> bool {
    match name {
        ORIGINAL_PATH | ORIGINAL_NAME => found.original_path.as_deref().is_some_and(is_plain_path),
        DELETION_DATE => found.deletion.instant().is_some(),
        TRASHED_DATE => removed.instant().is_some(),
        _ => true,
    }
}

/// Whether a record is about the file that it is on; on a volume it tells only the end of the path.
fn is_own(recorded: Option<&Path>, own: &Path) -> bool {
    recorded.is_some_and(|recorded| own.ends_with(recorded) && !recorded.as_os_str().as_bytes().is_empty())
}

/// Erases what [`stray`] found. The file's lock is held ([`crate::store::is_ours`]), and it is where it was found: else the record
/// may be that of an item. Whatever the values say is not believed.
pub fn erase_stray(attributes: &dyn ExtendedAttributes, file: &File, names: &[&'static str]) -> io::Result<()> {
    names.iter().try_for_each(|name| attributes.remove(file, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::SystemAttributes;
    use crate::store::record::keys::MODE;

    fn found(pairs: &[(&str, &str)]) -> Option<Vec<&'static str>> {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        for (name, value) in pairs {
            SystemAttributes.create(file.as_file(), name, value.as_bytes()).expect("set");
        }
        let stray = stray(&SystemAttributes, file.as_file(), || Ok("/home/ada/file".into())).expect("read");
        stray.map(|stray| stray.names)
    }

    #[test]
    fn only_what_is_ours_beyond_doubt_is_stray() {
        let date = "2026-11-21T14:00:00Z";
        let table: [(&[_], Option<&[_]>); 11] = [
            (&[], None),
            (&[("colour", "red")], None),
            (&[(ORIGINAL_PATH, "/x"), (DELETION_DATE, date)], Some(&[DELETION_DATE, ORIGINAL_PATH])),
            (&[(ORIGINAL_PATH, "/home/ada/file")], Some(&[ORIGINAL_PATH])),
            (&[(ORIGINAL_PATH, "ada/file")], Some(&[ORIGINAL_PATH])),
            (&[(ORIGINAL_PATH, "/somewhere/else")], None),
            (&[(ORIGINAL_PATH, "file:///x?y")], None),
            (&[(DELETION_DATE, date)], None),
            (&[(DELETION_DATE, "some day"), (ORIGINAL_PATH, "/x")], None),
            (&[(DELETION_DATE, "some day"), (MODE, "0555")], Some(&[MODE])),
            (&[(ENVELOPE, "1"), (ORIGINAL_PATH, "/x"), (DELETION_DATE, date)], None),
        ];
        for (pairs, names) in table {
            assert_eq!(found(pairs).as_deref(), names, "{pairs:?}");
        }
    }
}
