//! What is told of a merge.

use std::path::Path;

use rrm::outcome::{Merged, RestoreStep};

use crate::output;
use crate::output::Voice;
use crate::run::{Session, Told};

impl Session<'_> {
    /// What came back, as far as that is told, and what stays in the trash, which is told of every merge.
    pub(super) fn lines_of_merged(&self, step: &RestoreStep, merged: &Merged, told: Told) -> Vec<String> {
        let left = |path: &Path| format!("left {} in the trash", self.quoted(path));
        let object =
            |path: &Path, state| output::line_of(&output::moved_object(&step.item, path, state, self.context.now));
        let back = merged.back.iter().map(|piece| &*piece.path);
        let stays = merged.left.iter().map(AsRef::as_ref);
        match told {
            Told::Json => {
                back.map(|path| object(path, "restored")).chain(stays.map(|path| object(path, "left"))).collect()
            }
            Told::Everything if merged.is_whole() && merged.back.is_empty() => {
                vec![format!("restored {}", self.quoted(&merged.target))]
            }
            Told::Everything => {
                back.map(|path| format!("restored {}", self.quoted(path))).chain(stays.map(left)).collect()
            }
            Told::Nothing if self.messages.voice == Voice::Quiet => vec![],
            Told::Summary if !merged.is_whole() && !merged.back.is_empty() => {
                let parts = output::count(merged.back.len() as u64, "part");
                let all = format!("restored {parts} of {}", self.quoted(&merged.target));
                [all].into_iter().chain(stays.map(left)).collect()
            }
            Told::Nothing | Told::Summary => stays.map(left).collect(),
        }
    }
}

/// The same line of a dry run.
pub(super) fn foreseen_line(line: String) -> String {
    let verbs = [("restored ", "would restore "), ("left ", "would leave ")];
    let foreseen = verbs.iter().find_map(|(done, would)| Some(format!("{would}{}", line.strip_prefix(done)?)));
    foreseen.unwrap_or(line)
}
