//! Findings of doctor: a line for people, an object for programs (schema in rrm-doctor(1)).

use std::path::PathBuf;

use rrm::finding::Severity;
use serde_json::{Map, Value};

use super::json::insert_bytes;
use crate::gnu::quote::quote;
use rrm::text::Charset;

/// A finding as it is printed.
pub(crate) struct Entry {
    pub(crate) severity: Severity,
    /// The name for programs.
    pub(crate) name: &'static str,
    /// The path it is about.
    pub(crate) path: PathBuf,
    pub(crate) meaning: String,
    /// How to fix it.
    pub(crate) remedy: String,
    pub(crate) repair: Repair,
}

/// The result of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Repair {
    /// Not asked for, or not possible.
    None,
    /// Repaired, and how.
    Done(String),
    /// Failed, and why.
    Failed(String),
}

impl Entry {
    /// Whether it is still a problem.
    pub(crate) fn is_open(&self) -> bool {
        self.severity > Severity::Note && !matches!(self.repair, Repair::Done(_))
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LineStyle {
    pub(crate) charset: Charset,
    /// Whether the severity is coloured.
    pub(crate) colour: bool,
}

/// A finding as one line: severity, path, meaning.
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
        Repair::None => format!("{word}: {path}: {}", entry.meaning),
    }
}

/// A finding as an object.
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
