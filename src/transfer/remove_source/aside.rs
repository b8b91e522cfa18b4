//! Moving what is to be removed aside first, so that nothing is removed but what was looked at.
//!
//! Between a look at a name and its removal another program may put a new file there: every editor does that saves. So
//! an entry is first moved into a private directory made beside it, where no one else finds it; there it is looked at
//! once more, and only then removed. What came under the name between the first look and the move goes back.
//!
//! The [private directory](crate::private) is made in each directory that entries are removed from, not once beside the
//! top: so the move is within one directory's reach on every file system, and what a kill leaves has its name and its place
//! still.
//!
//! Two threads may each be at an entry of one directory; what follows is told of each.
//!
//! | last step done, for one entry | on the disk | who mends it |
//! |---|---|---|
//! | the private directory is made | the entry in place; an empty private directory beside it | [`bring_back`] |
//! | the entry, or what took its name, is moved aside | the copy; the entry under its name in the private directory | [`bring_back`] moves it back |
//! | it is removed there | the copy | |
//! | it was another, and is moved back | the copy; what is new, in its place | |
//! | its name was taken once more: it is moved to a numbered name | the copy; both, side by side | |
//! | the private directory is removed | the same without it | |
//!
//! Not closed by this is what still has the file open: what it writes after the second look goes with the file, as after
//! any removal. And where nothing can be moved aside at a reasonable price, an entry is removed in its place, right
//! after another look: on an overlay, which would first copy the whole file to its upper layer, and where the file system
//! refuses, as a full one may.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::private::{Found, Ledger, PrivateDir, Purpose, Recorded};
use crate::sys::entries::walk::{Ascent, Step, Walk};
use crate::sys::{Dir, FileKind, FileSystem, Inode, Metadata, Name, if_there, rename_no_replace, rename_to_own_name};

/// How many numbered names are tried.
const MOST_NUMBERS: u32 = 10_000;

/// What became of an entry that was to be moved aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum Moved {
    /// It is in the private directory, under its name.
    Aside,
    /// There was nothing of that name any more.
    Gone,
    /// It is in its place: here it cannot be moved aside.
    Refused,
}

/// Moves `name` of `from` to the private directory there.
pub(in crate::transfer) fn move_aside(from: &Dir, name: Name<'_>, aside: &Dir) -> Moved {
    // No one else makes names there, and each entry has left before another comes under its name. In one call, because
    // what is linked first and unlinked then may be another by then.
    match if_there(rename_to_own_name(from, name, aside, name)) {
        Ok(Some(())) => Moved::Aside,
        Ok(None) => Moved::Gone,
        Err(_) => Moved::Refused,
    }
}

/// How many directories above the current one keep theirs, held open, for when the walk is back.
const HELD: usize = 4;

/// The private directories of a walk: that of the directory that it is in, and those of the nearest above. Each is held open
/// as long as it is there, so that none is ever opened again by its name; those further above are removed meanwhile.
pub(in crate::transfer) struct Asides<'a> {
    ledger: Option<&'a Ledger>,
    /// What a directory begins with.
    first: Stance,
    here: Stance,
    current: Option<PrivateDir>,
    above: Vec<(Stance, Option<PrivateDir>)>,
    left: usize,
}

/// Whether a directory may have a private directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stance {
    /// One is made when there is something to be moved to it.
    Possible,
    /// It cannot be made or used.
    Refused,
}

impl<'a> Asides<'a> {
    /// For a walk whose top is in `holder`; what is made is written down in `ledger`.
    pub(in crate::transfer) fn new(holder: &Dir, ledger: Option<&'a Ledger>) -> Self {
        let is_costly = matches!(holder.file_system(), Ok(FileSystem::Overlay));
        let first = if is_costly { Stance::Refused } else { Stance::Possible };
        Self { ledger, first, here: first, current: None, above: Vec::new(), left: 0 }
    }

    /// Goes down into a directory. Nothing is aside in the one above by then.
    pub(in crate::transfer) fn enter(&mut self) {
        self.above.push((std::mem::replace(&mut self.here, self.first), self.current.take()));
        let far = self.above.len().checked_sub(HELD + 1).and_then(|far| self.above[far].1.take());
        // One that stays keeps its directory, and that is told.
        if far.is_some_and(|far| far.remove().is_err()) {
            self.left += 1;
        }
    }

