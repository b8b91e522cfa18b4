//! Calls that were announced and that the kernel refused.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::{Entry, Key, Look};
use crate::sys::FileKind;

/// The moves and exchanges that were not made, though they were announced: what was to be moved is met again where it was.
pub(super) fn moves(entries: &[Entry], look: &dyn Look) -> HashSet<usize> {
    let directories = moved_directories(entries, look);
    // In a directory that was moved to where another was, a thing has its old path again, though it had left.
    let came_back =
        |path: &Path, since: usize| path.ancestors().skip(1).any(|above| directories.get(above) > Some(&since));
    let mut failed = HashSet::new();
    // The last announced move of each thing.
    let mut pending: HashMap<Key, (usize, &Path, &Path)> = HashMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let (thing, path) = match entry {
            Entry::Moved { thing, from, .. } => (thing, Some(from)),
            Entry::Kept { thing, path, .. } | Entry::Emptied { thing, path } => (thing, path.as_ref()),
            _ => continue,
        };
        if let Some((earlier, from, to)) = pending.remove(&thing.key)
            && let Some(path) = path
            && path == from
            && path != to
            && !came_back(from, earlier)
        {
            failed.insert(earlier);
        }
        if let Entry::Moved { from, to, .. } = entry {
            pending.insert(thing.key, (index, from, to));
        }
    }
    for (key, (index, from, to)) in pending {
        if look.at(from) == Some(key) && look.at(to) != Some(key) && !came_back(from, index) {
            failed.insert(index);
        }
    }
    let is_met = still_met(entries, look);
    for (index, entry) in entries.iter().enumerate() {
        if let Entry::Exchanged { one, one_path, other, other_path } = entry
            && [(one, one_path), (other, other_path)]
                .iter()
                .all(|(thing, path)| is_met(thing.key, path) && !came_back(path, index))
        {
            failed.insert(index);
        }
    }
    failed
}

/// When each directory that is where it was moved to came there.
fn moved_directories<'a>(entries: &'a [Entry], look: &dyn Look) -> HashMap<&'a Path, usize> {
    let moves = entries.iter().enumerate().flat_map(|(index, entry)| match entry {
        Entry::Moved { thing, to, .. } => vec![(index, thing, to)],
        Entry::Exchanged { one, one_path, other, other_path } => {
            vec![(index, one, other_path), (index, other, one_path)]
        }
        _ => Vec::new(),
    });
    let arrived = moves.filter(|(_, thing, to)| thing.kind == FileKind::Directory && look.at(to) == Some(thing.key));
    arrived.map(|(index, _, to)| (&**to, index)).collect()
}

/// Whether something is, or was when it went, at a path, and was announced to leave it no more than once.
fn still_met<'a>(entries: &'a [Entry], look: &'a dyn Look) -> impl Fn(Key, &'a Path) -> bool {
    let (mut announced, mut went): (HashMap<Key, u32>, HashSet<(Key, &Path)>) = Default::default();
    for entry in entries {
        match entry {
            Entry::Moved { thing, .. } => *announced.entry(thing.key).or_default() += 1,
            Entry::Exchanged { one, other, .. } => {
                for thing in [one, other] {
                    *announced.entry(thing.key).or_default() += 1;
                }
            }
            Entry::Kept { thing, path: Some(path), .. } | Entry::Emptied { thing, path: Some(path) } => {
                went.insert((thing.key, path));
            }
            _ => {}
        }
    }
    move |key, path| announced.get(&key) == Some(&1) && (look.at(path) == Some(key) || went.contains(&(key, path)))
}
