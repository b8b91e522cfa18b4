//! Moving a name without ever replacing another.

use std::io;

use rustix::io::Errno;

use crate::sys::answer::{Answer, Asked, answer, of};
use crate::sys::content::finish_empty;
use crate::sys::dir::{Dir, metadata_of_file};
use crate::sys::door::through;
use crate::sys::platform;
use crate::sys::values::if_there;
use crate::sys::values::metadata::{FileId, FileKind};
use crate::sys::values::name::Name;

/// Moves `name` of `from` to `to_name` of `to`; an existing `to_name` of any kind is an error (`EEXIST`) and untouched.
///
/// One atomic call where platform and file system have it. Where they do not (FreeBSD; old NFS, much FUSE), by file type,
/// with calls that cannot replace either: a directory takes the place of an empty one made for it; anything else is linked
/// and then unlinked, or takes the place of an empty file made for it, where there are no links.
///
/// A server may have done what it says that it has not. So whatever a call says, what counts is where the thing is then, and
/// nothing is taken back but what was made here and is still there.
///
/// # After a crash
/// Between the two calls of the second way, both names exist: an empty directory or file beside the whole one, or two
/// names of one file. Nothing is lost in any.
pub fn rename_no_replace(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    let way = Way { from, name, to, to_name };
    match way.flagged()? {
        Flag::Known => Ok(()),
        Flag::Unknown => way.in_two_steps(),
    }
}

