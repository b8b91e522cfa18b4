//! Attributes of a directory kept as a file in it, for file systems that keep none themselves.
//!
//! The file has a first line that says what it is, then a line `name=value` for each attribute, bytes outside of
//! printable ASCII and `%` itself written as `%XX`. A last line without its newline is the trace of a crash and is not
//! read: as with the file system's own attributes, one is there whole or not at all.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};

use super::ExtendedAttributes;
use crate::sys::{self, Dir, Name};
use crate::text::{percent_decoded, percent_encoded};

/// The file's name in the directory whose attributes it keeps.
const FILE_NAME: Name<'static> = Name::fixed("attributes");

/// Where a change is prepared, to take the file's place in one step.
const NEXT: Name<'static> = Name::fixed("attributes.next");

/// The first line.
const TITLE: &[u8] = b"rrm attributes 1";

/// More than any record needs: a path of 4095 bytes, each of them escaped, and some dates.
const LARGEST: u64 = 64 * 1024;

/// The attributes of a directory, kept in the file `attributes` in it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RecordFile;

type Pairs = Vec<(String, Vec<u8>)>;

impl RecordFile {
    /// Whether `directory` holds such a file.
    pub(crate) fn is_in(directory: &Dir) -> io::Result<bool> {
        Ok(read(directory)?.is_some())
    }

    /// Whether all that `directory` holds is such a file that a crash kept from being finished.
    pub(crate) fn is_unfinished_in(directory: &Dir) -> io::Result<bool> {
        let mut others = 0;
        directory.for_each_entry(|entry| {
            others += u32::from(entry.name != NEXT.as_os_str());
            Ok(())
        })?;
        Ok(others == 0 && is_begun(directory, NEXT)?)
    }

    /// How many names `directory` holds beside such a file, finished or not, and `item`.
    pub(crate) fn others_in(directory: &Dir, item: Name<'_>) -> io::Result<usize> {
        let (mut others, written, begun) = (0, is_begun(directory, FILE_NAME)?, is_begun(directory, NEXT)?);
        directory.for_each_entry(|entry| {
            let is_known = entry.name == item.as_os_str()
                || (written && entry.name == FILE_NAME.as_os_str())
                || (begun && entry.name == NEXT.as_os_str());
            others += usize::from(!is_known);
            Ok(())
        })?;
        Ok(others)
    }

    /// Writes these attributes at once, for a new directory of which nobody knows until they are on the disk.
    ///
    /// # After a crash
    /// The file is there in part, or not.
    pub(crate) fn keep<N: Into<String>>(
        directory: &File,
        pairs: impl IntoIterator<Item = (N, Vec<u8>)>,
    ) -> io::Result<()> {
        let pairs: Pairs = pairs.into_iter().map(|(name, value)| (name.into(), value)).collect();
        fill(&Dir::of(directory)?, FILE_NAME, &pairs)
    }

    /// Takes the file away.
    pub(crate) fn erase(directory: &Dir) -> io::Result<()> {
        sys::if_there(directory.remove_file(FILE_NAME)).map(drop)
    }

    /// Takes away what a crash left of a change.
    pub(crate) fn erase_unfinished(directory: &Dir) -> io::Result<()> {
        sys::if_there(directory.remove_file(NEXT)).map(drop)
    }
}

impl ExtendedAttributes for RecordFile {
    fn list(&self, file: &File) -> io::Result<Vec<OsString>> {
        Ok(pairs(file)?.into_iter().map(|(name, _)| name.into()).collect())
    }

    fn get(&self, file: &File, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(pairs(file)?.into_iter().find(|(known, _)| known == name).map(|(_, value)| value))
    }

