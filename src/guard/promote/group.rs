//! From what was lost to the items that it becomes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::{Age, Before, By, Guarded, Look, Loss, Part, Replay, Seen, Taken, Unit, Uses, What};

/// The items: the highest directories that are gone, with all that was in them, and what else went.
pub(super) fn units(losses: Vec<Loss>, replay: &Replay, seen: &Seen, look: &dyn Look) -> Vec<Unit> {
    let numbers = generations_of(&losses);
    let mut generations: BTreeMap<usize, Vec<Loss>> = BTreeMap::new();
    for (loss, generation) in losses.into_iter().zip(numbers) {
        generations.entry(generation).or_default().push(loss);
    }
    let mut units = Vec::new();
    for (generation, mut losses) in generations {
        losses.sort_by(|a, b| a.origin.cmp(&b.origin));
        while !losses.is_empty() {
            let (unit, rest) = first_unit(losses);
            units.push(made_of(unit, generation, replay, seen, look));
            losses = rest;
        }
    }
    units
}

/// The first of them with all that was inside of it; and the rest, in order.
///
/// What was in a directory that was moved away is no part of where that was.
fn first_unit(losses: Vec<Loss>) -> (Vec<Loss>, Vec<Loss>) {
    let mut losses = losses.into_iter();
    let (mut unit, mut rest): (Vec<Loss>, Vec<Loss>) = (losses.next().into_iter().collect(), Vec::new());
    let mut directories: HashSet<PathBuf> = HashSet::new();
    let top = match unit.first() {
        Some(first) if first.what == Taken::Directory => first.origin.clone(),
        _ => return (unit, losses.collect()),
    };
    directories.insert(top.clone());
    for loss in losses.by_ref() {
        if !loss.origin.starts_with(&top) {
            rest.push(loss);
            break;
        }
        if !loss.origin.parent().is_some_and(|parent| directories.contains(parent)) {
            rest.push(loss);
            continue;
        }
        if loss.what == Taken::Directory {
            directories.insert(loss.origin.clone());
        }
        unit.push(loss);
    }
    rest.extend(losses);
    (unit, rest)
}

fn made_of(losses: Vec<Loss>, generation: usize, replay: &Replay, seen: &Seen, look: &dyn Look) -> Unit {
    let origin = losses.first().map(|loss| loss.origin.clone()).unwrap_or_default();
    // What lost its content and was moved away is brought back before the old content takes its place.
    let is_content = losses.first().is_some_and(|loss| matches!(loss.what, Taken::Content { .. }));
    let is_replaced = is_content || look.at(&origin).is_some();
    let mut before = Before::Unchanged;
    let parts = losses.into_iter().map(|loss| {
        let below = loss.origin.strip_prefix(&origin).unwrap_or(Path::new("")).to_owned();
        let what = replay.what(&loss, seen, look, &mut before);
        Part { below, what }
    });
    let parts = parts.collect();
    let guarded = if is_replaced { Guarded::Replaced(before) } else { Guarded::Removed(before) };
    Unit { origin, generation, guarded, parts }
}

impl Replay {
    /// What a part is; `whole` becomes changed if it is.
    fn what(&self, loss: &Loss, seen: &Seen, look: &dyn Look, whole: &mut Before) -> What {
        let had = self.had.get(&loss.thing.key).cloned();
        let (number, before) = match (loss.what, self.contents.get(&loss.thing.key)) {
            (Taken::Directory, _) => return What::Directory(had),
            (_, Some((number, before))) if look.number(*number).is_some() => (*number, *before),
            (Taken::Content { number, before } | Taken::Name { number, before, by: By::Copy, .. }, _) => {
                (number, before)
            }
            (Taken::Name { number, before, modified, by: By::Link }, _) => {
                // Somebody had it open, or another name of it.
                let is_same = look.number(number).is_none_or(|is| is.modified == modified);
                (number, if is_same { before } else { Before::Changed })
            }
        };
        if before == Before::Changed {
            *whole = Before::Changed;
        }
        let is_needed_again = seen.content_uses.get(&number).is_some_and(|uses| *uses > 1);
        What::Number { number, uses: if is_needed_again { Uses::Several } else { Uses::One }, had }
    }
}

fn generations_of(losses: &[Loss]) -> Vec<usize> {
    let ends = Ends::of(losses);
    losses.iter().map(|loss| ends.generation_of(loss)).collect()
}

/// When something at a path came to its end.
struct Ends<'a>(HashMap<&'a Path, Vec<(Age, usize, bool)>>);

impl<'a> Ends<'a> {
    fn of(losses: &'a [Loss]) -> Self {
        let mut ends: HashMap<&Path, Vec<_>> = HashMap::new();
        for loss in losses {
            let is_directory = loss.what == Taken::Directory;
            ends.entry(&loss.origin).or_default().push((loss.thing.age, loss.index, is_directory));
        }
        Self(ends)
    }

    /// How many had their end before, at its path or as one directory above it: the most of these.
    fn generation_of(&self, loss: &Loss) -> usize {
        let rank = |age: Age, index: usize| (age == Age::New, index);
        let own = self.0.get(&*loss.origin).map_or(0, |ends| {
            let own = rank(loss.thing.age, loss.index);
            ends.iter().filter(|(age, index, _)| rank(*age, *index) < own).count()
        });
        let above = loss.origin.ancestors().skip(1).filter_map(|above| self.0.get(above));
        let above = above.map(|ends| ends.iter().filter(|(_, index, is_dir)| *is_dir && *index < loss.index).count());
        above.fold(own, usize::max)
    }
}
