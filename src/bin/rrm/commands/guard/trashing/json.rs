//! What a run did, as an object.

use chrono::{DateTime, Utc};
use rrm::error::Error;
use rrm::guard::Summary;
use serde_json::{Map, Value, json};

use super::is_whole;
use crate::output::{self, insert_bytes};

/// The object on one line; its schema is in rrm-guard(1).
pub(super) fn line_of(program: &str, summary: &Summary, now: DateTime<Utc>) -> String {
    let items: Vec<Value> = summary.items.iter().map(|item| output::item_object(item, None, now)).collect();
    output::line_of(&json!({
        "command": program,
        "removed_directories": summary.directories,
        "removed_files": summary.files,
        "replaced": summary.replaced,
        "changed": summary.changed,
        "can_be_undone": is_whole(summary),
        "items": items,
        "not_kept": objects(summary.not_kept.iter().chain(&summary.problems)),
        "more_not_kept": summary.more_not_kept,
        "refused": objects(&summary.refused),
    }))
}

fn objects<'a>(errors: impl IntoIterator<Item = &'a Error>) -> Vec<Value> {
    let object = |error: &Error| {
        let mut object = Map::new();
        let path = Some(error.path.as_os_str()).filter(|path| !path.is_empty());
        insert_bytes(&mut object, "path", path);
        object.insert("reason".to_owned(), error.reason.clone().into());
        Value::Object(object)
    };
    errors.into_iter().map(object).collect()
}
