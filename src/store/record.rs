//! A record as attributes: their names, their values, and which of them are ours.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::attributes::{ExtendedAttributes, short_name};
use crate::item::{Keep, Record, Stamp};
use crate::sys::{is_attribute_refused, metadata_of_file};

use super::loosen::OWNER_ALL;

/// Where the item was: raw bytes.
pub const ORIGINAL_PATH: &str = "original_path";
/// When its grace period ends: RFC 3339, UTC.
pub const DELETION_DATE: &str = "deletion_date";
/// When it was removed: RFC 3339, UTC, nanoseconds.
pub const TRASHED_DATE: &str = "trashed_date";
/// Who removed it: raw bytes.
pub const SESSION: &str = "rrm_session";
/// The permission bits to give back, in octal.
pub const MODE: &str = "rrm_mode";
/// Until when a person keeps the item: `forever`, or RFC 3339, UTC.
pub const KEEP: &str = "rrm_keep";
/// How large a directory was found to be, all of it: bytes in decimal.
pub const SIZE: &str = "rrm_size";
/// Says that the item comes from the trash of another program: the name it had there, raw bytes, until nothing of it is
/// left there; then empty.
pub const IMPORT: &str = "rrm_import";
/// Marks the directory that carries it as an envelope, for the item in it.
pub const ENVELOPE: &str = "rrm_envelope";

/// The attributes of a record. [`ORIGINAL_PATH`] comes first when a record is written and goes last when it is erased:
/// whatever a crash leaves of a record still says which file it belongs to. [`MODE`] is next to it, since while a
/// directory is writable only to be moved, nothing else knows what it was.
pub(super) const OURS: [&str; 8] = [ORIGINAL_PATH, MODE, DELETION_DATE, TRASHED_DATE, SESSION, KEEP, SIZE, IMPORT];

/// The value of [`KEEP`] without an end.
const KEPT_FOREVER: &[u8] = b"forever";

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

/// Writes `record` over what a crash left of one. A person's own values under our names are let be: refused (`EEXIST`).
///
/// At no moment there is less than a record on the file.
pub fn replace_leftover(attributes: &dyn ExtendedAttributes, file: &File, record: &Record) -> Result<(), Unwritten> {
    if !is_leftover(attributes, file, record)? {
        return Err(Unwritten::Refused(io::ErrorKind::AlreadyExists.into()));
    }
    let pairs = encode(&Record { mode: record.mode.or(leftover_mode(attributes, file)?), ..record.clone() });
    let is_stale = |name: &&str| pairs.iter().all(|(written, _)| written != name);
    let present = attributes.list(file)?;
    let mut stale = OURS.iter().filter(|name| is_stale(name) && present.iter().any(|known| known == *name));
    let written = pairs.iter().try_for_each(|(name, value)| attributes.set(file, name, value));
    written.and_then(|()| stale.try_for_each(|name| attributes.remove(file, name))).or_else(|error| {
        erase(attributes, file).map_err(Unwritten::Failed)?;
        Err(error.into())
    })
}

/// Whether what is under our names was left by a crashed removal or restore of this very path: then the path recorded
/// first (and erased last) is the one that we would write. Anything else is a person's own value and is kept.
fn is_leftover(attributes: &dyn ExtendedAttributes, file: &File, record: &Record) -> io::Result<bool> {
    let recorded = attributes.get(file, ORIGINAL_PATH)?;
    Ok(recorded.as_deref() == Some(record.original_path.as_os_str().as_bytes()))
}

/// The permission bits that a crashed removal recorded on a directory while it was writable only to be moved; nothing if
/// somebody has set others since.
pub(super) fn leftover_mode(attributes: &dyn ExtendedAttributes, file: &File) -> io::Result<Option<u32>> {
    let Some(recorded) = attributes.get(file, MODE)?.and_then(|value| decode_mode(&value)) else { return Ok(None) };
    let loosened = metadata_of_file(file)?.mode == recorded | OWNER_ALL;
    Ok(loosened.then_some(recorded))
}

/// Erases the record on `file`.
pub fn erase(attributes: &dyn ExtendedAttributes, file: &File) -> io::Result<()> {
    let present = attributes.list(file)?;
    for name in OURS.iter().rev().filter(|name| present.iter().any(|known| known == *name)) {
        attributes.remove(file, name)?;
    }
    Ok(())
}

/// Whether an attribute, by its full name, is part of a record.
#[must_use]
pub fn is_part_of_one(name: &OsStr) -> bool {
    short_name(name).is_some_and(|name| OURS.iter().any(|ours| name == *ours))
}

/// The attributes that make up `record`, in the order in which they are written.
pub(super) fn encode(record: &Record) -> Vec<(&'static str, Vec<u8>)> {
    let mut pairs = vec![(ORIGINAL_PATH, record.original_path.as_os_str().as_bytes().to_vec())];
    pairs.extend(record.mode.map(|mode| (MODE, format!("{mode:04o}").into_bytes())));
    pairs.push(encode_deletion(record));
    pairs.push((TRASHED_DATE, date(record.trashed, SecondsFormat::Nanos)));
    pairs.extend(record.session.as_ref().map(|session| (SESSION, session.as_bytes().to_vec())));
    pairs.extend(record.imported_as.as_ref().map(|name| (IMPORT, name.as_bytes().to_vec())));
    pairs
}

/// The attribute that says when the grace period of `record` ends.
pub(super) fn encode_deletion(record: &Record) -> (&'static str, Vec<u8>) {
    (DELETION_DATE, date(record.deletion, SecondsFormat::AutoSi))
}

