//! From what was lost to the items that it becomes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::super::names::place_of;
use super::{Age, Before, By, Guarded, Look, Loss, Part, Replay, Seen, Taken, Unit, Uses, What};

/// The items: the highest directories that are gone, with all that was in them, and what else went.
pub(super) fn units(losses: Vec<Loss>, replay: &Replay, seen: &Seen, look: &dyn Look) -> Vec<Unit> {
    let numbers = generations_of(&losses);
    let mut generations: BTreeMap<usize, Vec<Loss>> = BTreeMap::new();
    for (loss, generation) in losses.into_iter().zip(numbers) {
        generations.entry(generation).or_default().push(loss);
    }
    let (mut units, places) = (Vec::new(), replay.names.places());
    // Also in a directory that was moved, which an undo moves back.
    let is_there = |origin: &Path| look.at(origin).is_some() || look.at(&place_of(origin, &places)).is_some();
    for (generation, mut losses) in generations {
        losses.sort_by(|a, b| a.origin.cmp(&b.origin));
        while !losses.is_empty() {
            let (unit, rest) = first_unit(losses);
            let is_replaced = unit.first().is_some_and(|first| is_there(&first.origin));
            units.push(made_of(unit, generation, is_replaced, (replay, seen, look)));
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

fn made_of(
    losses: Vec<Loss>,
    generation: usize,
    is_replaced: bool,
    (replay, seen, look): (&Replay, &Seen, &dyn Look),
) -> Unit {
    let origin = losses.first().map(|loss| loss.origin.clone()).unwrap_or_default();
    // What lost its content and was moved away is brought back before the old content takes its place.
    let is_content = losses.first().is_some_and(|loss| matches!(loss.what, Taken::Content { .. }));
    let is_replaced = is_content || is_replaced;
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
struct Ends<'a>(HashMap<&'a Path, Vec<&'a Loss>>);

impl<'a> Ends<'a> {
    fn of(losses: &'a [Loss]) -> Self {
        let mut ends: HashMap<&Path, Vec<_>> = HashMap::new();
        losses.iter().for_each(|loss| ends.entry(&loss.origin).or_default().push(loss));
        Self(ends)
    }

    /// How many had their end before, at its path or as one directory above it: the most of these. What had left that
    /// directory by then was not in the next one of that path; what was there before the run was in the first.
    fn generation_of(&self, loss: &Loss) -> usize {
        let rank = |loss: &Loss| (loss.thing.age == Age::New, loss.index);
        let earlier = |ends: &Vec<&Loss>| ends.iter().filter(|end| rank(end) < rank(loss)).count();
        let own = self.0.get(&*loss.origin).map_or(0, earlier);
        let was_in = |end: &&&Loss| {
            let is_earlier = end.what == Taken::Directory && end.index < loss.index;
            is_earlier && loss.thing.age == Age::New && loss.path.starts_with(&end.path)
        };
        let above = loss.origin.ancestors().skip(1).filter_map(|above| self.0.get(above));
        above.map(|ends| ends.iter().filter(was_in).count()).fold(own, usize::max)
    }
}
