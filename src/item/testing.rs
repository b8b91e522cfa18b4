//! What the tests of pure functions over items stand on.

#![allow(clippy::expect_used, reason = "what does not hold here is a mistake in a test")]

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Grower, Guarded, Holder, ItemId, ItemKind, Keep, Origin, Shelf, Stamp, TrashItem, Trust};

/// The time of all tests.
#[must_use]
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("an instant")
}

/// An ID that tells nothing, as an older version of rrm gave them.
#[must_use]
pub fn id(number: u8) -> ItemId {
    id_of([number; 16])
}

/// One with these digits, but for those that a UUID of version 4 has in any case.
#[must_use]
pub fn id_of(mut bytes: [u8; 16]) -> ItemId {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    ItemId::from_digits(&format!("{:032x}", u128::from_be_bytes(bytes))).expect("an ID")
}

/// A file of 10 bytes that was at `path`, removed so long ago for 30 days; what a test is about it says itself.
#[must_use]
pub fn item(path: &str, age: TimeDelta) -> TrashItem {
    let trashed = now() - age;
    TrashItem {
        id: id(7),
        trash: Path::new("/home/trash").into(),
        kind: ItemKind::File,
        size: Some(10),
        origin: Origin::Known(path.into()),
        trashed: Stamp::At(trashed),
        deletion: Stamp::At(trashed + TimeDelta::days(30)),
        session: None,
        mode: None,
        holder: Holder::Item,
        trust: Trust::Believed,
        grower: Grower::Us,
        keep: Keep::No,
        shelf: Shelf::Trash,
        guarded: Guarded::No,
    }
}
