//! The way to what is written below a home directory, on which nobody else can steer.
//!
//! Each directory on it, before and behind every link, is ours or root's and nobody else may write to it. So a name in it is
//! what it was when it was looked at, and may be used once more.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use rrm::error::cannot;
use rrm::sys::{self, FileKind, Metadata, STICKY, if_there};
use rrm::text::quoted;

/// Fails unless the home directory is ours: in another's, root would write where that user's links lead.
pub(super) fn check_home(home: &Path) -> anyhow::Result<()> {
    let found = sys::metadata_following(home).map_err(cannot("read", home))?;
    if found.uid != sys::effective_uid() {
        bail!(
            "cannot set up a shell in {}: it belongs to another user; set HOME to your own, or run rrm setup as that user",
            quoted(home)
        );
    }
    check(home, &found)
}

/// Where a path leads, which begins at the home directory or at the root: without links, but for those above the home
/// directory. What is missing at its end stays as it is named.
pub(super) fn route(home: &Path, path: &Path) -> anyhow::Result<PathBuf> {
    let (mut here, below) = match path.strip_prefix(home) {
        Ok(below) => (home.to_owned(), below),
        Err(_) => (PathBuf::from("/"), path),
    };
    let mut left = parts(below);
    while let Some(part) = left.pop() {
        if part == ".." {
            here.pop();
            continue;
        }
        let next = here.join(part);
        let Some(found) = if_there(sys::metadata_at(&next)).map_err(cannot("read", &next))? else {
            return Ok(left.iter().rev().fold(next, |path, part| path.join(part)));
        };
        check(&next, &found)?;
        if found.kind == FileKind::Symlink {
            sys::metadata_following(&next).map_err(cannot("follow", &next))?;
            left.extend(parts(&fs::read_link(&next).map_err(cannot("read", &next))?));
            here = fs::canonicalize(&here).map_err(cannot("follow", &here))?;
        } else {
            here = next;
        }
    }
    Ok(here)
}

/// The components of a path, the last first.
fn parts(path: &Path) -> Vec<OsString> {
    path.components().rev().map(|part| part.as_os_str().to_owned()).collect()
}

/// Fails if others can change where a name on the way leads. What is in a sticky directory only its owner renames, and that
/// is looked at next.
fn check(path: &Path, found: &Metadata) -> anyhow::Result<()> {
    let is_ours = [0, sys::effective_uid()].contains(&found.uid);
    let why = match found.kind {
        FileKind::Directory | FileKind::Symlink if !is_ours => "it belongs to another user",
        FileKind::Directory if found.mode & STICKY == 0 && is_written_by_others(found) => {
            "other users may write to it; chmod go-w forbids that"
        }
        _ => return Ok(()),
    };
    bail!("cannot write where {} leads: {why}; nothing was changed", quoted(path))
}

/// With a umask of 002 a user's own directories may be written to by a group of that user alone.
fn is_written_by_others(found: &Metadata) -> bool {
    const GROUP: u32 = 0o020;
    const OTHERS: u32 = 0o002;
    found.mode & OTHERS != 0 || (found.mode & GROUP != 0 && found.gid != sys::effective_gid())
}
