//! What a doctor found: a line for people, an object for programs; the schema is in rrm-doctor(1).

use std::path::PathBuf;

use rrm::finding::Severity;
use serde_json::{Map, Value};

use super::json::insert_bytes;
use crate::gnu::quote::quote;
use rrm::text::Charset;

/// A finding in words.
pub(crate) struct Told {
    pub(crate) severity: Severity,
    /// What kind of finding, for programs.
    pub(crate) name: &'static str,
    /// What it is about.
    pub(crate) path: PathBuf,
    /// What it means.
    pub(crate) meaning: String,
    /// What mends it.
    pub(crate) remedy: String,
    pub(crate) repair: Repair,
}

/// What was done about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repair {
    /// Nothing: it was not asked for, or takes a person.
    None,
    /// This.
    Done(String),
    /// It was tried, and this is why it did not work.
    Failed(String),
}

impl Told {
    /// Whether somebody still has something to do about it.
    pub(crate) fn remains(&self) -> bool {
        self.severity > Severity::Note && !matches!(self.repair, Repair::Done(_))
    }
}

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
