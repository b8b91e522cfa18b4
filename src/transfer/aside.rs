//! Moving what is to be removed aside first, so that nothing is removed but what was looked at.
//!
//! Between a look at a name and its removal another program may put a new file there: every editor does that saves. So
//! an entry is first moved into a private directory made beside it, where no one else finds it; there it is looked at
//! once more, and only then removed. What came under the name between the first look and the move goes back.
//!
//! The private directory is made in each directory that entries are removed from, not once beside the top: so the move
//! is within one directory's reach on every file system, and what a kill leaves has its name and its place still.
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

use std::ffi::OsString;
use std::io;
use std::sync::Arc;

use crate::sys::{
    self, Dir, FileKind, FileSystem, Inode, Metadata, Name, if_there, rename_into_private, rename_no_replace,
};
use crate::walk::{Ascent, Step, Walk};

/// How many numbered names are tried.
const MOST_NUMBERS: u32 = 10_000;

/// What became of an entry that was to be moved aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moved {
    /// It is in the private directory, under its name.
    Aside,
    /// There was nothing of that name any more.
    Gone,
    /// It is in its place: here it cannot be moved aside.
    Refused,
}

/// Moves `name` of `from` to the private directory there.
pub(super) fn move_aside(from: &Dir, name: Name<'_>, aside: &Dir) -> Moved {
    // Nothing is replaced: no one else makes names there, and each entry has left before another comes under its name.
    match if_there(rename_into_private(from, name, aside)) {
        Ok(Some(())) => Moved::Aside,
        Ok(None) => Moved::Gone,
        Err(_) => Moved::Refused,
    }
}

/// The private directories of a walk, at most one in each directory on the way down.
pub(super) struct Asides<'a> {
    name: Name<'a>,
    /// What a directory begins with.
    first: State,
    /// The current directory, and those above it up to the one that holds the top.
    current: State,
    above: Vec<State>,
    /// The current directory's own, if it is open: one descriptor, however deep the tree.
    open: Option<Arc<Dir>>,
    left: usize,
}

/// How far a directory's private directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unmade,
    Made,
    /// It cannot be made or used.
    Refused,
}

impl<'a> Asides<'a> {
    /// For a walk whose top is in `holder`; each of them will be called `name`.
    pub(super) fn new(holder: &Dir, name: Name<'a>) -> Self {
        let is_costly = matches!(holder.file_system(), Ok(FileSystem::Overlay));
        let first = if is_costly { State::Refused } else { State::Unmade };
        Self { name, first, current: first, above: Vec::new(), open: None, left: 0 }
    }

    /// Goes down into a directory.
    pub(super) fn enter(&mut self) {
        self.above.push(std::mem::replace(&mut self.current, self.first));
        self.open = None;
    }

    /// Goes up again.
    pub(super) fn leave(&mut self) {
        self.left += usize::from(self.current == State::Made);
        self.current = self.above.pop().unwrap_or(self.first);
        self.open = None;
    }

    /// Whether there is one in the current directory.
    pub(super) fn is_here(&self) -> bool {
        self.current == State::Made
    }

    /// The private directory of the current directory `from`, made if it is not there yet; `None` where there can be none.
    pub(super) fn within(&mut self, from: &Dir) -> io::Result<Option<Arc<Dir>>> {
        if self.open.is_none() && self.current != State::Refused {
            match self.make_or_open(from) {
                Ok(dir) => self.open = Some(Arc::new(dir)),
                // Without room, without the right, without the call: it is removed in its place.
                Err(_) if self.current == State::Unmade => self.current = State::Refused,
                Err(error) => return Err(error),
            }
        }
        Ok(self.open.clone())
    }

    fn make_or_open(&mut self, from: &Dir) -> io::Result<Dir> {
        if self.current == State::Made {
            return from.open_dir(self.name);
        }
        let dir = from.create_private_dir(self.name)?;
        self.current = State::Made;
        Ok(dir)
    }