fn date(instant: DateTime<Utc>, precision: SecondsFormat) -> Vec<u8> {
    instant.to_rfc3339_opts(precision, true).into_bytes()
}

/// What was found of a record, before anything is believed.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The path, absolute or relative, as it was written.
    pub original_path: Option<PathBuf>,
    /// When it was removed.
    pub trashed: Stamp,
    /// When its grace period ends.
    pub deletion: Stamp,
    /// Who removed it.
    pub session: Option<OsString>,
    /// The permission bits to give back.
    pub mode: Option<u32>,
    /// Whether a person keeps it.
    pub keep: Keep,
    /// How large a directory was found to be.
    pub size: Option<u64>,
    /// Whether the file says that it is an envelope.
    pub envelope: Marked,
}

/// Whether a directory carries the mark of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marked {
    /// It is an envelope.
    Envelope,
    /// It is a trashed thing itself.
    Plain,
}

/// Reads what there is of a record on `file`: one call for the names, one for each that is there.
pub fn read(attributes: &dyn ExtendedAttributes, file: &File) -> io::Result<Found> {
    let present = attributes.list(file)?;
    let get = |name: &str| match present.iter().any(|known| known == name) {
        true => attributes.get(file, name),
        false => Ok(None),
    };
    Ok(Found {
        original_path: get(ORIGINAL_PATH)?.map(|bytes| OsString::from_vec(bytes).into()),
        trashed: decode_date(get(TRASHED_DATE)?),
        deletion: decode_date(get(DELETION_DATE)?),
        session: get(SESSION)?.map(OsString::from_vec),
        mode: get(MODE)?.and_then(|value| decode_mode(&value)),
        keep: decode_keep(get(KEEP)?),
        size: get(SIZE)?.and_then(|value| std::str::from_utf8(&value).ok()?.parse().ok()),
        envelope: if present.iter().any(|known| known == ENVELOPE) { Marked::Envelope } else { Marked::Plain },
    })
}

fn decode_date(value: Option<Vec<u8>>) -> Stamp {
    let Some(value) = value else { return Stamp::Missing };
    let instant = std::str::from_utf8(&value).ok().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    match instant {
        Some(instant) => Stamp::At(instant.to_utc()),
        None => Stamp::Unreadable,
    }
}

/// The value of [`KEEP`] for an item that is kept.
pub(super) fn encode_keep(keep: Keep) -> Option<Vec<u8>> {
    match keep {
        Keep::No => None,
        Keep::Forever => Some(KEPT_FOREVER.to_vec()),
        Keep::Until(end) => Some(date(end, SecondsFormat::AutoSi)),
    }
}

/// A value that cannot be read was meant to keep the item, so it does.
pub(super) fn decode_keep(value: Option<Vec<u8>>) -> Keep {
    match decode_date(value) {
        Stamp::Missing => Keep::No,
        Stamp::At(end) => Keep::Until(end),
        Stamp::Unreadable => Keep::Forever,
    }
}

fn decode_mode(value: &[u8]) -> Option<u32> {
    let mode = u32::from_str_radix(std::str::from_utf8(value).ok()?, 8).ok()?;
    (mode <= 0o7777).then_some(mode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::{MockExtendedAttributes, SystemAttributes};
    use chrono::TimeZone;

    fn record() -> Record {
        Record {
            original_path: OsString::from_vec(b"/a/\xff\n".to_vec()).into(),
            trashed: Utc.timestamp_opt(1_790_000_000, 5).single().expect("an instant"),
            deletion: Utc.timestamp_opt(1_792_592_000, 5).single().expect("an instant"),
            session: Some("agent 7".into()),
            mode: Some(0o555),
            imported_as: Some("a.1".into()),
        }
    }

    #[test]
    fn what_is_written_is_read_and_erased() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        create(&SystemAttributes, file.as_file(), &record()).expect("written");
        let found = read(&SystemAttributes, file.as_file()).expect("read");
        let expected = record();
        assert_eq!(found.original_path, Some(expected.original_path));
        assert_eq!(found.trashed, Stamp::At(expected.trashed));
        assert_eq!(found.deletion, Stamp::At(expected.deletion));
        assert_eq!((found.session, found.mode), (expected.session, expected.mode));
        erase(&SystemAttributes, file.as_file()).expect("erased");
        assert_eq!(SystemAttributes.list(file.as_file()).expect("listed"), Vec::<OsString>::new());
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
        assert_eq!(read(&SystemAttributes, file.as_file()).expect("read").deletion, Stamp::At(record().deletion));
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
                    return Err(io::Error::from_raw_os_error(5));
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
            assert!(matches!(result, Err(Unwritten::Failed(error)) if error.raw_os_error() == Some(5)));
            assert!(set.lock().expect("not poisoned").is_empty(), "attribute {failing}");
        }
    }

    #[test]
    fn a_keep_that_cannot_be_read_still_keeps() {
        let end = record().deletion;
        for keep in [Keep::No, Keep::Forever, Keep::Until(end)] {
            assert_eq!(decode_keep(encode_keep(keep)), keep);
        }
        assert_eq!(decode_keep(Some(b"until christmas".to_vec())), Keep::Forever);
    }

    #[test]
    fn junk_is_no_date() {
        for junk in [&b"tomorrow"[..], b"", b"\xff\xfe", b"2026-13-01T00:00:00Z", &vec![b'9'; 65_536]] {
            assert_eq!(decode_date(Some(junk.to_vec())), Stamp::Unreadable);
        }
        assert_eq!(decode_date(None), Stamp::Missing);
    }
}
