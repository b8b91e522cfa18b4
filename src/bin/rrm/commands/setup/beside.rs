//! The names beside a start file under which it is written: nobody else makes them, and what a killed run has left there
//! is known again.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt as _;

use rrm::sys::{self, Dir, FileKind, Name};

/// `.NAME.rrm-setup-` and 16 digits at random.
pub(super) fn beside(name: Name<'_>) -> io::Result<OsString> {
    let mut random = [0; 8];
    sys::random_bytes(&mut random)?;
    let mut beside = begin(name);
    beside.push(format!("{:016x}", u64::from_ne_bytes(random)));
    Ok(beside)
}

/// What killed runs have left: our regular files of such a name.
pub(super) fn left(directory: &Dir, name: Name<'_>) -> io::Result<Vec<OsString>> {
    let mut left = Vec::new();
    directory.for_each_entry(|entry| {
        left.extend(is_beside(name, &entry.name).then_some(entry.name));
        Ok(())
    })?;
    left.retain(|left| {
        let found = Name::new(left).map_err(io::Error::from).and_then(|left| directory.metadata_of(left));
        found.is_ok_and(|found| found.kind == FileKind::File && found.uid == sys::effective_uid() && found.links == 1)
    });
    Ok(left)
}

fn begin(name: Name<'_>) -> OsString {
    OsString::from_iter([".".as_ref(), name.as_os_str(), ".rrm-setup-".as_ref()])
}

fn is_beside(name: Name<'_>, other: &OsStr) -> bool {
    let digits = other.as_bytes().strip_prefix(begin(name).as_bytes());
    digits.is_some_and(|digits| digits.len() == 16 && digits.iter().all(|digit| b"0123456789abcdef".contains(digit)))
}
