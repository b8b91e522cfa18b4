//! Sums over items in memory.

use super::*;
use crate::item::testing::{self, now};
use crate::item::{Keep, Stamp};
use crate::rules::retention::Standing;

/// An item of so many bytes in `trash`, removed so many hours ago for so many days.
fn item(number: u8, trash: &str, size: Option<u64>, age: i64, grace: i64) -> TrashItem {
    let age = TimeDelta::hours(age);
    TrashItem {
        id: testing::id(number),
        trash: Path::new(trash).into(),
        kind: if size.is_some() { ItemKind::File } else { ItemKind::Directory },
        size,
        deletion: Stamp::At(now() - age + TimeDelta::days(grace)),
        ..testing::item(&format!("/w/{number}"), age)
    }
}

fn statistics(items: &[TrashItem], largest: usize) -> Statistics {
    let fates = Standing::default().fates(items, &[], now());
    let place = Place { trashes: vec![Path::new("/one").into(), Path::new("/two").into()], ..Place::default() };
    let on_disk = items.iter().filter_map(|item| Some((item.id, item.size? * 2))).collect();
    Statistics::of(place, &Items { all: items, on_disk: &on_disk, fates: Some(&fates) }, largest, now())
}

/// Those that are not empty, as how many items and bytes.
fn counted<T: Copy>(tallies: &[(T, Tally)]) -> Vec<(T, u64, u64)> {
    let some = tallies.iter().filter(|(_, tally)| tally.items > 0);
    some.map(|(of, tally)| (*of, tally.items, tally.bytes)).collect()
}

#[test]
fn each_item_of_the_volume_counts_once_in_each_sum() {
    let mut doubtful = item(6, "/two", Some(7), 1, 30);
    doubtful.trashed = Stamp::At(now() + TimeDelta::hours(1));
    let mut kept = item(7, "/one", Some(1), 24 * 400, 1);
    kept.keep = Keep::Forever;
    let items = [
        item(1, "/one", Some(10), 1, 30),
        item(2, "/two", Some(20), 24 * 3, 3),
        item(3, "/one", None, 24 * 20, 25),
        item(4, "/else", Some(1000), 1, 30),
        item(5, "/one", Some(5), 24 * 40, 365),
        doubtful,
        kept,
    ];
    let sums = statistics(&items, 9);
    assert_eq!(sums.total, Tally { items: 6, bytes: 43, on_disk: 86, unmeasured: 1 });
    let ages = [(Age::Day, 1, 10), (Age::Week, 1, 20), (Age::Month, 1, 0), (Age::Year, 1, 5), (Age::Older, 1, 1)];
    assert_eq!(counted(&sums.by_age), [&ages[..], &[(Age::Unknown, 1, 7)]].concat());
    assert_eq!(counted(&sums.by_kind), [(ItemKind::File, 5, 43), (ItemKind::Directory, 1, 0)]);
    let due = [(Due::Now, 1, 20), (Due::Week, 1, 0), (Due::Month, 1, 10), (Due::Later, 1, 5)];
    assert_eq!(counted(&sums.by_due), [&due[..], &[(Due::Kept, 1, 1), (Due::Never, 1, 7)]].concat());
}

#[test]
fn the_largest_come_in_their_order() {
    let items = [
        item(1, "/one", Some(5), 1, 1),
        item(2, "/two", Some(9), 1, 1),
        item(3, "/one", None, 1, 1),
        item(4, "/one", Some(5), 1, 1),
    ];
    let largest = |number| statistics(&items, number).largest.iter().map(|item| item.id).collect::<Vec<_>>();
    assert_eq!(largest(9), [items[1].id, items[0].id, items[3].id]);
    assert_eq!(largest(1), [items[1].id]);
}
