//! A record as attributes: their names, their values, and which of them are ours.

pub(super) mod keys;
pub(super) mod mark;
pub(super) mod older;
pub(super) mod stray;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::attributes::{ExtendedAttributes, short_name};
use crate::item::{Record, Stamp};
use crate::sys::{Metadata, is_attribute_refused};

use crate::store::record::keys::{DELETION_DATE, IMPORT, ORIGINAL_NAME, ORIGINAL_PATH, OURS, SESSION, SIZE};

/// The longest path that is written as one value.
///
/// ext4 keeps this much in an inode of the usual size, and what does not fit there in a block. Inodes with the very same
/// values beside the inode share one block; so of a longer path the directory goes there with the date, which both are
/// the same for many items, and the name into the inode.
const LONGEST_IN_ONE: usize = 56;

/// Why a record could not be written.
#[derive(Debug)]
pub enum Unwritten {
    /// The file will not carry it, an envelope will: attributes are unsupported, forbidden or full, or one of the names
    /// is taken by a value that is not ours. What was set of the record is erased again.
    Refused(io::Error),
    /// The call failed for a reason that an envelope does not mend.
    Failed(io::Error),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        if is_attribute_refused(&error) || error.kind() == io::ErrorKind::AlreadyExists {
            Self::Refused(error)
        } else {
            Self::Failed(error)
        }
    }
}

/// Whether any of these names of attributes is one that a record uses.
#[must_use]
pub fn is_any_of_one(names: &[OsString]) -> bool {
    names.iter().any(|name| OURS.iter().any(|ours| name == ours))
}

/// Writes `record` on `file`, which carries none, and replaces nothing that is there already (`EEXIST`).
///
/// Where one attribute fails, those before it are erased again. If even that fails there is no way on: an envelope would
/// take a file along that keeps a part of a record.
pub fn create(attributes: &dyn ExtendedAttributes, file: &File, record: &Record) -> Result<(), Unwritten> {
    let pairs = encode(record);
    for (done, (name, value)) in pairs.iter().enumerate() {
        if let Err(error) = attributes.create(file, name, value) {
            for (name, _) in pairs[..done].iter().rev() {
                attributes.remove(file, name).map_err(Unwritten::Failed)?;
            }
            return Err(error.into());
        }
    }
    Ok(())
}

/// Writes `record` over what a crash left of one. A person's own values under our names are kept: refused (`EEXIST`).
///
/// At no moment there is less than a record on the file.
pub fn replace_leftover(attributes: &dyn ExtendedAttributes, file: &File, record: &Record) -> Result<(), Unwritten> {
    let pairs = encode(record);
    if !is_leftover(attributes, file, &pairs)? {
        return Err(Unwritten::Refused(io::ErrorKind::AlreadyExists.into()));
    }
    let is_stale = |name: &&&str| pairs.iter().all(|(written, _)| written != *name);
    let mut stale = OURS.iter().filter(is_stale);
    let written = pairs.iter().try_for_each(|(name, value)| attributes.set(file, name, value));
    written.and_then(|()| stale.try_for_each(|name| attributes.remove(file, name))).or_else(|error| {
        erase(attributes, file).map_err(Unwritten::Failed)?;
        Err(error.into())
    })
}

/// Whether what is under our names was left by a crashed removal or restore of this very path: then what is recorded first
/// (and erased last) is what we would write. Anything else is a person's own value and is kept.
fn is_leftover(attributes: &dyn ExtendedAttributes, file: &File, pairs: &[Pair]) -> io::Result<bool> {
    let Some((first, value)) = pairs.first() else { return Ok(false) };
    if let Some(found) = attributes.get(file, first)? {
        return Ok(found == *value || whole_path(pairs).is_some_and(|path| found == path));
    }
    // One value, by an older version of rrm.
    Ok(attributes.get(file, ORIGINAL_PATH)?.is_some_and(|found| whole_path(pairs).is_some_and(|path| found == path)))
}

