//! What the errors mean that a file system may answer, for whoever has another way or can do without: one table.
//!
//! File systems answer the same refusal with different numbers, and those that a program serves with any. So what is not
//! known to be said everywhere is a refusal, and the next way shows what is so: each of them replaces nothing.
//!
//! | answer | a rename that replaces nothing | a link | an attribute | owner, mode or times of a copy |
//! |---|---|---|---|---|
//! | [`Taken`](Answer::Taken) | `EEXIST`, `ENOTEMPTY` | `EEXIST` | `EEXIST` | |
//! | [`Gone`](Answer::Gone) | `ENOENT` | `ENOENT` | `ENODATA` | |
//! | [`NotHere`](Answer::NotHere) | any other | any other | `ENOTSUP`, `ENOSYS`, `EPERM`, `EACCES`, `EIO`; no room: `ENOSPC`, `EDQUOT`, `E2BIG`, `ERANGE` | `EPERM`, `EACCES`, `ENOTSUP`, `ENOSYS`, `EINVAL`; of a link, which some servers follow, `ENOENT` |
//! | [`Broken`](Answer::Broken) | `EXDEV`, `EACCES`, `EPERM`; what is so for each way | what is so for each way | any other | any other |
//!
//! So for each way is what the kernel says before it asks the file system, no room, and a server that is gone.

use std::io;

use rustix::io::Errno;

use super::platform;

/// What an error means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// There is something of that name.
    Taken,
    /// There is nothing of that name.
    Gone,
    /// This file system, for this kind of file or this user, does not do such a thing: there may be another way, or it is a
    /// loss that is named.
    NotHere,
    /// The call failed, and so would any other: it is said.
    Broken,
}

/// What a file system was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To rename, and to replace nothing.
    Rename,
    /// To give a file another name.
    Link,
    /// To set, read or remove an attribute.
    Attribute,
    /// To give what was made an owner, a mode or times.
    Metadata,
    /// To give them to a symbolic link.
    MetadataOfLink,
}

/// Whether an error says that nobody answers for the file system any more: its daemon is dead, its server is gone.
#[must_use]
pub fn is_abandoned(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|number| ABANDONED.contains(&Errno::from_raw_os_error(number)))
}

/// The daemon is dead (`ENOTCONN`, `ECONNABORTED`), or the server has not answered or knows us no more.
const ABANDONED: [Errno; 6] =
    [Errno::NOTCONN, Errno::CONNABORTED, Errno::CONNREFUSED, Errno::TIMEDOUT, Errno::HOSTDOWN, Errno::STALE];

/// What is the same whichever way is tried: nothing may be written there, no room, no such place, no descriptor left.
const FOR_EACH_WAY: [Errno; 14] = [
    Errno::ROFS,
    Errno::NOSPC,
    Errno::DQUOT,
    Errno::BUSY,
    Errno::NOTDIR,
    Errno::NAMETOOLONG,
    Errno::LOOP,
    Errno::MFILE,
    Errno::NFILE,
    Errno::NOMEM,
    Errno::INTR,
    Errno::AGAIN,
    Errno::BADF,
    Errno::FAULT,
];

/// No support, or none for this user or this kind of file. The first two are one number on some platforms.
const NO_SUCH_THING: [Errno; 5] = [Errno::NOTSUP, Errno::OPNOTSUPP, Errno::NOSYS, Errno::PERM, Errno::ACCESS];

/// What this error means where that was asked for. An error that is no system call's is [`Answer::Broken`].
#[must_use]
pub fn answer(error: &io::Error, asked: Asked) -> Answer {
    error.raw_os_error().map_or_else(|| of_kind(error.kind()), |number| of(Errno::from_raw_os_error(number), asked))
}

fn of_kind(kind: io::ErrorKind) -> Answer {
    match kind {
        io::ErrorKind::AlreadyExists => Answer::Taken,
        io::ErrorKind::NotFound => Answer::Gone,
        io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput | io::ErrorKind::PermissionDenied => Answer::NotHere,
        _ => Answer::Broken,
    }
}

/// As [`answer`], of a number.
pub(super) fn of(error: Errno, asked: Asked) -> Answer {
    match (asked, error) {
        (Asked::Attribute, platform::NO_ATTRIBUTE) | (Asked::Rename | Asked::Link, Errno::NOENT) => Answer::Gone,
        (Asked::MetadataOfLink, Errno::NOENT) => Answer::NotHere,
        (_, Errno::EXIST) | (Asked::Rename, Errno::NOTEMPTY) => Answer::Taken,
        (Asked::Rename, Errno::XDEV | Errno::ACCESS | Errno::PERM) => Answer::Broken,
        (_, error) if ABANDONED.contains(&error) => Answer::Broken,
        (Asked::Rename | Asked::Link, error) if FOR_EACH_WAY.contains(&error) => Answer::Broken,
        (Asked::Rename | Asked::Link, _) => Answer::NotHere,
        (_, error) if NO_SUCH_THING.contains(&error) => Answer::NotHere,
        (Asked::Attribute, Errno::IO | Errno::NOSPC | Errno::DQUOT | Errno::TOOBIG | Errno::RANGE)
        | (Asked::Metadata | Asked::MetadataOfLink, Errno::INVAL) => Answer::NotHere,
        _ => Answer::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table above, a line for each error in each column.
    #[test]
    fn every_error_is_decided() {
        use Answer::{Broken, Gone, NotHere, Taken};
        let table = [
            (Errno::EXIST, [Taken, Taken, Taken, Taken, Taken]),
            (Errno::NOTEMPTY, [Taken, NotHere, Broken, Broken, Broken]),
            (Errno::NOENT, [Gone, Gone, Broken, Broken, NotHere]),
            (platform::NO_ATTRIBUTE, [NotHere, NotHere, Gone, Broken, Broken]),
            (Errno::NOTSUP, [NotHere; 5]),
            (Errno::NOSYS, [NotHere; 5]),
            (Errno::INVAL, [NotHere, NotHere, Broken, NotHere, NotHere]),
            (Errno::PERM, [Broken, NotHere, NotHere, NotHere, NotHere]),
            (Errno::ACCESS, [Broken, NotHere, NotHere, NotHere, NotHere]),
            (Errno::XDEV, [Broken, NotHere, Broken, Broken, Broken]),
            (Errno::MLINK, [NotHere, NotHere, Broken, Broken, Broken]),
            (Errno::IO, [NotHere, NotHere, NotHere, Broken, Broken]),
            (Errno::RANGE, [NotHere, NotHere, NotHere, Broken, Broken]),
            (Errno::TOOBIG, [NotHere, NotHere, NotHere, Broken, Broken]),
            (Errno::NOSPC, [Broken, Broken, NotHere, Broken, Broken]),
            (Errno::DQUOT, [Broken, Broken, NotHere, Broken, Broken]),
            (Errno::ROFS, [Broken; 5]),
            (Errno::NOTCONN, [Broken; 5]),
            (Errno::STALE, [Broken; 5]),
            (Errno::INTR, [Broken; 5]),
        ];
        let asked = [Asked::Rename, Asked::Link, Asked::Attribute, Asked::Metadata, Asked::MetadataOfLink];
        for (errno, answers) in table {
            assert_eq!(asked.map(|asked| of(errno, asked)), answers, "{errno}");
            assert_eq!(asked.map(|asked| answer(&errno.into(), asked)), answers, "{errno}");
        }
    }
}
