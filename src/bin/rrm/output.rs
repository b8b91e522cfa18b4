//! All that a person or a script gets to see: tables, JSON, messages, questions and progress.

mod bar;
mod batches;
mod colour;
mod dates;
mod escaped;
pub(crate) mod finding;
mod footer;
mod item;
mod json;
mod messages;
mod meter;
mod pieces;
mod plain;
pub(crate) mod preview;
mod progress;
mod show;
mod signals;
mod stats;
mod table;
mod text;
mod voice;
mod words;

use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use lscolors::LsColors;
use rrm::item::TrashItem;
use rrm::outcome::MadeAnew;
use rrm::retention::{Fate, Fates};
use rrm::text::Charset;

use crate::args::Form;
use crate::gnu::quote::quote;

pub(crate) use batches::{write as write_batches, write_as_json as write_batches_as_json};
pub(crate) use colour::{Colour, path_colours};
pub(crate) use dates::{expires, removed};
pub(crate) use escaped::Escaped;
pub(crate) use footer::footer;
pub(crate) use item::{origin, path, style_of};
pub(crate) use json::{line_of, object, restored_object, shown_object, volume_object};
pub(crate) use messages::{Consent, Messages, exit_of};
pub(crate) use meter::progress_words;
pub(crate) use progress::{TerminalProgress, clear_progress};
pub(crate) use show::write as write_shown;
pub(crate) use stats::write as write_stats;
pub(crate) use text::{count, size, span, start_of};
pub(crate) use voice::Voice;
pub(crate) use words::output_hint;

/// What the forms need to know beside the items.
pub(crate) struct Scene<'a> {
    /// The time against which ages are told.
    pub(crate) now: DateTime<Utc>,
    /// What will become of each item, where somebody wants to know.
    pub(crate) fates: Option<&'a Fates>,
    /// Shown as `~` in tables.
    pub(crate) home: Option<&'a Path>,
    /// How wide the terminal is; `None` in a pipe.
    pub(crate) width: Option<usize>,
    /// Whether nothing is to be shortened.
    pub(crate) detail: Detail,
    /// What may be shown beside ASCII.
    pub(crate) charset: Charset,
    /// The colours of `$LS_COLORS`, where colours may be used.
    pub(crate) colours: Option<LsColors>,
}

impl<'a> Scene<'a> {
    fn fate(&self, item: &TrashItem) -> Option<Fate> {
        self.fates.map(|fates| fates.of(item))
    }

    /// The home directory, where it is shown as `~`: what is told in full is told with it.
    fn shown_home(&self) -> Option<&'a Path> {
        self.home.filter(|_| self.detail == Detail::Short)
    }
}

/// What is told of a directory that had to be made for what was restored.
pub(crate) fn made_anew(anew: &MadeAnew, charset: Charset) -> String {
    let path = quote(anew.path.as_os_str(), charset);
    format!("created {path} with mode {:04o}, because its old mode is unknown", anew.mode)
}

/// How much is told of each item in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    Short,
    Full,
}

/// Writes the items in a form.
pub(crate) fn write(form: Form, items: &[TrashItem], scene: &Scene<'_>, out: &mut impl Write) -> io::Result<()> {
    let record: fn(&TrashItem, &Scene<'_>, &mut Vec<u8>) -> io::Result<()> = match form {
        Form::Table => return table::write(items, scene, out),
        Form::Json => |item, scene, text| json::write_line(item, scene.fate(item), scene.now, text),
        Form::Plain => |item, _, text| plain::write(item, plain::Style::Lines, text),
        Form::Null => |item, _, text| plain::write(item, plain::Style::Null, text),
    };
    pieces::write(items, out, |some| {
        let mut text = Vec::new();
        some.iter().try_for_each(|item| record(item, scene, &mut text)).map(|()| text)
    })
}
