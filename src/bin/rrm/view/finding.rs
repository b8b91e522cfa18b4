//! What a doctor found: a line for people, an object for programs; the schema is in rrm-doctor(1).

use rrm::outcome::diagnosis::Severity;
use serde_json::{Map, Value};

use super::json::insert_bytes;
use crate::doctor::{Repair, Told};
use crate::gnu::quote::{Charset, quote};

/// How a line looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) charset: Charset,
    /// Whether its first word has a colour.
    pub(crate) colour: bool,
}

/// One finding on one line: how much it matters, what it is about, what it means, and what mends it.
pub(crate) fn line(told: &Told, look: Look) -> String {
    let path = quote(told.path.as_os_str(), look.charset);
    let (word, colour) = match (&told.repair, told.severity) {
        (Repair::Done(_), _) => ("repaired", "32"),
        (_, Severity::Error) => ("error", "1;31"),
        (_, Severity::Warning) => ("warning", "33"),
        (_, Severity::Note) => ("note", "36"),
    };
    let word = if look.colour { format!("\u{1b}[{colour}m{word}\u{1b}[0m") } else { word.to_owned() };
    match &told.repair {
        Repair::Done(done) => format!("{word}: {path}: {done}"),
        Repair::Failed(why) => format!("{word}: {path}: {}; it was not repaired: {why}", told.meaning),
        Repair::None => format!("{word}: {path}: {} -> {}", told.meaning, told.remedy),
    }
}

/// The same for programs.
pub(crate) fn object(told: &Told) -> Value {
    let mut object = Map::new();
    object.insert("severity".into(), name_of(told.severity).into());
    object.insert("finding".into(), told.name.into());
    insert_bytes(&mut object, "path", Some(told.path.as_os_str()));
    object.insert("meaning".into(), told.meaning.clone().into());
    object.insert("remedy".into(), told.remedy.clone().into());
    let (repair, text) = match &told.repair {
        Repair::None => ("none", None),
        Repair::Done(done) => ("done", Some(done)),
        Repair::Failed(why) => ("failed", Some(why)),
    };
    object.insert("repair".into(), repair.into());
    object.insert("repair_text".into(), text.cloned().into());
    Value::Object(object)
}

fn name_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
