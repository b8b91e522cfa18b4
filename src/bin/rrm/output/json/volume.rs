//! The sums of a volume as an object.

use chrono::{DateTime, Utc};
use rrm::rules::retention::Fates;
use rrm::rules::statistics::{Statistics, Tally};
use serde_json::{Map, Value};

use super::{insert_bytes, object};

/// The sums and the largest items; the schema is in rrm-stats(1).
pub(crate) fn volume_object(volume: &Statistics, fates: Option<&Fates>, now: DateTime<Utc>) -> Value {
    let mut sums = tally_object(&volume.total);
    let place = &volume.place;
    insert_bytes(&mut sums, "mount_point", place.mount.as_ref().map(|mount| mount.point.as_os_str()));
    sums.insert("file_system".into(), place.mount.as_ref().map(|mount| mount.kind.as_str()).into());
    sums.insert("volume_size".into(), place.space.map(|space| space.size).into());
    sums.insert("volume_used".into(), place.space.map(|space| space.size.saturating_sub(space.free)).into());
    sums.insert("volume_available".into(), place.space.map(|space| space.available).into());
    let trashes = place.trashes.iter().map(|trash| {
        let mut object = Map::new();
        insert_bytes(&mut object, "trash_dir", Some(trash.as_os_str()));
        Value::Object(object)
    });
    sums.insert("trashes".into(), trashes.collect());
    sums.insert("by_age".into(), tallies(&volume.by_age, |age| age.name()));
    sums.insert("by_kind".into(), tallies(&volume.by_kind, |kind| kind.name()));
    sums.insert("by_due".into(), tallies(&volume.by_due, |due| due.name()));
    let largest = volume.largest.iter().map(|item| object(item, fates.map(|fates| fates.of(item)), now));
    sums.insert("largest".into(), largest.collect());
    Value::Object(sums)
}

fn tally_object(tally: &Tally) -> Map<String, Value> {
    let numbers =
        [("items", tally.items), ("bytes", tally.bytes), ("on_disk", tally.on_disk), ("unmeasured", tally.unmeasured)];
    numbers.into_iter().map(|(key, number)| (key.to_owned(), number.into())).collect()
}

fn tallies<T>(tallies: &[(T, Tally)], name: impl Fn(&T) -> &'static str) -> Value {
    tallies.iter().map(|(of, tally)| (name(of).to_owned(), Value::Object(tally_object(tally)))).collect()
}
