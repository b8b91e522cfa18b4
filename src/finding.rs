//! Problems in trash directories and on files outside the trash.

mod meaning;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;

use crate::item::Spot;
use crate::sys::Timestamp;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// Somebody should do something.
    Warning,
    /// Something of a person's is at risk, or cannot be reached.
    Error,
}

/// What a [repair](crate::manager::TrashManager::mend) may do about a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mending {
    /// It can be fixed without losing data.
    Possible,
    /// A person has to decide, or a clean does it.
    No,
}

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// A trash directory of ours that others may enter, or that we may not write.
    WrongMode {
        /// The directory.
        trash: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A trash directory of ours that no command finds: it was made where there was no home, as in a container.
    Unregistered {
        /// The directory.
        trash: PathBuf,
    },
    /// Something in a trash directory's place that must not be used: a link, another's.
    Unsafe {
        /// Where.
        trash: PathBuf,
        /// What it is.
        reason: String,
    },
    /// What has the name of our trash directory on a volume and belongs to somebody else.
    OfAnother {
        /// Where.
        trash: PathBuf,
        /// The user whom it belongs to.
        owner: u32,
    },
    /// There is no home trash, or no way to it.
    NoHome {
        /// Where it would be.
        trash: PathBuf,
        /// Why not.
        reason: String,
    },
    /// One of rrm's own directories in a trash directory cannot be worked in.
    Unusable {
        /// The directory.
        path: PathBuf,
        /// Why not.
        fault: Fault,
    },
    /// Its file system keeps no attributes; records are kept in files.
    NoAttributes {
        /// The trash directory.
        trash: PathBuf,
    },
    /// An item without a record of where it was.
    Untagged(At),
    /// An item whose record would lead somewhere it must not.
    Untrusted {
        /// The item.
        at: At,
        /// Where it leads.
        recorded: PathBuf,
        /// What is wrong with that.
        reason: &'static str,
    },
    /// An item whose record others could have written: a command was killed, or an older version of rrm left it so.
    Open {
        /// The item.
        at: At,
        /// The path that the record tells.
        recorded: PathBuf,
    },
    /// An item whose dates are missing, unreadable or cannot be right: no rule ever takes it.
    Doubtful {
        /// The item.
        at: At,
        /// The path it had.
        original: PathBuf,
    },
    /// An item that cannot be read.
    Unreadable {
        /// Where.
        path: PathBuf,
        /// Why not.
        reason: String,
        /// The user whom it belongs to, if that is not us.
        owner: Option<u32>,
    },
    /// An envelope without an item and without anything else.
    EmptyEnvelope {
        /// The envelope.
        at: At,
        /// Whether it may still be about to be filled.
        age: Age,
    },
    /// An envelope with files that rrm did not put there.
    Crowded {
        /// The envelope.
        at: At,
        /// How many.
        others: usize,
    },
    /// A name in a trash directory that rrm does not make.
    Foreign {
        /// Where.
        path: PathBuf,
        /// The user whom it belongs to, if that is not us.
        owner: Option<u32>,
    },
    /// A copy into the trash whose command was killed.
    InterruptedCopy {
        /// The trash directory.
        trash: Arc<Path>,
        /// The copy's name in its staging directory.
        name: OsString,
        /// What became of what was copied.
        source: Source,
    },
    /// A copy in or out of the trash whose command was killed before or after it was whole.
    InterruptedMove {
        /// The item.
        at: At,
        /// Where it is outside, or was to be.
        place: PathBuf,
        /// What is there.
        left: Left,
    },
    /// What a clean has claimed and not deleted.
    InterruptedClean {
        /// The directory that it is in.
        doomed: PathBuf,
        /// How many items, or what is left of them.
        entries: usize,
    },
    /// A registration that leads nowhere for good.
    DeadRegistration {
        /// The trash directory that holds it.
        home: Arc<Path>,
        /// Its name in there.
        name: OsString,
        /// Where it leads.
        target: PathBuf,
        /// Why it is of no use.
        state: Registration,
    },
    /// A trash directory that is registered and cannot be reached now: most likely its volume is not mounted.
    Unreachable {
        /// Where it was.
        trash: PathBuf,
        /// What is known of it.
        reason: String,
    },
    /// A file in no trash that carries a record, or a part of one.
    Stray {
        /// The file.
        path: PathBuf,
        /// The attributes that are rrm's beyond doubt, in the order in which they are erased.
        names: Vec<&'static str>,
        /// When its inode was last changed: what has changed since is somebody's work.
        changed: Timestamp,
    },
    /// Items that should have been deleted long ago, so that nobody seems to clean.
    Overdue {
        /// How many.
        items: usize,
        /// How long ago the grace period of the first ended.
        longest: TimeDelta,
    },
}

/// An entry of a trash directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At {
    /// The trash directory.
    pub trash: Arc<Path>,
    /// Where in it.
    pub spot: Spot,
}

impl At {
    /// The entry's path.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.trash.join(self.spot.path())
    }
}

/// Why one of rrm's own directories cannot be worked in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is no directory.
    NoDirectory,
    /// It belongs to this user.
    Owner(u32),
    /// It is ours, with these permission bits.
    Mode(u32),
}

/// How old an envelope without an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// A command may be at work with it.
    Young,
    /// Whoever made it is gone.
    Old,
}

/// What is known of what a copy was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nothing was copied yet.
    Uncopied,
    /// It is where it was, here.
    There(PathBuf),
    /// It was here, and is no more: the copy may be all that is left.
    Gone(PathBuf),
    /// There is no record of where it was.
    Unknown,
}

/// What a killed copy in or out of the trash left outside of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// An unfinished copy of an item that is in the trash.
    Copy,
    /// What may be the same as the item in the trash, or a part of it.
    Both,
    /// Only the note that something is copied.
    Note,
    /// Something else, under the name of a private directory that was made there.
    Unknown,
}

/// Why a registration is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// Its volume is mounted, and there is no trash directory.
    Gone,
    /// Another one says the same.
    Twice,
    /// It is no absolute path, which no command looks at.
    Relative,
}
