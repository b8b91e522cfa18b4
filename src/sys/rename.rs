//! Moving a name without ever replacing another.

use std::io;

use rustix::fs::AtFlags;
use rustix::io::Errno;

use super::dir::{Dir, metadata_of_file};
use super::door::through;
use super::platform;
use super::values::metadata::FileKind;
use super::values::name::Name;

/// Moves `name` of `from` to `to_name` of `to`; an existing `to_name` of any kind is an error (`EEXIST`) and untouched.
///
/// One atomic call where platform and file system have it. Where they do not (FreeBSD; old NFS, some FUSE), by file type, with calls that cannot replace either: a directory takes the place of an empty one made
/// for it, anything else is linked and then unlinked; or takes the place of an empty file made for it, where there are no
/// links.
///
/// # After a crash
/// Between the two calls of the second way, both names exist: an empty directory or file beside the whole one, or two
/// names of one file. Nothing is lost in any.
pub fn rename_no_replace(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    match rename_flagged(from, name, to, to_name)? {
        Flag::Known => Ok(()),
        Flag::Unknown => rename_in_two_steps(from, name, to, to_name),
    }
}

/// As [`rename_no_replace`], to a name that no one else makes and that is free: a new one in a directory of rrm's own. So
/// it is one atomic call everywhere.
pub fn rename_to_own_name(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    match rename_flagged(from, name, to, to_name)? {
        Flag::Known => Ok(()),
        Flag::Unknown => rename_plainly(from, name, to, to_name),
    }
}

/// Whether there is a rename that replaces nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flag {
    /// Yes, and it has renamed.
    Known,
    /// No, and nothing is done.
    Unknown,
}

fn rename_flagged(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<Flag> {
    let (old, new) = (name.as_os_str(), to_name.as_os_str());
    match platform::rename_no_replace(from, old, to, new) {
        Ok(()) => Ok(Flag::Known),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(Flag::Unknown),
        Err(error) => Err(error.into()),
    }
}

/// Moves `name` to `to_name` in one directory, atomically taking the place of what is there (rename(2)).
///
/// For rrm's own files only; nothing of a person's is ever replaced.
pub fn rename_replacing(dir: &Dir, name: Name<'_>, to_name: Name<'_>) -> io::Result<()> {
    rename_plainly(dir, name, dir, to_name)
}

/// The way where there is no such rename.
fn rename_in_two_steps(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    let (old, new) = (name.as_os_str(), to_name.as_os_str());
    if from.metadata_of(name)?.kind == FileKind::Directory {
        through("mkdirat", || rustix::fs::mkdirat(to, new, rustix::fs::Mode::RWXU))?;
        // rename(2) replaces a directory only while it is empty.
        return rename_plainly(from, name, to, to_name).inspect_err(|_| drop(to.remove_dir(to_name)));
    }
    match through("linkat", || rustix::fs::linkat(from, old, to, new, AtFlags::empty())) {
        // No links here (link(2)), or none to a file of another user's or to one with so many.
        Err(Errno::PERM | Errno::NOTSUP | Errno::NOSYS | Errno::MLINK) => {
            return rename_over_empty_file(from, name, to, to_name);
        }
        linked => linked?,
    }
    from.remove_file(name).inspect_err(|_| drop(to.remove_file(to_name)))
}

/// The way for what is no directory where there are no links either. In the moment between the two calls somebody may
/// write to the empty file, or put another in its place; that is looked at last, and then refused.
fn rename_over_empty_file(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    let made = metadata_of_file(&to.create_file(to_name)?)?;
    let is = to.metadata_of(to_name)?;
    if is.id != made.id || is.size > 0 {
        return Err(Errno::EXIST.into());
    }
    rename_plainly(from, name, to, to_name).inspect_err(|_| drop(to.remove_file(to_name)))
}

/// rename(2) as it is: what is at the target goes, unless the caller knows that nothing is.
fn rename_plainly(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    Ok(through("renameat", || rustix::fs::renameat(from, name.as_os_str(), to, to_name.as_os_str()))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn plain(text: &'static str) -> Name<'static> {
        Name::new(text).expect("a plain name")
    }

    type Way = fn(&Dir, Name<'_>, &Dir, Name<'_>) -> io::Result<()>;
    type Make = fn(&std::path::Path) -> io::Result<()>;

    const KINDS: [(&str, Make); 3] = [
        ("file", |path| fs::write(path, "x")),
        ("link", |path| std::os::unix::fs::symlink("nowhere", path)),
        ("directory", |path| fs::create_dir(path)),
    ];

    /// Each way, on what it is for: the move happens, and an existing target stays.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "what a test made it may remove")]
    fn no_way_replaces_anything() {
        let ways: [(Way, &[(&str, Make)]); 3] =
            [(rename_no_replace, &KINDS), (rename_in_two_steps, &KINDS), (rename_over_empty_file, &KINDS[..2])];
        for (way, kinds) in ways {
            let root = tempfile::tempdir().expect("a temporary directory");
            let dir = Dir::open(root.path()).expect("opened");
            for (kind, make) in kinds {
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

    /// A rename that fails leaves no empty file behind.
    #[test]
    fn what_was_made_for_a_move_that_fails_goes_again() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        rename_over_empty_file(&dir, plain("nothing"), &dir, plain("new")).expect_err("there is nothing to move");
        assert!(fs::symlink_metadata(root.path().join("new")).is_err());
    }
}
