//! Writes pages. Only a page of ours is replaced, and a page is complete or missing.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use rrm::error::{Error, ErrorKind, cannot};
use rrm::text::quoted;

use super::MANUAL;

/// The action in errors.
const WRITE: &str = "write";

/// The size of the start of a page that contains its title.
const HEAD: u64 = 4096;

/// A page and its path.
pub(super) struct PageFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// Writes all pages. If other files have their names, nothing is written and all are reported.
///
/// # After a crash
/// Each page is the old or the new one; a partial `.NAME.rrm-PID` may be left.
pub(super) fn write(pages: &[PageFile]) -> Result<(), Error> {
    let foreign: Vec<&Path> = pages.iter().map(|page| &*page.path).filter(|path| !may_be_replaced(path)).collect();
    if let [first, others @ ..] = &foreign[..] {
        let others: Vec<String> =
            others.iter().map(|other| format!("\n  {} is not one either", quoted(other))).collect();
        let reason = format!("it exists and is not a page of rrm; nothing was written{}", others.concat());
        return Err(Error::new(ErrorKind::Foreign, WRITE, *first, reason));
    }
    pages.iter().try_for_each(|page| put(page).map_err(cannot(WRITE, &page.path)))
}

/// Whether the path is free or a page of ours. A link is neither, and only regular files are opened.
fn may_be_replaced(path: &Path) -> bool {
    match fs::symlink_metadata(path) {
        Ok(found) => found.is_file() && is_ours(path).unwrap_or(false),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Whether its title names our manual.
fn is_ours(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    fs::File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    let head = String::from_utf8_lossy(&head);
    Ok(head.lines().any(|line| line.starts_with(".TH ") && line.contains(&format!("\"{MANUAL}\""))))
}

/// Writes a page to a new file and renames it, so that nothing is written through a link.
#[expect(clippy::disallowed_methods, reason = "what is replaced or taken away is a page of rrm's own")]
fn put(page: &PageFile) -> io::Result<()> {
    let name = page.path.file_name().unwrap_or_default().to_string_lossy();
    let new = page.path.with_file_name(format!(".{name}.rrm-{}", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&new)
        .and_then(|mut file| file.write_all(page.text.as_bytes()))
        .and_then(|()| fs::rename(&new, &page.path));
    if written.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
        fs::remove_file(&new).ok();
    }
    written
}