    fn create(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        let mut pairs = pairs(file)?;
        if pairs.iter().any(|(known, _)| known == name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        pairs.push((name.to_owned(), value.to_owned()));
        write(file, &pairs)
    }

    fn set(&self, file: &File, name: &str, value: &[u8]) -> io::Result<()> {
        let mut pairs = pairs(file)?;
        pairs.retain(|(known, _)| known != name);
        pairs.push((name.to_owned(), value.to_owned()));
        write(file, &pairs)
    }

    fn remove(&self, file: &File, name: &str) -> io::Result<()> {
        let mut pairs = pairs(file)?;
        pairs.retain(|(known, _)| known != name);
        write(file, &pairs)
    }
}

fn pairs(directory: &File) -> io::Result<Pairs> {
    Ok(read(&Dir::of(directory)?)?.unwrap_or_default())
}

/// The attributes in the file, or `None` where there is no file or it is something else of that name.
fn read(directory: &Dir) -> io::Result<Option<Pairs>> {
    Ok(content_of(directory, FILE_NAME)?.and_then(|content| parse(&content)))
}

/// What is in a file of this name, as far as a record can be long; `None` where there is no file.
fn content_of(directory: &Dir, name: Name<'_>) -> io::Result<Option<Vec<u8>>> {
    let found = sys::if_there(directory.metadata_of(name))?;
    if found.is_none_or(|found| found.kind != sys::FileKind::File) {
        return Ok(None);
    }
    let mut content = Vec::new();
    directory.open_file(name)?.take(LARGEST).read_to_end(&mut content)?;
    Ok(Some(content))
}

/// Whether a file of this name is ours as far as it was written.
fn is_begun(directory: &Dir, name: Name<'_>) -> io::Result<bool> {
    let content = content_of(directory, name)?;
    Ok(content.is_some_and(|content| content.starts_with(TITLE) || TITLE.starts_with(&content)))
}

fn parse(content: &[u8]) -> Option<Pairs> {
    let whole = &content[..content.iter().rposition(|byte| *byte == b'\n')?];
    let mut lines = whole.split(|byte| *byte == b'\n');
    if lines.next() != Some(TITLE) {
        return None;
    }
    Some(lines.filter_map(parse_line).collect())
}

fn parse_line(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let equals = line.iter().position(|byte| *byte == b'=')?;
    let name = std::str::from_utf8(&line[..equals]).ok()?;
    Some((name.to_owned(), percent_decoded(&line[equals + 1..])?))
}

/// Writes the file anew: beside the old one, flushed, and then in its place by rename, so that a crash leaves either.
fn write(directory: &File, pairs: &Pairs) -> io::Result<()> {
    let directory = Dir::of(directory)?;
    sys::if_there(directory.remove_file(NEXT))?;
    fill(&directory, NEXT, pairs)?;
    sys::rename_replacing(&directory, NEXT, FILE_NAME)
}

/// Makes a file with these attributes, flushed.
fn fill(directory: &Dir, name: Name<'_>, pairs: &Pairs) -> io::Result<()> {
    let mut content = TITLE.to_vec();
    content.push(b'\n');
    for (name, value) in pairs {
        content.extend_from_slice(format!("{name}={}\n", percent_encoded(value)).as_bytes());
    }
    let file = directory.create_file(name)?;
    sys::write(&file, &content)?;
    sys::flush_file(&file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_bytes_come_back_and_a_torn_line_does_not() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let file = File::open(root.path()).expect("opened");
        assert_eq!(RecordFile.list(&file).expect("nothing yet"), Vec::<OsString>::new());
        let odd: Vec<u8> = (0..=255).collect();
        RecordFile.create(&file, "path", &odd).expect("created");
        RecordFile.create(&file, "date", b"2026").expect("created");
        assert_eq!(RecordFile.get(&file, "path").expect("read"), Some(odd));
        let again = RecordFile.create(&file, "date", b"2027").expect_err("it is there");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        RecordFile.set(&file, "date", b"2027").expect("replaced");
        assert_eq!(RecordFile.get(&file, "date").expect("read"), Some(b"2027".to_vec()));

        let path = root.path().join("attributes");
        let mut torn = std::fs::read(&path).expect("read");
        torn.extend_from_slice(b"session=ab");
        std::fs::write(&path, torn).expect("written");
        assert_eq!(RecordFile.get(&file, "session").expect("read"), None);
        assert_eq!(RecordFile.get(&file, "date").expect("read"), Some(b"2027".to_vec()));
    }

    #[test]
    fn somebody_elses_file_of_that_name_is_not_ours() {
        let root = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(root.path().join("attributes"), "path=/etc/passwd\n").expect("written");
        let dir = Dir::open(root.path()).expect("opened");
        assert!(!RecordFile::is_in(&dir).expect("read"));
    }
}
