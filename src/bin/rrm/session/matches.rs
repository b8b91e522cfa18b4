//! The items that an ambiguous word matches.

use std::ffi::OsStr;
use std::path::Path;

use rrm::error::{Error, ErrorKind};
use rrm::item::TrashItem;
use rrm::ops::list::ListOptions;
use rrm::rules::selection::{Searching, Selection, Term};

use super::Session;
use crate::exit::Exit;
use crate::gnu::quote::quote;
use crate::options::{SortKey, compare};
use crate::output::{self, Detail, Messages, View};

/// How many items are listed.
const SHOWN: usize = 20;

/// Words of a selection that match several items.
pub(crate) struct Matches {
    /// A selection of those items.
    pub(crate) among: Selection,
    /// The words that are not ambiguous.
    #[cfg_attr(not(feature = "browse"), expect(dead_code, reason = "only a choice on the screen restores them too"))]
    pub(crate) others: Vec<Term>,
}

impl Matches {
    /// The ambiguous words among the problems of a selection.
    pub(crate) fn of(selection: &Selection, problems: &[Error]) -> Option<Self> {
        let is_found = |term: &Term| {
            problems.iter().any(|error| error.kind == ErrorKind::Several && error.path.as_os_str() == term.text())
        };
        let (found, others): (Vec<_>, Vec<_>) = selection.terms.iter().cloned().partition(is_found);
        // A word with a path into a directory matches by its first part.
        let terms: Vec<_> = found.iter().filter_map(Term::searched).collect();
        let among = Selection { terms, searching: Searching::All, ..selection.clone() };
        (!among.terms.is_empty()).then_some(Self { among, others })
    }
}

impl Session<'_> {
    /// Prints the problems of a selection: for an ambiguous word a table of its matches and the command that chooses one.
    pub(crate) fn report_problems(
        &self,
        problems: &[Error],
        selection: &Selection,
        command: &str,
    ) -> anyhow::Result<Exit> {
        let mut exit = Exit::Success;
        for problem in problems {
            match Matches::of(selection, std::slice::from_ref(problem)) {
                Some(matches) => {
                    self.show_found(problem, matches.among, command)?;
                    exit = exit.max(Exit::Failure);
                }
                None => exit = exit.max(self.messages.problems(std::slice::from_ref(problem))),
            }
        }
        Ok(exit)
    }

    /// Prints the matches of a word and how to choose one.
    fn show_found(&self, problem: &Error, among: Selection, command: &str) -> anyhow::Result<()> {
        self.messages.error_without_hint(problem);
        let shown = self.show_matches(among)?;
        if let Some(newest) = shown.last() {
            let all = self.glob_of(&problem.path, &shown).filter(|_| shown.len() > 1);
            let all = all.map(|glob| format!("; to select them all, use a glob: rrm {command} {glob}"));
            let one = self.line_to_type(newest, shown.len(), command);
            self.messages.hint(&format!("{one}{}", all.unwrap_or_default()));
        }
        Ok(())
    }

    /// Prints the matches on standard error, the newest last.
    pub(crate) fn show_matches(&self, among: Selection) -> anyhow::Result<Vec<TrashItem>> {
        let standing = Some(self.context.standing()?);
        let mut request = ListOptions::new(among, self.context.now);
        request.standing = standing;
        let mut listing = self.manager().list(&request, &self.messages.progress());
        listing.items.sort_unstable_by(|a, b| compare(SortKey::Removed, a, b));
        let more = listing.items.len().saturating_sub(SHOWN);
        let shown = &listing.items[more..];
        let mut table = Vec::new();
        let view = View { colours: None, ..self.view(listing.fates.as_ref(), Detail::Short) };
        output::write_table(shown, &view, &mut table)?;
        Messages::say_bytes(&table);
        if more > 0 {
            self.messages.close(&format!("and {more} more, removed before; rrm list shows all"));
        }
        Ok(listing.items)
    }

    /// A glob for the names that contain the word, if these items are among them.
    fn glob_of(&self, word: &Path, items: &[TrashItem]) -> Option<String> {
        let word = word.to_str().filter(|word| !word.contains(['/', '*', '?', '[', '{', '\\', ':']))?;
        let has_it = |item: &TrashItem| {
            item.original_path().and_then(Path::file_name).is_some_and(|name| name.to_string_lossy().contains(word))
        };
        let glob = format!("**/*{word}*");
        items.iter().all(has_it).then(|| quote(OsStr::new(&glob), self.messages.charset))
    }

    fn line_to_type(&self, item: &TrashItem, found: usize, command: &str) -> String {
        let typed = self.context.command(&format!("{command} {}", item.id.short()), self.messages.charset);
        match (found, command) {
            (1, "clean") => format!("to delete it: {typed}"),
            (1, "keep --release") => format!("to release it: {typed}"),
            (1, _) => format!("to {command} it: {typed}"),
            _ => format!("choose one by its ID: {typed}"),
        }
    }
}
