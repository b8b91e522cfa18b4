//! A word that is no ID and no path is looked for in names and paths, as a person half remembers them.

use std::collections::HashSet;

use super::Chosen;
use crate::item::TrashItem;

/// What is done with what a word was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Searching {
    /// Words are not searched for.
    #[default]
    Off,
    /// All of it is selected.
    All,
    /// It is selected if it is one path, and plainly that; else it is told, for a person to choose from.
    One,
    /// It is told.
    Tell,
}

/// A word to search for.
#[derive(Debug, Clone)]
pub(super) struct Search {
    word: String,
    case: Case,
}

/// Smart case: a capital means a capital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Matters,
    Ignored,
}

/// How well an item matches, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// By its whole name, or by the whole end of its path.
    Whole,
    /// By a part of its name.
    Name,
    /// By some part of its path.
    Path,
}

/// How long a word has to be for a part of a name to be plainly what is meant.
const TELLING: usize = 3;

/// How many similar names are told.
const NAMED: usize = 3;

impl Search {
    /// A search for `word`; none for what can only be a path.
    pub(super) fn of(word: &str) -> Option<Self> {
        let is_path = word.starts_with(['/', '~']) || word.split('/').any(|part| matches!(part, "." | ".."));
        let word = word.trim_end_matches('/');
        let case = if word.chars().any(char::is_uppercase) { Case::Matters } else { Case::Ignored };
        (!is_path && !word.is_empty()).then(|| Self { word: word.to_owned(), case })
    }

    /// The best matches among those of `items` whose places are in `passing`.
    pub(super) fn find(&self, items: &[TrashItem], passing: &[usize]) -> (Rank, Vec<usize>) {
        let mut best = (Rank::Path, Vec::new());
        for at in passing {
            match self.rank(&items[*at]) {
                Some(rank) if rank < best.0 => best = (rank, vec![*at]),
                Some(rank) if rank == best.0 => best.1.push(*at),
                _ => {}
            }
        }
        best
    }

    /// Whether it is the whole name of an item beside those that were chosen otherwise.
    pub(super) fn is_name_of_another(&self, items: &[TrashItem], passing: &[usize], chosen: &[Chosen]) -> bool {
        let (rank, found) = self.find(items, passing);
        rank == Rank::Whole && found.iter().any(|at| chosen.iter().all(|other| other.index != *at))
    }

    /// Whether a match of this rank is plainly what is meant.
    pub(super) fn is_plain(&self, rank: Rank) -> bool {
        match rank {
            Rank::Whole => true,
            Rank::Name => self.word.chars().count() >= TELLING,
            Rank::Path => false,
        }
    }

    fn rank(&self, item: &TrashItem) -> Option<Rank> {
        let path = item.original_path().filter(|_| !item.is_open())?;
        let path = self.folded(&path.to_string_lossy());
        let name = path.rsplit('/').next().unwrap_or_default();
        if path.strip_suffix(self.word.as_str()).is_some_and(|before| before.ends_with('/')) {
            Some(Rank::Whole)
        } else if name.contains(&self.word) {
            Some(Rank::Name)
        } else {
            path.contains(&self.word).then_some(Rank::Path)
        }
    }

    fn folded(&self, text: &str) -> String {
        match self.case {
            Case::Matters => text.to_owned(),
            Case::Ignored => text.to_lowercase(),
        }
    }

    /// The names that are nearest to the word, where nothing matches: a slip or two, and not another word.
    pub(super) fn nearest(&self, items: &[TrashItem], passing: &[usize]) -> Vec<String> {
        let word = self.word.to_lowercase();
        let most = (word.chars().count() / 3).max(1);
        let names = passing.iter().filter(|at| !items[**at].is_open()).filter_map(|at| items[*at].original_name());
        let mut near: Vec<(usize, String)> = names
            .map(|name| name.to_string_lossy().into_owned())
            .map(|name| (distance(&word, &name.to_lowercase()), name))
            .filter(|(distance, _)| *distance <= most)
            .collect();
        near.sort();
        near.dedup();
        near.truncate(NAMED);
        near.into_iter().map(|(_, name)| name).collect()
    }
}

/// How many slips are between a word and a name, or the part of it that people remember: what is before its extension.
fn distance(word: &str, name: &str) -> usize {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    [name, stem].map(|part| strsim::damerau_levenshtein(word, part)).into_iter().min().unwrap_or(usize::MAX)
}

/// How many paths some items were at.
pub(super) fn paths_of(items: &[TrashItem], found: &[usize]) -> usize {
    found.iter().map(|at| items[*at].original_path()).collect::<HashSet<_>>().len()
}
