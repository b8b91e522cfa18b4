//! What one `.trashinfo` tells.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

use super::Reach;
use crate::sys::{Dir, FileKind, Name, Timestamp, effective_uid, if_there, metadata_of_file};
use crate::text::percent_decoded;

/// More than any of them needs: a path of 4095 bytes, each of them escaped, and a date.
const LARGEST: u64 = 64 * 1024;

/// The first line.
const TITLE: &[u8] = b"[Trash Info]";

/// How programs write a date: by the clock on the wall, to the second, as the specification has it; in its short form; with
/// a part of a second; or with an offset. A year of more than four digits is nothing that other programs can read.
const DATES: [&str; 3] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M:%S"];

/// A day alone.
const DAY: &str = "%Y-%m-%d";

/// What one `.trashinfo` tells, believed only as far as it can be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Info {
    /// Where the thing was, absolute or relative, as it is told.
    pub path: PathBuf,
    /// When it was removed.
    pub removed: Removed,
}

/// When something was removed, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// By the clock on the wall.
    ByTheClock(NaiveDateTime),
    /// At this instant.
    At(DateTime<Utc>),
}

impl Info {
    /// What is told of a thing that was at `path` and was removed at this time by the clock on the wall. `id` says which it is
    /// in the trash it comes from; programs pass over lines that they do not know.
    #[must_use]
    pub fn text(path: &Path, removed: NaiveDateTime, id: &str) -> String {
        let (path, removed) = (escaped(path.as_os_str().as_bytes()), removed.format("%Y-%m-%dT%H:%M:%S"));
        format!("[Trash Info]\nPath={path}\nDeletionDate={removed}\nX-Rrm-Item={id}\n")
    }

    /// Reads the file `name` of `dir`, which `reach` can get at: `None` if it is gone, or why it cannot be believed. What is no
    /// file is not opened.
    pub fn read(dir: &Dir, name: Name<'_>, reach: Reach) -> io::Result<Option<Result<Self, &'static str>>> {
        let file = match dir.metadata_of(name) {
            Ok(is) if is.kind == FileKind::File => dir.open_file(name),
            Ok(_) => return Ok(Some(Err("it is not a regular file"))),
            Err(error) => Err(error),
        };
        let mut text = Vec::new();
        let Some(file) = if_there(file)? else { return Ok(None) };
        let is = metadata_of_file(&file)?;
        if is.uid != effective_uid() {
            return Ok(Some(Err("it belongs to another user")));
        }
        if reach == Reach::Others && is.mode & 0o022 != 0 {
            return Ok(Some(Err("others may write to it")));
        }
        file.take(LARGEST + 1).read_to_end(&mut text)?;
        Ok(Some(if text.len() as u64 > LARGEST { Err("it is too large") } else { Self::parse(&text, is.modified) }))
    }

    /// Of a key that is there several times, the first counts (as the specification says). One without a date was `written`
    /// when the thing was removed.
    fn parse(text: &[u8], written: Timestamp) -> Result<Self, &'static str> {
        let lines = text.split(|byte| *byte == b'\n');
        let mut lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        if lines.next().map(<[u8]>::trim_ascii_end) != Some(TITLE) {
            return Err("it does not begin with [Trash Info]");
        }
        let value = |key| lines.clone().find_map(|line| value_of(line, key));
        let path = percent_decoded(value(b"Path").ok_or("it has no path")?).ok_or("its path cannot be decoded")?;
        let removed = match value(b"DeletionDate") {
            Some(date) => date_of(date),
            None => DateTime::from_timestamp(written.seconds, written.nanoseconds).map(Removed::At),
        };
        Ok(Self {
            path: OsString::from_vec(without_double_slashes(path)).into(),
            removed: removed.ok_or("its date cannot be read")?,
        })
    }
}

/// The value in a line, if it is for this key. Blanks around the sign between them belong to neither where one is before it.
fn value_of<'a>(line: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let rest = line.strip_prefix(key)?;
    match rest.strip_prefix(b"=") {
        Some(value) => Some(value),
        None => rest.trim_ascii_start().strip_prefix(b"=").map(<[u8]>::trim_ascii),
    }
}

