//! What a person selects, as a pure function of the items, the time and the working directory.
//!
//! One language for every command. A term is an ID or a prefix of one, an original path, or a glob over original
//! paths; `id:`, `path:` and `glob:` say which. A selection is what any of its terms matches (everything, without
//! terms), less what its filters leave out. A word that is none of these may be searched for in names and paths. What is [open](TrashItem::is_open) is meant by its ID, by its path if nothing
//! else was there, and by nothing else.

mod filter;
mod search;
mod term;

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::item::{ItemId, TrashItem};
use crate::text::quoted;

pub use filter::Filter;
pub use search::Searching;
pub use term::{Spelling, Term};

/// What is selected.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Items that match any of these, or all items if there are none.
    pub terms: Vec<Term>,
    /// Of those, the ones that match all of these.
    pub filters: Vec<Filter>,
    /// Of those, only so many: the newest.
    pub last: Option<usize>,
    /// What a word means that is no ID, no path and no glob.
    pub searching: Searching,
}

/// Which of several items that were at one path are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versions {
    /// All of them.
    All,
    /// The one removed last.
    Newest,
}

/// An item that was chosen, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its place in the list that was searched.
    pub index: usize,
    /// The part below a trashed directory, where only that was asked for.
    pub part: Option<PathBuf>,
}

/// What a selection came to.
#[derive(Debug, Default)]
pub struct Choice {
    /// The items, in the order of the list that was searched.
    pub chosen: Vec<Chosen>,
    /// The terms that matched nothing, or more than they may.
    pub problems: Vec<Error>,
}

impl Selection {
    /// Whether nothing was said: no term and no filter.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.terms.is_empty() && self.filters.is_empty() && self.last.is_none()
    }

    /// Whether the size of items decides, which for directories has to be measured first.
    #[must_use]
    pub fn asks_for_size(&self) -> bool {
        self.filters.iter().any(Filter::asks_for_size)
    }

    /// Whether what is selected depends on what other items there are: an ID may be that of two, a word a path or a glob,
    /// and the newest are so beside older ones.
    #[must_use]
    pub fn looks_at_all(&self) -> bool {
        !self.terms.is_empty() || self.last.is_some()
    }

    /// The IDs of the items that are meant, where the selection names no others and says each ID whole.
    #[must_use]
    pub fn whole_ids(&self) -> Option<Vec<ItemId>> {
        let ids: Option<Vec<_>> = self.terms.iter().map(Term::whole_ids).collect();
        let ids: BTreeSet<_> = ids?.into_iter().flatten().collect();
        (!ids.is_empty()).then(|| Vec::from_iter(ids))
    }

    /// Whether a word may mean the item with this ID, as far as the ID tells.
    #[must_use]
    pub fn may_mean(&self, id: ItemId) -> bool {
        self.terms.is_empty() || self.terms.iter().any(|term| term.may_mean(id))
    }

    /// Chooses among `items`.
    ///
    /// A term that means no item, or cannot say which, is a problem of its own and costs the others nothing.
    #[must_use]
    pub fn choose(&self, items: &[TrashItem], versions: Versions) -> Choice {
        let mut choice = Choice::default();
        let passing: Vec<usize> = (0..items.len()).filter(|at| self.passes(&items[*at])).collect();
        if self.terms.is_empty() {
            let is_picked = |at: &usize| self.is_everything() || !items[*at].is_open();
            let passing: Vec<usize> = passing.iter().copied().filter(is_picked).collect();
            let meant = match versions {
                Versions::All => passing,
                Versions::Newest => newest_versions(items, passing),
            };
            choice.chosen = meant.into_iter().map(|index| Chosen { index, part: None }).collect();
        }
        let mut seen = HashSet::new();
        for term in &self.terms {
            match term.find(items, &passing, versions, self.searching) {
                Ok(found) if found.is_empty() => choice.problems.push(self.nothing_matches(term, items, &passing)),
                Ok(found) => {
                    choice.chosen.extend(found.into_iter().filter(|c| seen.insert((c.index, c.part.clone()))));
                }
                Err(error) => choice.problems.push(error),
            }
        }
        self.keep_last(items, &mut choice.chosen);
        choice.chosen.sort_by_key(|chosen| chosen.index);
        choice
    }

    /// Whether the item was found by a search alone, and not meant by its ID, its path or a glob.
    #[must_use]
    pub fn is_found(&self, item: &TrashItem) -> bool {
        let item = std::slice::from_ref(item);
        let is_meant = |term: &Term| {
            let found = term.find(item, &[0], Versions::Newest, Searching::Off);
            found.map_or(true, |found| !found.is_empty())
        };
        !self.terms.is_empty() && !self.terms.iter().any(is_meant)
    }

    fn nothing_matches(&self, term: &Term, items: &[TrashItem], passing: &[usize]) -> Error {
        let near = if self.searching == Searching::Off { Vec::new() } else { term.nearest(items, passing) };
        let mut reason = "nothing in the trash matches".to_owned();
        if !near.is_empty() {
            let near: Vec<String> = near.iter().map(quoted).collect();
            reason.push_str(&format!("; similar names: {}", near.join(", ")));
        }
        Error::new(ErrorKind::NoMatch, "find", term.text(), reason)
    }

    /// Whether the filters leave the item in. One that is [open](TrashItem::is_open) meets none.
    #[must_use]
    pub fn passes(&self, item: &TrashItem) -> bool {
        self.filters.is_empty() || (!item.is_open() && self.filters.iter().all(|filter| filter.passes(item)))
    }

    /// Whether a word is the ID of the item, or points at it: enough to do to what is open whatever is asked for.
    #[must_use]
    pub fn names(&self, item: &TrashItem) -> bool {
        self.terms.iter().any(|term| term.names(item))
    }

    fn keep_last(&self, items: &[TrashItem], chosen: &mut Vec<Chosen>) {
        if let Some(last) = self.last {
            chosen.sort_by_key(|chosen| Reverse(items[chosen.index].trashed.instant()));
            chosen.truncate(last);
        }
    }
}

/// Of several items that were at one path, only the one removed last. An item of unknown origin is a version of nothing.
fn newest_versions(items: &[TrashItem], mut places: Vec<usize>) -> Vec<usize> {
    // Any order will do that puts equal paths together; paths compare component by component, which takes long.
    let path = |at: &usize| items[*at].original_path().map(Path::as_os_str);
    places.sort_by_key(|at| (path(at), Reverse(items[*at].trashed.instant())));
    places
        .dedup_by(|a, b| items[*a].original_path().is_some() && items[*a].original_path() == items[*b].original_path());
    places
}

/// The absolute path that `path` spells in `directory`, with `.` and `..` worked out in the text alone.
#[must_use]
pub fn absolute(path: &Path, directory: &Path) -> PathBuf {
    use std::path::Component;
    let mut plain = PathBuf::from("/");
    for component in directory.join(path).components() {
        match component {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => {
                plain.pop();
            }
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests;
