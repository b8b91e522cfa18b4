//! Everything the program prints: tables, JSON, messages, questions and progress.

mod batches;
pub(crate) mod clean;
mod colour;
mod columns;
mod dates;
mod escaped;
pub(crate) mod finding;
mod item;
mod json;
mod lines;
mod messages;
#[cfg(feature = "browse")]
mod path_colours;
mod pieces;
mod plain;
pub(crate) mod preview;
mod progress;
mod sessions;
mod show;
mod signals;
mod stats;
mod sums;
mod table;
mod text;
mod user_sums;
mod verbosity;
mod view;
mod words;

pub(crate) use batches::{write as write_batches, write_as_json as write_batches_as_json};
pub(crate) use colour::{Colour, path_colours};
pub(crate) use dates::local;
pub(crate) use escaped::Escaped;
pub(crate) use json::{
    future_object, insert_bytes, line_of, moved_object, object as item_object, object_in_state, object_line,
    object_of_user, shown_object, volume_object, write_items as write_json,
};
pub(crate) use lines::Lines;
pub(crate) use messages::{Consent, Messages, exit_of};
pub(crate) use plain::{write_null, write_plain};
pub(crate) use progress::{TerminalProgress, clear_progress};
pub(crate) use sessions::{write as write_sessions, write_as_json as write_sessions_as_json};
pub(crate) use show::write as write_shown;
pub(crate) use signals::is_interrupted;
pub(crate) use stats::write as write_stats;
pub(crate) use table::{footer, write as write_table, write_folded as write_folded_table};
pub(crate) use text::{count, size, span};
pub(crate) use user_sums::{UserSum, write as write_user_sums};
pub(crate) use verbosity::Verbosity;
pub(crate) use view::{Detail, View};
pub(crate) use words::{hint_of_undo, made_anew, words as words_of_error};

// Used only by the screen.
#[cfg(feature = "browse")]
pub(crate) use self::{
    colour::PathColours,
    dates::{expires, removed},
    item::{origin, path},
    progress::progress_words,
    text::start_of,
};
