//! One JSON object an item; the schema is in rrm-list(1).

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use chrono::{DateTime, SecondsFormat, Utc};
use rrm::item::{Origin, RecordPlace, Stamp, TrashItem};
use rrm::outcome::Shown;
use rrm::preview::Content;
use rrm::retention::Fate;
use rrm::store::kind_of;
use rrm::text::percent_encoded;
use serde_json::{Map, Value};

use super::show::{mode_of, sized};

/// The item as an object; where its fate is not known, those keys are null.
pub(crate) fn object(item: &TrashItem, fate: Option<&Fate>, now: DateTime<Utc>) -> Value {
    let mut object = Map::new();
    object.insert("id".into(), item.id.to_string().into());
    let path = match &item.origin {
        Origin::Known(path) => Some(path.as_os_str()),
        Origin::Unknown | Origin::Untrusted { .. } => None,
    };
    insert_bytes(&mut object, "original_path", path);
    object.insert("kind".into(), item.kind.name().into());
    object.insert("size".into(), item.size.into());
    object.insert("trashed_date".into(), date(&item.trashed));
    object.insert("deletion_date".into(), date(&item.deletion));
    insert_bytes(&mut object, "trash_dir", Some(item.trash.as_os_str()));
    insert_bytes(&mut object, "session", item.session.as_deref());
    object.insert("state".into(), item.state(now).name().into());
    let (goes, date, rule) = match fate {
        None => (None, None, None),
        Some(Fate::Due(rule)) => (Some("now"), None, Some(rule.name())),
        Some(Fate::DueAt(date, rule)) => (Some("later"), Some(*date), Some(rule.name())),
        Some(Fate::Kept(end)) => (Some("kept"), *end, None),
        Some(Fate::Doubtful) => (Some("never"), None, None),
    };
    object.insert("goes".into(), goes.into());
    object.insert("goes_date".into(), date.map(text_of).into());
    object.insert("goes_by".into(), rule.into());
    Value::Object(object)
}

/// All about an item as an object: what [`object`] tells, and more; the schema is in rrm-show(1).
pub(crate) fn shown_object(shown: &Shown, now: DateTime<Utc>) -> Value {
    let Value::Object(mut object) = object(&shown.item, Some(&shown.fate), now) else { return Value::Null };
    let metadata = &shown.preview.metadata;
    let part = (!shown.part.as_os_str().is_empty()).then_some(shown.part.as_os_str());
    insert_bytes(&mut object, "part", part);
    object.insert("part_kind".into(), part.map(|_| kind_of(metadata.kind).name()).into());
    object.insert("part_size".into(), part.and_then(|_| sized(shown)).into());
    object.insert("mode".into(), format!("{:04o}", mode_of(shown)).into());
    object.insert("uid".into(), metadata.uid.into());
    object.insert("gid".into(), metadata.gid.into());
    let modified = DateTime::from_timestamp(metadata.modified.seconds, metadata.modified.nanoseconds);
    object.insert("modified_date".into(), modified.map(text_of).into());
    let target = match &shown.preview.content {
        Ok(Content::Symlink(target)) => Some(target.as_os_str()),
        _ => None,
    };
    insert_bytes(&mut object, "link_target", target);
    insert_bytes(&mut object, "stored_path", Some(shown.place.as_os_str()));
    object.insert("record".into(), record(shown.record).into());
    let others: Vec<String> = shown.others.iter().map(|other| other.id.to_string()).collect();
    object.insert("other_versions".into(), others.into());
    Value::Object(object)
}

fn record(place: RecordPlace) -> Option<&'static str> {
    match place {
        RecordPlace::Item => Some("item"),
        RecordPlace::Envelope => Some("envelope"),
        RecordPlace::File => Some("file"),
        RecordPlace::Nowhere => None,
    }
}

/// JSON strings are Unicode and names are bytes: what is not UTF-8 is shown as well as can be, and told without loss
/// under a second key, with `%XX` for each odd byte.
fn insert_bytes(object: &mut Map<String, Value>, key: &str, value: Option<&OsStr>) {
    object.insert(key.into(), value.map(OsStr::to_string_lossy).map(std::borrow::Cow::into_owned).into());
    if let Some(odd) = value.filter(|value| value.to_str().is_none()) {
        object.insert(format!("{key}_bytes"), percent_encoded(odd.as_bytes()).into());
    }
}

fn date(stamp: &Stamp) -> Value {
    stamp.instant().map(text_of).into()
}

fn text_of(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
