//! One component of a path, checked once.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::os::unix::ffi::OsStrExt;

/// A single path component: not empty, not `.` or `..`, no slash, no NUL.
///
/// A call that takes a `Name` beside a directory handle can reach nothing but an entry of that very directory, which
/// is why nothing above this module joins paths before it acts on them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name<'a>(&'a [u8]);

/// The text was no single path component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a single file name")]
pub struct NotAName;

impl From<NotAName> for io::Error {
    fn from(error: NotAName) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

impl<'a> Name<'a> {
    /// Checks `text`; anything but one plain component is refused.
    pub fn new(text: &'a (impl AsRef<OsStr> + ?Sized)) -> Result<Self, NotAName> {
        let bytes = text.as_ref().as_bytes();
        if is_plain(bytes) { Ok(Self(bytes)) } else { Err(NotAName) }
    }

    /// A name spelled in the source, such as one of the trash directory's own.
    ///
    /// # Panics
    /// While compiling, where a constant is made of a text that is no name.
    #[must_use]
    pub const fn fixed(text: &'static str) -> Name<'static> {
        assert!(is_plain(text.as_bytes()), "one plain path component");
        Name(text.as_bytes())
    }

    /// The name as the kernel takes it.
    #[must_use]
    pub fn as_os_str(self) -> &'a OsStr {
        OsStr::from_bytes(self.0)
    }

    /// The beginning of the name, of at most `room` bytes and without a part of a character.
    #[must_use]
    pub fn cut(self, room: usize) -> Self {
        Self(&self.0[..end_of_character(self.0, room)])
    }

    /// A name for the same thing that is likely to be free: GNU's numbered backups, which `cp --backup=numbered` makes
    /// too.
    #[must_use]
    pub fn numbered(self, number: u32) -> OsString {
        let suffix = format!(".~{number}~");
        // The longest name that file systems take is 255 bytes (NAME_MAX), and the number must be among them.
        let room = 255_usize.saturating_sub(suffix.len());
        let mut free = self.cut(room).as_os_str().to_owned();
        free.push(suffix);
        free
    }

    /// The name's bytes, which need not be UTF-8.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_os_str().fmt(f)
    }
}

/// How many bytes at the beginning of `name` there is room for, without a part of a character: some file systems take no
/// name that is not Unicode.
fn end_of_character(name: &[u8], room: usize) -> usize {
    let goes_on = |end: &usize| name.get(*end).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    let ends = (room.saturating_sub(3)..=room).rev();
    ends.clone().find(|end| !goes_on(end)).unwrap_or(room).min(name.len())
}

const fn is_plain(bytes: &[u8]) -> bool {
    if bytes.is_empty() || matches!(bytes, b"." | b"..") {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        if matches!(bytes[at], b'/' | 0) {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_takes_the_place_of_whole_characters() {
        let numbered = |text: &[u8]| Name::new(OsStr::from_bytes(text)).expect("a name").numbered(1);
        assert_eq!(numbered(b"x"), "x.~1~");
        for (filler, character) in [("", "é"), ("x", "é"), ("", "日"), ("x", "日"), ("xx", "😀"), ("xxx", "😀")]
        {
            let name = format!("{filler}{}", character.repeat(300 / character.len()));
            let free = numbered(&name.as_bytes()[..name.len().min(252)]);
            let text = free.to_str().expect("whole characters");
            assert!(text.len() <= 255 && text.len() > 245 && text.ends_with(&format!("{character}.~1~")), "{text}");
        }
        assert_eq!(numbered(&[0x80; 255]).len(), 255);
    }

    #[test]
    fn only_one_plain_component_is_a_name() {
        for good in ["a", "..x", "...", ".hidden", "-rf", "a b\n", "~"] {
            assert!(Name::new(good).is_ok(), "{good:?}");
        }
        for bad in ["", ".", "..", "a/b", "/", "a/", "a\0b"] {
            assert_eq!(Name::new(bad), Err(NotAName), "{bad:?}");
        }
    }
}