/// As [`rename_no_replace`], to a name that no one else makes and that is free: a new one in a directory of rrm's own. So
/// it is one atomic call everywhere.
pub fn rename_to_own_name(from: &Dir, name: Name<'_>, to: &Dir, to_name: Name<'_>) -> io::Result<()> {
    let way = Way { from, name, to, to_name };
    let moved = match way.flagged() {
        Ok(Flag::Known) => Ok(()),
        Ok(Flag::Unknown) => way.plainly(None),
        Err(error) => Err(error),
    };
    match moved {
        // Nobody else makes that name, so what is there has come by this call.
        Err(_) if way.is_done(None) => Ok(()),
        moved => moved,
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

/// From where to where.
#[derive(Clone, Copy)]
struct Way<'a> {
    from: &'a Dir,
    name: Name<'a>,
    to: &'a Dir,
    to_name: Name<'a>,
}

impl Way<'_> {
    fn flagged(self) -> io::Result<Flag> {
        let (old, new) = (self.name.as_os_str(), self.to_name.as_os_str());
        match platform::rename_no_replace(self.from, old, self.to, new) {
            Ok(()) => Ok(Flag::Known),
            // What says so of every flag that it does not know has done nothing, and need not be asked.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(Flag::Unknown),
            Err(error) if of(error, Asked::Rename) == Answer::NotHere => {
                Ok(if self.is_done(None) { Flag::Known } else { Flag::Unknown })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the thing has left and something is at its target that was not `made` there: whatever the call said, it has
    /// moved.
    fn is_done(self, made: Option<FileId>) -> bool {
        let has_left = matches!(if_there(self.from.metadata_of(self.name)), Ok(None));
        has_left && self.to.metadata_of(self.to_name).is_ok_and(|is| Some(is.id) != made)
    }

    /// The way where there is no such rename.
    fn in_two_steps(self) -> io::Result<()> {
        match self.from.metadata_of(self.name)?.kind {
            FileKind::Directory => self.over_empty_dir(),
            _ => self.by_link(),
        }
    }

    /// rename(2) replaces a directory only while it is empty; where it replaces none at all, ours makes way for it.
    fn over_empty_dir(self) -> io::Result<()> {
        let Self { to, to_name, .. } = self;
        through("mkdirat", || rustix::fs::mkdirat(to, to_name.as_os_str(), rustix::fs::Mode::RWXU))?;
        let made = to.metadata_of(to_name)?.id;
        let Err(error) = self.plainly(Some(made)) else { return Ok(()) };
        let is_refused = answer(&error, Asked::Rename) == Answer::Taken;
        // It cannot be somebody's that is removed: that would not be empty, or not be there by now.
        match to.remove_dir(to_name) {
            Ok(()) if is_refused => self.plainly(None),
            _ => Err(error),
        }
    }

    fn by_link(self) -> io::Result<()> {
        let Self { from, name, to, to_name } = self;
        match from.link(name, to, to_name) {
            // No links here (link(2)), or none to a file of another user's or to one with so many.
            Err(error) if answer(&error, Asked::Link) == Answer::NotHere => return self.over_empty_file(),
            linked => linked?,
        }
        let Err(error) = from.remove_file(name) else { return Ok(()) };
        let is = if_there(from.metadata_of(name))?;
        let made = to.metadata_of(to_name)?;
        match is {
            Some(is) if is.id == made.id => to.remove_file(to_name)?,
            // Somebody else has moved it, and it is there as well.
            None if error.kind() == io::ErrorKind::NotFound && made.links > 1 => to.remove_file(to_name)?,
            _ => return Ok(()),
        }
        Err(error)
    }

    /// The way for what is no directory where there are no links either. In the moment between the two calls somebody may
    /// write to the empty file, or put another in its place; that is looked at last, and then refused.
    fn over_empty_file(self) -> io::Result<()> {
        let Self { to, to_name, .. } = self;
        let file = to.create_file(to_name)?;
        finish_empty(&file);
        let made = metadata_of_file(&file)?;
        drop(file);
        let is_as_made = || to.metadata_of(to_name).is_ok_and(|is| is.id == made.id && is.size == 0);
        if !is_as_made() {
            return Err(Errno::EXIST.into());
        }
        self.plainly(Some(made.id)).inspect_err(|_| {
            if is_as_made() {
                drop(to.remove_file(to_name));
            }
        })
    }

    /// rename(2) as it is: what is at the target goes, unless the caller knows that nothing is but what was `made` for it.
    fn plainly(self, made: Option<FileId>) -> io::Result<()> {
        let Self { from, name, to, to_name } = self;
        let call = || rustix::fs::renameat(from, name.as_os_str(), to, to_name.as_os_str());
        through("renameat", call).or_else(|error: Errno| {
            let is_told_by_all = of(error, Asked::Rename) != Answer::NotHere;
            if is_told_by_all || !self.is_done(made) { Err(error.into()) } else { Ok(()) }
        })
    }
}

/// Moves `name` to `to_name` in one directory, atomically taking the place of what is there (rename(2)).
///
/// For rrm's own files, and where nothing is exchanged for a start file, by one that holds all of it and the lines that its
/// owner agreed to. Nothing else of a person's is ever replaced.
pub fn rename_replacing(dir: &Dir, name: Name<'_>, to_name: Name<'_>) -> io::Result<()> {
    Way { from: dir, name, to: dir, to_name }.plainly(None)
}

/// Whether two names have been exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    Done,
    /// The platform or the file system cannot, and nothing is done.
    NotHere,
}

/// Exchanges what is at two names of one directory in one atomic call, so that what is replaced can be looked at.
pub fn exchange(dir: &Dir, one: Name<'_>, other: Name<'_>) -> io::Result<Exchange> {
    match platform::exchange(dir, one.as_os_str(), other.as_os_str()) {
        Ok(()) => Ok(Exchange::Done),
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => Ok(Exchange::NotHere),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn between<'a>(dir: &'a Dir, name: &'static str, to_name: &'static str) -> Way<'a> {
        Way { from: dir, name: Name::fixed(name), to: dir, to_name: Name::fixed(to_name) }
    }

    type Moving = fn(Way<'_>) -> io::Result<()>;
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
        let in_one: Moving = |way| rename_no_replace(way.from, way.name, way.to, way.to_name);
        let ways: [(Moving, &[(&str, Make)]); 3] =
            [(in_one, &KINDS), (|way| way.in_two_steps(), &KINDS), (|way| way.over_empty_file(), &KINDS[..2])];
        for (way, kinds) in ways {
            let root = tempfile::tempdir().expect("a temporary directory");
            let dir = Dir::open(root.path()).expect("opened");
            for (kind, make) in kinds {
                make(&root.path().join("old")).expect(kind);
                fs::write(root.path().join("taken"), "precious").expect("written");
                let refused = way(between(&dir, "old", "taken")).expect_err("the target exists");
                assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists, "{kind}");
                assert_eq!(fs::read(root.path().join("taken")).expect("still there"), b"precious");
                way(between(&dir, "old", "new")).expect(kind);
                assert!(fs::symlink_metadata(root.path().join("old")).is_err(), "{kind}");
                let new = root.path().join("new");
                assert!(fs::symlink_metadata(&new).is_ok(), "{kind}");
                fs::remove_file(&new).or_else(|_| fs::remove_dir(&new)).expect(kind);
            }
        }
    }

    #[test]
    fn two_names_are_exchanged_or_nothing_is_done() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        let (one, other) = (Name::fixed("one"), Name::fixed("other"));
        fs::write(root.path().join("one"), "1").expect("written");
        exchange(&dir, one, other).map(|done| assert_eq!(done, Exchange::NotHere)).unwrap_or_default();
        fs::write(root.path().join("other"), "2").expect("written");
        let expected = match exchange(&dir, one, other).expect("both are there") {
            Exchange::Done => ["2", "1"],
            Exchange::NotHere => ["1", "2"],
        };
        let found = ["one", "other"].map(|name| fs::read_to_string(root.path().join(name)).expect(name));
        assert_eq!(found, expected);
    }

    /// A rename that fails leaves no empty file behind.
    #[test]
    fn what_was_made_for_a_move_that_fails_goes_again() {
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        between(&dir, "nothing", "new").over_empty_file().expect_err("there is nothing to move");
        assert!(fs::symlink_metadata(root.path().join("new")).is_err());
    }
}
