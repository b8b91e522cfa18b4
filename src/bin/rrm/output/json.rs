//! Items as JSON objects; the schema is in rrm-list(1).

mod shown;
mod volume;

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use chrono::{DateTime, SecondsFormat, Utc};
use rrm::item::{Stamp, TrashItem};
use rrm::rules::retention::Fate;
use rrm::text::{Charset, characters, percent_encoded};
use serde_core::ser::{Serialize, SerializeMap, Serializer};
use serde_json::ser::Formatter;
use serde_json::{Map, Value};

use super::pieces;
use super::view::View;

pub(crate) use shown::shown_object;
pub(crate) use volume::volume_object;

/// The item as an object; without a fate, those keys are null.
pub(crate) fn object(item: &TrashItem, fate: Option<Fate>, now: DateTime<Utc>) -> Value {
    serde_json::to_value(ItemObject { item, fate, now }).unwrap_or_default()
}

/// The item as an object, and what became of what was, is or would be at `path`.
pub(crate) fn moved_object(item: &TrashItem, path: &Path, state: &str, now: DateTime<Utc>) -> Value {
    let mut object = object_in_state(item, None, state, now);
    if let Some(object) = object.as_object_mut() {
        insert_bytes(object, "path", Some(path.as_os_str()));
    }
    object
}

/// The item as an object on one line.
pub(crate) fn object_line(item: &TrashItem, now: DateTime<Utc>) -> String {
    line_of(&object(item, None, now))
}

/// The item as an object, with another state.
pub(crate) fn object_in_state(item: &TrashItem, fate: Option<Fate>, state: &str, now: DateTime<Utc>) -> Value {
    let mut object = object(item, fate, now);
    if let Some(object) = object.as_object_mut() {
        object.insert("state".to_owned(), state.into());
    }
    object
}

/// What would become an item, as far as that is known, with the keys that it will have.
pub(crate) fn future_object(
    original_path: Option<&Path>,
    session: Option<&OsStr>,
    trashed: Option<DateTime<Utc>>,
    deletion: Option<DateTime<Utc>>,
) -> Value {
    let unknown = ["goes", "goes_by", "goes_date", "id", "kind", "size", "trash_dir"];
    let mut object: Map<String, Value> = unknown.into_iter().map(|key| (key.to_owned(), Value::Null)).collect();
    insert_bytes(&mut object, "original_path", original_path.map(Path::as_os_str));
    insert_bytes(&mut object, "session", session);
    object.insert("state".to_owned(), "trashed".into());
    object.insert("trashed_date".to_owned(), trashed.map(text_of).into());
    object.insert("deletion_date".to_owned(), deletion.map(text_of).into());
    object.into()
}

/// The object that a process of a user printed, with the user's name; `None` if it is no object.
pub(crate) fn object_of_user(user: &OsStr, line: &[u8]) -> Option<Value> {
    let mut object: Map<String, Value> = serde_json::from_slice(line).ok()?;
    insert_bytes(&mut object, "user", Some(user));
    Some(object.into())
}

/// Writes one object per line.
pub(crate) fn write_items(items: &[TrashItem], view: &View<'_>, out: &mut impl io::Write) -> io::Result<()> {
    pieces::write_each(items, out, |item, text| write_line(item, view.fate(item), view.now, text))
}

fn write_line(item: &TrashItem, fate: Option<Fate>, now: DateTime<Utc>, out: &mut Vec<u8>) -> io::Result<()> {
    write(&ItemObject { item, fate, now }, out)?;
    out.push(b'\n');
    Ok(())
}

/// A value on one line.
pub(crate) fn line_of(value: &Value) -> String {
    let mut text = Vec::new();
    // Writing to memory cannot fail, and JSON is UTF-8.
    let _ = write(value, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

fn write(value: &impl Serialize, out: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Shown))
}

/// JSON for a terminal: characters that are escaped elsewhere are written as `\u`.
struct Shown;

impl Formatter for Shown {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
            return out.write_all(text.as_bytes());
        }
        for (c, is_shown) in characters(text, Charset::Utf8) {
            if is_shown {
                write!(out, "{c}")?;
            } else {
                c.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}"))?;
            }
        }
        Ok(())
    }
}

/// Serializes an item without building a [`Value`] first.
struct ItemObject<'a> {
    item: &'a TrashItem,
    fate: Option<Fate>,
    now: DateTime<Utc>,
}

