//! What a selection means among items: whole ones, and parts of trashed directories.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind};
use crate::item::TrashItem;
use crate::manager::TrashManager;
use crate::rules::selection::{Choice, Chosen, Selection, Versions};

impl TrashManager {
    /// Chooses, and where a path is inside of several trashed directories takes the newest one that holds it.
    pub(crate) fn choose_existing(&self, selection: &Selection, items: &[TrashItem]) -> Choice {
        let mut choice = selection.choose(items, Versions::Newest);
        let (parts, mut whole): (Vec<Chosen>, Vec<Chosen>) = choice.chosen.into_iter().partition(|c| c.part.is_some());
        let mut newest: HashMap<PathBuf, Chosen> = HashMap::new();
        let mut lacking = HashMap::new();
        let mut parts = parts;
        parts.sort_by_key(|chosen| Reverse(items[chosen.index].trashed.instant()));
        for chosen in parts {
            let (item, part) = (&items[chosen.index], chosen.part.clone().unwrap_or_default());
            let path = item.original_path().unwrap_or(Path::new("")).join(&part);
            if self.holds(item, &part) {
                newest.entry(path).or_insert(chosen);
            } else {
                lacking.insert(path, item.id);
            }
        }
        for (path, id) in lacking.into_iter().filter(|(path, _)| !newest.contains_key(path)) {
            if let Some(found) = search_instead(selection, &path, items) {
                whole.extend(found.chosen);
                choice.problems.extend(found.problems);
                continue;
            }
            let reason = format!("item {} does not contain it", id.short());
            choice.problems.push(Error::new(ErrorKind::NoMatch, "find", path, reason));
        }
        whole.extend(newest.into_values());
        // What one word is found in may be what another names.
        let mut seen = HashSet::new();
        whole.retain(|chosen| seen.insert((chosen.index, chosen.part.clone())));
        choice.chosen = whole;
        choice
    }

    fn holds(&self, item: &TrashItem, part: &Path) -> bool {
        self.trash_of(item).is_ok_and(|trash| trash.holds_part(item, part))
    }
}

/// What a word is found in that could have been a path inside of a trashed directory and is none; nothing, if it is found
/// nowhere.
fn search_instead(selection: &Selection, path: &Path, items: &[TrashItem]) -> Option<Choice> {
    let term = selection.terms.iter().find(|term| term.spells(path))?.searched()?;
    let choice = Selection { terms: vec![term], ..selection.clone() }.choose(items, Versions::Newest);
    let is_found = choice.problems.iter().all(|problem| problem.kind != ErrorKind::NoMatch);
    is_found.then_some(choice)
}

/// The items that are selected. What is only a part of one is refused: nothing but whole items can be deleted or kept.
pub(crate) fn choose_whole(selection: &Selection, items: Vec<TrashItem>, problems: &mut Vec<Error>) -> Vec<TrashItem> {
    if selection.is_everything() {
        return items;
    }
    let choice = selection.choose(&items, Versions::All);
    problems.extend(choice.problems);
    let mut whole = Vec::with_capacity(choice.chosen.len());
    for chosen in choice.chosen {
        let item = &items[chosen.index];
        match chosen.part {
            None if item.is_open() && !selection.names(item) => problems.push(unnamed(item)),
            None => whole.push(item.clone()),
            Some(part) => problems.push(Error::new(
                ErrorKind::NoMatch,
                "choose",
                item.shown_path().join(part),
                "it is part of an item; select the whole item",
            )),
        }
    }
    whole
}

fn unnamed(item: &TrashItem) -> Error {
    let reason = "others could have written its record; select it by its ID";
    Error::new(ErrorKind::OpenRecord, "choose", item.shown_path(), reason)
}
