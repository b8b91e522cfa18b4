//! Finding the items that a query means, a slice of them at a time so that a key never waits for all of them.

use std::collections::HashSet;

use rrm::rules::selection::{Selection, Versions};

use super::entries::Entries;
use super::fuzzy::Matcher;
use super::query::Query;

/// How many items are looked at before the next key is listened for: a few milliseconds' worth.
const SLICE: usize = 4096;

/// An item that was found, and how well its path fits what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) index: usize,
    pub(super) score: i32,
}

/// Whether a search has looked everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SearchState {
    Finished,
    Running,
}

/// A search under way, or over.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// What is looked among.
    base: Selection,
    query: Query,
    /// Which items are to be looked at: what the filters leave, or what a shorter query found.
    candidates: Vec<usize>,
    /// How many of the candidates have been.
    looked_at: usize,
    hits: Vec<Hit>,
    matcher: Matcher,
}

impl Search {
    pub(super) fn among(base: Selection) -> Self {
        Self { base, ..Self::default() }
    }

    /// Whether how large directories are makes a difference.
    pub(super) fn asks_for_size(&self) -> bool {
        self.base.asks_for_size() || self.query.selection.asks_for_size()
    }

    pub(super) fn query(&self) -> &Query {
        &self.query
    }

    /// Whether every item is found.
    pub(super) fn is_unlimited(&self) -> bool {
        self.base.is_everything() && self.query.is_empty()
    }

    /// What was found so far.
    pub(super) fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// Begins to look for something else.
    pub(super) fn look_for(&mut self, query: Query, entries: &Entries) {
        let narrower = self.is_over() && !self.query.is_empty() && query.extends(&self.query);
        let found = narrower.then(|| self.hits.iter().map(|hit| hit.index).collect());
        self.query = query;
        self.start(found.unwrap_or_else(|| self.passing(entries)));
    }

    /// Begins again, because the items are others.
    pub(super) fn again(&mut self, entries: &Entries) {
        let candidates = self.passing(entries);
        self.start(candidates);
    }

    /// Goes on with the items that have been added at the end, of which `from` is the first.
    pub(super) fn more(&mut self, entries: &Entries, from: usize) {
        if self.base.is_everything() && self.query.selection.is_everything() {
            self.candidates.extend(from..entries.len());
        } else {
            // Which items are the last, or which a path means, depends on all of them.
            self.again(entries);
        }
    }

    /// Looks at the next slice.
    pub(super) fn step(&mut self, entries: &Entries) -> SearchState {
        let end = self.candidates.len().min(self.looked_at + SLICE);
        for index in &self.candidates[self.looked_at..end] {
            let score = self.query.words.iter().try_fold(0, |sum: i32, word| {
                Some(sum.saturating_add(self.matcher.score(word, entries.text(*index))?))
            });
            self.hits.extend(score.map(|score| Hit { index: *index, score }));
        }
        self.looked_at = end;
        if self.is_over() { SearchState::Finished } else { SearchState::Running }
    }

    fn is_over(&self) -> bool {
        self.looked_at == self.candidates.len()
    }

    fn start(&mut self, candidates: Vec<usize>) {
        self.candidates = candidates;
        self.looked_at = 0;
        self.hits.clear();
    }

    fn passing(&self, entries: &Entries) -> Vec<usize> {
        let mut passing: Vec<usize> = (0..entries.len()).collect();
        for selection in [&self.base, &self.query.selection].into_iter().filter(|each| !each.is_everything()) {
            let chosen = selection.choose(&entries.items, Versions::All).chosen;
            let chosen: HashSet<usize> = chosen.into_iter().map(|chosen| chosen.index).collect();
            passing.retain(|index| chosen.contains(index));
        }
        passing
    }
}

#[cfg(test)]
mod tests {
    use rrm::text::Charset;

    use super::*;
    use crate::browse::testing::{at, context, item};

    fn entries(numbers: std::ops::Range<usize>) -> Entries {
        Entries::new(numbers.map(|n| item(&format!("/home/file-{n}"), at(n), n as u64)).collect(), None, Charset::Utf8)
    }

    fn found(search: &mut Search, entries: &Entries) -> usize {
        while search.step(entries) == SearchState::Running {}
        search.hits().len()
    }

    #[test]
    fn a_search_goes_in_slices_and_narrows_what_it_found() {
        let (context, entries) = (context(), entries(0..SLICE * 2 + 1));
        let mut search = Search::default();
        search.look_for(Query::read("file-1", &context), &entries);
        assert_eq!(search.step(&entries), SearchState::Running);
        let ones = found(&mut search, &entries);
        search.look_for(Query::read("file-12", &context), &entries);
        assert_eq!(search.candidates.len(), ones, "only what was found is looked at again");
        let both = found(&mut search, &entries);
        search.look_for(Query::read("file-1 larger:8191", &context), &entries);
        assert_eq!((both < ones, found(&mut search, &entries)), (true, 1));
        search.look_for(Query::read("", &context), &entries);
        assert_eq!(found(&mut search, &entries), entries.len());
    }

    #[test]
    fn what_comes_in_later_is_found_too() {
        let context = context();
        for line in ["file-1", "last:11"] {
            let (mut search, mut all) = (Search::default(), entries(0..10));
            search.look_for(Query::read(line, &context), &all);
            found(&mut search, &all);
            all.append(entries(10..20));
            search.more(&all, 10);
            assert_eq!(found(&mut search, &all), 11, "{line}");
        }
    }
}
