//! All that a person or a script gets to see: tables, JSON, messages, questions and progress.

mod batches;
mod colour;
mod dates;
mod escaped;
pub(crate) mod finding;
mod item;
mod json;
mod messages;
mod pieces;
mod plain;
pub(crate) mod preview;
mod progress;
mod scene;
mod show;
mod signals;
mod stats;
mod table;
mod text;
mod voice;
mod words;

pub(crate) use batches::{write as write_batches, write_as_json as write_batches_as_json};
pub(crate) use colour::{Colour, path_colours};
pub(crate) use dates::{expires, removed};
pub(crate) use escaped::Escaped;
pub(crate) use item::{origin, path, style_of};
pub(crate) use json::{line_of, moved_object, object, shown_object, volume_object, write_items as write_json};
pub(crate) use messages::{Consent, Messages, exit_of};
pub(crate) use plain::{write_null, write_plain};
pub(crate) use progress::{TerminalProgress, clear_progress, progress_words};
pub(crate) use scene::{Detail, Scene};
pub(crate) use show::write as write_shown;
pub(crate) use stats::write as write_stats;
pub(crate) use table::{footer, write as write_table};
pub(crate) use text::{count, size, span, start_of};
pub(crate) use voice::Voice;
pub(crate) use words::{made_anew, output_hint};
