//! What the tests of pure functions over items stand on.

use super::*;

/// The time of all tests.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("an instant")
}

/// A file of 10 bytes that was at `path`, removed so long ago for 30 days; what a test is about it says itself.
pub(crate) fn item(path: &str, age: TimeDelta) -> TrashItem {
    let trashed = now() - age;
    TrashItem {
        id: ItemId::from_random([7; 16]),
        trash: Path::new("/home/trash").into(),
        kind: ItemKind::File,
        size: Some(10),
        origin: Origin::Known(path.into()),
        trashed: Stamp::At(trashed),
        deletion: Stamp::At(trashed + TimeDelta::days(30)),
        session: None,
        mode: None,
        holder: Holder::Item,
        keep: Keep::No,
    }
}
