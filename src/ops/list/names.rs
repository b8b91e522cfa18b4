//! What the names of items tell by themselves: when each was removed. So whoever asks only for the newest, or for those of
//! some time, reads no other records.
//!
//! Items of older versions have no time in their names; as long as there are any, they are read.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::{Error, Result};
use crate::item::{Arrival, ItemId, Spot, TrashItem};
use crate::manager::TrashManager;
use crate::ops::list::listing::{History, Listing};
use crate::ops::list::twins::Twins;
use crate::rules::selection::{Selection, Versions};
use crate::store::{Reading, TrashDir, in_two_threads};
use crate::sys::FileKind;

/// How far in the future of an undo a removal may be: two clocks that are set to the same time differ by less. One that is
/// further is still to come, by a clock that was set back since, and is the earliest.
const APART: TimeDelta = TimeDelta::seconds(2);

impl TrashManager {
    /// What the latest removals removed, under this label if one is given, the latest first; an older removal is never
    /// taken instead of one that cannot be read. One of which everything `is_left` as it is does not count. What was
    /// imported has dates of its own, and no removal of ours brought it.
    pub fn last_batches(
        &self,
        most: usize,
        session: Option<&OsStr>,
        now: DateTime<Utc>,
        is_left: impl Fn(&TrashItem) -> bool,
    ) -> History {
        let Names { trashes, mut dated, problems } = self.names(|id| !is_imported(*id));
        let (mut history, mut counted) = (History { problems, ..History::default() }, 0);
        dated.retain(|(removed, known)| removed.is_some() && !self.is_older_import(known));
        // An open item says nothing that is believed, its label neither.
        let is_meant = |item: &TrashItem| session.is_none() || (item.session.as_deref() == session && !item.is_open());
        let key = |removed| (is_to_come(removed, now), Reverse(removed));
        for batch in Batches::new(dated, key) {
            if counted >= most {
                break;
            }
            let (mut items, told) = (Vec::new(), history.problems.len());
            for read in self.read_all(&trashes, &batch) {
                match read {
                    Ok(item) => items.extend(item.filter(&is_meant)),
                    Err(error) => history.problems.push(error),
                }
            }
            let is_unread = history.problems.len() > told;
            counted += usize::from(is_unread || !items.iter().all(&is_left));
            if is_unread || !items.is_empty() {
                history.batches.push(items);
            }
        }
        history
    }

    /// As many items as are needed for the newest so many of those that are selected, and those that were removed together
    /// with the last of them. The words of the selection are not looked at.
    pub(crate) fn newest(&self, selection: &Selection, most: usize, versions: Versions) -> Listing {
        let Names { trashes, dated, problems } = self.names(|id| may_pass(selection, *id));
        let mut listing = Listing { problems, ..Listing::default() };
        let (mut paths, mut counted) = (HashSet::new(), 0);
        for batch in Batches::new(dated, Reverse) {
            if counted >= most {
                break;
            }
            for read in self.read_all(&trashes, &batch) {
                match read {
                    Ok(Some(item)) if selection.passes(&item) => {
                        let is_version = versions == Versions::Newest && !paths.insert(path_of(&item));
                        counted += usize::from(!is_version && (selection.last.is_none() || !item.is_open()));
                        listing.items.push(item);
                    }
                    Ok(_) => {}
                    Err(error) => listing.problems.push(error),
                }
            }
        }
        listing
    }

    /// The newest so many of the items whose ID is wanted: for whoever wants something soon, and not to know everything. An
    /// item whose name tells no time is taken for older than all others. What cannot be read is passed over.
    #[must_use]
    pub fn newest_items(&self, most: usize, is_wanted: impl Fn(&ItemId) -> bool) -> Vec<TrashItem> {
        let trashes = self.discover().trashes;
        let (mut named, mut twins) = (Vec::new(), Twins::among(self.volumes_of(&trashes)));
        for trash in &trashes {
            // What was seen before it failed is as good as any.
            let _ = trash.names(|spot, kind| {
                if is_wanted(&spot.id) && twins.is_new(spot.id) {
                    named.push((Reverse(spot.id.told().map(|told| told.removed)), trash, spot, kind));
                }
            });
        }
        if most < named.len() {
            named.select_nth_unstable_by_key(most, |(removed, ..)| *removed);
            named.truncate(most);
        }
        let read = named.into_iter().filter_map(|(_, trash, spot, kind)| read_one(trash, spot, kind).ok()?);
        let mut items: Vec<_> = read.collect();
        items.sort_by_key(|item| Reverse(item.trashed.instant()));
        items
    }

