//! What can go wrong, told so that a person knows what to do and a program can decide.
//!
//! Every failure names the thing it happened to. The [`ErrorKind`] alone decides exit status, wording and hint; the
//! library prints none of them.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why something was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A call to the kernel failed; the source says which errno.
    System,
    /// There is nothing of that name.
    NotFound,
    /// The name was written with a slash at its end and is no directory, or a component on the way is none.
    NotADirectory,
    /// A symbolic link written with a slash at its end: the link or what it leads to? GNU `rm -r` empties the latter.
    LinkWithSlash,
    /// A directory where only other things were asked for.
    IsADirectory,
    /// Something other than a file where only the content of one was asked for.
    NotAFile,
    /// A directory that holds something where only empty ones were asked for.
    DirectoryNotEmpty,
    /// `.` or `..`, in any spelling (POSIX rm: these shall be refused).
    DotOrDotDot,
    /// The root directory.
    RootDirectory,
    /// The home directory, or a directory above it.
    HomeDirectory,
    /// Another mount begins at it.
    MountPoint,
    /// Another mount begins somewhere below it; the reason names the mount.
    HoldsMount,
    /// A trash directory, something above one, or something in one.
    TrashDirectory,
    /// A trash directory that we must not use: a link, another user's, or open to others.
    UnsafeTrash,
    /// No trash directory can take it; the reason lists the places and why not.
    NoTrash,
    /// Only a copy could move it, and a copy is not allowed or not possible.
    CrossDevice,
    /// A copy that is large, or cannot keep everything; somebody has to agree first. The reason says what to.
    NeedsConsent,
    /// Something is there already and stays.
    TargetExists,
    /// A record that would lead somewhere it must not.
    UntrustedRecord,
    /// A record that others could have written.
    OpenRecord,
    /// The item has no readable record of where it was.
    UnknownOrigin,
    /// Several items begin with this ID; the reason lists them.
    Ambiguous,
    /// A word was found in items that a person has to choose from.
    Several,
    /// Nothing in the trash matches.
    NoMatch,
    /// A value that cannot be understood; the reason says which forms are.
    BadValue,
    /// A trash directory that is registered and out of reach: its volume is unplugged, or nobody answers for it.
    Unplugged,
    /// A place of which nothing can be known.
    Unreachable,
    /// Something that rrm did not make, under a name where it looks for its own.
    Foreign,
    /// A date that is missing, unreadable, or cannot be right; never a reason to delete.
    DoubtfulDate,
    /// An item that a person keeps.
    Kept,
    /// An item that was removed too recently to go.
    TooRecent,
    /// An item of which something cannot be deleted; that is named beside it.
    Undeletable,
    /// Another `clean` is at work in the same trash.
    Busy,
    /// A person asked to stop.
    Interrupted,
    /// Something that was changed since, and may be what a person works on.
    Changed,
    /// The file system here cannot keep attributes.
    NoAttributes,
}

impl ErrorKind {
    /// Every kind.
    pub const ALL: [Self; 36] = [
        Self::System,
        Self::NotFound,
        Self::NotADirectory,
        Self::LinkWithSlash,
        Self::IsADirectory,
        Self::NotAFile,
        Self::DirectoryNotEmpty,
        Self::DotOrDotDot,
        Self::RootDirectory,
        Self::HomeDirectory,
        Self::MountPoint,
        Self::HoldsMount,
        Self::TrashDirectory,
        Self::UnsafeTrash,
        Self::NoTrash,
        Self::CrossDevice,
        Self::NeedsConsent,
        Self::TargetExists,
        Self::UntrustedRecord,
        Self::OpenRecord,
        Self::UnknownOrigin,
        Self::Ambiguous,
        Self::Several,
        Self::NoMatch,
        Self::BadValue,
        Self::Unplugged,
        Self::Unreachable,
        Self::Foreign,
        Self::DoubtfulDate,
        Self::Kept,
        Self::TooRecent,
        Self::Undeletable,
        Self::Busy,
        Self::Interrupted,
        Self::Changed,
        Self::NoAttributes,
    ];
}

/// A failure: what was tried, on what, and why it did not happen.
#[derive(Debug)]
pub struct Error {
    /// What kind of failure.
    pub kind: ErrorKind,
    /// What was tried, as the verb after "cannot": `remove`, `restore`, `read`.
    pub action: Cow<'static, str>,
    /// What it was tried on.
    pub path: PathBuf,
    /// Why not, in a few words, without a full stop.
    pub reason: Cow<'static, str>,
    /// The kernel's own word, where there is one.
    pub source: Option<io::Error>,
    /// What else failed in the same attempt.
    pub others: Vec<Self>,
}

/// A result whose failure is an [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure that the kernel did not report but rrm decided.
    pub fn new(
        kind: ErrorKind,
        action: impl Into<Cow<'static, str>>,
        path: impl Into<PathBuf>,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { kind, action: action.into(), path: path.into(), reason: reason.into(), source: None, others: Vec::new() }
    }

    /// A person asked to stop.
    pub fn interrupted(action: impl Into<Cow<'static, str>>, path: impl Into<PathBuf>) -> Self {
        Self::new(ErrorKind::Interrupted, action, path, "interrupted")
    }

    /// A failed call to the kernel.
    pub fn system(action: impl Into<Cow<'static, str>>, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let kind = match source.kind() {
            io::ErrorKind::NotFound => ErrorKind::NotFound,
            io::ErrorKind::NotADirectory => ErrorKind::NotADirectory,
            io::ErrorKind::CrossesDevices => ErrorKind::CrossDevice,
            io::ErrorKind::AlreadyExists => ErrorKind::TargetExists,
            _ => ErrorKind::System,
        };
        let reason = words_of(&source);
        Self { source: Some(source), ..Self::new(kind, action, path, reason) }
    }

    /// Several failures of one attempt as one: the first, with the others beside it.
    pub fn of_all(failures: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut failures = failures.into_iter();
        let first = failures.next()?;
        Some(Self { others: failures.collect(), ..first })
    }

    /// Whether the kernel's error was this errno.
    #[must_use]
    pub fn is_os_error(&self, errno: i32) -> bool {
        self.source.as_ref().and_then(io::Error::raw_os_error) == Some(errno)
    }

    /// Whether the disk or the user's share of it is full: even a rename may need a block.
    #[must_use]
    pub fn is_about_room(&self) -> bool {
        self.source.as_ref().is_some_and(is_about_room)
    }
}

/// Whether a call found the disk or the user's share of it full.
#[must_use]
pub fn is_about_room(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// A closure for `map_err`: names the action and the path of a failed call.
pub fn cannot<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Error + 'a {
    move |source| Error::system(action, path, source)
}

/// The kernel's text for an error, as every other program prints it: without Rust's "(os error 2)".
#[must_use]
pub fn words_of(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} {:?}: {}", self.action, self.path, self.reason)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_call_reads_as_other_programs_print_it() {
        let error = Error::system("remove", "/a\nb", io::Error::from_raw_os_error(13));
        assert_eq!(error.to_string(), r#"cannot remove "/a\nb": Permission denied"#);
        assert_eq!(error.kind, ErrorKind::System);
        assert!(error.is_os_error(13));
    }
}
