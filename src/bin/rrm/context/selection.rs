//! What a selection means, seen from the working directory.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rrm::error::Result;
use rrm::rules::selection::{Filter, Searching, Selection, Term, absolute};

use super::Context;
use crate::options::SelectionArgs;
use crate::values;

impl Context {
    /// What the words and filters select.
    pub(crate) fn selection(&self, args: &SelectionArgs) -> Result<Selection> {
        Ok(Selection { searching: Searching::One, ..self.selection_with(args, resolved)? })
    }

    /// As [`Self::selection`], with all that a word is found in: for what is only shown.
    pub(crate) fn selection_to_show(&self, args: &SelectionArgs) -> Result<Selection> {
        Ok(Selection { searching: Searching::All, ..self.selection(args)? })
    }

    /// As [`Self::selection`], by the text alone: no file system is asked where a directory really is, so that nothing has
    /// to be waited for.
    #[cfg(feature = "browse")]
    pub(crate) fn selection_as_spelled(&self, args: &SelectionArgs) -> Result<Selection> {
        self.selection_with(args, |_| None)
    }

    /// As [`Self::selection`], without --older-than: to clean that is a rule.
    pub(crate) fn selection_at_any_age(&self, args: &SelectionArgs) -> Result<Selection> {
        Ok(Selection { searching: Searching::Tell, ..self.selection_less_age(args, resolved)? })
    }

    fn selection_with(
        &self,
        args: &SelectionArgs,
        resolve: impl Fn(&Path) -> Option<PathBuf> + Copy,
    ) -> Result<Selection> {
        let mut selection = self.selection_less_age(args, resolve)?;
        let older_than = args.older_than.as_deref().map(|text| values::moment(text, self.now)).transpose()?;
        selection.filters.extend(older_than.map(Filter::Before));
        Ok(selection)
    }

    /// What the words mean, seen from the working directory.
    pub(crate) fn terms(&self, words: &[OsString]) -> Result<Vec<Term>> {
        self.terms_with(words, resolved)
    }

    fn terms_with(&self, words: &[OsString], resolve: impl Fn(&Path) -> Option<PathBuf> + Copy) -> Result<Vec<Term>> {
        let here = self.environment.working_directory();
        words.iter().map(|word| Term::parse(word, &here, resolve)).collect()
    }

    fn selection_less_age(
        &self,
        args: &SelectionArgs,
        resolve: impl Fn(&Path) -> Option<PathBuf> + Copy,
    ) -> Result<Selection> {
        let here = self.environment.working_directory();
        let terms = self.terms_with(&args.words, resolve)?;
        let mut filters = Vec::new();
        if let Some(directory) = args.under.as_deref().or(args.here.then_some(Path::new("."))) {
            let spelled = absolute(directory, &here);
            filters.push(Filter::Under(spelled.canonicalize().unwrap_or(spelled)));
        }
        let time = |text: &Option<String>| text.as_deref().map(|text| values::moment(text, self.now)).transpose();
        filters.extend(time(&args.since)?.map(Filter::Since));
        filters.extend(time(&args.before)?.map(Filter::Before));
        let size = |text: &Option<String>| text.as_deref().map(values::size).transpose();
        filters.extend(size(&args.larger_than)?.map(Filter::LargerThan));
        filters.extend(size(&args.smaller_than)?.map(Filter::SmallerThan));
        if !args.kind.is_empty() {
            filters.push(Filter::Kind(args.kind.iter().map(|name| values::kind(name)).collect::<Result<_>>()?));
        }
        filters.extend(args.session.clone().map(Filter::Session));
        Ok(Selection { terms, filters, last: args.last, ..Selection::default() })
    }
}

/// Where a directory really is.
fn resolved(directory: &Path) -> Option<PathBuf> {
    directory.canonicalize().ok()
}
