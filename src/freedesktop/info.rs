//! What one `.trashinfo` tells.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use chrono::NaiveDateTime;

use crate::sys::{Dir, FileKind, Name, if_there};
use crate::text::percent_decoded;

/// More than any of them needs: a path of 4095 bytes, each of them escaped, and a date.
const LARGEST: u64 = 64 * 1024;

/// The first line.
const TITLE: &[u8] = b"[Trash Info]";

/// How a date is written: by the clock on the wall, to the second.
const DATE: &str = "%Y-%m-%dT%H:%M:%S";

/// The length of such a date with a year of four digits; a longer year is nothing that other programs can read.
const DATE_LENGTH: usize = 19;

/// What one `.trashinfo` tells, believed only as far as it can be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Info {
    /// Where the thing was, absolute or relative, as it is told.
    pub path: PathBuf,
    /// When it was removed.
    pub removed: NaiveDateTime,
}

impl Info {
    /// Reads the file `name` of `dir`: `None` if it is gone, or why it cannot be believed. What is no file is not opened.
    pub fn read(dir: &Dir, name: Name<'_>) -> io::Result<Option<Result<Self, &'static str>>> {
        let file = match dir.metadata_of(name) {
            Ok(is) if is.kind == FileKind::File => dir.open_file(name),
            Ok(_) => return Ok(Some(Err("it is not a regular file"))),
            Err(error) => Err(error),
        };
        let mut text = Vec::new();
        let Some(file) = if_there(file)? else { return Ok(None) };
        file.take(LARGEST + 1).read_to_end(&mut text)?;
        Ok(Some(if text.len() as u64 > LARGEST { Err("it is too large") } else { Self::parse(&text) }))
    }

    /// Of a key that is there several times, the first counts (as the specification says).
    fn parse(text: &[u8]) -> Result<Self, &'static str> {
        let mut lines = text.split(|byte| *byte == b'\n');
        if lines.next() != Some(TITLE) {
            return Err("it does not begin with [Trash Info]");
        }
        let value = |key: &[u8]| lines.clone().find_map(|line| line.strip_prefix(key));
        let path = value(b"Path=").ok_or("it has no path")?;
        let path = percent_decoded(path).ok_or("its path cannot be decoded")?;
        let date = value(b"DeletionDate=").ok_or("it has no date")?;
        Ok(Self { path: OsString::from_vec(path).into(), removed: date_of(date).ok_or("its date cannot be read")? })
    }
}

fn date_of(text: &[u8]) -> Option<NaiveDateTime> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() == DATE_LENGTH)?;
    NaiveDateTime::parse_from_str(text, DATE).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specifications_own_example_is_read() {
        let text = b"[Trash Info]\nPath=foo/bar/meow.bow-wow\nDeletionDate=2004-08-31T22:32:08\n";
        let info = Info::parse(text).expect("a good one");
        assert_eq!(info.path, PathBuf::from("foo/bar/meow.bow-wow"));
        assert_eq!(info.removed.to_string(), "2004-08-31 22:32:08");
    }

    #[test]
    fn any_bytes_in_a_name_and_the_first_of_several_keys() {
        let text = b"[Trash Info]\nDeletionDate=2026-11-21T00:00:00\nOther=1\nPath=/a%0Ab%FF+c\xc3\xa9\nPath=/second";
        assert_eq!(Info::parse(text).expect("a good one").path.into_os_string().into_vec(), b"/a\nb\xff+c\xc3\xa9");
    }

    #[test]
    fn whatever_else_is_not_believed() {
        for (text, reason) in [
            (&b""[..], "begin"),
            (b"[Trash Info]", "no path"),
            (b"Path=/a\nDeletionDate=2026-11-21T00:00:00", "begin"),
            (b"[Trash Info]\nPath=/a%zz\nDeletionDate=2026-11-21T00:00:00", "decoded"),
            (b"[Trash Info]\nPath=/a", "no date"),
            (b"[Trash Info]\nPath=/a\nDeletionDate=\n", "date"),
            (b"[Trash Info]\nPath=/a\nDeletionDate=2026-13-21T00:00:00", "date"),
            (b"[Trash Info]\nPath=/a\nDeletionDate=+99999-01-01T00:00:00", "date"),
            (b"[Trash Info]\nPath=/a\nDeletionDate=\xff\xfe", "date"),
        ] {
            let error = Info::parse(text).expect_err(reason);
            assert!(error.contains(reason), "{error}");
        }
    }
}
