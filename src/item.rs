//! What is in the trash: values only, no I/O.

mod id;
mod spot;
mod state;

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};

pub use id::{Arrival, ItemId, Lent, RANDOM, Shape, Told};
pub use spot::{KEPT, Shelf, Spot};
pub use state::State;

/// What kind of file an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// A regular file.
    File,
    /// A directory with all below it.
    Directory,
    /// A symbolic link, whatever it points to.
    Symlink,
    /// A named pipe.
    Fifo,
    /// A Unix domain socket.
    Socket,
    /// A block device.
    BlockDevice,
    /// A character device.
    CharDevice,
}

impl ItemKind {
    /// Every kind, in the order in which help texts name them.
    pub const ALL: [Self; 7] =
        [Self::File, Self::Directory, Self::Symlink, Self::Fifo, Self::Socket, Self::BlockDevice, Self::CharDevice];

    /// Whether files of this kind may carry attributes of a user (xattr(7)).
    #[must_use]
    pub fn carries_attributes(self) -> bool {
        matches!(self, Self::File | Self::Directory)
    }

    /// The kind's name in every output and on every command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Directory => "directory",
            Self::Symlink => "symlink",
            Self::Fifo => "fifo",
            Self::Socket => "socket",
            Self::BlockDevice => "block-device",
            Self::CharDevice => "char-device",
        }
    }
}

/// What is written beside an item when it is removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it was: absolute in a home trash, relative to the trash directory's own parent elsewhere.
    pub original_path: PathBuf,
    /// When it was removed: the item's name tells it. All that one command removed has the same instant, which makes it
    /// one batch.
    pub trashed: DateTime<Utc>,
    /// When its grace period ends and `clean` may delete it; nothing where there is no room to write that.
    pub deletion: Option<DateTime<Utc>>,
    /// Who removed it, for whoever labels their work.
    pub session: Option<OsString>,
    /// The name it had in the trash of another program, for as long as its import is not complete.
    pub imported_as: Option<OsString>,
}

/// A date as a record tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Stamp {
    /// This instant.
    At(DateTime<Utc>),
    /// The record has none.
    #[default]
    Missing,
    /// The record has one that cannot be read.
    Unreadable,
}

impl Stamp {
    /// The instant, if there is one.
    #[must_use]
    pub fn instant(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::At(instant) => Some(*instant),
            Self::Missing | Self::Unreadable => None,
        }
    }
}

/// Where an item was, as far as its record can be trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// This absolute path.
    Known(PathBuf),
    /// There is no record: attributes stripped by a backup, or somebody else's file.
    Unknown,
    /// There is one, and following it could write where it must not.
    Untrusted(Box<Untrusted>),
}

/// A recorded path that is not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untrusted {
    /// What the record says.
    pub recorded: PathBuf,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Where an item's record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// On the item itself.
    Item,
    /// On the directory made to hold it, its envelope.
    Envelope,
}

/// Where an item's record is, and in what form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordPlace {
    /// On the item itself, as attributes.
    Item,
    /// On its envelope, as attributes.
    Envelope,
    /// In a file beside it, in its envelope.
    File,
    /// Nowhere: it was lost, or never made.
    Nowhere,
}

/// Whether the record of an item is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// What carries it is ours, and nobody else may write it.
    Believed,
    /// Others may write it, or could.
    Open,
}

/// Who may still make an item larger, through a descriptor of before its removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grower {
    /// Only its owner, who is whoever removed it.
    Us,
    /// Others too, or nobody has looked.
    Others,
}

/// Whether a person exempted an item from `clean`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keep {
    /// Nobody did.
    #[default]
    No,
    /// Until it is released.
    Forever,
    /// Until this instant.
    Until(DateTime<Utc>),
}

impl Keep {
    /// Whether the item is exempt at `now`.
    #[must_use]
    pub fn holds(self, now: DateTime<Utc>) -> bool {
        match self {
            Self::No => false,
            Self::Forever => true,
            Self::Until(end) => now < end,
        }
    }
}

/// What a program did to the place of a thing, under `rrm guard`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Guarded {
    /// No program of a guarded run took it away.
    #[default]
    No,
    /// Nothing was in its place when the run ended.
    Removed(Before),
    /// Something else was.
    Replaced(Before),
}

/// What a guarded program had done to a thing before it was kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Before {
    /// Nothing that can be seen: it is what it was when the run began.
    #[default]
    Unchanged,
    /// It may have been written to.
    Changed,
}

