//! Moving a name without ever replacing another.

use std::io;

use rustix::fs::{AtFlags, RenameFlags};
use rustix::io::Errno;

use super::dir::Dir;
use super::metadata::FileKind;
use super::name::Name;

/// Moves `name` of `from` to `to_name` of `to`; an existing `to_name` of any kind is an error (`EEXIST`) and untouched.
///
/// One atomic call where the file system knows `RENAME_NOREPLACE` (renameat2(2)). Where it does not (`EINVAL`; old NFS,
/// some FUSE), by file type, with calls that cannot replace either: a directory takes the place of an empty one made
/// for it, anything else is linked and then unlinked.
///
/// # After a crash
/// Between the two calls of the second way, both names exist: an empty directory beside the whole one, or two names of
/// one file. Nothing is lost in either.
pub fn rename_no_replace(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    let (old, new) = (name.as_os_str(), to_name.as_os_str());
    match rustix::fs::renameat_with(from, old, to, new, RenameFlags::NOREPLACE) {
        Ok(()) => Ok(()),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => rename_in_two_steps(from, name, to, to_name),
        Err(error) => Err(error.into()),
    }
}

/// Moves `name` to `to_name` in one directory, atomically taking the place of what is there (rename(2)).
///
/// For rrm's own files only; nothing of a person's is ever replaced.
pub fn rename_replacing(dir: &Dir, name: Name<'_>, to_name: Name<'_>) -> io::Result<()> {
    Ok(rustix::fs::renameat(dir, name.as_os_str(), dir, to_name.as_os_str())?)
}

/// Moves `name` of `from` to the directory `into`, under the same name (rename(2)).
///
/// One atomic call on every file system, but it would replace what is there: for a directory in which no one else makes
/// names, and where this one is free.
pub fn rename_into_private(from: &Dir, name: Name<'_>, into: &Dir) -> io::Result<()> {
    Ok(rustix::fs::renameat(from, name.as_os_str(), into, name.as_os_str())?)
}

/// The way for file systems without `RENAME_NOREPLACE`.
fn rename_in_two_steps(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    let (old, new) = (name.as_os_str(), to_name.as_os_str());
    if from.metadata_of(name)?.kind == FileKind::Directory {
        rustix::fs::mkdirat(to, new, rustix::fs::Mode::RWXU)?;
        // rename(2) replaces a directory only while it is empty.
        if let Err(error) = rustix::fs::renameat(from, old, to, new) {
            rustix::fs::unlinkat(to, new, AtFlags::REMOVEDIR).ok();
            return Err(error.into());
        }
        return Ok(());
    }
    rustix::fs::linkat(from, old, to, new, AtFlags::empty())?;
    if let Err(error) = rustix::fs::unlinkat(from, old, AtFlags::empty()) {
        rustix::fs::unlinkat(to, new, AtFlags::empty()).ok();
        return Err(error.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn plain(text: &'static str) -> Name<'static> {
        Name::new(text).expect("a plain name")
    }

    /// Both ways, each on a file, a dangling link and a directory: the move happens, and an existing target stays.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "what a test made it may remove")]
    fn neither_way_replaces_anything() {
        type Way = fn(&Dir, Name<'_>, &Dir, Name<'_>) -> io::Result<()>;
        for way in [rename_no_replace as Way, rename_in_two_steps as Way] {
            let root = tempfile::tempdir().expect("a temporary directory");
            let dir = Dir::open(root.path()).expect("opened");
            for (kind, make) in [
                ("file", (|p| fs::write(p, "x")) as fn(&std::path::Path) -> io::Result<()>),
                ("link", |p| std::os::unix::fs::symlink("nowhere", p)),
                ("directory", |p| fs::create_dir(p)),
            ] {
                make(&root.path().join("old")).expect(kind);
                fs::write(root.path().join("taken"), "precious").expect("written");
                let refused = way(&dir, plain("old"), &dir, plain("taken")).expect_err("the target exists");
                assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists, "{kind}");
                assert_eq!(fs::read(root.path().join("taken")).expect("still there"), b"precious");
                way(&dir, plain("old"), &dir, plain("new")).expect(kind);
                assert!(fs::symlink_metadata(root.path().join("old")).is_err(), "{kind}");
                let new = root.path().join("new");
                assert!(fs::symlink_metadata(&new).is_ok(), "{kind}");
                fs::remove_file(&new).or_else(|_| fs::remove_dir(&new)).expect(kind);
            }
        }
    }
}
