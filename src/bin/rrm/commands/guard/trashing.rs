//! The keeper that has the trash: what it was given, and what it tells at the end.

mod json;

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use rrm::guard::{GuardedRun, Keeper, Loss, Missed, Say, Summary, Verdict, Watch};
use rrm::text::Charset;

use crate::env;
use crate::gnu::quote::{quote, quote_where_needed};
use crate::options::ReportForm;
use crate::output::{count, words_of_error};

pub(super) struct Trashing {
    pub(super) run: Arc<GuardedRun>,
    /// What COMMAND is called in messages.
    pub(super) program: String,
    pub(super) charset: Charset,
    pub(super) says: Says,
    /// How the end is told.
    pub(super) form: ReportForm,
}

/// When it is said what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    AtTheEnd,
    Each,
}

/// What COMMAND is called: the last component of what was typed.
pub(super) fn name_of(word: &OsStr, charset: Charset) -> String {
    quote_where_needed(Path::new(word).file_name().unwrap_or(word), charset)
}

impl Keeper for Trashing {
    fn keep(&self, loss: Loss) -> Verdict {
        self.run.keep(loss)
    }

    fn missed(&self, missed: Missed) -> Verdict {
        self.run.missed(missed)
    }
}

impl Watch for Trashing {
    fn tick(&self) {
        self.run.flush();
    }

    fn speak(&self, say: Say) {
        let charset = self.charset;
        if self.says == Says::Each {
            self.run.tell_each(move |path| say(format!("kept {}", quote(path.as_os_str(), charset)).into_bytes()));
        }
    }

    /// A line that tells what was removed, empty where nothing was; then one for each thing that is not in the trash.
    fn end(&self) -> Vec<u8> {
        let now = env::now();
        let summary = self.run.end(now);
        match self.form {
            ReportForm::Text => self.words(&summary).into_bytes(),
            ReportForm::Json => json::line_of(&self.program, &summary, now).into_bytes(),
        }
    }

    fn succeed(&self) {
        self.run.take_over();
    }
}

impl Trashing {
    fn words(&self, summary: &Summary) -> String {
        let lost = summary.refused.iter().chain(&summary.not_kept).chain(&summary.problems);
        let lost = lost.map(|error| words_of_error(error, self.charset));
        let more = match summary.more_not_kept {
            0 => None,
            more => Some(format!("cannot keep {}", count(more, "more thing"))),
        };
        let lines: Vec<String> = [told(&self.program, summary)].into_iter().chain(lost).chain(more).collect();
        lines.join("\n")
    }
}

/// What a run did, in a sentence.
fn told(program: &str, summary: &Summary) -> String {
    let Summary { directories, files, replaced, changed, .. } = *summary;
    let removed: Vec<String> = [(directories, "directory", "directories"), (files, "file", "files")]
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, more)| format!("{number} {}", if number == 1 { one } else { more }))
        .collect();
    let removed = (!removed.is_empty()).then(|| format!("removed {}", removed.join(" and ")));
    let replaced = (replaced > 0).then(|| format!("replaced {}", count(replaced, "file")));
    let did: Vec<String> = removed.into_iter().chain(replaced).collect();
    if did.is_empty() {
        return String::new();
    }
    let undo = if is_whole(summary) { "rrm undo restores all of it" } else { "rrm undo restores what was kept" };
    let changed = match changed {
        0 => String::new(),
        1 => "; 1 file may differ after an undo".to_owned(),
        _ => format!("; {changed} files may differ after an undo"),
    };
    format!("{program} {}; {undo}{changed}", did.join(" and "))
}

/// Whether an undo brings all of it back.
fn is_whole(summary: &Summary) -> bool {
    summary.not_kept.is_empty() && summary.problems.is_empty() && summary.changed == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_in_a_sentence() {
        let summary = |directories, files, replaced, changed| Summary {
            directories,
            files,
            replaced,
            changed,
            ..Summary::default()
        };
        for (summary, expected) in [
            (summary(0, 0, 0, 0), ""),
            (summary(1, 0, 0, 0), "make removed 1 directory; rrm undo restores all of it"),
            (
                summary(2, 1, 3, 0),
                "make removed 2 directories and 1 file and replaced 3 files; rrm undo restores all of it",
            ),
            (
                summary(0, 0, 1, 1),
                "make replaced 1 file; rrm undo restores what was kept; 1 file may differ after an undo",
            ),
        ] {
            assert_eq!(told("make", &summary), expected);
        }
    }
}
