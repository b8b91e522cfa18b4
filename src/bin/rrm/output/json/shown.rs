//! All about an item as an object.

use chrono::{DateTime, Utc};
use rrm::item::RecordPlace;
use rrm::ops::show::Shown;
use rrm::preview::Content;
use rrm::store::kind_of;
use serde_json::Value;

use super::super::show::{mode_of, sized};
use super::{insert_bytes, object, text_of};

/// What [`object`] tells of the item, and more; the schema is in rrm-show(1).
pub(crate) fn shown_object(shown: &Shown, now: DateTime<Utc>) -> Value {
    let Value::Object(mut object) = object(&shown.item, Some(shown.fate), now) else { return Value::Null };
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