/// A path as in a URL (RFC 2396): what is no letter, digit or one of `-_.~/` is `%XX`. GLib takes blanks at its ends and
/// backslashes for its own.
fn escaped(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(byte) {
            text.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// What some programs make when they join paths.
fn without_double_slashes(mut path: Vec<u8>) -> Vec<u8> {
    path.dedup_by(|next, before| (*next, *before) == (b'/', b'/'));
    path
}

fn date_of(text: &[u8]) -> Option<Removed> {
    let text = std::str::from_utf8(text).ok()?.trim();
    // A sign before it is that of a longer year.
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let by_the_clock = DATES.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || NaiveDate::parse_from_str(text, DAY).ok().map(NaiveDateTime::from);
    let at = || DateTime::parse_from_rfc3339(text).ok().map(|at| Removed::At(at.to_utc()));
    by_the_clock.or_else(day).map(Removed::ByTheClock).or_else(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// When the file was written.
    const WRITTEN: Timestamp = Timestamp { seconds: 1_790_000_000, nanoseconds: 0 };

    fn parse(text: &[u8]) -> Result<Info, &'static str> {
        Info::parse(text, WRITTEN)
    }

    #[test]
    fn what_programs_really_write_is_read() {
        let wall = |text: &str| Some(Removed::ByTheClock(text.parse().expect("a date")));
        let at = |seconds, nanoseconds| DateTime::from_timestamp(seconds, nanoseconds).map(Removed::At);
        for (date, expected) in [
            ("2026-11-01T10:00:00", wall("2026-11-01T10:00:00")),
            ("20261101T100000", wall("2026-11-01T10:00:00")),
            ("2026-11-01T10:00:00.5", wall("2026-11-01T10:00:00.5")),
            ("2026-11-01 10:00:00", wall("2026-11-01T10:00:00")),
            ("2026-11-01", wall("2026-11-01T00:00:00")),
            ("2026-11-01T10:00:00Z", at(1_793_527_200, 0)),
            ("2026-11-01T10:00:00.123Z", at(1_793_527_200, 123_000_000)),
            ("2026-11-01T12:00:00+02:00", at(1_793_527_200, 0)),
        ] {
            for text in [
                format!("[Trash Info]\nPath=/a/b\nDeletionDate={date}\n"),
                format!("[Trash Info]\r\nPath=/a/b\r\nDeletionDate={date}\r\n"),
                format!("[Trash Info] \nPath = /a//b\nDeletionDate = {date} \n"),
            ] {
                let info = parse(text.as_bytes()).expect("a good one");
                assert_eq!((info.path.as_os_str(), Some(info.removed)), ("/a/b".as_ref(), expected), "{text:?}");
            }
        }
        let undated = parse(b"[Trash Info]\nPath=/a").expect("a good one");
        assert_eq!(Some(undated.removed), at(WRITTEN.seconds, 0));
        assert_eq!(parse(b"[Trash Info]\nPath= a \n").expect("a good one").path, PathBuf::from(" a "));
    }

    #[test]
    fn the_specifications_own_example_is_read() {
        let text = b"[Trash Info]\nPath=foo/bar/meow.bow-wow\nDeletionDate=2004-08-31T22:32:08\n";
        let info = parse(text).expect("a good one");
        assert_eq!(info.path, PathBuf::from("foo/bar/meow.bow-wow"));
        let removed = "2004-08-31T22:32:08".parse().expect("a date");
        assert_eq!(info.removed, Removed::ByTheClock(removed));
    }

    #[test]
    fn any_bytes_in_a_name_and_the_first_of_several_keys() {
        let text = b"[Trash Info]\nDeletionDate=2026-11-21T00:00:00\nOther=1\nPath=/a%0Ab%FF+c\xc3\xa9\nPath=/second";
        assert_eq!(parse(text).expect("a good one").path.into_os_string().into_vec(), b"/a\nb\xff+c\xc3\xa9");
    }

    #[test]
    fn what_is_written_is_read() {
        let path: Vec<u8> = (1..=255).collect();
        let path = PathBuf::from(OsString::from_vec([b"/ a", &path[..], b"/b "].concat()));
        let removed = "2026-11-01T10:00:00".parse().expect("a date");
        let text = Info::text(&path, removed, "an ID");
        assert!(text.is_ascii() && text.starts_with("[Trash Info]\nPath=/%20a%01%02"), "{text}");
        let info = parse(text.as_bytes()).expect("a good one");
        let as_read = without_double_slashes(path.into_os_string().into_vec());
        assert_eq!((info.path.into_os_string().into_vec(), info.removed), (as_read, Removed::ByTheClock(removed)));
    }

    #[test]
    fn whatever_else_is_not_believed() {
        for (text, reason) in [
            (&b""[..], "begin"),
            (b"[Trash Info]", "no path"),
            (b"Path=/a\nDeletionDate=2026-11-21T00:00:00", "begin"),
            (b"[Trash Info]\nPath=/a%zz\nDeletionDate=2026-11-21T00:00:00", "decoded"),
            (b"[Trash Info]\nPath=/a\nDeletionDate=\n", "date"),
            (b"[Trash Info]\nPath=/a\nDeletionDate=2026-13-21T00:00:00", "date"),
            (b"[Trash Info]\nPath=/a\nDeletionDate=+99999-01-01T00:00:00", "date"),
            (b"[Trash Info]\nPath=/a\nDeletionDate=\xff\xfe", "date"),
        ] {
            let error = parse(text).expect_err(reason);
            assert!(error.contains(reason), "{error}");
        }
    }
}
