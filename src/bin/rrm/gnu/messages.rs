//! Messages beside questions and usage errors.
//!
//! Each is the text after the program's name and `: `; two lines each get that prefix. The lines of `-v` have no
//! prefix.

use std::ffi::OsStr;

use super::quote::quote;
use rrm::sys::FileKind;
use rrm::text::Charset;

/// A failed system call, in the words of strerror(3).
pub(crate) fn cannot_remove(path: &OsStr, reason: &str, charset: Charset) -> String {
    cannot("remove", path, reason, charset)
}

/// The same for other verbs: "cannot restore".
pub(crate) fn cannot(verb: &str, path: &OsStr, reason: &str, charset: Charset) -> String {
    format!("cannot {verb} {}: {reason}", quote(path, charset))
}

/// With `-r`, an operand that ends in `.` or `..`. Without, it is a directory like any other.
pub(crate) fn dot_or_dot_dot(path: &OsStr, charset: Charset) -> String {
    format!("refusing to remove '.' or '..' directory: skipping {}", quote(path, charset))
}

/// With `-r`, an operand that is the root.
pub(crate) fn root(path: &OsStr, charset: Charset) -> [String; 2] {
    let same = if path == "/" { "" } else { " (same as '/')" };
    [
        format!("it is dangerous to operate recursively on {}{same}", quote(path, charset)),
        "use --no-preserve-root to override this failsafe".to_owned(),
    ]
}

/// With `-r --one-file-system`, a mount below an operand.
pub(crate) fn other_device(path: &OsStr, charset: Charset) -> String {
    format!("skipping {}, since it's on a different device", quote(path, charset))
}

/// With `-r --preserve-root=all`, an operand on another device than its parent.
pub(crate) fn separate_device(path: &OsStr, charset: Charset) -> [String; 2] {
    [other_device(path, charset), "and --preserve-root=all is in effect".to_owned()]
}

/// The line of `-v`.
pub(crate) fn removed(path: &OsStr, kind: FileKind, charset: Charset) -> String {
    let what = if kind == FileKind::Directory { "removed directory" } else { "removed" };
    format!("{what} {}", quote(path, charset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_named_once_or_compared() {
        let lines = |path: &str| root(OsStr::new(path), Charset::Utf8)[0].clone();
        assert_eq!(lines("/"), "it is dangerous to operate recursively on '/'");
        assert_eq!(lines("l/"), "it is dangerous to operate recursively on 'l/' (same as '/')");
    }

    #[test]
    fn a_directory_is_told_from_the_rest() {
        let line = |kind| removed(OsStr::new("it's"), kind, Charset::Utf8);
        assert_eq!(line(FileKind::Directory), "removed directory \"it's\"");
        assert_eq!(line(FileKind::Symlink), "removed \"it's\"");
    }
}