    /// The names of all items that are wanted, in all trash directories that answer.
    fn names(&self, is_wanted: impl Fn(&ItemId) -> bool) -> Names {
        let found = self.discover();
        let mut names = Names { trashes: found.trashes, dated: Vec::new(), problems: found.problems };
        let mut twins = Twins::among(self.volumes_of(&names.trashes));
        for trash in 0..names.trashes.len() {
            let listed = names.trashes[trash].names(|spot, kind| match spot.id.told() {
                _ if !twins.is_new(spot.id) => {}
                Some(told) if is_wanted(&spot.id) => {
                    names.dated.push((Some(told.removed), Known::Named { trash, spot, kind }));
                }
                Some(_) => {}
                None => match read_one(&names.trashes[trash], spot, kind) {
                    Ok(Some(item)) => names.dated.push((item.trashed.instant(), Known::Read(Box::new(item)))),
                    Ok(None) => {}
                    Err(error) => names.problems.push(error),
                },
            });
            names.problems.extend(listed.err());
        }
        names
    }

    /// How many of these trash directories are a volume's.
    fn volumes_of(&self, trashes: &[Arc<TrashDir>]) -> usize {
        trashes.iter().filter(|trash| Some(&**trash.path()) != self.volumes().home_path()).count()
    }

    /// Each item; nothing, if it is there no more, or never was.
    fn read_all(&self, trashes: &[Arc<TrashDir>], known: &[Known]) -> Vec<Result<Option<TrashItem>>> {
        in_two_threads(known, |known| match known {
            Known::Named { trash, spot, kind } => {
                Ok(read_one(&trashes[*trash], *spot, *kind)?.map(|item| self.dated(item)))
            }
            Known::Read(item) => Ok(Some((**item).clone())),
        })
    }

    /// Whether an item of an older version was imported. Other programs note whole seconds, so hardly anything that rrm
    /// removed has to be looked at for it.
    fn is_older_import(&self, known: &Known) -> bool {
        use chrono::Timelike as _;
        let Known::Read(item) = known else { return false };
        let may_be = item.trashed.instant().is_some_and(|at| at.nanosecond() == 0);
        may_be && self.trash_of(item).is_ok_and(|trash| matches!(trash.imported_as(item), Ok(Some(_))))
    }
}

/// Whether an item may be selected, as far as its name tells.
pub(crate) fn may_pass(selection: &Selection, id: ItemId) -> bool {
    let may_pass_filters =
        id.told().is_none_or(|told| selection.filters.iter().all(|filter| filter.may_pass_removed_at(told.removed)));
    may_pass_filters && selection.may_mean(id)
}

fn is_imported(id: ItemId) -> bool {
    id.told().is_some_and(|told| told.arrival == Arrival::Import)
}

fn is_to_come(removed: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    removed.is_some_and(|at| at.signed_duration_since(now) > APART)
}

/// The items of all trash directories that answer, and when each was removed, as far as that is known.
struct Names {
    trashes: Vec<Arc<TrashDir>>,
    dated: Vec<Dated>,
    problems: Vec<Error>,
}

type Dated = (Option<DateTime<Utc>>, Known);

/// An item that is known by its name, or had to be read.
enum Known {
    Named { trash: usize, spot: Spot, kind: Option<FileKind> },
    Read(Box<TrashItem>),
}

fn read_one(trash: &TrashDir, spot: Spot, kind: Option<FileKind>) -> Result<Option<TrashItem>> {
    Ok(match trash.read_spot(spot, kind)? {
        Reading::Item(item) => Some(item),
        Reading::Abandoned { .. } | Reading::Gone => None,
    })
}

