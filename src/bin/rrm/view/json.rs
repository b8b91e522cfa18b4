//! One JSON object an item; the schema is in rrm-list(1).

mod shown;
mod volume;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use chrono::{DateTime, SecondsFormat, Utc};
use rrm::item::{Origin, Stamp, TrashItem};
use rrm::retention::Fate;
use rrm::text::percent_encoded;
use serde_json::{Map, Value};

pub(crate) use shown::shown_object;
pub(crate) use volume::volume_object;

/// The item as an object; where its fate is not known, those keys are null.
pub(crate) fn object(item: &TrashItem, fate: Option<&Fate>, now: DateTime<Utc>) -> Value {
    let mut object = Map::new();
    object.insert("id".into(), item.id.to_string().into());
    let path = match &item.origin {
        Origin::Known(path) => Some(path.as_os_str()),
        Origin::Unknown | Origin::Untrusted(_) => None,
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

/// JSON strings are Unicode and names are bytes: what is not UTF-8 is shown as well as can be, and told without loss
/// under a second key, with `%XX` for each odd byte.
pub(super) fn insert_bytes(object: &mut Map<String, Value>, key: &str, value: Option<&OsStr>) {
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
