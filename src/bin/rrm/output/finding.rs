//! What a doctor found: a line for people, an object for programs; the schema is in rrm-doctor(1).

use std::path::PathBuf;

use rrm::finding::Severity;
use serde_json::{Map, Value};

use super::json::insert_bytes;
use crate::gnu::quote::quote;
use rrm::text::Charset;

/// A finding in words.
pub(crate) struct Entry {
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

impl Entry {
    /// Whether somebody still has something to do about it.
    pub(crate) fn is_open(&self) -> bool {
        self.severity > Severity::Note && !matches!(self.repair, Repair::Done(_))
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineStyle {
    pub(crate) charset: Charset,
    /// Whether its first word has a colour.
    pub(crate) colour: bool,
}

/// One finding on one line: how much it matters, what it is about, what it means, and what mends it.
pub(crate) fn line(entry: &Entry, style: LineStyle) -> String {
    let path = quote(entry.path.as_os_str(), style.charset);
    let (word, colour) = match (&entry.repair, entry.severity) {
        (Repair::Done(_), _) => ("repaired", "32"),
        (_, Severity::Error) => ("error", "1;31"),
        (_, Severity::Warning) => ("warning", "33"),
        (_, Severity::Note) => ("note", "36"),
    };
    let word = if style.colour { format!("\u{1b}[{colour}m{word}\u{1b}[0m") } else { word.to_owned() };
    match &entry.repair {
        Repair::Done(done) => format!("{word}: {path}: {done}"),
        Repair::Failed(why) => format!("{word}: {path}: {}; it was not repaired: {why}", entry.meaning),
        Repair::None => format!("{word}: {path}: {} -> {}", entry.meaning, entry.remedy),
    }
}

/// The same for programs.
pub(crate) fn object(entry: &Entry) -> Value {
    let mut object = Map::new();
    object.insert("severity".into(), name_of(entry.severity).into());
    object.insert("finding".into(), entry.name.into());
    insert_bytes(&mut object, "path", Some(entry.path.as_os_str()));
    object.insert("meaning".into(), entry.meaning.clone().into());
    object.insert("remedy".into(), entry.remedy.clone().into());
    let (repair, text) = match &entry.repair {
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
