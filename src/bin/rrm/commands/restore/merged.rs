//! What is told of a merge.

use std::path::Path;

use rrm::ops::restore::{Merged, RestoreStep};

use crate::output;
use crate::output::Verbosity;
use crate::session::{Report, Session};

/// What came back, as far as that is told, and what stays in the trash, which is told of every merge.
pub(super) fn lines_of(session: &Session<'_>, step: &RestoreStep, merged: &Merged, report: Report) -> Vec<String> {
    let left = |path: &Path| format!("left {} in the trash: it already exists", session.quoted(path));
    let object =
        |path: &Path, state| output::line_of(&output::moved_object(&step.item, path, state, session.context.now));
    let back = merged.back.iter().map(|piece| &*piece.path);
    let stays = merged.left.iter().map(AsRef::as_ref);
    match report {
        Report::Json => {
            back.map(|path| object(path, "restored")).chain(stays.map(|path| object(path, "left"))).collect()
        }
        Report::Each if merged.is_whole() && merged.back.is_empty() => {
            vec![format!("restored {}", session.quoted(&merged.target))]
        }
        Report::Each => back.map(|path| format!("restored {}", session.quoted(path))).chain(stays.map(left)).collect(),
        Report::Nothing if session.messages.verbosity == Verbosity::Quiet => vec![],
        Report::Summary if !merged.is_whole() && !merged.back.is_empty() => {
            let parts = output::count(merged.back.len() as u64, "part");
            let all = format!("restored {parts} of {}", session.quoted(&merged.target));
            [all].into_iter().chain(stays.map(left)).collect()
        }
        Report::Nothing | Report::Summary => stays.map(left).collect(),
    }
}

/// The same line of a dry run.
pub(super) fn foreseen_line(line: String) -> String {
    let verbs = [("restored ", "would restore "), ("left ", "would leave ")];
    let foreseen = verbs.iter().find_map(|(done, would)| Some(format!("{would}{}", line.strip_prefix(done)?)));
    foreseen.unwrap_or(line)
}