    /// Moves what was moved aside back to the current directory `to`; `aside` is where it is, and under which name.
    ///
    /// # Errors
    /// Where it is, if it could not get its name back.
    pub(super) fn put_back(&mut self, (aside, name): (&Dir, Name<'_>), to: &Dir) -> io::Result<()> {
        match put_back(aside, name, to) {
            Ok(None) => Ok(()),
            Ok(Some(other)) => Err(io::Error::other(format!(
                "other programs changed it, and then made another of its name; the one before is {other:?} there"
            ))),
            Err(error) => {
                // Nothing shall be moved over it.
                (self.open, self.current) = (None, State::Refused);
                self.left += 1;
                let held = self.name.as_os_str();
                Err(io::Error::other(format!("it is in {held:?} there, and could not be moved back: {error}")))
            }
        }
    }

    /// Removes the private directory of the current directory `from`, if there is one.
    pub(super) fn close(&mut self, from: &Dir) -> io::Result<()> {
        if self.current == State::Made {
            self.open = None;
            if_there(from.remove_dir(self.name))?;
            self.current = State::Unmade;
        }
        Ok(())
    }

    /// How many private directories stay, for [`bring_back`] to find: those that could not be removed, and those of a
    /// walk that was given up.
    pub(super) fn left(&self) -> usize {
        let made = self.above.iter().chain([&self.current]).filter(|state| **state == State::Made);
        self.left + made.count()
    }
}

/// Whether `is` is what `was` looked at before it was moved.
///
/// A move changes the change time (not everywhere, and never to an older one), so all else has to tell; that the change
/// time was the right one was seen a moment ago.
pub(super) fn is_what_was_seen(was: &Metadata, is: &Metadata) -> bool {
    let has_length = matches!(was.kind, FileKind::File | FileKind::Symlink);
    (was.id, was.kind, was.mode, was.uid, was.gid, was.rdev, was.modified)
        == (is.id, is.kind, is.mode, is.uid, is.gid, is.rdev, is.modified)
        && (!has_length || was.size == is.size)
}

/// Brings back what a killed [`retire`](super::retire) had moved aside, in the directory `holder` and everywhere below
/// `top` in it: each entry to the name that it had, or if that is taken to a numbered one. `aside` is what the private
/// directories were called; `copy` is where the copy of the top is, if it is anywhere.
///
/// A directory from which nothing was removed yet gets its time back from the copy, so that it is as it was.
///
/// Nothing is replaced and nothing is removed but the private directories, once they are empty. What we may not enter
/// holds none.
///
/// # After a crash
/// The same again does the rest; the time of one directory may be that of its last change.
pub fn bring_back((holder, top): (&Dir, Name<'_>), aside: Name<'_>, copy: Option<(&Dir, Name<'_>)>) -> io::Result<()> {
    empty(holder, aside)?;
    let Some(top_dir) = enterable(holder, top)? else { return Ok(()) };
    let mut walk = Walk::new(top_dir, top);
    mend(&walk, aside, copy)?;
    loop {
        match walk.step()? {
            Step::Found(entry) if matches!(entry.kind, None | Some(FileKind::Directory)) => {
                let name = Name::new(&entry.name)?;
                if let Some(below) = enterable(walk.here(), name)? {
                    walk.enter(below, entry.name)?;
                    mend(&walk, aside, copy)?;
                }
            }
            Step::Finished if walk.leave()? == Ascent::Over => return Ok(()),
            Step::Found(_) | Step::Finished => {}
        }
    }
}

/// Empties the private directory in the walk's current directory, if there is one, and gives that its time back.
fn mend(walk: &Walk, aside: Name<'_>, copy: Option<(&Dir, Name<'_>)>) -> io::Result<()> {
    if empty(walk.here(), aside)? == Private::Found
        && let Some(copy) = copy
    {
        // That it has another time is no loss.
        give_back_time(walk, copy).ok();
    }
    Ok(())
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

/// Whether there was a private directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Private {
    Found,
    None,
}

/// Empties and removes the private directory in `dir`, if there is one.
///
/// # Security
/// Whoever could write to the trash decides where we look, so nothing is touched but what belongs to us and is closed to
/// others.
fn empty(dir: &Dir, aside: Name<'_>) -> io::Result<Private> {
    let Some(private) = enterable(dir, aside)? else { return Ok(Private::None) };
    let is = private.metadata()?;
    if is.uid != sys::effective_uid() || !private.is_closed_to_others(&is) {
        return Ok(Private::None);
    }
    let mut names = Vec::new();
    private.for_each_entry(|entry| {
        names.push(entry.name);
        Ok(())
    })?;
    for name in names {
        put_back(&private, Name::new(&name)?, dir)?;
    }
    if_there(dir.remove_dir(aside)).map(|_| Private::Found)
}

/// Moves `name` to `to`; the name that it got instead, if its own was taken.
fn put_back(from: &Dir, name: Name<'_>, to: &Dir) -> io::Result<Option<OsString>> {
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

    const ASIDE: Name<'static> = Name::fixed(".aside");
    const TOP: Name<'static> = Name::fixed("t");

    fn root() -> (tempfile::TempDir, Dir) {
        let root = tempfile::tempdir().expect("a temporary directory");
        let dir = Dir::open(root.path()).expect("opened");
        (root, dir)
    }

    fn make_aside(in_dir: &Path, entries: &[(&str, &str)]) {
        let dir = Dir::open(in_dir).expect("opened");
        dir.create_private_dir(ASIDE).expect("made");
        for (name, content) in entries {
            fs::write(in_dir.join(".aside").join(name), content).expect("written");
        }
    }

    fn read(path: std::path::PathBuf) -> String {
        fs::read_to_string(path).expect("it is there")
    }

    #[test]
    fn what_a_kill_left_aside_comes_back_beside_what_took_its_name() {
        let (root, dir) = root();
        fs::create_dir_all(root.path().join("t/sub/deep")).expect("made");
        fs::write(root.path().join("t/sub/f"), "new").expect("written");
        make_aside(root.path(), &[("t2", "of the top")]);
        make_aside(&root.path().join("t"), &[]);
        make_aside(&root.path().join("t/sub"), &[("f", "old")]);
        make_aside(&root.path().join("t/sub/deep"), &[("g", "deep")]);
        for _ in 0..2 {
            bring_back((&dir, TOP), ASIDE, None).expect("brought back");
            let is = |path, content| assert_eq!(read(root.path().join(path)), content, "{path}");
            is("t2", "of the top");
            is("t/sub/f", "new");
            is("t/sub/f.~1~", "old");
            is("t/sub/deep/g", "deep");
            for path in [".aside", "t/.aside", "t/sub/.aside", "t/sub/deep/.aside"] {
                assert!(fs::symlink_metadata(root.path().join(path)).is_err(), "{path}");
            }
        }
    }

    #[test]
    fn what_is_open_to_others_is_none_of_ours() {
        use std::os::unix::fs::PermissionsExt as _;
        let (root, dir) = root();
        make_aside(root.path(), &[("f", "x")]);
        fs::set_permissions(root.path().join(".aside"), fs::Permissions::from_mode(0o755)).expect("set");
        bring_back((&dir, TOP), ASIDE, None).expect("nothing to do");
        assert_eq!(read(root.path().join(".aside/f")), "x");
    }

    #[test]
    fn what_came_instead_goes_back_and_says_where_it_is() {
        let (root, dir) = root();
        let name = Name::fixed("f");
        fs::write(root.path().join("f"), "saved").expect("written");
        let mut asides = Asides::new(&dir, ASIDE);
        let aside = asides.within(&dir).expect("made").expect("it can be made");
        assert_eq!(move_aside(&dir, name, &aside), Moved::Aside);
        asides.put_back((&aside, name), &dir).expect("its name is free");
        assert_eq!(read(root.path().join("f")), "saved");
        assert_eq!(move_aside(&dir, name, &aside), Moved::Aside);
        fs::write(root.path().join("f"), "saved again").expect("written");
        let error = asides.put_back((&aside, name), &dir).expect_err("its name is taken");
        assert!(error.to_string().contains("f.~1~"), "{error}");
        assert_eq!([read(root.path().join("f")), read(root.path().join("f.~1~"))], ["saved again", "saved"]);
        asides.close(&dir).expect("it is empty");
        assert_eq!(asides.left(), 0);
        let aside = asides.within(&dir).expect("made").expect("it can be made");
        assert_eq!(move_aside(&dir, Name::fixed("gone"), &aside), Moved::Gone);
        assert_eq!(asides.left(), 1);
    }
}