impl Serialize for ItemObject<'_> {
    /// Keys in alphabetical order, as in a [`Map`].
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { item, fate, now } = self;
        let (goes, goes_date, goes_by) = told_of(*fate);
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("deletion_date", &date(&item.deletion))?;
        object.serialize_entry("goes", &goes)?;
        object.serialize_entry("goes_by", &goes_by)?;
        object.serialize_entry("goes_date", &goes_date.map(text_of))?;
        // Only of what there is something to tell.
        if let Some(words) = item.guarded.words() {
            object.serialize_entry("guarded", words)?;
        }
        object.serialize_entry("id", &item.id.to_string())?;
        object.serialize_entry("kind", item.kind.name())?;
        let path = item.original_path().map(Path::as_os_str);
        serialize_bytes(&mut object, "original_path", "original_path_bytes", path)?;
        serialize_bytes(&mut object, "session", "session_bytes", item.session.as_deref())?;
        object.serialize_entry("size", &item.size)?;
        object.serialize_entry("state", item.state(*now).name())?;
        serialize_bytes(&mut object, "trash_dir", "trash_dir_bytes", Some(item.trash.as_os_str()))?;
        object.serialize_entry("trashed_date", &date(&item.trashed))?;
        object.end()
    }
}

/// What will happen to an item, when, and by which rule.
fn told_of(fate: Option<Fate>) -> (Option<&'static str>, Option<DateTime<Utc>>, Option<&'static str>) {
    match fate {
        None => (None, None, None),
        Some(Fate::Due(rule)) => (Some("now"), None, Some(rule.name())),
        Some(Fate::DueAt(date, rule)) => (Some("later"), Some(date), Some(rule.name())),
        Some(Fate::Kept(end)) => (Some("kept"), end, None),
        Some(Fate::Doubtful | Fate::Open) => (Some("never"), None, None),
    }
}

fn serialize_bytes<M: SerializeMap>(
    object: &mut M,
    key: &'static str,
    key_of_bytes: &'static str,
    value: Option<&OsStr>,
) -> Result<(), M::Error> {
    object.serialize_entry(key, &value.map(OsStr::to_string_lossy))?;
    odd_bytes(value).map_or(Ok(()), |bytes| object.serialize_entry(key_of_bytes, &bytes))
}

/// JSON strings are Unicode and names are bytes. A name that is not UTF-8 is shown lossily, and again under a second
/// key with `%XX` for each invalid byte.
pub(crate) fn insert_bytes(object: &mut Map<String, Value>, key: &str, value: Option<&OsStr>) {
    object.insert(key.into(), value.map(OsStr::to_string_lossy).map(Cow::into_owned).into());
    if let Some(bytes) = odd_bytes(value) {
        object.insert(format!("{key}_bytes"), bytes.into());
    }
}

/// The bytes, percent-encoded, if they are not UTF-8.
pub(super) fn odd_bytes(value: Option<&OsStr>) -> Option<String> {
    value.filter(|value| value.to_str().is_none()).map(|odd| percent_encoded(odd.as_bytes()))
}

pub(super) fn date(stamp: &Stamp) -> Option<String> {
    stamp.instant().map(text_of)
}

pub(super) fn text_of(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use chrono::TimeDelta;
    use rrm::item::{ItemId, Origin, testing};

    use super::*;

    fn item(path: &[u8]) -> TrashItem {
        TrashItem {
            id: ItemId::from_digits("0b0a7a4e9b1c4c8e8f570123456789ab").expect("an ID"),
            trash: Path::new("/trash").into(),
            size: None,
            origin: Origin::Known(std::ffi::OsString::from_vec(path.to_vec()).into()),
            trashed: Stamp::At(DateTime::UNIX_EPOCH),
            deletion: Stamp::Missing,
            session: Some(OsStr::from_bytes(b"\xff").into()),
            ..testing::item("/", TimeDelta::zero())
        }
    }

    /// Both forms must agree.
    #[test]
    fn a_line_is_the_object_of_the_item_with_its_keys_in_order() {
        for path in [&b"/plain"[..], b"/odd \"\n\\\xff"] {
            let (item, now) = (item(path), DateTime::UNIX_EPOCH);
            for fate in [None, Some(Fate::Doubtful), Some(Fate::Kept(Some(now)))] {
                let mut line = Vec::new();
                write_line(&item, fate, now, &mut line).expect("memory takes it");
                assert_eq!(String::from_utf8(line).expect("JSON"), format!("{}\n", object(&item, fate, now)));
            }
        }
    }
}