    /// Goes up again.
    ///
    /// # Errors
    /// The private directory of the one that is left stays.
    pub(in crate::transfer) fn leave(&mut self) -> io::Result<()> {
        let closed = self.close();
        (self.here, self.current) = self.above.pop().unwrap_or((self.first, None));
        closed
    }

    /// Whether the current directory's private directory is called so.
    pub(in crate::transfer) fn is_called(&self, name: &OsStr) -> bool {
        self.current.as_ref().is_some_and(|current| current.name() == name)
    }

    /// The private directory of the current directory `from`, made if it is not there yet; `None` where there can be none.
    pub(in crate::transfer) fn within(&mut self, from: &Dir) -> Option<Arc<Dir>> {
        if self.current.is_none() && self.here == Stance::Possible {
            // Without room, without the right, without the call: it is removed in its place.
            match PrivateDir::make(from, Purpose::Aside, self.ledger) {
                Ok(made) => self.current = Some(made),
                Err(_) => self.here = Stance::Refused,
            }
        }
        self.current.as_ref().map(PrivateDir::shared)
    }

    /// Moves what was moved aside back to the current directory `to`; `aside` is where it is, and under which name.
    ///
    /// # Errors
    /// Where it is, if it could not get its name back.
    pub(in crate::transfer) fn put_back(&mut self, (aside, name): (&Dir, Name<'_>), to: &Dir) -> io::Result<()> {
        match put_back(aside, name, to) {
            Ok(None) => Ok(()),
            Ok(Some(other)) => Err(io::Error::other(format!(
                "other programs changed and recreated it; the earlier version is {other:?} there"
            ))),
            Err(error) => {
                // It holds something now, and nothing shall be moved over that.
                let held = self.current.take().map(|current| current.name().to_owned()).unwrap_or_default();
                (self.here, self.left) = (Stance::Refused, self.left + 1);
                Err(io::Error::other(format!("it is in {held:?} there and could not be moved back: {error}")))
            }
        }
    }

    /// Removes the private directory of the current directory, if there is one.
    pub(in crate::transfer) fn close(&mut self) -> io::Result<()> {
        let Some(current) = self.current.take() else { return Ok(()) };
        let name = current.name().to_owned();
        current.remove().map_err(|error| {
            (self.here, self.left) = (Stance::Refused, self.left + 1);
            io::Error::other(format!("cannot remove the private directory {name:?} there: {error}"))
        })
    }

    /// How many private directories stay, for [`bring_back`] to find: those that could not be removed, and that of a walk
    /// that was given up.
    pub(in crate::transfer) fn left(&self) -> usize {
        let held = self.above.iter().filter_map(|(_, held)| held.as_ref()).chain(&self.current);
        self.left + held.count()
    }
}

/// Whether `is` is what `was` looked at before it was moved.
///
/// A move changes the change time (not everywhere, and never to an older one), so all else has to tell; that the change
/// time was the right one was seen a moment ago.
pub(in crate::transfer) fn is_what_was_seen(was: &Metadata, is: &Metadata) -> bool {
    let has_length = matches!(was.kind, FileKind::File | FileKind::Symlink);
    (was.id, was.kind, was.mode, was.uid, was.gid, was.rdev, was.modified)
        == (is.id, is.kind, is.mode, is.uid, is.gid, is.rdev, is.modified)
        && (!has_length || was.size == is.size)
}

/// Brings back what a killed `remove_source` had moved aside, in the directory `holder` and everywhere below
/// `top` in it: each entry to the name that it had, or if that is taken to a numbered one. `made` is which private
/// directories it had made; `copy` is where the copy of the top is, if it is anywhere.
///
/// A directory from which nothing was removed yet gets its time back from the copy, so that it is as it was.
///
/// Nothing is replaced and nothing is removed but the private directories, once they are empty. What we may not enter
/// holds none. What is found under one of their names and is not known to be it is left alone, and told: where it is in
/// `holder`.
///
/// # After a crash
/// The same again does the rest; the time of one directory may be that of its last change.
pub fn bring_back<'a>(
    (holder, top): (&Dir, Name<'_>),
    made: impl IntoIterator<Item = &'a Recorded>,
    copy: Option<(&Dir, Name<'_>)>,
) -> io::Result<Vec<PathBuf>> {
    let made: HashMap<&OsStr, &Recorded> = made.into_iter().map(|made| (made.name.as_os_str(), made)).collect();
    let mut strange = Vec::new();
    if made.is_empty() {
        return Ok(strange);
    }
    for recorded in made.values() {
        if empty(recorded, holder)? == Private::Strange {
            strange.push(PathBuf::from(&recorded.name));
        }
    }
    let Some(top_dir) = enterable(holder, top)? else { return Ok(strange) };
    let mut walk = Walk::new(top_dir, top);
    loop {
        match walk.step()? {
            Step::Found(entry) if made.contains_key(entry.name.as_os_str()) => {
                match empty(made[entry.name.as_os_str()], walk.here())? {
                    Private::Strange => strange.push(walk.path(Some(&entry.name))),
                    // That a directory has another time is no loss.
                    Private::Emptied => drop(copy.map(|copy| give_back_time(&walk, copy))),
                    Private::Gone => {}
                }
            }
            Step::Found(entry) if matches!(entry.kind, None | Some(FileKind::Directory)) => {
                let name = Name::new(&entry.name)?;
                if let Some(below) = enterable(walk.here(), name)? {
                    walk.enter(below, entry.name)?;
                }
            }
            Step::Finished if walk.leave()? == Ascent::Over => return Ok(strange),
            Step::Found(_) | Step::Finished => {}
        }
    }
}

/// Gives the walk's current directory the time that its copy has, if it holds as much.
fn give_back_time(walk: &Walk, (holder, top): (&Dir, Name<'_>)) -> io::Result<()> {
    let mut copy = holder.open_dir(top)?;
    for depth in 1..=walk.depth() {
        copy = copy.open_dir(Name::new(walk.name_at(depth))?)?;
    }
    let here = walk.here();
    if here.count_entries()? == copy.count_entries()? {
        Inode::Open(here.readable()?).set_times(here.metadata()?.accessed, copy.metadata()?.modified)?;
    }
    Ok(())
}

/// Opens a directory that a walk can have been in; `None` for whatever else is there.
fn enterable(holder: &Dir, name: Name<'_>) -> io::Result<Option<Dir>> {
    use io::ErrorKind::{CrossesDevices, NotADirectory, PermissionDenied};
    match if_there(holder.open_dir_on_this_mount(name)) {
        Err(error) if matches!(error.kind(), CrossesDevices | NotADirectory | PermissionDenied) => Ok(None),
        result => result,
    }
}

/// What became of a private directory that was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Private {
    Emptied,
    Gone,
    /// Something else is there.
    Strange,
}

/// Empties and removes the private directory in `dir`, if it is there.
fn empty(made: &Recorded, dir: &Dir) -> io::Result<Private> {
    let private = match made.find(dir)? {
        Found::Ours(private) => private,
        Found::Gone => return Ok(Private::Gone),
        Found::Unknown => return Ok(Private::Strange),
    };
    let mut names = Vec::new();
    private.dir().for_each_entry(|entry| {
        names.push(entry.name);
        Ok(())
    })?;
    for name in names {
        put_back(private.dir(), Name::new(&name)?, dir)?;
    }
    private.remove().map(|()| Private::Emptied)
}

/// Moves `name` to `to`; the name that it got instead, if its own was taken.
pub fn put_back(from: &Dir, name: Name<'_>, to: &Dir) -> io::Result<Option<OsString>> {
    let taken = |error: &io::Error| error.kind() == io::ErrorKind::AlreadyExists;
    match rename_no_replace(from, name, to, name) {
        Err(error) if taken(&error) => {}
        result => return result.map(|()| None),
    }
    for number in 1..MOST_NUMBERS {
        let other = name.numbered(number);
        match rename_no_replace(from, name, to, Name::new(&other)?) {
            Err(error) if taken(&error) => {}
            result => return result.map(|()| Some(other)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    const TOP: Name<'static> = Name::fixed("t");

    fn root() -> (tempfile::TempDir, Dir) {
        let root = tempfile::tempdir().expect("a temporary directory");
        fs::create_dir(root.path().join("d")).expect("made");
        let dir = Dir::open(&root.path().join("d")).expect("opened");
        (root, dir)
    }

    fn make_aside(in_dir: &Path, ledger: &Ledger, entries: &[(&str, &str)]) -> PathBuf {
        let dir = Dir::open(in_dir).expect("opened");
        let made = PrivateDir::make(&dir, Purpose::Aside, Some(ledger)).expect("made");
        let path = in_dir.join(made.name());
        for (name, content) in entries {
            fs::write(path.join(name), content).expect("written");
        }
        path
    }

    fn read(path: PathBuf) -> String {
        fs::read_to_string(path).expect("it is there")
    }

    fn recorded(root: &Path) -> Vec<Recorded> {
        Ledger::read(read(root.join("ledger")).as_bytes())
    }

    #[test]
    fn what_a_kill_left_aside_comes_back_beside_what_took_its_name() {
        let (root, dir) = root();
        let (root, top) = (root.path(), root.path().join("d"));
        let ledger = Ledger::on(fs::File::create(root.join("ledger")).expect("made"));
        fs::create_dir_all(top.join("t/sub/deep")).expect("made");
        fs::write(top.join("t/sub/f"), "new").expect("written");
        let asides = [
            make_aside(&top, &ledger, &[("t2", "of the top")]),
            make_aside(&top.join("t"), &ledger, &[]),
            make_aside(&top.join("t/sub"), &ledger, &[("f", "old")]),
            make_aside(&top.join("t/sub/deep"), &ledger, &[("g", "deep")]),
        ];
        for _ in 0..2 {
            let strange = bring_back((&dir, TOP), &recorded(root), None).expect("brought back");
            assert!(strange.is_empty(), "{strange:?}");
            let is = |path, content| assert_eq!(read(top.join(path)), content, "{path}");
            is("t2", "of the top");
            is("t/sub/f", "new");
            is("t/sub/f.~1~", "old");
            is("t/sub/deep/g", "deep");
            for path in &asides {
                assert!(fs::symlink_metadata(path).is_err(), "{path:?}");
            }
        }
    }

    /// Somebody has put another private directory of ours in the place of one.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "what a test made it may move and remove")]
    fn what_is_not_known_to_be_ours_is_left_alone_and_told() {
        let (root, dir) = root();
        let (root, top) = (root.path(), root.path().join("d"));
        let ledger = Ledger::on(fs::File::create(root.join("ledger")).expect("made"));
        fs::create_dir(top.join("t")).expect("made");
        let aside = make_aside(&top.join("t"), &ledger, &[]);
        fs::rename(&aside, root.join("moved")).expect("moved");
        let other = make_aside(&top.join("t"), &Ledger::on(tempfile::tempfile().expect("made")), &[("f", "x")]);
        fs::rename(other, &aside).expect("moved");
        let strange = bring_back((&dir, TOP), &recorded(root), None).expect("nothing to do");
        assert_eq!(strange, [Path::new("t").join(aside.file_name().expect("a name"))]);
        assert_eq!(read(aside.join("f")), "x");
    }

    #[test]
    fn what_came_instead_goes_back_and_says_where_it_is() {
        let (root, dir) = root();
        let top = root.path().join("d");
        let name = Name::fixed("f");
        fs::write(top.join("f"), "saved").expect("written");
        let mut asides = Asides::new(&dir, None);
        let aside = asides.within(&dir).expect("it can be made");
        assert_eq!(move_aside(&dir, name, &aside), Moved::Aside);
        asides.put_back((&aside, name), &dir).expect("its name is free");
        assert_eq!(read(top.join("f")), "saved");
        assert_eq!(move_aside(&dir, name, &aside), Moved::Aside);
        fs::write(top.join("f"), "saved again").expect("written");
        let error = asides.put_back((&aside, name), &dir).expect_err("its name is taken");
        assert!(error.to_string().contains("f.~1~"), "{error}");
        assert_eq!([read(top.join("f")), read(top.join("f.~1~"))], ["saved again", "saved"]);
        asides.close().expect("it is empty");
        assert_eq!(asides.left(), 0);
        let aside = asides.within(&dir).expect("it can be made");
        assert_eq!(move_aside(&dir, Name::fixed("gone"), &aside), Moved::Gone);
        assert_eq!(asides.left(), 1);
    }
}