impl Guarded {
    /// Every mark that an item can have.
    const MARKS: [Self; 4] = [
        Self::Removed(Before::Unchanged),
        Self::Removed(Before::Changed),
        Self::Replaced(Before::Unchanged),
        Self::Replaced(Before::Changed),
    ];

    /// The words for it, in records too; none for what no guarded program took away.
    #[must_use]
    pub fn words(self) -> Option<&'static str> {
        match self {
            Self::No => None,
            Self::Removed(Before::Unchanged) => Some("removed"),
            Self::Removed(Before::Changed) => Some("changed, then removed"),
            Self::Replaced(Before::Unchanged) => Some("replaced"),
            Self::Replaced(Before::Changed) => Some("changed, then replaced"),
        }
    }

    /// What these words mean; nothing, if they are no such words.
    #[must_use]
    pub fn from_words(words: &[u8]) -> Self {
        let meant = |mark: &Self| mark.words().is_some_and(|known| known.as_bytes() == words);
        Self::MARKS.into_iter().find(meant).unwrap_or_default()
    }
}

/// One thing in the trash. A list may hold a million, so it is kept small; a test holds its size.
#[derive(Debug, Clone)]
pub struct TrashItem {
    /// Its name in its trash directory.
    pub id: ItemId,
    /// The trash directory that holds it.
    pub trash: Arc<Path>,
    /// What it is.
    pub kind: ItemKind,
    /// Its length in bytes; for a directory the sum of what is in it, once somebody asked for it and it was noted.
    pub size: Option<u64>,
    /// Where it was.
    pub origin: Origin,
    /// When it was removed.
    pub trashed: Stamp,
    /// When its grace period ends.
    pub deletion: Stamp,
    /// Who removed it.
    pub session: Option<Box<OsStr>>,
    /// The permission bits to give back when it is restored, if an older version of rrm recorded some.
    pub mode: Option<u32>,
    /// Where its record is.
    pub holder: Holder,
    /// Whether that is believed.
    pub trust: Trust,
    /// Who may still make it larger.
    pub grower: Grower,
    /// Whether it is exempt from `clean`.
    pub keep: Keep,
    /// Which directory of its trash it is in.
    pub shelf: Shelf,
    /// What a guarded program did to its place.
    pub guarded: Guarded,
}

impl TrashItem {
    /// The path to show for the item: the one that it had, or else its place in the trash.
    #[must_use]
    pub fn shown_path(&self) -> PathBuf {
        self.original_path().map_or_else(|| self.trash.join(self.spot().path()), Path::to_owned)
    }

    /// The path it had, if that is known.
    #[must_use]
    pub fn original_path(&self) -> Option<&Path> {
        match &self.origin {
            Origin::Known(path) => Some(path),
            Origin::Unknown | Origin::Untrusted(_) => None,
        }
    }

    /// The last component of the path it had.
    #[must_use]
    pub fn original_name(&self) -> Option<&OsStr> {
        self.original_path().and_then(Path::file_name)
    }

    /// Where it is in its trash directory.
    #[must_use]
    pub fn spot(&self) -> Spot {
        Spot { id: self.id, kept: (self.shelf == Shelf::Kept).then_some(self.keep) }
    }

    /// Whether nothing that the item's record says is acted on unless a person names the item: others could have written
    /// it, or there is none, or it would lead where it must not.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.trust == Trust::Open || !matches!(self.origin, Origin::Known(_))
    }

    /// The permission bits that it had, if it has these in the trash.
    #[must_use]
    pub fn original_mode(&self, mode: u32) -> u32 {
        match self.id.told() {
            Some(told) => told.lent.original(mode),
            None if self.is_open() => mode,
            None => self.mode.unwrap_or(mode),
        }
    }
}

/// Whether `path` is made of plain components only, none of them `.` or `..`.
#[must_use]
pub fn is_plain_path(path: &Path) -> bool {
    let bytes = path.as_os_str().as_bytes();
    let relative = bytes.strip_prefix(b"/").unwrap_or(bytes);
    !relative.is_empty()
        && !relative.contains(&0)
        && relative.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."))
}

#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub mod testing;

#[cfg(test)]
mod tests {
    use super::*;

    /// With the path and what the allocator adds, a list of a million stays below 250 bytes an item.
    #[test]
    fn an_item_is_small() {
        assert!(size_of::<TrashItem>() <= 152, "{} bytes", size_of::<TrashItem>());
    }
}
