//! Every name that a trash directory holds.

use std::ffi::{OsStr, OsString};

use crate::item::{self, ItemId, Shelf, Spot};
use crate::sys::Name;

/// A copy in progress, one entry a copy; garbage once its owner is gone.
pub const STAGING: Name<'static> = Name::fixed(".staging");

/// What `clean` has claimed and is deleting.
pub const DOOMED: Name<'static> = Name::fixed(".doomed");

/// What guarded programs destroy while they run, one directory a run; and what an undo has to know of a run that is over.
pub const GUARDED: Name<'static> = Name::fixed(".guarded");

/// What a person keeps: the items themselves.
pub const KEPT: Name<'static> = Name::fixed(item::KEPT);

/// In a home trash: a symbolic link to each other trash directory ever made.
pub const VOLUMES: Name<'static> = Name::fixed("volumes");

/// In a home trash: what the last undo brought back.
pub const UNDONE: Name<'static> = Name::fixed(".undone");

/// In an envelope: the thing itself.
pub const ITEM: Name<'static> = Name::fixed("item");

/// Asks backup tools to pass over the directory (<https://bford.info/cachedir/>).
pub const CACHE_TAG: Name<'static> = Name::fixed("CACHEDIR.TAG");

/// What [`CACHE_TAG`] holds.
pub const CACHE_TAG_CONTENT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This directory is a trash of rrm: it holds removed files until rrm clean deletes them.\n";

/// Room that is set aside for a full disk: files that hold nothing of use.
pub const BALLAST: Name<'static> = Name::fixed(".ballast");

/// Tells in [`BALLAST`] what that is.
pub const BALLAST_README: Name<'static> = Name::fixed("README");

/// What [`BALLAST_README`] holds.
pub const BALLAST_README_CONTENT: &str = "These files hold random bytes. They keep 1 MiB free for rrm: when the disk \
    is full, rrm\ndeletes some of them, so that you can still remove and restore files. The next rrm clean\nthat frees \
    space makes them again. You can delete them at any time.\n";

/// Keeps git from taking a trash directory inside a work tree for part of it.
pub const GIT_IGNORE: Name<'static> = Name::fixed(".gitignore");

/// What [`GIT_IGNORE`] holds: everything.
pub const GIT_IGNORE_CONTENT: &str = "*\n";

/// The end of the name of the link in [`VOLUMES`] that tells where in its file system a registered trash directory is.
const PLACE: &str = ".place";

/// What the link is called that belongs to the registration `name`.
#[must_use]
pub fn place_of_volume(name: &OsStr) -> OsString {
    let mut place = name.to_owned();
    place.push(PLACE);
    place
}

/// Whether a name in [`VOLUMES`] is that of such a link.
#[must_use]
pub fn is_place_of_volume(name: &OsStr) -> bool {
    name.as_encoded_bytes().ends_with(PLACE.as_bytes())
}

/// The end of the name of a note in [`STAGING`]; before it is the ID of the item.
const NOTE: &str = ".elsewhere";

/// What the note is called that tells where `item` is copied from or to.
#[must_use]
pub fn note_of(item: ItemId) -> OsString {
    beside(item, NOTE)
}

/// The item that a name in [`STAGING`] is the note of, if it is one.
#[must_use]
pub fn noted_by(name: &OsStr) -> Option<ItemId> {
    item_beside(name, NOTE)
}

/// The end of the name of the [`Ledger`](crate::private::Ledger) that belongs to a note.
const LEDGER: &str = ".made";

/// What the file is called that tells which private directories were made outside for a copy of `item`.
#[must_use]
pub fn ledger_of(item: ItemId) -> OsString {
    beside(item, LEDGER)
}

/// The item that a name in [`STAGING`] is the ledger of, if it is one.
#[must_use]
pub fn ledger_for(name: &OsStr) -> Option<ItemId> {
    item_beside(name, LEDGER)
}

/// The end of the name of one of the [`Notices`](crate::store::Notices) in [`STAGING`].
const NOTICE: &str = ".notice";

/// What the file is called that tells another program of `item` once it is there.
#[must_use]
pub fn notice_of(item: ItemId) -> OsString {
    beside(item, NOTICE)
}

/// Whether a name in [`STAGING`] is that of such a file.
#[must_use]
pub fn is_notice(name: &OsStr) -> bool {
    item_beside(name, NOTICE).is_some()
}

fn beside(item: ItemId, end: &str) -> OsString {
    format!("{item}{end}").into()
}

fn item_beside(name: &OsStr, end: &str) -> Option<ItemId> {
    ItemId::from_name(OsStr::new(name.to_str()?.strip_suffix(end)?))
}

/// What a name in a trash directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// A trashed item.
    Item(Spot),
    /// One of rrm's own names above.
    Ours,
    /// Something that rrm did not make.
    Foreign,
}

/// What `name` is in one of the directories that items are in.
#[must_use]
pub fn meaning_of(shelf: Shelf, name: &OsStr) -> Meaning {
    if shelf == Shelf::Kept {
        return Spot::from_kept_name(name).map_or(Meaning::Foreign, Meaning::Item);
    }
    let ours = [STAGING, DOOMED, GUARDED, KEPT, VOLUMES, BALLAST, UNDONE, CACHE_TAG, GIT_IGNORE];
    if let Some(id) = ItemId::from_name(name) {
        Meaning::Item(Spot::in_trash(id))
    // A file system that folds the case of names may tell them in another.
    } else if ours.iter().any(|known| known.as_os_str().eq_ignore_ascii_case(name)) {
        Meaning::Ours
    } else {
        Meaning::Foreign
    }
}

/// The name of user `uid`'s trash directory on a volume.
#[must_use]
pub fn volume_trash(uid: u32) -> OsString {
    format!(".rrm-{uid}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_canonical_uuid_is_an_item() {
        let id = "0b0a7a4e-9b1c-4c8e-8f57-0123456789ab";
        let in_trash = |name: &str| meaning_of(Shelf::Trash, OsStr::new(name));
        assert!(matches!(in_trash(id), Meaning::Item(spot) if spot.name() == id && spot.kept.is_none()));
        for odd in [&id.to_uppercase(), &id.replace('-', ""), "item", "volumesx", ".rrm-0"] {
            assert_eq!(in_trash(odd), Meaning::Foreign, "{odd}");
        }
        for ours in [".doomed", "kept", ".ballast", "cachedir.tag"] {
            assert_eq!(in_trash(ours), Meaning::Ours);
            assert_eq!(meaning_of(Shelf::Kept, OsStr::new(ours)), Meaning::Foreign);
        }
    }

    #[test]
    fn a_note_tells_its_item_and_is_none_itself() {
        let id = crate::item::testing::id(7);
        assert_eq!(noted_by(&note_of(id)), Some(id));
        assert_eq!(noted_by(OsStr::new(&id.to_string())), None);
        assert_eq!(meaning_of(Shelf::Trash, &note_of(id)), Meaning::Foreign);
    }
}