/// What versions of one path have in common; an item of unknown origin is a version of nothing.
fn path_of(item: &TrashItem) -> std::result::Result<std::path::PathBuf, ItemId> {
    item.original_path().map(Path::to_owned).ok_or(item.id)
}

/// Items that were removed at once, the first by a key first. Most often only that one is asked for, and the others need no
/// order.
struct Batches<K, F: Fn(Option<DateTime<Utc>>) -> K> {
    left: Vec<Dated>,
    key: F,
    order: Order,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// None yet.
    Any,
    /// None, and one batch was taken out.
    FirstTaken,
    /// The first is at the end.
    Backwards,
}

impl<K: Ord, F: Fn(Option<DateTime<Utc>>) -> K> Batches<K, F> {
    fn new(left: Vec<Dated>, key: F) -> Self {
        Self { left, key, order: Order::Any }
    }

    fn take_first(&mut self) -> Vec<Dated> {
        let first = self.left.iter().map(|(removed, _)| (self.key)(*removed)).min();
        let (batch, left) =
            std::mem::take(&mut self.left).into_iter().partition(|(removed, _)| Some((self.key)(*removed)) == first);
        self.left = left;
        batch
    }

    fn take_last(&mut self) -> Vec<Dated> {
        let Some((removed, _)) = self.left.last() else { return Vec::new() };
        let removed = *removed;
        let start = self.left.iter().rposition(|(other, _)| *other != removed).map_or(0, |before| before + 1);
        self.left.split_off(start)
    }
}

impl<K: Ord, F: Fn(Option<DateTime<Utc>>) -> K> Iterator for Batches<K, F> {
    type Item = Vec<Known>;

    fn next(&mut self) -> Option<Vec<Known>> {
        let batch = match self.order {
            Order::Any => self.take_first(),
            Order::FirstTaken => {
                self.left.sort_by_key(|(removed, _)| Reverse((self.key)(*removed)));
                self.take_last()
            }
            Order::Backwards => self.take_last(),
        };
        self.order = if self.order == Order::Any { Order::FirstTaken } else { Order::Backwards };
        (!batch.is_empty()).then(|| batch.into_iter().map(|(_, known)| known).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::testing::{item, now};

    fn batches(ages: &[Option<i64>]) -> Vec<Vec<Option<i64>>> {
        let dated = ages.iter().map(|age| {
            let removed = age.map(|age| now() - TimeDelta::milliseconds(age));
            let item = item("/x", TimeDelta::milliseconds(age.unwrap_or(0)));
            (removed, Known::Read(Box::new(TrashItem { size: age.map(i64::unsigned_abs), ..item })))
        });
        let key = |removed| (is_to_come(removed, now()), Reverse(removed));
        let age = |known: Known| match known {
            Known::Read(item) => item.trashed.instant().map(|at| (now() - at).num_milliseconds()),
            Known::Named { .. } => None,
        };
        Batches::new(dated.collect(), key).map(|batch| batch.into_iter().map(age).collect()).collect()
    }

    /// What was dated by a clock that was ahead comes last, be it by five minutes or by a year; two clocks that are set to
    /// the same time may differ.
    #[test]
    fn the_latest_comes_first_and_what_is_to_come_last() {
        let some = |ages: &[i64]| ages.iter().copied().map(Some).collect::<Vec<_>>();
        let given = some(&[10, 5, 10, -300_000, 5, -2_000, -2_001, -31_536_000_000, 5]);
        let expected: Vec<Vec<Option<i64>>> =
            [&[-2_000][..], &[5, 5, 5], &[10, 10], &[-31_536_000_000], &[-300_000], &[-2_001]]
                .into_iter()
                .map(some)
                .collect();
        assert_eq!(batches(&given), expected);
        assert_eq!(batches(&[]), Vec::<Vec<_>>::new());
        assert_eq!(batches(&some(&[3, 3])), [some(&[3, 3])]);
    }
}