fn whole_path(pairs: &[Pair]) -> Option<Vec<u8>> {
    let value = |wanted: &str| pairs.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_slice());
    Some([value(ORIGINAL_PATH)?, value(ORIGINAL_NAME).unwrap_or_default()].concat())
}

/// Writes again what of `record` is not on `file` any more, once nobody else can write there. What others may have put
/// beside it under our names goes.
pub fn restore(attributes: &dyn ExtendedAttributes, file: &File, record: &Record) -> io::Result<()> {
    let pairs = encode(record);
    for (name, value) in &pairs {
        if attributes.get(file, name)?.as_ref() != Some(value) {
            attributes.set(file, name, value)?;
        }
    }
    erase_all_but(attributes, file, &pairs)
}

/// Whether all that `record` writes is on `file` as it was written.
pub fn is_on(attributes: &dyn ExtendedAttributes, file: &File, record: &Record) -> io::Result<bool> {
    for (name, value) in encode(record) {
        if attributes.get(file, name)?.as_ref() != Some(&value) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Erases the record on `file`.
pub fn erase(attributes: &dyn ExtendedAttributes, file: &File) -> io::Result<()> {
    erase_all_but(attributes, file, &[])
}

fn erase_all_but(attributes: &dyn ExtendedAttributes, file: &File, pairs: &[Pair]) -> io::Result<()> {
    // More than 64 KiB of names cannot be listed (`E2BIG`); what is not there is no error.
    let present = attributes.list(file).ok();
    let may_be_there = |name: &str| present.as_ref().is_none_or(|present| present.iter().any(|known| known == name));
    let is_strange = |name: &str| pairs.iter().all(|(written, _)| *written != name);
    let strange = OURS.iter().rev().filter(|name| is_strange(name) && may_be_there(name));
    strange.copied().try_for_each(|name| attributes.remove(file, name))
}

/// Whether an attribute, by its full name, is part of a record.
#[must_use]
pub fn is_part_of_one(name: &OsStr) -> bool {
    short_name(name).is_some_and(|name| OURS.iter().any(|ours| name == *ours))
}

type Pair = (&'static str, Vec<u8>);

/// The attributes that make up `record`, in the order in which they are written.
pub(in crate::store) fn encode(record: &Record) -> Vec<Pair> {
    let mut pairs = encode_path(&record.original_path);
    pairs.extend(record.deletion.map(|deletion| (DELETION_DATE, date(deletion, SecondsFormat::AutoSi))));
    pairs.extend(record.session.as_ref().map(|session| (SESSION, session.as_bytes().to_vec())));
    pairs.extend(record.imported_as.as_ref().map(|name| (IMPORT, name.as_bytes().to_vec())));
    pairs
}

fn encode_path(path: &Path) -> Vec<Pair> {
    let bytes = path.as_os_str().as_bytes();
    match bytes.iter().rposition(|byte| *byte == b'/') {
        Some(slash) if bytes.len() > LONGEST_IN_ONE => {
            let (directory, name) = bytes.split_at(slash + 1);
            vec![(ORIGINAL_NAME, name.to_vec()), (ORIGINAL_PATH, directory.to_vec())]
        }
        _ => vec![(ORIGINAL_PATH, bytes.to_vec())],
    }
}

pub(in crate::store) fn date(instant: DateTime<Utc>, precision: SecondsFormat) -> Vec<u8> {
    instant.to_rfc3339_opts(precision, true).into_bytes()
}

/// What was found of a record, before anything is believed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The path, absolute or relative, as it was written.
    pub original_path: Option<PathBuf>,
    /// When its grace period ends.
    pub deletion: Stamp,
    /// Who removed it.
    pub session: Option<OsString>,
    /// How large a directory was found to be.
    pub size: Option<u64>,
}

/// What may carry a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// A file.
    File,
    /// A directory, on which its size may be noted.
    Directory,
}

impl Carrier {
    /// What has this metadata.
    pub(in crate::store) fn of(metadata: &Metadata) -> Self {
        if metadata.is_dir() { Self::Directory } else { Self::File }
    }
}

/// Reads what there is of a record on `file`: one call for each value that may be there.
pub fn read(attributes: &dyn ExtendedAttributes, file: &File, carrier: Carrier) -> io::Result<Found> {
    let size = || if carrier == Carrier::Directory { attributes.get(file, SIZE) } else { Ok(None) };
    Ok(Found {
        original_path: read_path(attributes, file)?,
        deletion: decode_date(attributes.get(file, DELETION_DATE)?),
        session: attributes.get(file, SESSION)?.map(OsString::from_vec),
        size: size()?.and_then(|value| decode_size(&value)),
    })
}

/// The path that is recorded on `file`. Where the name is missing, what is left is no plain path.
pub(in crate::store) fn read_path(attributes: &dyn ExtendedAttributes, file: &File) -> io::Result<Option<PathBuf>> {
    let Some(mut path) = attributes.get(file, ORIGINAL_PATH)? else { return Ok(None) };
    if path.ends_with(b"/") {
        path.extend(attributes.get(file, ORIGINAL_NAME)?.unwrap_or_default());
    }
    Ok(Some(OsString::from_vec(path).into()))
}

pub(in crate::store) fn decode_size(value: &[u8]) -> Option<u64> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

pub(in crate::store) fn decode_date(value: Option<Vec<u8>>) -> Stamp {
    let Some(value) = value else { return Stamp::Missing };
    let instant = std::str::from_utf8(&value).ok().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    match instant {
        Some(instant) => Stamp::At(instant.to_utc()),
        None => Stamp::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::{MockExtendedAttributes, SystemAttributes};
    use crate::item::is_plain_path;
    use crate::store::record::keys::KEEP;
    use chrono::TimeZone;

    fn record() -> Record {
        Record {
            original_path: OsString::from_vec(b"/a/\xff\n".to_vec()).into(),
            trashed: Utc.timestamp_opt(1_790_000_000, 5).single().expect("an instant"),
            deletion: Utc.timestamp_opt(1_792_592_000, 5).single(),
            session: Some("agent 7".into()),
            imported_as: Some("a.1".into()),
        }
    }

    #[test]
    fn what_is_written_is_read_and_erased() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        create(&SystemAttributes, file.as_file(), &record()).expect("written");
        let found = read(&SystemAttributes, file.as_file(), Carrier::File).expect("read");
        let expected = record();
        assert_eq!(found.original_path, Some(expected.original_path));
        assert_eq!(found.deletion.instant(), expected.deletion);
        assert_eq!(found.session, expected.session);
        erase(&SystemAttributes, file.as_file()).expect("erased");
        assert_eq!(SystemAttributes.list(file.as_file()).expect("listed"), Vec::<OsString>::new());
    }

    /// Of every length, with names of odd bytes, and of the root itself.
    #[test]
    fn a_path_is_read_as_it_was_written_whole_or_split() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let long = |length: usize| format!("/{}/name", "d".repeat(length - 6));
        let table = [
            (long(56), 1),
            (long(57), 2),
            (long(3_000), 2),
            (format!("/{}", "n".repeat(60)), 2),
            ("n".repeat(60), 1),
            (format!("{}/x", "d".repeat(60)), 2),
        ];
        for (path, values) in table {
            let record = Record { original_path: path.clone().into(), ..record() };
            let pairs = encode_path(&record.original_path);
            assert_eq!(pairs.len(), values, "{path}");
            for (name, value) in pairs {
                SystemAttributes.create(file.as_file(), name, &value).expect("written");
            }
            assert_eq!(
                read_path(&SystemAttributes, file.as_file()).expect("read"),
                Some(path.clone().into()),
                "{path}"
            );
            SystemAttributes.remove(file.as_file(), ORIGINAL_NAME).expect("removed");
            let rest = read_path(&SystemAttributes, file.as_file()).expect("read").expect("there is some");
            assert_eq!(is_plain_path(&rest), values == 1, "half a path is none: {path}");
            erase(&SystemAttributes, file.as_file()).expect("erased");
        }
    }

    #[test]
    fn what_others_changed_is_written_again_and_what_they_added_goes() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let record = Record { session: None, imported_as: None, ..record() };
        create(&SystemAttributes, file.as_file(), &record).expect("written");
        let set = |name, value: &[u8]| SystemAttributes.set(file.as_file(), name, value).expect("set");
        set(ORIGINAL_PATH, b"/etc/passwd");
        set(SESSION, b"theirs");
        set(SIZE, b"0");
        set(IMPORT, b"theirs");
        set(KEEP, b"forever");
        SystemAttributes.remove(file.as_file(), DELETION_DATE).expect("removed");
        restore(&SystemAttributes, file.as_file(), &record).expect("restored");
        let names = SystemAttributes.list(file.as_file()).expect("listed");
        assert_eq!(names.len(), encode(&record).len(), "{names:?}");
        let found = read(&SystemAttributes, file.as_file(), Carrier::Directory).expect("read");
        let expected = Found {
            original_path: Some(record.original_path),
            deletion: record.deletion.map_or(Stamp::Missing, Stamp::At),
            ..Found::default()
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn a_persons_own_value_under_our_name_is_kept_and_a_leftover_is_replaced() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        SystemAttributes.create(file.as_file(), DELETION_DATE, b"mine").expect("set");
        for write in [create, replace_leftover] {
            let refused = write(&SystemAttributes, file.as_file(), &record());
            assert!(matches!(refused, Err(Unwritten::Refused(_))));
        }
        assert_eq!(SystemAttributes.list(file.as_file()).expect("listed"), [DELETION_DATE]);
        assert_eq!(SystemAttributes.get(file.as_file(), DELETION_DATE).expect("read"), Some(b"mine".to_vec()));

        SystemAttributes.create(file.as_file(), ORIGINAL_PATH, b"/a/\xff\n").expect("set");
        replace_leftover(&SystemAttributes, file.as_file(), &record()).expect("a leftover of this path is ours");
        let found = read(&SystemAttributes, file.as_file(), Carrier::File).expect("read");
        assert_eq!(found.deletion.instant(), record().deletion);
    }

    /// Older versions wrote a long path as one value.
    #[test]
    fn a_leftover_of_an_older_version_is_replaced() {
        let record = Record { original_path: format!("/{}/name", "d".repeat(80)).into(), ..record() };
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        let path = record.original_path.as_os_str().as_bytes();
        SystemAttributes.create(file.as_file(), ORIGINAL_PATH, path).expect("set");
        replace_leftover(&SystemAttributes, file.as_file(), &record).expect("a leftover of this path is ours");
        let found = read(&SystemAttributes, file.as_file(), Carrier::File).expect("read");
        assert_eq!(found.original_path, Some(record.original_path));
    }

    /// Each attribute fails once, in turn: what was set before it is taken away again.
    #[test]
    fn a_disk_that_fails_leaves_no_part_of_a_record() {
        for failing in 0..encode(&record()).len() {
            let mut disk = MockExtendedAttributes::new();
            let set = std::sync::Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
            let (on_create, on_remove) = (set.clone(), set.clone());
            disk.expect_create().returning(move |_, name, _| {
                let mut set = on_create.lock().expect("not poisoned");
                if set.len() == failing {
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                set.push(name.to_owned());
                Ok(())
            });
            disk.expect_remove().returning(move |_, name| {
                on_remove.lock().expect("not poisoned").retain(|known| known != name);
                Ok(())
            });
            let file = tempfile::tempfile().expect("a temporary file");
            let result = create(&disk, &file, &record());
            assert!(matches!(result, Err(Unwritten::Failed(error)) if error.kind() == io::ErrorKind::BrokenPipe));
            assert!(set.lock().expect("not poisoned").is_empty(), "attribute {failing}");
        }
    }

    #[test]
    fn junk_is_no_date() {
        for junk in [&b"tomorrow"[..], b"", b"\xff\xfe", b"2026-13-01T00:00:00Z", &vec![b'9'; 65_536]] {
            assert_eq!(decode_date(Some(junk.to_vec())), Stamp::Unreadable);
        }
        assert_eq!(decode_date(None), Stamp::Missing);
    }
}
